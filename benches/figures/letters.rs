//! The letters of a whole round, as they are sent: 195 permanent missions, one language, drafted from the shipped record, each typeset as PDF/UA-1
//! and PDF/A-2a. Cold is a typesetter that has read no font; warm is the same once it has set one letter. Nothing is typeset twice.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
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
};

use crate::{
    memory,
    report::{Table, rate},
    support::{Kind, Program},
};

/// The finished pages of a round, without the annex of signatories.
async fn drafted(program: &Program, language: Language) -> Vec<LetterPage> {
    let platform = &program.app.platform;
    let (campaign, directory) = (program.app.campaigns.get(platform).await.unwrap(), program.app.states.get(platform).await.unwrap());
    let day = platform.clock.now().date_naive();
    let event = campaign.events.iter().find(|event| event.status != "past" && event.last_day() > day).unwrap();
    let account = program.add_account(&format!("bench-{language}@staff.example.org"), Role::Coordinator).await;
    let new = NewRound {
        name: format!("Bench {language}"),
        event_id: event.id,
        wave: 1,
        posts: vec!["permanent_representative".to_owned()],
        language: Some(language),
        rehearsal: true,
        reminds: None,
        follows: false,
        dated_on: day,
    };
    let round = service::create(platform, &campaign, &directory, new, account).await.unwrap();
    program.drain().await;
    let letters = store::letters_of(platform.database.read(), round).await.unwrap();
    assert_eq!(letters.len(), directory.states().len());
    letters.into_iter().map(|letter| serde_json::from_value::<Content>(letter.content).unwrap().page).collect()
}

/// Typesets all pages on `threads` threads and returns how long that took and how many bytes came out.
fn typeset(typesetter: &Typesetter, pages: &[LetterPage], threads: usize, stamp: chrono::DateTime<chrono::Utc>) -> (Duration, usize) {
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

pub async fn measure() -> Table {
    eprintln!("letters");
    let mut table = Table::new(&["195 letters", "threads", "seconds", "letters a second", "kB a letter", "MB resident after"]);
    let program = Program::start(Kind::Sqlite).await;
    program.app.load_demo().await.unwrap();
    program.drain().await;
    let platform = &program.app.platform;
    let (campaign, directory) = (program.app.campaigns.get(platform).await.unwrap(), program.app.states.get(platform).await.unwrap());
    waves::freeze(platform, &campaign, &directory, 1, None).await.unwrap();
    let stamp = platform.clock.now();
    let mut row = |name: String, threads: usize, pages: &[LetterPage], typesetter: &Typesetter| {
        let (took, bytes) = typeset(typesetter, pages, threads, stamp);
        table.row([
            name,
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
        // Another day on every letter: nothing of the run before can be taken from the cache.
        let mut pages = english.clone();
        for page in &mut pages {
            page.place_date = format!("{} ({threads})", page.place_date);
        }
        row("en, warm".to_owned(), threads, &pages, &warm);
    }
    let typesetter = Typesetter::new();
    for language in Language::LETTERS.into_iter().filter(|language| *language != Language::En) {
        let pages = drafted(&program, language).await;
        typesetter.render_blocking(Template::Letter, &pages[0], stamp).unwrap();
        row(format!("{language}, warm"), 2, &pages, &typesetter);
    }
    drop(Arc::clone(&campaign));
    table
}
