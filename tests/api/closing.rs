//! How a round ends: with its last letter, at once or one by one, and what may leave again from one that is over.

use demarche::{
    domain::{email::EmailAddress, letter::Channel},
    entities::{audit_entry, letter, letter_round},
    letters::{
        dispatch::{ByHand, DispatchError, record_by_hand},
        single,
    },
    platform::{files::NewFile, mail::Delivery},
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

use crate::{
    dispatch::{beside, letter_in, letter_state, queue},
    on_both_databases,
    support::Program,
};

on_both_databases! {
    /// R36: a round ends with its last letter, whatever came of it; one that came back may still be sent again.
    async fn a_round_closes_with_its_last_letter_and_what_bounced_may_leave_again(program: Program) {
        let (platform, first) = (&program.app.platform, letter_in(&program, "KEN", "approved", false).await);
        let account = program.add_account("again@staff.example.org", demarche::accounts::Role::Campaigner).await;
        let second = beside(&program, &first, "FRA").await;
        let third = beside(&program, &first, "TUV").await;
        queue(&program, &first, false).await;
        program.mail.answer_next(Delivery::Rejected { code: Some(550), answer: "550 no such mailbox".to_owned() });
        program.drain().await;
        assert_eq!(round_state(&program, &first).await, "sending", "two letters have not left");
        let proof = NewFile { media_type: "application/pdf", file_name: "receipt.pdf", content: b"%PDF- stamped copy" };
        let by_hand = ByHand { letter: second.id, channel: Channel::Hand, proof, note: "", account };
        record_by_hand(platform, by_hand).await.unwrap();
        assert_eq!(round_state(&program, &first).await, "sending");
        single::cancel(platform, third.id, account).await.unwrap();
        assert_eq!(round_state(&program, &first).await, "closed");
        let right = EmailAddress::parse("right@ken.example.org").unwrap();
        single::send_again(platform, first.id, &right, account).await.unwrap();
        program.drain().await;
        assert_eq!((letter_state(&program, first.id).await.as_str(), round_state(&program, &first).await.as_str()), ("sent", "closed"));
        let lines = audit_entry::Entity::find().filter(audit_entry::Column::Action.eq("round.closed"));
        assert_eq!(lines.all(platform.database.read()).await.unwrap().len(), 1, "it closes once");
    }

    /// R36: whichever of them is settled last closes the round, also when they are settled at once.
    async fn letters_settled_at_once_close_their_round(program: Program) {
        let first = letter_in(&program, "KEN", "approved", false).await;
        let mut all = vec![first.clone()];
        for iso3 in ["FRA", "TUV", "SEN", "MEX", "JPN"] {
            all.push(beside(&program, &first, iso3).await);
        }
        for letter in &all {
            queue(&program, letter, false).await;
        }
        let worker = tokio::spawn({
            let (worker, stop) = (program.app.worker(), tokio_util::sync::CancellationToken::new());
            async move { worker.run(stop).await }
        });
        for _ in 0..200 {
            if round_state(&program, &first).await == "closed" {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        worker.abort();
        assert_eq!(round_state(&program, &first).await, "closed");
        assert_eq!(program.mail.accepted().len(), all.len());
    }

    /// R36
    async fn a_rehearsal_closes_when_every_letter_was_rehearsed(program: Program) {
        let first = letter_in(&program, "KEN", "approved", true).await;
        let second = beside(&program, &first, "FRA").await;
        let db = program.app.platform.database.write();
        let mut unwritten: letter::ActiveModel = second.clone().into();
        unwritten.file_id = Set(None);
        unwritten.update(db).await.unwrap();
        queue(&program, &first, true).await;
        program.drain().await;
        assert_eq!(round_state(&program, &first).await, "sending", "one was not written yet");
        let mut written: letter::ActiveModel = second.clone().into();
        written.file_id = Set(second.file_id);
        written.update(db).await.unwrap();
        queue(&program, &second, true).await;
        program.drain().await;
        assert_eq!(round_state(&program, &first).await, "closed");
        assert_eq!(letter_state(&program, second.id).await, "approved", "nothing of a rehearsal counts as sent");
    }

    /// R36: stopping is no ending; what came back stays where it is.
    async fn a_stopped_round_sends_nothing_again(program: Program) {
        let first = letter_in(&program, "KEN", "bounced", false).await;
        beside(&program, &first, "FRA").await;
        let account = program.add_account("stop@staff.example.org", demarche::accounts::Role::Campaigner).await;
        demarche::letters::service::stop(&program.app.platform, first.round_id, account).await.unwrap();
        let right = EmailAddress::parse("right@ken.example.org").unwrap();
        let refused = single::send_again(&program.app.platform, first.id, &right, account).await;
        assert!(matches!(refused, Err(DispatchError::Round)));
    }
}

async fn round_state(program: &Program, letter: &letter::Model) -> String {
    letter_round::Entity::find_by_id(letter.round_id).one(program.app.platform.database.read()).await.unwrap().unwrap().state
}
