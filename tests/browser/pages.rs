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
    "/write/sent",
    "/write/sent/thanks",
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
    "/desk/letters/blocks",
    "/desk/letters/blocks/trial",
    "/desk/letters/blocks/new",
    "/desk/letters/blocks/open-who",
    "/desk/letters/written",
    "/desk/plan",
    "/desk/register",
    "/desk/register/KEN",
    "/desk/register/KEN/permanent_representative",
    "/desk/register/sheet",
    "/desk/replies",
    "/desk/replies/new",
    "/desk/replies/inbox",
    "/desk/meetings",
    "/desk/meetings/new?state=KEN",
    "/desk/positions",
    "/desk/positions/decision",
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
    // One letter of others waits for a person and one is accepted.
    for name in ["Lake Basin Forum", "Coast Bar Association"] {
        let fields = [("state", "KEN"), ("posts", "foreign_minister"), ("name", name), ("sent_on", "2026-11-20"), ("way", "mail")];
        let form = fields.into_iter().fold(reqwest::multipart::Form::new(), |form, (field, value)| form.text(field, value.to_owned()));
        let told = staff.client.post(format!("{}/en/write/sent", staff.base_url)).header("sec-fetch-site", "same-origin");
        assert_eq!(told.multipart(form).send().await.unwrap().status(), 303);
    }
    let accept = staff.get("/desk/letters/written").await.attributes("form[action$=accept]", "action").remove(0);
    assert_eq!(staff.submit("/desk/letters/written", &accept, &[]).await.status, 303);
    let met = [
        ("country", "SEN"),
        ("status", "held"),
        ("met_on", "2026-11-20"),
        ("level", "ambassador"),
        ("post", "permanent_representative"),
        ("notes", "They are glad of the letter."),
    ];
    let meeting = staff.submit("/desk/meetings/new", "/desk/meetings", &met).await.location().to_owned();
    let promised = [("text", "They will speak in the debate."), ("due_on", "2026-11-22")];
    assert_eq!(staff.submit(&meeting, &format!("{meeting}/promises"), &promised).await.status, 303);
    let promise = staff.get(&meeting).await.attributes("#promises tbody a", "href").remove(0);
    let task = staff.get("/desk/plan").await.attributes("main tbody td:first-child a", "href").remove(0);
    let moved = staff.get("/desk/plan").await.attributes("main a[href^='/desk/plan/events/']", "href").remove(0);
    let paths = vec![
        task,
        moved,
        format!("{meeting}/change"),
        format!("{meeting}/thanks"),
        meeting,
        promise,
        board.clone(),
        format!("{letter}/text"),
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
