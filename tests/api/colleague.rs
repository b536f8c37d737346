//! A colleague of the signer: the second person who confirms, and the one who takes a signature over.

use chrono::Duration;
use demarche::{
    accounts::Role,
    domain::clock::Clock,
    entities::{signatory, signature_token},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::{
    authority::change_rules,
    on_both_databases,
    signer::{NAME, listed},
    signing::{link, organisation, send, signatures},
    support::{Program, program::Browser, reading::mail_text},
};

const COLLEAGUE: &str = "second.keeper@lantern.example.org";

/// The path after a word in the newest mail to an address.
fn link_in(text: &str, part: &str) -> String {
    let link = text.split_whitespace().find(|word| word.contains(part)).unwrap_or_else(|| panic!("no {part} in {text}"));
    format!("/{}", link.splitn(4, '/').nth(3).unwrap())
}

async fn mails_to(program: &Program, address: &str) -> Vec<String> {
    program.drain().await;
    let mails = program.mail.take();
    mails.into_iter().filter(|mail| mail.envelope.to()[0].to_string() == address).map(|mail| mail_text(&mail.bytes)).collect()
}

/// A confirmed signature and the path of its signer's page.
async fn confirmed(program: &Program) -> (Browser, String) {
    let browser = program.browser();
    assert_eq!(send(&browser, "en", &organisation(NAME, "keeper@lantern.example.org")).await.status, 303);
    let text = mails_to(program, "keeper@lantern.example.org").await.remove(0);
    assert_eq!(browser.post(&link(program, &text), &[]).await.status, 200);
    let text = mails_to(program, "keeper@lantern.example.org").await.remove(0);
    (browser, link_in(&text, "/signature/"))
}

fn second(email: &str) -> Vec<(&'static str, &str)> {
    vec![("wish", "second_person"), ("colleague_name", "Sam Second"), ("colleague_email", email), ("colleague_role", "Chair")]
}

fn hand_over(email: &str) -> Vec<(&'static str, &str)> {
    vec![("wish", "contact"), ("contact_name", "Nora New"), ("contact_email", email), ("contact_role", "Director")]
}

on_both_databases! {
    /// R3, US1: where a campaign asks for a second person, one confirmation is out of every count until a colleague has pressed too.
    async fn one_confirmation_waits_for_a_second_person(program: Program) {
        change_rules(&program, |campaign| campaign.sign_on.second_confirmation = true).await;
        let (browser, page) = confirmed(&program).await;
        assert!(browser.get(&page).await.text().contains("A second person of your organisation has to confirm"));
        let staff = program.staff(Role::Coordinator).await;
        let at = format!("/desk/signatures/{}", signatures(&program).await[0].id);
        assert!(staff.get(&at).await.text().contains("second person awaited"));
        staff.submit(&at, &format!("{at}/decision"), &[("decision", "verify")]).await;
        assert!(staff.get(&at).await.text().contains("has not confirmed yet") && signatures(&program).await[0].state == "confirmed");
        // Asked twice by a double click: one mail.
        for _ in 0..2 {
            let answer = browser.post(&page, &second(COLLEAGUE)).await;
            assert!(answer.status == 200 && answer.text().contains("Your colleague is written to"), "{}", answer.text());
        }
        let mails = mails_to(&program, COLLEAGUE).await;
        assert!(mails.len() == 1 && mails[0].contains(NAME), "{mails:?}");
        let link = link_in(&mails[0], "/colleague/");
        for _ in 0..3 {
            assert!(browser.get(&link).await.text().contains(NAME), "a scanner changes nothing");
        }
        assert_eq!(signatures(&program).await[0].second_person, "awaited");
        assert_eq!(browser.post(&link, &[("answer", "maybe")]).await.status, 400);
        assert!(browser.post(&link, &[("answer", "yes")]).await.text().contains("has its second confirmation"));
        assert!(browser.post(&link, &[("answer", "no")]).await.text().contains("answered before"), "a second press is harmless");
        assert_eq!(signatures(&program).await[0].second_person, "given");
        assert_eq!(staff.submit(&at, &format!("{at}/decision"), &[("decision", "verify")]).await.status, 303);
        let row = signatures(&program).await.remove(0);
        assert_eq!((row.state.as_str(), row.authority.as_deref()), ("verified", Some("second_person")));
        // Both mailboxes are taken: neither can stand for two people.
        assert_eq!(browser.post(&page, &hand_over(COLLEAGUE)).await.status, 422);
    }

    /// R3: whoever was named and knows nothing of it says so, and staff see it; nothing is confirmed by that.
    async fn a_second_person_who_denies_is_a_signal(program: Program) {
        change_rules(&program, |campaign| campaign.sign_on.second_confirmation = true).await;
        let (browser, page) = confirmed(&program).await;
        browser.post(&page, &second(COLLEAGUE)).await;
        let link = link_in(&mails_to(&program, COLLEAGUE).await[0], "/colleague/");
        assert!(browser.post(&link, &[("answer", "no")]).await.text().contains("the secretariat sees your answer"));
        let row = signatures(&program).await.remove(0);
        assert_eq!(row.second_person, "awaited");
        let staff = program.staff(Role::Coordinator).await;
        assert!(staff.get(&format!("/desk/signatures/{}", row.id)).await.text().contains("it was not the organisation"));
        let tokens = signature_token::Entity::find().filter(signature_token::Column::SealedContact.is_not_null());
        assert!(tokens.all(program.app.platform.database.read()).await.unwrap().is_empty(), "their address is kept nowhere");
    }

    /// US2: a signature is handed over only by a press in the new mailbox; then the old link ends and its holder is told.
    async fn a_signature_is_handed_over_to_a_colleague(program: Program) {
        let (browser, page) = listed(&program).await;
        program.mail.take();
        browser.post(&page, &hand_over("nora@lantern.example.org")).await;
        let first = link_in(&mails_to(&program, "nora@lantern.example.org").await[0], "/colleague/");
        assert_eq!(browser.get(&page).await.status, 200, "nothing has changed yet");
        // Somebody else is asked: the first can answer no more.
        browser.post(&page, &hand_over("nils@lantern.example.org")).await;
        let link = link_in(&mails_to(&program, "nils@lantern.example.org").await[0], "/colleague/");
        assert_eq!(browser.post(&first, &[("answer", "yes")]).await.status, 404);
        assert!(browser.post(&link, &[("answer", "yes")]).await.text().contains("You are the contact now"));
        assert_eq!(browser.get(&page).await.status, 404, "the old link is good no more");
        program.drain().await;
        let mails: Vec<(String, String)> =
            program.mail.take().into_iter().map(|mail| (mail.envelope.to()[0].to_string(), mail_text(&mail.bytes))).collect();
        let to = |address: &str| mails.iter().find(|(to, _)| to == address).map(|(_, text)| text.clone()).unwrap_or_else(|| panic!("{mails:?}"));
        assert!(to("keeper@lantern.example.org").contains("handed this signature over"));
        let new_page = link_in(&to("nils@lantern.example.org"), "/signature/");
        assert_eq!(mails.len(), 2);
        assert!(browser.get(&new_page).await.text().contains(NAME));
        let row = signatures(&program).await.remove(0);
        assert!(row.state == "verified" && !row.newsletter);
        let links = signature_token::Entity::find().filter(signature_token::Column::Purpose.is_in(["left", "contact"]));
        let kept = links.all(program.app.platform.database.read()).await.unwrap();
        assert!(kept.iter().all(|row| row.sealed_contact.is_none()), "addresses that are done with are kept nowhere");
        // Whoever handed it over may sign again: another signature, for staff to look at.
        assert_eq!(send(&browser, "en", &organisation(NAME, "keeper@lantern.example.org")).await.status, 303);
        assert_eq!(signatures(&program).await.len(), 2);
    }

    /// Bad input loses nothing that was typed, and mail to strangers has an end.
    async fn wishes_that_cannot_be_met_are_told(program: Program) {
        let (browser, page) = confirmed(&program).await;
        let faulty = [("wish", "contact"), ("contact_name", ""), ("contact_email", "no address"), ("contact_role", "=Boss()")];
        let answer = browser.post(&page, &faulty).await;
        assert_eq!(answer.status, 422);
        let faults = answer.attributes(".error-summary a", "href");
        assert!(faults.contains(&"#contact_name".to_owned()) && faults.contains(&"#contact_email".to_owned()), "{faults:?}");
        assert_eq!((answer.field("contact_email").as_deref(), answer.field("contact_role").as_deref()), (Some("no address"), Some("=Boss()")));
        assert_eq!(answer.field("name").as_deref(), Some(NAME), "the other form keeps what it had");
        let own = browser.post(&page, &second("Keeper@Lantern.example.org")).await;
        assert!(own.status == 422 && own.text().contains("speaks for the signature already"), "{}", own.text());
        for n in 0..5 {
            assert_eq!(browser.post(&page, &second(&format!("s{n}@lantern.example.org"))).await.status, 200);
        }
        let sixth = browser.post(&page, &second("s5@lantern.example.org")).await;
        assert!(sixth.status == 422 && sixth.text().contains("no more for now"), "{}", sixth.text());
        assert_eq!(mails_to(&program, "s4@lantern.example.org").await.len(), 1);
        for fields in [second("a@b.example.org"), hand_over("a@b.example.org")] {
            assert_eq!(browser.post("/en/signature/unknown", &fields).await.status, 404);
        }
    }

    /// The link to a colleague ends with its days, with the signature, and is worth nothing on another page.
    async fn a_link_to_a_colleague_ends(program: Program) {
        let (browser, page) = confirmed(&program).await;
        browser.post(&page, &second(COLLEAGUE)).await;
        let link = link_in(&mails_to(&program, COLLEAGUE).await[0], "/colleague/");
        let token = link.rsplit('/').next().unwrap();
        for other in [format!("/en/signature/{token}"), format!("/en/confirm/{token}")] {
            assert_eq!(browser.get(&other).await.status, 404, "{other}");
        }
        program.clock.set(program.clock.now() + Duration::days(15));
        assert_eq!(browser.post(&link, &[("answer", "yes")]).await.status, 410);
        browser.post(&page, &second(COLLEAGUE)).await;
        let link = link_in(&mails_to(&program, COLLEAGUE).await[0], "/colleague/");
        browser.post(&page, &[("wish", "erase")]).await;
        assert_eq!(browser.post(&link, &[("answer", "yes")]).await.status, 410);
        let tokens = signature_token::Entity::find().filter(signature_token::Column::SealedContact.is_not_null());
        assert!(tokens.all(program.app.platform.database.read()).await.unwrap().is_empty(), "erased with it (R75)");
    }

    /// R14: of a withheld signer neither the mail nor the page says a name.
    async fn a_colleague_of_a_withheld_signer_reads_no_name(program: Program) {
        let (browser, page) = confirmed(&program).await;
        browser.post(&page, &[("wish", "withheld")]).await;
        browser.post(&page, &second(COLLEAGUE)).await;
        let mail = mails_to(&program, COLLEAGUE).await.remove(0);
        let shown = browser.get(&link_in(&mail, "/colleague/")).await;
        assert!(!mail.contains(NAME) && shown.status == 200 && !shown.body.contains(NAME));
        browser.post(&link_in(&mail, "/colleague/"), &[("answer", "yes")]).await;
        assert_eq!(signatures(&program).await[0].second_person, "given");
        let rows = signatory::Entity::find().all(program.app.platform.database.read()).await.unwrap();
        assert!(rows.iter().all(|row| row.name.is_none()));
    }
}
