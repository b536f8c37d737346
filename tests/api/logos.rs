//! Logos: sent with a permission, drawn anew, looked at, shown, and gone with the name (R24).

use demarche::{accounts::Role, entities::logo};
use reqwest::multipart::{Form, Part};
use sea_orm::{EntityTrait, PaginatorTrait};

use crate::{
    on_both_databases,
    signer::{NAME, listed},
    signing::signatures,
    support::{Program, program::Browser, reading::Answer},
};

const DRAWN: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 100"><metadata>Drawn by a witness</metadata><circle cx="50" cy="50" r="40" fill="#113355"/></svg>"##;

async fn send(browser: &Browser, path: &str, file: Option<&[u8]>, fields: &[(&str, &str)]) -> Answer {
    let mut form = Form::new();
    for (name, value) in fields {
        form = form.text((*name).to_owned(), (*value).to_owned());
    }
    if let Some(file) = file {
        form = form.part("file", Part::bytes(file.to_vec()).file_name("logo.svg"));
    }
    Answer::of(browser.client.post(format!("{}{path}", browser.base_url)).multipart(form).send().await.unwrap()).await
}

const GOOD: [(&str, &str); 3] = [("wish", "send"), ("alternative", "A lamp in a circle"), ("permitted", "yes")];

async fn decide(staff: &Browser, at: &str, decision: &str) -> Answer {
    let seen = staff.get(at).await.field("logo").unwrap_or_default();
    staff.submit(at, &format!("{at}/logo"), &[("decision", decision), ("logo", &seen)]).await
}

/// The address of the only logo of the public page.
async fn shown(program: &Program) -> Vec<String> {
    program.browser().get("/en/signatories/logos").await.attributes(".logos img", "src")
}

on_both_databases! {
    /// R24: a logo is shown only with permission and after staff looked at it, drawn anew, with its words; and it goes with the name.
    async fn a_logo_is_shown_by_permission_and_goes_with_the_name(program: Program) {
        let (browser, path) = listed(&program).await;
        let (page, at) = (format!("{path}/logo"), format!("/desk/signatures/{}", signatures(&program).await[0].id));
        assert!(browser.get(&path).await.attributes("a", "href").contains(&page));
        let sent = send(&browser, &page, Some(DRAWN.as_bytes()), &GOOD).await;
        assert!(sent.status == 200 && sent.text().contains("Received"), "{}", sent.text());
        let own = browser.client.get(format!("{}{page}.png", program.base_url)).send().await.unwrap();
        assert_eq!(own.headers()["content-type"], "image/png");
        assert_eq!(own.headers()["x-content-type-options"], "nosniff");
        let kept = own.bytes().await.unwrap();
        assert!(kept.starts_with(b"\x89PNG") && !kept.windows(7).any(|w| w == b"witness"));
        assert!(shown(&program).await.is_empty(), "nobody has looked at it");
        let staff = program.staff(Role::Moderator).await;
        assert!(staff.get("/desk").await.body.contains("/desk/logos") && staff.get("/desk/logos").await.text().contains(NAME));
        assert_eq!(staff.get(&at).await.attributes("#logo img", "alt"), ["A lamp in a circle"]);
        assert_eq!(decide(&staff, &at, "show").await.status, 303);
        let addresses = shown(&program).await;
        assert_eq!(addresses.len(), 1);
        let list = browser.get("/en/signatories/logos").await;
        assert!(list.text().contains(NAME) && list.attributes(".logos img", "alt") == ["A lamp in a circle"]);
        assert!(browser.get("/en/signatories").await.body.contains("/en/signatories/logos"));
        assert_eq!(browser.get(&addresses[0]).await.status, 200);
        // Withheld from now on (R15): the logo is gone everywhere, from the tables too.
        browser.post(&path, &[("wish", "withheld")]).await;
        assert!(shown(&program).await.is_empty() && browser.get(&addresses[0]).await.status == 404);
        assert_eq!(logo::Entity::find().count(program.app.platform.database.read()).await.unwrap(), 0);
        assert_eq!(send(&browser, &page, Some(DRAWN.as_bytes()), &GOOD).await.status, 404, "whoever is withheld has none");
        assert_eq!(logo::Entity::find().count(program.app.platform.database.read()).await.unwrap(), 0);
    }

    /// R24: no permission, no words, no picture: each is said beside its field, and nothing typed is lost.
    async fn what_is_missing_is_said_beside_its_field(program: Program) {
        let (browser, path) = listed(&program).await;
        let page = format!("{path}/logo");
        let script = DRAWN.replace("<circle", "<script>alert(1)</script><circle");
        for (file, fields, faults) in [
            (None, GOOD.to_vec(), vec!["#file"]),
            (Some(b"GIF89a".to_vec()), GOOD.to_vec(), vec!["#file"]),
            (Some(script.into_bytes()), GOOD.to_vec(), vec!["#file"]),
            (Some(vec![b'x'; 5 * 1024 * 1024]), GOOD.to_vec(), vec!["#file"]),
            (Some(DRAWN.into()), vec![("alternative", "A lamp")], vec!["#permitted"]),
            (Some(DRAWN.into()), vec![("permitted", "yes"), ("alternative", " ")], vec!["#alternative"]),
            (Some(DRAWN.into()), vec![("alternative", "A\u{202e}B")], vec!["#alternative", "#permitted"]),
        ] {
            let answer = send(&browser, &page, file.as_deref(), &fields).await;
            assert_eq!((answer.status, answer.attributes(".error-summary a", "href")), (422, faults.iter().map(|f| (*f).to_owned()).collect()));
            for (name, value) in fields.iter().filter(|(name, value)| *name == "alternative" && !value.trim().is_empty()) {
                assert_eq!(answer.field(name).as_deref(), Some(*value));
            }
        }
        assert_eq!(logo::Entity::find().count(program.app.platform.database.read()).await.unwrap(), 0);
        assert_eq!(send(&browser, &page.replace("/signature/", "/signature/x"), Some(DRAWN.as_bytes()), &GOOD).await.status, 404);
        assert_eq!(browser.get("/logos/00000000-0000-4000-8000-000000000000.png").await.status, 404);
    }

    /// R24: another logo sent meanwhile is not shown by the press that meant the first; its signer takes it away, and so may staff.
    async fn the_press_that_shows_a_logo_means_the_one_that_was_seen(program: Program) {
        let (browser, path) = listed(&program).await;
        let (page, at) = (format!("{path}/logo"), format!("/desk/signatures/{}", signatures(&program).await[0].id));
        send(&browser, &page, Some(DRAWN.as_bytes()), &GOOD).await;
        let staff = program.staff(Role::Moderator).await;
        let seen = staff.get(&at).await.field("logo").unwrap();
        send(&browser, &page, Some(DRAWN.replace("#113355", "#ff0000").as_bytes()), &GOOD).await;
        staff.submit(&at, &format!("{at}/logo"), &[("decision", "show"), ("logo", &seen)]).await;
        assert!(shown(&program).await.is_empty());
        decide(&staff, &at, "show").await;
        assert_eq!(shown(&program).await.len(), 1);
        for _ in 0..2 {
            assert_eq!(send(&browser, &page, None, &[("wish", "remove")]).await.status, 200);
        }
        assert!(shown(&program).await.is_empty());
        send(&browser, &page, Some(DRAWN.as_bytes()), &GOOD).await;
        decide(&staff, &at, "show").await;
        decide(&staff, &at, "remove").await;
        assert!(shown(&program).await.is_empty());
        assert_eq!(program.staff(Role::Reader).await.get(&format!("{at}/logo.png")).await.status, 403);
        crate::authority::change_rules(&program, |campaign| campaign.sign_on.logos = false).await;
        assert_eq!(browser.get("/en/signatories/logos").await.status, 404);
        assert_eq!(browser.get(&page).await.status, 404);
    }
}
