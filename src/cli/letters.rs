//! `demarche letters render …`: the PDFs of a round as files, named as in the mails. Must not change a letter or send one.

use std::{
    collections::{BTreeMap, HashMap},
    fs,
    io::{IsTerminal, Write as _},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::Context;
use clap::Subcommand;
use futures_util::{StreamExt, stream};
use indicatif::{ProgressBar, ProgressStyle};
use sea_orm::EntityTrait;
use uuid::Uuid;

use super::WrongUsage;
use crate::{
    app::{App, Replaced},
    config::Config,
    domain::{email::file_name, language::Language, letter::LetterState},
    entities::{letter, post},
    letters::{
        jobs,
        store::{self, Loaded},
    },
};

/// Without a terminal, a line so often.
const LINE_EVERY: Duration = Duration::from_secs(5);

/// What can be done with letters.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Write each letter of a round as a PDF; files of the same name are replaced.
    Render(Render),
}

#[derive(Debug, clap::Args)]
pub(super) struct Render {
    /// Name of the round.
    #[arg(long)]
    round: String,
    /// Only letters written in this language.
    #[arg(long)]
    language: Option<String>,
    /// Only letters to this state, by its three-letter code.
    #[arg(long)]
    state: Option<String>,
    /// Folder to write to; made if it is not there.
    #[arg(long)]
    out: PathBuf,
}

pub(super) async fn run(config: &Config, command: Command) -> anyhow::Result<()> {
    let app = App::compose(config, false, Replaced::default()).await?;
    let Command::Render(arguments) = command;
    let written = render(&app, &arguments).await?;
    println!("{written} letters written to {}", arguments.out.display());
    Ok(())
}

async fn render(app: &App, arguments: &Render) -> anyhow::Result<usize> {
    let platform = &app.platform;
    let db = platform.database.read();
    let (campaign, directory) = (app.campaigns.get(platform).await?, app.states.get(platform).await?);
    let language = arguments.language.as_deref().map(Language::of_letters).transpose().map_err(|_| {
        let known: Vec<_> = Language::LETTERS.iter().map(|language| language.code()).collect();
        WrongUsage(format!(
            "no letters are written in {:?}; one of {}",
            arguments.language.as_deref().unwrap_or_default(),
            known.join(", ")
        ))
    })?;
    let state = arguments.state.as_deref().map(str::to_uppercase);
    if let Some(code) = state.as_deref().filter(|code| directory.state(code).is_none()) {
        return Err(WrongUsage(format!("no state has the code {code:?}; use three letters, such as KEN")).into());
    }
    let named = store::round_named(db, campaign.id, &arguments.round).await?;
    let round = named.ok_or_else(|| WrongUsage(format!("no round is called {:?}", arguments.round)))?;
    let loaded = store::load(db, round.id).await?;
    let chosen = |letter: &letter::Model| {
        letter.state != LetterState::Closed.key()
            && language.is_none_or(|language| letter.language == language.code())
            && state.as_deref().is_none_or(|code| letter.iso3 == code)
    };
    let letters: Vec<letter::Model> = store::letters_of(db, round.id).await?.into_iter().filter(chosen).collect();
    anyhow::ensure!(!letters.is_empty(), "the round {:?} has no such letter", arguments.round);
    let kinds: HashMap<Uuid, String> = post::Entity::find().all(db).await?.into_iter().map(|post| (post.id, post.kind)).collect();
    let places = places(&loaded, &letters, &kinds, &campaign.config.sender.reference_prefix, &arguments.out)?;
    let progress = Progress::of(letters.len() as u64);
    let mut work = stream::iter(&letters)
        .map(|letter| {
            let (loaded, campaign, directory) = (&loaded, &campaign, &directory);
            async move {
                let pdf = match store::issued(db, letter).await? {
                    Some(pdf) => pdf,
                    None => jobs::typeset_letter(platform, campaign, loaded, directory, letter).await?.pdf,
                };
                anyhow::Ok((letter, pdf))
            }
        })
        .buffer_unordered(jobs::AT_ONCE);
    let mut written = 0;
    while let Some(done) = work.next().await {
        let (letter, pdf) = done?;
        let place = places.get(&letter.id).context("a letter has no place")?;
        write_whole(place, &pdf).with_context(|| format!("cannot write {}", place.display()))?;
        written += 1;
        progress.at(written as u64);
    }
    progress.end();
    Ok(written)
}

/// Where each letter goes. A round to two posts of a state has two letters of one file name: each post then has a folder of its own.
fn places(
    loaded: &Loaded,
    letters: &[letter::Model],
    kinds: &HashMap<Uuid, String>,
    prefix: &str,
    out: &Path,
) -> anyhow::Result<BTreeMap<Uuid, PathBuf>> {
    let kind = |letter: &letter::Model| kinds.get(&letter.post_id).map_or("post", String::as_str).replace('_', "-");
    let first = letters.first().map(kind);
    let one_post = letters.iter().all(|letter| Some(kind(letter)) == first);
    let mut places = BTreeMap::new();
    for letter in letters {
        let folder = if one_post { out.to_owned() } else { out.join(kind(letter)) };
        fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
        let language = Language::of_letters(&letter.language)?;
        places.insert(letter.id, folder.join(file_name(prefix, &letter.iso3, language, loaded.round.dated_on, "pdf")));
    }
    Ok(places)
}

/// Whoever reads the folder meanwhile finds the old file or the new one, never half of one.
fn write_whole(place: &Path, content: &[u8]) -> std::io::Result<()> {
    let mut file = tempfile_beside(place)?;
    let result = file.1.write_all(content).and_then(|()| file.1.sync_all()).and_then(|()| fs::rename(&file.0, place));
    if result.is_err() {
        drop(fs::remove_file(&file.0));
    }
    result
}

fn tempfile_beside(place: &Path) -> std::io::Result<(PathBuf, fs::File)> {
    let name = format!(".{}.part", Uuid::new_v4().simple());
    let path = place.with_file_name(name);
    let file = fs::OpenOptions::new().write(true).create_new(true).open(&path)?;
    Ok((path, file))
}

/// A bar on a terminal, else a line now and then. On the error stream, so that the result stands alone on the other.
enum Progress {
    Bar(ProgressBar),
    Lines { total: u64, last: std::cell::Cell<Instant> },
}

impl Progress {
    fn of(total: u64) -> Self {
        if !std::io::stderr().is_terminal() {
            return Self::Lines { total, last: std::cell::Cell::new(Instant::now()) };
        }
        let bar = ProgressBar::new(total);
        if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos} of {len}, {elapsed} so far, about {eta} left") {
            bar.set_style(style);
        }
        Self::Bar(bar)
    }

    fn at(&self, done: u64) {
        match self {
            Self::Bar(bar) => bar.set_position(done),
            Self::Lines { total, last } if last.get().elapsed() >= LINE_EVERY => {
                eprintln!("{done} of {total}");
                last.set(Instant::now());
            }
            Self::Lines { .. } => {}
        }
    }

    fn end(&self) {
        if let Self::Bar(bar) = self {
            bar.finish_and_clear();
        }
    }
}
