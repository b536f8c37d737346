//! What a person does in a browser: opens pages, types, presses keys and buttons.

use std::time::Duration;

use demarche::{
    accounts::{Role, service::NewAccount},
    domain::language::Language,
};
use fantoccini::{Client, Locator, elements::Element};

use crate::{
    pages::expected_status,
    support::{Kind, Program, program::PASSWORD, reading::mail_text},
};

/// The tabulator key as the driver names it.
pub const TAB: &str = "\u{e004}";
/// The tabulator key with shift: one step back.
pub const BACK_TAB: &str = "\u{e008}\u{e004}";
/// The enter key as the driver names it.
pub const ENTER: &str = "\u{e007}";
pub const ARROW_DOWN: &str = "\u{e015}";

/// The program with the demonstration's signatories.
pub async fn demonstration() -> Program {
    let program = Program::start(Kind::Sqlite).await;
    program.app.load_demo().await.unwrap();
    program.app.refresh_identity().await.unwrap();
    program
}

pub async fn open(client: &Client, program: &Program, path: &str) {
    client.goto(&format!("{}{path}", program.base_url)).await.unwrap();
}

/// The status that the page in the window came with.
pub async fn status(client: &Client) -> u64 {
    let script = "return performance.getEntriesByType('navigation')[0].responseStatus;";
    client.execute(script, Vec::new()).await.unwrap().as_u64().unwrap()
}

/// Opens a page and holds it to its status: a page that is missing must not pass for one that is well.
pub async fn visit(client: &Client, program: &Program, path: &str) {
    open(client, program, path).await;
    assert_eq!(status(client).await, expected_status(path), "{path}");
}

/// Opens the letters that the board asks whoever approves to open, and comes back to it.
pub async fn open_sample(client: &Client, program: &Program, board: &str) {
    open(client, program, board).await;
    let script = "return [...document.querySelectorAll('#sample li a:first-child')].map((link) => link.getAttribute('href'));";
    let asked = client.execute(script, Vec::new()).await.unwrap();
    for letter in asked.as_array().unwrap() {
        visit(client, program, letter.as_str().unwrap()).await;
    }
    open(client, program, board).await;
}

/// What `css` finds, waited for while a page arrives.
pub async fn at(client: &Client, css: &str) -> Element {
    let mut last = None;
    for _ in 0..100 {
        match client.find(Locator::Css(css)).await {
            Ok(element) => return element,
            Err(error) => last = Some(error),
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{css} at {}: {last:?}", client.current_url().await.unwrap());
}

/// How many of `css` stand on a page, once the whole page has arrived: a number that still grows is looked at again.
pub async fn count(client: &Client, css: &str) -> usize {
    at(client, css).await;
    let mut last = 0;
    for _ in 0..100 {
        let found = client.find_all(Locator::Css(css)).await.unwrap().len();
        if found == last && found > 0 {
            return found;
        }
        last = found;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{css} does not come to rest: {last}");
}

pub async fn fill(client: &Client, name: &str, text: &str) {
    at(client, &format!("[name='{name}']")).await.send_keys(text).await.unwrap();
}

/// Ticks a box or a radio by its label, which is what a hand hits.
pub async fn choose(client: &Client, css: &str) {
    let id = at(client, css).await.attr("id").await.unwrap().unwrap();
    at(client, &format!("label[for='{id}']")).await.click().await.unwrap();
    assert!(at(client, css).await.is_selected().await.unwrap(), "{css} is not chosen by its label");
}

/// Waits until the address holds `part`.
pub async fn arrives(client: &Client, part: &str) {
    for _ in 0..100 {
        if client.current_url().await.unwrap().as_str().contains(part) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let words = at(client, "main").await.text().await.unwrap();
    panic!("not at {part} but at {}: {words}", client.current_url().await.unwrap());
}

pub async fn words(client: &Client) -> String {
    at(client, "main").await.text().await.unwrap().replace(['\u{2068}', '\u{2069}'], "")
}

/// Delivers what waits and gives the confirmation link of the newest mail.
pub async fn confirmation_link(program: &Program) -> String {
    program.drain().await;
    let mails = program.mail.take();
    let text = mail_text(&mails.last().expect("no mail was sent").bytes);
    let link = text.split_whitespace().find(|word| word.contains("/confirm/"));
    link.unwrap_or_else(|| panic!("no link in {text}")).to_owned()
}

/// Adds an account and signs it in through the page.
pub async fn sign_in(client: &Client, program: &Program, role: Role) {
    sign_in_as(client, program, role.key(), role, Language::En).await;
}

/// Adds the account `who`, whose desk speaks `language`, and signs it in through the page.
pub async fn sign_in_as(client: &Client, program: &Program, who: &str, role: Role, language: Language) {
    let email = format!("{who}@staff.example.org");
    let new = NewAccount { email: email.clone(), name: format!("Test {who}"), role, language, password: PASSWORD.to_owned().into() };
    program.app.add_account(new).await.unwrap();
    open(client, program, "/desk/sign-in?next=/desk/signatures").await;
    fill(client, "email", &email).await;
    fill(client, "password", PASSWORD).await;
    at(client, "main form button").await.click().await.unwrap();
    // The address of the sign-in holds the page it leads to: only the way out shows that one is in.
    at(client, "form[action$='/sign-out']").await;
}

/// Leaves the desk, so that somebody else can come.
pub async fn sign_out(client: &Client) {
    at(client, "form[action$='/sign-out'] button").await.click().await.unwrap();
    arrives(client, "/sign-in").await;
}

/// Presses the tabulator until the focus is on what `css` finds.
pub async fn tab_to(client: &Client, css: &str) -> Element {
    press_until(client, TAB, css).await
}

/// Presses shift and tabulator until the focus is on what `css` finds.
pub async fn tab_back_to(client: &Client, css: &str) -> Element {
    press_until(client, BACK_TAB, css).await
}

async fn press_until(client: &Client, key: &str, css: &str) -> Element {
    for _ in 0..120 {
        let focused = client.active_element().await.unwrap();
        focused.send_keys(key).await.unwrap();
        let script = "const at = document.activeElement; return [at.matches(arguments[0]), getComputedStyle(at).outlineStyle + getComputedStyle(at).boxShadow];";
        let seen = client.execute(script, vec![css.into()]).await.unwrap();
        if seen[0] == true {
            assert_ne!(seen[1], "nonenone", "the focus on {css} cannot be seen");
            return client.active_element().await.unwrap();
        }
    }
    panic!("the keyboard never reaches {css}");
}
