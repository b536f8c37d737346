//! The signer's own page: what it shows, what can be done there, and what never can.

use demarche::{
    accounts::Role,
    domain::clock::Clock,
    entities::{audit_entry, signatory, signature, signature_token, wave_entry},
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

use crate::{
    on_both_databases,
    signing::{link, organisation, send, signatures},
    support::{Program, program::Browser, reading::mail_text},
};

pub const NAME: &str = "Harbour Lantern Society";

/// A signature that is confirmed and verified, and the path of its signer's page.
pub async fn listed(program: &Program) -> (Browser, String) {
    let browser = program.browser();
    assert_eq!(send(&browser, "en", &organisation(NAME, "keeper@lantern.example.org")).await.status, 303);
    program.drain().await;
    let confirm = link(program, &mail_text(&program.mail.take()[0].bytes));
    assert_eq!(browser.post(&confirm, &[]).await.status, 200);
    program.drain().await;
    let mails = program.mail.take();
    assert_eq!(mails.len(), 1, "the confirmation brings one mail with the link");
    let text = mail_text(&mails[0].bytes);
    let link = text.split_whitespace().find(|word| word.contains("/signature/")).unwrap_or_else(|| panic!("no link in {text}"));
    let path = format!("/{}", link.splitn(4, '/').nth(3).unwrap());
    let staff = program.staff(Role::Coordinator).await;
    let at = format!("/desk/signatures/{}", signatures(program).await[0].id);
    assert_eq!(staff.submit(&at, &format!("{at}/decision"), &[("decision", "verify")]).await.status, 303);
    program.drain().await;
    assert_eq!(staff.submit("/desk/waves", "/desk/waves", &[("next", "1")]).await.status, 303);
    (browser, path)
}

async fn lists(program: &Program) -> String {
    let mut all = String::new();
    for path in ["/en", "/en/signatories", "/en/signatories.csv", "/ar/signatories", "/en/statement"] {
        all += &program.browser().get(path).await.body;
    }
    all
}

on_both_databases! {
    /// R15, US4: by their own link a signer hides the name; lists follow at once, and the page says what cannot be called back.
    async fn a_signer_hides_the_name_by_their_own_link(program: Program) {
        let (browser, path) = listed(&program).await;
        assert!(lists(&program).await.contains(NAME));
        for _ in 0..2 {
            let page = browser.get(&path).await;
            assert!(page.status == 200 && page.body.contains(NAME) && page.header("cache-control").contains("no-store"));
            assert!(page.text().contains("Wave 1") && page.text().contains("cannot be called back"), "{}", page.text());
            browser.client.head(format!("{}{path}", browser.base_url)).send().await.unwrap();
        }
        assert!(lists(&program).await.contains(NAME), "looking changes nothing");
        let done = browser.post(&path, &[("wish", "withheld")]).await;
        assert!(done.status == 200 && !done.body.contains(NAME) && done.text().contains("Wave 1"), "{}", done.text());
        assert!(!lists(&program).await.contains("Lantern"));
        let again = browser.post(&path, &[("wish", "withheld")]).await;
        assert_eq!(again.status, 200, "a second press is harmless");
        program.drain().await;
        let counted = browser.get("/en/signatories").await.text();
        assert!(counted.contains("withheld") && counted.contains('1'), "{counted}");
        let row = signatory::Entity::find().one(program.app.platform.database.read()).await.unwrap().unwrap();
        assert!(row.name.is_none() && row.sealed_names.is_some() && row.sort_key.is_none());
        let frozen = wave_entry::Entity::find().all(program.app.platform.database.read()).await.unwrap();
        assert!(frozen.iter().all(|entry| entry.printed_name.is_none()), "no table keeps the name (R14)");
        let lines = audit_entry::Entity::find().filter(audit_entry::Column::Action.eq("signature.hidden"));
        assert_eq!(lines.all(program.app.platform.database.read()).await.unwrap().len(), 1);
        // R14: no frozen list gives the name again, so no letter of it does; the page goes on saying where it stood.
        let entry = wave_entry::Entity::find().one(program.app.platform.database.read()).await.unwrap().unwrap();
        assert_eq!((entry.printed_name, entry.original_name, entry.visibility.as_str()), (None, None, "named"));
        assert!(browser.get(&path).await.text().contains("Wave 1"));
        // Still less, and never more.
        assert_eq!(browser.post(&path, &[("wish", "total_only")]).await.status, 200);
        for more in ["named", "withheld"] {
            let refused = browser.post(&path, &[("wish", more)]).await;
            assert!(refused.status == 409 && refused.text().contains("sign again"), "{more}: {}", refused.text());
        }
        assert_eq!(signatures(&program).await[0].visibility, "total_only");
        // To be named again takes a new signature, with a link of its own.
        program.drain().await;
        program.mail.take();
        assert_eq!(send(&browser, "en", &organisation(NAME, "keeper@lantern.example.org")).await.status, 303);
        program.drain().await;
        assert!(mail_text(&program.mail.take()[0].bytes).contains("/confirm/"));
        assert_eq!(signatures(&program).await.len(), 2);
        let campaign = program.app.campaigns.get(&program.app.platform).await.unwrap();
        assert_eq!(demarche::signing::counts::recount(&program.app.platform, campaign.id).await.unwrap(), 0, "counters equal a recount");
    }

    /// R15, R16: withdrawn by the signer, noted with its day, and signed again if they like.
    async fn a_signer_withdraws_by_their_own_link(program: Program) {
        let (browser, path) = listed(&program).await;
        let done = browser.post(&path, &[("wish", "withdraw")]).await;
        assert!(done.status == 200 && done.text().contains("Withdrawn"), "{}", done.text());
        assert_eq!(browser.post(&path, &[("wish", "withdraw")]).await.status, 200, "a second press is harmless");
        assert_eq!(browser.post(&path, &[("wish", "withheld")]).await.status, 409, "it has ended");
        let all = lists(&program).await;
        assert!(!all.contains("Lantern") && all.contains("signatures withdrawn"));
        program.drain().await;
        assert!(browser.get("/en").await.text().contains("Organisations 0"));
        assert_eq!(send(&browser, "en", &organisation(NAME, "keeper@lantern.example.org")).await.status, 303);
        assert_eq!(signatures(&program).await.len(), 2);
    }

    /// R4, R74: a link is good for its purpose and its time, and a wrong one tells nothing.
    async fn a_wrong_an_old_or_another_link_opens_nothing(program: Program) {
        let (browser, path) = listed(&program).await;
        let db = program.app.platform.database.write();
        let unknown = format!("/en/signature/{}", "A".repeat(43));
        for wrong in [unknown.as_str(), "/en/signature/short", "/en/signature/%00", &path.replace("/signature/", "/confirm/")] {
            for answer in [browser.get(wrong).await, browser.post(wrong, &[("wish", "withdraw")]).await] {
                assert!(answer.status == 404 && !answer.body.contains(NAME), "{wrong}: {}", answer.status);
            }
        }
        for wish in ["", "everything", "\0", "verified"] {
            assert_eq!(browser.post(&path, &[("wish", wish)]).await.status, 422, "{wish:?}");
        }
        for row in signature_token::Entity::find().all(db).await.unwrap() {
            let mut old = row.into_active_model();
            old.expires_at = Set(program.clock.now());
            old.update(db).await.unwrap();
        }
        assert_eq!(browser.post(&path, &[("wish", "withdraw")]).await.status, 404);
        assert_eq!(signature::Entity::find().one(db).await.unwrap().unwrap().state, "verified");
    }

    /// Somebody who is set aside sees a page like everybody's.
    async fn who_is_set_aside_does_not_learn_it_from_the_page(program: Program) {
        let (browser, path) = listed(&program).await;
        let staff = program.staff(Role::Moderator).await;
        let at = format!("/desk/signatures/{}", signatures(&program).await[0].id);
        assert_eq!(staff.submit(&at, &format!("{at}/decision"), &[("decision", "quarantine"), ("reason", "looks odd")]).await.status, 303);
        let page = browser.get(&path).await;
        assert!(page.text().contains("is being checked") && !page.body.contains("quarantin"), "{}", page.text());
    }
}
