//! The letters of a whole round, as they are sent: 195 permanent missions, one language, drafted from the shipped record, each typeset as PDF/UA-1
//! and PDF/A-2a. Cold is a typesetter that has read no font; warm is the same once it has set one letter. Nothing is typeset twice.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use demarche::{
    accounts::Role,
    domain::language::Language,
    letters::{
        draft::Content,
        service::{self, NewRound},
        store,
    },
    platform::typeset::{LetterPage, Template, Typesetter},
    signing::waves,
    states::posts,
};
use uuid::Uuid;

use crate::{
    memory,
    report::{Table, rate},
    support::{Kind, Program},
    typesetters,
};

/// The demonstration's record and signatories, its first wave frozen, every office with a mailbox.
pub async fn prepare(program: &Program) {
    program.app.load_demo().await.unwrap();
    program.drain().await;
    let platform = &program.app.platform;
    let (campaign, directory) = (program.app.campaigns.get(platform).await.unwrap(), program.app.states.get(platform).await.unwrap());
    posts::give_demo_addresses(platform).await.unwrap();
    waves::freeze(platform, &campaign, &directory, 1, None).await.unwrap();
}

/// A drafted round of 195 letters to the holders of one office.
pub async fn round(program: &Program, language: Language, post: &str, rehearsal: bool) -> Uuid {
    let platform = &program.app.platform;
    let (campaign, directory) = (program.app.campaigns.get(platform).await.unwrap(), program.app.states.get(platform).await.unwrap());
    let day = platform.clock.now().date_naive();
    let event = campaign.events.iter().find(|event| event.status != "past" && event.last_day() > day).unwrap();
    let account = program.add_account(&format!("{}@staff.example.org", Uuid::now_v7().simple()), Role::Coordinator).await;
    let new = NewRound {
        name: format!("Bench {language}"),
        event_id: event.id,
        wave: 1,
        posts: vec![post.to_owned()],
        language: Some(language),
        rehearsal,
        reminds: None,
        follows: false,
        dated_on: day,
    };
    let round = service::create(platform, &campaign, &directory, new, account).await.unwrap();
    program.drain().await;
    round
}

/// The finished pages of a round, without the annex of signatories.
async fn drafted(program: &Program, language: Language) -> Vec<LetterPage> {
    let round = round(program, language, "permanent_representative", true).await;
    let letters = store::letters_of(program.app.platform.database.read(), round).await.unwrap();
    assert_eq!(letters.len(), 195);
    letters.into_iter().map(|letter| serde_json::from_value::<Content>(letter.content).unwrap().page).collect()
}

/// Another day on every letter: nothing of the run before can be taken from the cache.
pub fn dated_otherwise(pages: &[LetterPage], mark: usize) -> Vec<LetterPage> {
    let mut pages = pages.to_vec();
    for page in &mut pages {
        page.place_date = format!("{} ({mark})", page.place_date);
    }
    pages
}

/// Typesets all pages on `threads` threads and returns how long that took and how many bytes came out.
pub fn typeset(typesetter: &Typesetter, pages: &[LetterPage], threads: usize, stamp: chrono::DateTime<chrono::Utc>) -> (Duration, usize) {
    let (next, bytes) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let started = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(page) = pages.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let typeset = typesetter.render_blocking(Template::Letter, page, stamp).unwrap();
                    assert!(typeset.pdf.starts_with(b"%PDF"));
                    bytes.fetch_add(typeset.pdf.len(), Ordering::Relaxed);
                }
            });
        }
    });
    (started.elapsed(), bytes.into_inner())
}

/// Two tables: the rate of each language and of all of them, and the same letters with other typesetters.
pub async fn measure() -> (Table, Table) {
    eprintln!("letters");
    let mut table = Table::new(&["letters", "threads", "seconds", "letters a second", "kB a letter", "MB resident after"]);
    let program = Program::start(Kind::Sqlite).await;
    prepare(&program).await;
    let stamp = program.app.platform.clock.now();
    let mut row = |name: String, threads: usize, pages: &[LetterPage], typesetter: &Typesetter| {
        let (took, bytes) = typeset(typesetter, pages, threads, stamp);
        table.row([
            format!("{} {name}", pages.len()),
            threads.to_string(),
            format!("{:.2}", took.as_secs_f64()),
            rate(pages.len() as f64 / took.as_secs_f64()),
            (bytes / pages.len() / 1000).to_string(),
            (memory::of_process(std::process::id()).resident / 1000).to_string(),
        ]);
    };
    let english = drafted(&program, Language::En).await;
    for threads in [1, 2] {
        row("en, cold".to_owned(), threads, &english, &Typesetter::new());
        let warm = Typesetter::new();
        warm.render_blocking(Template::Letter, &english[0], stamp).unwrap();
        row("en, warm".to_owned(), threads, &dated_otherwise(&english, threads), &warm);
    }
    let typesetter = Typesetter::new();
    let mut all = english.clone();
    for language in Language::LETTERS.into_iter().filter(|language| *language != Language::En) {
        let pages = drafted(&program, language).await;
        typesetter.render_blocking(Template::Letter, &pages[0], stamp).unwrap();
        row(format!("{language}, warm"), 2, &pages, &typesetter);
        all.extend(pages);
    }
    for threads in [1, 2] {
        row("in every language, warm".to_owned(), threads, &dated_otherwise(&all, 10 + threads), &typesetter);
    }
    (table, typesetters::measure(&english, stamp))
}
