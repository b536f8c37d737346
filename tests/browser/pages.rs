//! Which pages there are, and a campaign far enough along that none of them is empty.

use demarche::accounts::Role;
use fantoccini::Client;

use crate::{
    person::{arrives, at, choose, fill, open},
    support::Program,
};

/// Public pages below the language.
pub const PUBLIC_PAGES: &[&str] = &[
    "",
    "/statement",
    "/statement/versions",
    "/statement/versions/1",
    "/sign",
    "/sign/sent",
    "/signatories",
    "/signatories?q=nobody-of-this-name",
    "/signatories/logos",
    "/states",
    "/states?stance=oppose&as_of=2024-12-01",
    "/states/SEN",
    "/states/AFG",
    "/write",
    "/calendar",
    "/method",
    "/genuine",
    "/genuine?reference=nonsense",
    "/privacy",
    "/no-such-page",
];

/// Desk pages that need no row.
pub const DESK_PAGES: &[&str] = &[
    "/desk",
    "/desk/signatures",
    "/desk/signatures?state=confirmed",
    "/desk/signatures/new",
    "/desk/duplicates",
    "/desk/corrections",
    "/desk/rules",
    "/desk/imports",
    "/desk/invitations",
    "/desk/logos",
    "/desk/reveals",
    "/desk/waves",
    "/desk/letters",
    "/desk/register",
    "/desk/register/KEN",
    "/desk/register/KEN/permanent_representative",
    "/desk/register/sheet",
    "/desk/replies",
    "/desk/replies/new",
    "/desk/replies/inbox",
    "/desk/positions",
    "/desk/positions/proposals",
    "/desk/positions/SEN",
    "/desk/work",
    "/desk/audit",
];

/// The status that a page has when all is well with it.
pub fn expected_status(path: &str) -> u64 {
    match path {
        path if path.ends_with("/no-such-page") => 404,
        path if path.ends_with("reference=nonsense") => 422,
        _ => 200,
    }
}

/// Pages of rows: a wave, a board of 195 letters, one letter, an answer with its proposal, one signature.
#[derive(Clone, Debug)]
pub struct Rows {
    pub board: String,
    pub paths: Vec<String>,
}

/// Freezes a wave and has one letter for each state drafted, as a campaigner's browser would.
pub async fn furnish(program: &Program) -> Rows {
    let staff = program.staff(Role::Coordinator).await;
    let frozen = staff.submit("/desk/waves", "/desk/waves", &[("next", "1")]).await;
    assert_eq!(frozen.status, 303, "{}", frozen.text());
    let events = staff.get("/desk/letters").await.attributes("select[name=event] option", "value");
    let event = events.into_iter().find(|value| !value.is_empty()).expect("no event lies ahead");
    let fields = [
        ("name", "January session"),
        ("event", &event),
        ("wave", "1"),
        ("posts", "permanent_representative"),
        ("language", ""),
        ("mode", "rehearsal"),
    ];
    let made = staff.submit("/desk/letters", "/desk/letters", &fields).await;
    assert_eq!(made.status, 303, "{}", made.text());
    let board = made.location().to_owned();
    program.drain().await;
    let letter = staff.get(&board).await.attributes("#board tbody a", "href").remove(7);
    let signature = staff.get("/desk/signatures?state=confirmed").await.attributes("#queue tbody a", "href").remove(0);
    let evidence = staff.get("/desk/positions/SEN").await.attributes("#ledger a[href*='/evidence/']", "href").remove(0);
    // Nothing is delivered after this: the thanks of all who signed stay in the queue.
    let published = staff.submit("/desk/waves/1", "/desk/waves/1/publish", &[]).await;
    assert_eq!(published.status, 303, "{}", published.text());
    let extended = staff.submit("/desk/waves", "/desk/waves/deadline", &[("number", "1"), ("hours", "12")]).await;
    assert_eq!(extended.status, 303);
    let paths = vec![
        board.clone(),
        format!("{board}/open"),
        letter,
        signature,
        evidence,
        "/desk/waves/1".to_owned(),
        "/ar/signatories/wave/1".to_owned(),
        "/desk/signatures?state=declined".to_owned(),
    ];
    Rows { board, paths }
}

/// Records an answer by a state whose letter is not known; gives the addresses of the answer and of its proposal.
pub async fn record_an_answer(client: &Client, program: &Program) -> [String; 2] {
    open(client, program, "/desk/replies/new").await;
    at(client, "[name=country]").await.select_by_value("SEN").await.unwrap();
    choose(client, "[name=class][value=supportive]").await;
    fill(client, "summary", "They will support a mandate.").await;
    at(client, "main form:not(.filters) button").await.click().await.unwrap();
    arrives(client, "/desk/replies/0").await;
    let answer = client.current_url().await.unwrap().path().to_owned();
    open(client, program, "/desk/positions/proposals").await;
    let proposal = at(client, "#proposals tbody a").await.attr("href").await.unwrap().unwrap();
    [answer, proposal]
}
