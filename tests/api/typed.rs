//! A signature that came by mail, typed in at the desk (R17, US3), and the line shown before a form is sent.

use demarche::{accounts::Role, entities::audit_entry};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::{
    on_both_databases,
    signing::{link, organisation, send, signatures},
    support::{
        Program,
        program::Browser,
        reading::{Answer, mail_text},
    },
};

const PAGE: &str = "/desk/signatures/new";

async fn enter(staff: &Browser, changes: &[(&'static str, &str)]) -> Answer {
    let mut fields = organisation("Ligue d’Essai", "mail@ligue.example.org");
    fields.remove("consent");
    let mail = [("received", "2026-11-20T21:15"), ("language", "fr"), ("kept_at", "Mailbox, folder 3, number 17")];
    fields.extend(mail.into_iter().chain(changes.iter().copied()).map(|(name, value)| (name, value.to_owned())));
    let pairs: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    staff.submit(PAGE, PAGE, &pairs).await
}

on_both_databases! {
    /// R17, US3: who wrote gets the mail all signers get, in the language of the letter; nothing counts before the press; the trail says who typed it in.
    async fn a_mail_is_typed_in_and_confirmed_by_its_writer(program: Program) {
        program.clock.set("2026-11-25T08:00:00Z".parse().unwrap());
        let staff = program.staff(Role::Moderator).await;
        let answer = enter(&staff, &[]).await;
        assert_eq!((answer.status, answer.location()), (303, "/desk/signatures?state=pending"));
        assert!(staff.get(answer.location()).await.text().contains("Ligue d’Essai"));
        let row = signatures(&program).await.remove(0);
        assert_eq!((row.origin.as_str(), row.language.as_str(), row.state.as_str(), row.late), ("typed", "fr", "pending", false));
        assert_eq!(row.signed_at.to_rfc3339(), "2026-11-20T21:15:00+00:00");
        let line = audit_entry::Entity::find().filter(audit_entry::Column::Action.eq("signature.received")).one(program.app.platform.database.read()).await.unwrap().unwrap();
        assert!(line.account_id.is_some() && line.reason.as_deref() == Some("Mailbox, folder 3, number 17"));
        program.drain().await;
        let mail = mail_text(&program.mail.take()[0].bytes);
        assert!(mail.contains("Ligue d’Essai"), "{mail}");
        let link = link(&program, &mail);
        assert!(link.starts_with("/fr/"));
        let page = program.browser().get(&link).await.text();
        assert!(page.contains("notice de confidentialité"), "what was not ticked is agreed to here: {page}");
        assert_eq!(program.browser().post(&link, &[]).await.status, 200);
        assert_eq!(signatures(&program).await[0].state, "confirmed");
    }

    /// R7, R8: the time the mail arrived decides, not the time somebody found it.
    async fn the_arrival_of_the_mail_decides(program: Program) {
        program.clock.set("2027-04-02T09:00:00Z".parse().unwrap());
        let staff = program.staff(Role::Moderator).await;
        assert_eq!(enter(&staff, &[("received", "2027-04-01T11:00")]).await.status, 303);
        assert_eq!(enter(&staff, &[("received", "2027-04-01T14:00"), ("name", "Later House")]).await.status, 303);
        let late: Vec<bool> = signatures(&program).await.iter().map(|row| row.late).collect();
        assert_eq!(late, [false, true]);
    }

    /// Every fault is said at its field, and nothing that was typed is lost.
    async fn faults_are_said_and_nothing_typed_is_lost(program: Program) {
        let staff = program.staff(Role::Moderator).await;
        for (field, value, said) in [
            ("received", "", "Enter the day and time"), ("received", "yesterday", "Enter the day and time"), ("received", "2099-01-01T00:00", "still to come"),
            ("received", "1999-01-01T00:00", "not open for signature"), ("language", "tlh", "Choose a language"), ("kept_at", "", "Where the mail is kept"),
            ("contact_email", "nobody", ""), ("name", "", ""), ("authority", "", ""),
        ] {
            let answer = enter(&staff, &[("contact_name", "Typed Person"), (field, value)]).await;
            assert!(matches!(answer.status, 422 | 409), "{field}={value}: {}", answer.status);
            let page = answer.text();
            assert!(page.contains(said), "{field}={value}: {page}");
            assert_eq!(answer.field("contact_name").as_deref(), Some("Typed Person"));
            assert!(field == "kept_at" || answer.field("kept_at").as_deref() == Some("Mailbox, folder 3, number 17"));
        }
        assert!(signatures(&program).await.is_empty());
        assert_eq!(program.staff(Role::Reader).await.get(PAGE).await.status, 403);
        assert_eq!(enter(&staff, &[]).await.status, 303);
        assert_eq!(enter(&staff, &[]).await.status, 303, "a second press");
        assert_eq!(signatures(&program).await.len(), 1);
    }

    /// R2, US1: the exact line is shown before anything is sent, and looking sends nothing.
    async fn the_line_is_shown_before_it_is_sent(program: Program) {
        let mut fields = organisation("Réseau d’Essai", "look@reseau.example.org");
        fields.extend([("look", "yes".to_owned()), ("original_name", "شبكة".to_owned()), ("location_label", "in exile".to_owned())]);
        let browser = program.browser();
        let answer = send(&browser, "fr", &fields).await;
        assert_eq!(answer.status, 200);
        assert!(answer.texts("#line").join(" ").contains("Réseau d’Essai ( شبكة ) in exile"), "{:?}", answer.texts("#line"));
        assert_eq!(answer.field("contact_email").as_deref(), Some("look@reseau.example.org"));
        fields.insert("visibility", "withheld".to_owned());
        let hidden = send(&browser, "fr", &fields).await.texts("#line").join(" ");
        assert!(!hidden.contains("Réseau"), "{hidden}");
        fields.insert("name", String::new());
        assert_eq!(send(&browser, "fr", &fields).await.status, 422);
        assert!(signatures(&program).await.is_empty());
        program.drain().await;
        assert!(program.mail.take().is_empty());
        fields.extend([("name", "Réseau d’Essai".to_owned()), ("look", String::new())]);
        assert_eq!(send(&browser, "fr", &fields).await.status, 303);
    }
}
