//! What a signer is written: reminders until somebody confirms, a way out for whoever never signed, and never too much to one address.

use chrono::Duration;
use demarche::{
    accounts::Role,
    entities::{audit_entry, signatory},
    platform::mail::Delivery,
};
use sea_orm::EntityTrait;

use crate::{
    on_both_databases,
    signing::{link, organisation, send, signatures},
    support::{Program, program::start_of_tests, reading::mail_text},
};

async fn mails_on_day(program: &Program, days: i64) -> Vec<String> {
    program.clock.set(start_of_tests() + Duration::days(days) + Duration::minutes(1));
    program.drain().await;
    program.mail.take().iter().map(|mail| mail_text(&mail.bytes)).collect()
}

on_both_databases! {
    /// R25, R4: two reminders, each with a link of its own, in the signer's language; none once it is confirmed.
    async fn whoever_has_not_confirmed_is_reminded_twice(program: Program) {
        let browser = program.browser();
        send(&browser, "fr", &organisation("Maison Ambre", "ambre@house.example.org")).await;
        send(&browser, "en", &organisation("Birch House", "birch@house.example.org")).await;
        let first = mails_on_day(&program, 0).await;
        assert_eq!(first.len(), 2);
        let birch = link(&program, first.iter().find(|text| text.contains("Birch")).unwrap());
        assert!(mails_on_day(&program, 1).await.is_empty());
        let second = mails_on_day(&program, 2).await;
        assert_eq!(second.len(), 2);
        let amber = second.iter().find(|text| text.contains("Maison Ambre")).unwrap();
        assert!(amber.contains("Il y a quelques jours"), "{amber}");
        assert_ne!(link(&program, amber), link(&program, &first[0]));
        assert_eq!(browser.post(&birch, &[]).await.status, 200, "the older link works as well");
        assert_eq!(mails_on_day(&program, 2).await.len(), 1, "the page of who confirmed");
        let third = mails_on_day(&program, 7).await;
        assert_eq!(third.len(), 1, "{third:?}");
        assert!(third[0].contains("Maison Ambre"));
        assert!(mails_on_day(&program, 60).await.is_empty(), "and no more");
        // Whoever sends the form again long after gets that mail, and no reminder on top.
        send(&browser, "fr", &organisation("Maison Ambre", "ambre@house.example.org")).await;
        assert_eq!(mails_on_day(&program, 60).await.len(), 1);
        assert!(mails_on_day(&program, 70).await.is_empty());
        let staff = program.staff(Role::Coordinator).await;
        assert!(staff.get("/desk/work").await.status == 200);
    }

    /// Whoever was signed for without knowing says so with a button: nothing is left to confirm, no address is kept, nobody writes again.
    async fn this_was_not_us(program: Program) {
        let browser = program.browser();
        send(&browser, "en", &organisation("Amber House", "amber@house.example.org")).await;
        let page = link(&program, &mails_on_day(&program, 0).await[0]);
        for _ in 0..2 {
            assert!(browser.get(&page).await.text().contains("This was not us"), "a scanner changes nothing");
            assert_eq!(browser.get(&format!("{page}/not-us")).await.status, 404);
        }
        assert_eq!(signatures(&program).await[0].state, "pending");
        let told = browser.post(&format!("{page}/not-us"), &[]).await;
        assert!(told.status == 200 && told.text().contains("we write no more"), "{}", told.text());
        assert_eq!(browser.post(&format!("{page}/not-us"), &[]).await.status, 200, "a second press is harmless");
        assert_eq!(signatures(&program).await[0].state, "withdrawn");
        assert!(!browser.post(&page, &[]).await.text().contains("Thank you"), "it cannot be confirmed any more");
        assert_eq!(signatures(&program).await[0].state, "withdrawn");
        let row = signatory::Entity::find().one(program.app.platform.database.read()).await.unwrap().unwrap();
        assert!(row.sealed_contact.is_none() && row.name.is_none());
        let trail = audit_entry::Entity::find().all(program.app.platform.database.read()).await.unwrap();
        assert_eq!(trail.iter().filter(|entry| entry.action == "signature.disowned").count(), 1);
        assert!(mails_on_day(&program, 2).await.is_empty() && mails_on_day(&program, 7).await.is_empty());
        assert_eq!(browser.post("/en/confirm/unknown/not-us", &[]).await.status, 404);
        // What is confirmed is not taken back by an old link.
        send(&browser, "en", &organisation("Birch House", "birch@house.example.org")).await;
        let page = link(&program, &mails_on_day(&program, 7).await[0]);
        browser.post(&page, &[]).await;
        browser.post(&format!("{page}/not-us"), &[]).await;
        assert!(signatures(&program).await.iter().any(|signature| signature.state == "confirmed"));
        // Whoever really means to sign after all may.
        send(&browser, "en", &organisation("Amber House", "amber@house.example.org")).await;
        assert_eq!(mails_on_day(&program, 7).await.iter().filter(|text| text.contains("Amber House")).count(), 1);
    }

    /// One address is not written to without end, whatever others type into the form; mails that could not leave do not count.
    async fn one_address_gets_five_mails_at_most(program: Program) {
        let browser = program.browser();
        for n in 0..8 {
            send(&browser, "en", &organisation(&format!("House {n}"), "victim@house.example.org")).await;
        }
        send(&browser, "en", &organisation("Another House", "other@house.example.org")).await;
        program.mail.answer_next(Delivery::Deferred { answer: "451 come back later".to_owned() });
        let mut mails = mails_on_day(&program, 0).await;
        mails.extend(mails_on_day(&program, 2).await);
        mails.extend(mails_on_day(&program, 7).await);
        assert_eq!(mails.iter().filter(|text| text.contains("Another House")).count(), 3);
        assert_eq!(mails.len(), 3 + 5);
        assert_eq!(mails_on_day(&program, 40).await.len(), 0);
        send(&browser, "en", &organisation("House 9", "victim@house.example.org")).await;
        let later = mails_on_day(&program, 40).await;
        assert_eq!(later.len(), 1, "a month later again");
        // Whoever presses the button wants the mails: the next may be the one that hides a name.
        for n in 10..20 {
            send(&browser, "en", &organisation(&format!("House {n}"), "willing@house.example.org")).await;
            let asked = mails_on_day(&program, 40).await;
            browser.post(&link(&program, &asked[0]), &[]).await;
            assert_eq!(mails_on_day(&program, 40).await.len(), 1, "{n}: the signer's own page");
        }
    }
}
