//! `demarche export …`: sheets to standard output. No signer's contact and no withheld name is in any of them, and nothing that is not public unless asked for.

use std::io::{self, Write};

use anyhow::{Context, ensure};
use chrono::NaiveDate;
use clap::{Args, Subcommand};

use crate::{
    app::{App, Replaced},
    config::Config,
    domain::language::Language,
    positions::{self, Audience},
    signing::{export, list, waves},
    states,
};

/// What can be exported.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// All signatures of the newest text, in any state.
    Signatures,
    /// The evidence in force, in the columns `import evidence` reads.
    Evidence(Scope),
    /// A frozen list as a document.
    List {
        /// The wave.
        #[arg(long)]
        wave: i32,
        /// docx, pdf, html, csv, xlsx or txt.
        #[arg(long)]
        format: list::Format,
        /// running, table, columns, country or kind.
        #[arg(long, default_value = "running")]
        layout: list::Layout,
        /// Language of everything but the names.
        #[arg(long, default_value = "en", value_parser = Language::of_interface)]
        language: Language,
    },
    /// All states, in the columns `import states` reads.
    States,
    /// The register of addressees, in the columns `import addressees` reads. Not for publication.
    Addressees,
    /// Where every state stands, overall and by issue.
    Positions {
        /// The board of this day, such as 2024-11-22, from what is recorded now. Today unless given.
        #[arg(long)]
        as_of: Option<NaiveDate>,
        #[command(flatten)]
        scope: Scope,
    },
}

#[derive(Debug, Args)]
pub(super) struct Scope {
    /// With what is not public too. Not for publication.
    #[arg(long)]
    all: bool,
}

impl Scope {
    const fn audience(&self) -> Audience {
        if self.all { Audience::Staff } else { Audience::Public }
    }
}

pub(super) async fn run(config: &Config, command: Command) -> anyhow::Result<()> {
    let app = App::compose(config, false, Replaced::default()).await?;
    let db = app.platform.database.read();
    let (sheet, what) = match command {
        Command::Signatures => {
            let campaign = app.campaigns.get(&app.platform).await?;
            let written = export::signatures_csv(&app.platform, &campaign, io::stdout().lock()).await?;
            eprintln!("{written} signatures written");
            return Ok(());
        }
        Command::Evidence(scope) => {
            let campaign = app.campaigns.get(&app.platform).await?;
            (positions::export::evidence(db, campaign.id, scope.audience()).await?, "evidence")
        }
        Command::List { wave, format, layout, language } => {
            let (campaign, states) = (app.campaigns.get(&app.platform).await?, app.states.get(&app.platform).await?);
            let found = waves::by_number(db, campaign.id, wave).await?.with_context(|| format!("there is no wave {wave}"))?;
            let list = list::read(db, (&campaign, &states), &found, language, layout).await?;
            (list::write(&app.platform, &list, language, format).await?, "list")
        }
        Command::States => (states::sheet::export(db).await?, "states"),
        Command::Addressees => (states::register_sheet::export(db).await?, "addressees"),
        Command::Positions { as_of, scope } => {
            let (campaign, states) = (app.campaigns.get(&app.platform).await?, app.states.get(&app.platform).await?);
            let now = app.platform.clock.now();
            let day = as_of.unwrap_or_else(|| now.date_naive());
            ensure!(day <= now.date_naive(), "{day} lies ahead");
            let of = (campaign.id, &campaign.config);
            (positions::export::positions(db, of, &states, scope.audience(), (day, now)).await?, "positions")
        }
    };
    io::stdout().lock().write_all(&sheet)?;
    eprintln!("{what} written");
    Ok(())
}
