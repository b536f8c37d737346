//! What becomes of letters whose list loses a name: those that wait leave without it, and no PDF that shows it is kept (R15).

use chrono::Duration;
use demarche::{
    accounts::Role,
    entities::{addressee, audit_entry, signature, stored_file, wave, wave_entry},
    letters::store,
};
use mail_parser::{MessageParser, MimeHeaders};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

use crate::{
    change_of_mind::until_it_waits,
    letters_written::{PR, drafted, letters, pdf_words, press, ready},
    on_both_databases,
    roll::signature_of,
    support::{
        Program,
        program::{Browser, start_of_tests},
    },
};

const NAME: &str = "Testers 0 (demo)";

/// A round whose letters are all at one host, which takes thirty a minute; approved by one and ready to be released by another.
async fn approved(program: &Program) -> (Browser, String) {
    let amina = ready(program).await;
    let db = program.app.platform.database.write();
    for entry in addressee::Entity::find().all(db).await.unwrap() {
        let mut change = entry.into_active_model();
        change.email = Set(Some("mission@missions.example".to_owned()));
        change.update(db).await.unwrap();
    }
    let board = drafted(program, &amina, "Reissued", &[("posts", PR), ("mode", "send"), ("language", "en")]).await;
    press(&amina, &board, "approve").await;
    (program.staff(Role::Campaigner).await, board)
}

/// The texts of all PDFs that are kept.
async fn kept(program: &Program) -> Vec<String> {
    let pdfs = stored_file::Entity::find().filter(stored_file::Column::MediaType.eq("application/pdf"));
    pdfs.all(program.app.platform.database.read()).await.unwrap().iter().map(|file| pdf_words(&file.content)).collect()
}

async fn later(program: &Program, minutes: std::ops::RangeInclusive<i64>) {
    for minute in minutes {
        program.clock.set(start_of_tests() + Duration::seconds(61 * minute));
        program.drain().await;
    }
}

on_both_databases! {
    /// R14, R15: who withdraws while letters wait for their turn is in none that leaves from then on, and in no PDF that is kept.
    async fn letters_that_wait_leave_without_a_name_that_is_taken_back(program: Program) {
        let (bruno, board) = approved(&program).await;
        press(&bruno, &board, "release").await;
        program.drain().await;
        assert_eq!(program.mail.accepted().len(), 30);
        assert!(kept(&program).await.iter().all(|text| text.contains(NAME)), "the name is in the annex");
        let moderator = program.staff(Role::Moderator).await;
        let page = format!("/desk/signatures/{}", signature_of(&program, "T0").await.id);
        assert_eq!(moderator.submit(&page, &format!("{page}/withdraw"), &[("reason", "asked by mail")]).await.status, 303);
        // At once, before anything is set anew.
        let db = program.app.platform.database.read();
        let all = letters(&program, &board).await;
        for (letter, _) in &all {
            assert_eq!(store::issued(db, letter).await.unwrap(), None);
        }
        let shown = bruno.get(&format!("{board}/{}/letter.pdf", all[0].0.id)).await;
        assert!(shown.status == 200 && !pdf_words(&shown.bytes).contains(NAME));
        later(&program, 1..=12).await;
        let mails = program.mail.accepted();
        assert_eq!(mails.len(), all.len(), "each leaves once");
        for (n, mail) in mails.iter().enumerate() {
            let parsed = MessageParser::default().parse(&mail.bytes).unwrap();
            let pdf = parsed.attachments().find(|part| part.attachment_name().is_some_and(|name| name.ends_with(".pdf"))).unwrap();
            assert_eq!(pdf_words(pdf.contents()).contains(NAME), n < 30, "mail {n}");
        }
        let kept = kept(&program).await;
        assert_eq!(kept.len(), all.len(), "the old ones are gone");
        assert!(kept.iter().all(|text| !text.contains(NAME)));
        assert!(letters(&program, &board).await.iter().all(|(letter, _)| letter.state == "sent"));
        let lines = audit_entry::Entity::find().filter(audit_entry::Column::Action.eq("round.reissued")).all(db).await.unwrap();
        assert_eq!((lines.len(), &lines[0].details["letters"]), (1, &serde_json::json!(all.len())));
    }

    /// R15: a letter that is being set at the very moment is not kept with the name.
    async fn a_letter_set_while_a_name_is_taken_out_is_set_again(program: Program) {
        let (bruno, board) = approved(&program).await;
        press(&bruno, &board, "release").await;
        let signed: signature::Model = signature_of(&program, "T0").await;
        let list = wave::Entity::find().one(program.app.platform.database.read()).await.unwrap().unwrap();
        let entry = wave_entry::Entity::find().filter(wave_entry::Column::SignatureId.eq(signed.id)).one(program.app.platform.database.read()).await.unwrap().unwrap();
        // The transaction that takes the name out, as far as just before its end.
        let txn = program.app.platform.database.begin().await.unwrap();
        let mut behind = list.into_active_model();
        behind.names_removed = Set(1);
        behind.update(&txn).await.unwrap();
        let mut nameless = entry.into_active_model();
        nameless.printed_name = Set(None);
        nameless.update(&txn).await.unwrap();
        let worker = tokio::spawn({
            let worker = program.app.worker();
            async move { worker.drain().await.unwrap() }
        });
        until_it_waits().await;
        txn.commit().await.unwrap();
        worker.await.unwrap();
        later(&program, 1..=12).await;
        let all = letters(&program, &board).await;
        assert!(all.iter().all(|(letter, _)| letter.names_removed == 1 && letter.state == "sent"));
        assert!(kept(&program).await.iter().all(|text| !text.contains(NAME)));
    }
}
