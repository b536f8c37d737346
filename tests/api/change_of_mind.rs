//! A later wish for less to be shown, where it meets somebody else at work: another process, a moderator, a frozen list, an earlier change of mind.

use std::time::Duration;

use demarche::{
    accounts::Role,
    domain::{clock::Clock, signature::Visibility},
    entities::{signatory, signature, wave_entry},
    signing::{
        form::NewSignature,
        service::{self, Source},
        waves,
    },
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter};

use crate::{
    burst::signer,
    on_both_databases,
    signing::{link, signatures},
    support::{Kind, Program, reading::mail_text},
    withheld::{NAME, all, asking, is_listed, pairs, sent, verify},
};

async fn decide(program: &Program, id: uuid::Uuid, decision: &str) -> u16 {
    let staff = program.staff(Role::Moderator).await;
    let at = format!("/desk/signatures/{id}");
    let answer = staff.submit(&at, &format!("{at}/decision"), &[("decision", decision), ("reason", "looks odd")]).await.status;
    program.drain().await;
    answer
}

/// Long enough for a request that waits for a lock to have come to it.
pub async fn until_it_waits() {
    tokio::time::sleep(Duration::from_millis(700)).await;
}

on_both_databases! {
    /// R15: a moderator who verifies at the very moment its signer confirms to be withheld does not keep the name on the list.
    async fn a_name_verified_while_it_is_taken_back_does_not_stay(program: Program) {
        let first = sent(&program, &asking("named")).await;
        program.browser().post(&first, &[]).await;
        let named = signatures(&program).await.remove(0);
        let second = sent(&program, &asking("withheld")).await;
        // The moderator's transaction, as far as just before its end.
        let txn = program.app.platform.database.begin().await.unwrap();
        let mut verified = named.into_active_model();
        (verified.state, verified.verified_at) = (Set("verified".to_owned()), Set(verified.confirmed_at.clone().unwrap()));
        verified.update(&txn).await.unwrap();
        let browser = program.browser();
        let pressed = tokio::spawn(async move { browser.post(&second, &[]).await.status });
        until_it_waits().await;
        txn.commit().await.unwrap();
        assert_eq!(pressed.await.unwrap(), 200);
        assert_eq!(all(&program).await, pairs(&[("withheld", "withdrawn"), ("withheld", "confirmed")]));
        assert!(!is_listed(&program).await);
    }

    /// R14: two processes that take two forms of one person at once do not see each other's; the older link is no good all the same.
    async fn two_forms_at_two_processes_at_once_leave_the_wish_to_withhold(program: Program) {
        let sibling = program.sibling().await;
        program.mail.take();
        // Nothing is written down until both have looked for what was sent before.
        let database = &program.app.platform.database;
        let lock = match program.kind {
            Kind::Postgres => Some(database.begin().await.unwrap()),
            Kind::Sqlite => None,
        };
        if let Some(lock) = &lock {
            lock.execute_unprepared("LOCK TABLE signatory IN SHARE MODE").await.unwrap();
        }
        // From two networks: the count for one of them would make the second wait for the first.
        let sign = |at: &Program, visibility: Visibility| {
            let app = at.app.clone();
            let new = NewSignature { visibility, ..signer(NAME, "keeper@quill.example.org") };
            tokio::spawn(async move {
                let campaign = app.campaigns.get(&app.platform).await.unwrap();
                service::sign(&app.intake, &app.platform, &campaign, new, Source::Form(None)).await.unwrap();
            })
        };
        let named = sign(&program, Visibility::Named);
        until_it_waits().await;
        let withheld = sign(&sibling, Visibility::Withheld);
        until_it_waits().await;
        if let Some(lock) = lock {
            lock.commit().await.unwrap();
        }
        named.await.unwrap();
        withheld.await.unwrap();
        program.drain().await;
        let links: Vec<_> = program.mail.take().iter().map(|mail| mail_text(&mail.bytes)).filter(|text| text.contains(NAME)).collect();
        for text in &links {
            assert_eq!(program.browser().post(&link(&program, text), &[]).await.status, 410);
        }
        assert!(program.kind == Kind::Sqlite || links.len() == 1, "the two did not meet");
        assert_eq!(all(&program).await, pairs(&[("withheld", "withdrawn"), ("withheld", "pending")]));
    }

    /// R12, R14: what was set aside before the wish is released without its name.
    async fn what_is_released_from_quarantine_is_withheld_when_its_signer_wished_so(program: Program) {
        for confirms_first in [true, false] {
            let name = if confirms_first { NAME } else { "Harbour of Quillfeather" };
            let with_name = |visibility: &str| {
                let mut fields = asking(visibility);
                fields.insert("name", name.to_owned());
                fields
            };
            let old = sent(&program, &with_name("named")).await;
            if confirms_first {
                program.browser().post(&old, &[]).await;
            }
            let id = signatory::Entity::find().filter(signatory::Column::Name.eq(name)).one(program.app.platform.database.read()).await.unwrap().unwrap().id;
            let id = signature::Entity::find().filter(signature::Column::SignatoryId.eq(id)).one(program.app.platform.database.read()).await.unwrap().unwrap().id;
            assert_eq!(decide(&program, id, "quarantine").await, 303);
            let new = sent(&program, &with_name("withheld")).await;
            let held = || async { signature::Entity::find_by_id(id).one(program.app.platform.database.read()).await.unwrap().unwrap() };
            let after_the_form = if confirms_first { "named" } else { "withheld" };
            assert_eq!(held().await.visibility, after_the_form, "a form alone reaches what nobody has confirmed");
            assert_eq!(program.browser().post(&new, &[]).await.status, 200);
            assert_eq!((held().await.visibility.as_str(), held().await.state.as_str()), ("withheld", "quarantined"));
            program.browser().post(&old, &[]).await;
            assert_eq!(decide(&program, id, "release").await, 303);
            assert_eq!((held().await.visibility.as_str(), held().await.state.as_str()), ("withheld", "confirmed"));
            assert_eq!(decide(&program, id, "verify").await, 303);
            assert!(!program.browser().get("/en/signatories").await.body.contains(name));
        }
    }

    /// R12: whoever is set aside and sends the form again is answered as everybody: with a link.
    async fn who_is_set_aside_gets_another_link(program: Program) {
        sent(&program, &asking("named")).await;
        let id = signatures(&program).await[0].id;
        assert_eq!(decide(&program, id, "quarantine").await, 303);
        let again = sent(&program, &asking("named")).await;
        assert_eq!(program.browser().post(&again, &[]).await.status, 200);
        assert_eq!(decide(&program, id, "release").await, 303);
        assert_eq!(all(&program).await, pairs(&[("named", "confirmed")]));
    }

    /// R15: first withheld, then named, then withheld again: the last wish counts, once its link is pressed.
    async fn a_wish_made_again_is_a_wish(program: Program) {
        let browser = program.browser();
        let first = sent(&program, &asking("withheld")).await;
        browser.post(&first, &[]).await;
        let second = sent(&program, &asking("named")).await;
        browser.post(&second, &[]).await;
        let named = signatures(&program).await.into_iter().find(|row| row.visibility == "named").unwrap();
        verify(&program, named.id).await;
        program.clock.set(program.clock.now() + Duration::from_secs(60));
        let third = sent(&program, &asking("withheld")).await;
        assert!(is_listed(&program).await, "whoever knows the address alone changes nothing");
        assert_eq!(browser.post(&third, &[]).await.status, 200);
        assert!(!is_listed(&program).await);
        assert_eq!(all(&program).await, pairs(&[("withheld", "confirmed"), ("withheld", "withdrawn")]));
        // And no link of before the change of mind brings it about again.
        let fourth = sent(&program, &asking("named")).await;
        browser.post(&fourth, &[]).await;
        for old in [&first, &second, &third] {
            browser.post(old, &[]).await;
        }
        assert_eq!(all(&program).await.pop().unwrap(), ("named".to_owned(), "confirmed".to_owned()));
    }

    /// R14, R9: letters written from a wave that was frozen before the wish print no name of it; the counts of the wave stay.
    async fn a_frozen_list_gives_no_name_that_is_withheld_now(program: Program) {
        let first = sent(&program, &asking("named")).await;
        program.browser().post(&first, &[]).await;
        verify(&program, signatures(&program).await[0].id).await;
        let staff = program.staff(Role::Coordinator).await;
        assert_eq!(staff.submit("/desk/waves", "/desk/waves", &[("next", "1")]).await.status, 303);
        assert!(staff.get("/desk/waves/1").await.body.contains(NAME));
        let db = program.app.platform.database.read();
        let campaign = program.app.campaigns.get(&program.app.platform).await.unwrap();
        let before = waves::by_number(db, campaign.id, 1).await.unwrap().unwrap();
        let second = sent(&program, &asking("withheld")).await;
        program.browser().post(&second, &[]).await;
        assert!(!staff.get("/desk/waves/1").await.body.contains(NAME));
        assert!(waves::lines(db, before.id).await.unwrap().iter().all(|line| line.printed_name.is_none()));
        let after = waves::by_number(db, campaign.id, 1).await.unwrap().unwrap();
        assert_eq!((before.counts, before.content_hash), (after.counts, after.content_hash));
        assert_eq!(wave_entry::Entity::find().all(db).await.unwrap().len(), 1);
    }

    /// R14: a list frozen at the very moment a name is hidden does not keep it.
    async fn a_name_hidden_while_a_list_is_frozen_is_not_in_it(program: Program) {
        let first = sent(&program, &asking("named")).await;
        program.browser().post(&first, &[]).await;
        let row = signatures(&program).await.remove(0);
        verify(&program, row.id).await;
        let staff = program.staff(Role::Coordinator).await;
        // Its signer's transaction, as far as just before its end.
        let txn = program.app.platform.database.begin().await.unwrap();
        let of = signatory::Entity::find_by_id(row.signatory_id).one(&txn).await.unwrap().unwrap();
        let mut hidden = signatures(&program).await.remove(0).into_active_model();
        hidden.visibility = Set("withheld".to_owned());
        hidden.update(&txn).await.unwrap();
        let mut sealed = of.into_active_model();
        sealed.name = Set(None);
        sealed.update(&txn).await.unwrap();
        let frozen = tokio::spawn(async move { staff.submit("/desk/waves", "/desk/waves", &[("next", "1")]).await.status });
        until_it_waits().await;
        txn.commit().await.unwrap();
        assert_eq!(frozen.await.unwrap(), 303);
        let entry = wave_entry::Entity::find().one(program.app.platform.database.read()).await.unwrap().unwrap();
        assert_eq!((entry.printed_name, entry.visibility.as_str()), (None, "withheld"));
    }
}
