//! What a campaigner waits for: the matrix of a round, one letter, its PDF. Over HTTP, one after the other, everything warm.

use std::time::{Duration, Instant};

use demarche::{accounts::Role, domain::language::Language, letters::store};

use crate::{
    letters,
    report::{Table, milliseconds},
    support::{Kind, Program, program::Browser},
};

/// How often each page is asked for.
const TIMES: usize = 60;

/// Asks for each path in turn, `TIMES` in all, once they were all asked for.
async fn ask(browser: &Browser, paths: &[String]) -> (Vec<Duration>, usize) {
    let mut took = Vec::with_capacity(TIMES);
    let mut bytes = 0;
    browser.get(&paths[0]).await;
    for path in paths.iter().cycle().take(TIMES) {
        let started = Instant::now();
        let answer = browser.get(path).await;
        took.push(started.elapsed());
        assert_eq!(answer.status, 200, "{path}");
        bytes = bytes.max(answer.bytes.len());
    }
    took.sort_unstable();
    (took, bytes)
}

pub async fn measure() -> Table {
    eprintln!("letter pages");
    let mut table = Table::new(&["page", "database", "median", "longest of sixty", "kB"]);
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let program = Program::start(kind).await;
        letters::prepare(&program).await;
        let round = letters::round(&program, Language::En, "foreign_minister", true).await;
        let drafted = store::letters_of(program.app.platform.database.read(), round).await.unwrap();
        let browser = program.staff(Role::Coordinator).await;
        let board = format!("/desk/letters/{round}");
        let of = |end: &str| drafted.iter().map(|letter| format!("{board}/{}{end}", letter.id)).collect::<Vec<_>>();
        let hard = ["KEN", "FRA", "EGY", "CHN", "RUS", "BRA"].map(|iso3| format!("/desk/letters/blocks/trial/{iso3}")).to_vec();
        for (name, paths) in [
            ("the matrix, 195 letters", vec![board.clone()]),
            ("one letter as a page, another each time", of("")),
            ("one letter as PDF with its signatories, another each time", of("/letter.pdf")),
            ("one letter as DOCX, another each time", of("/letter.docx")),
            ("a letter drafted and typeset to try its words, without signatories", hard),
        ] {
            let (took, bytes) = ask(&browser, &paths).await;
            let shown = |at: usize| milliseconds(took[at].as_secs_f64());
            table.row([name.to_owned(), format!("{kind:?}"), shown(TIMES / 2), shown(TIMES - 1), (bytes / 1000).to_string()]);
        }
    }
    table
}
