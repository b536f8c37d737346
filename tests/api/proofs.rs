//! What stands behind an answer (R41): graded when it is recorded, changed by a person for a reason, carried into what it suggests.

use demarche::{
    accounts::Role,
    entities::{audit_entry, reply},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::{
    on_both_databases,
    replies::send,
    support::{Program, program::Browser},
};

/// Records an answer of Kenya; gives its address.
async fn recorded(staff: &Browser, fields: &[(&str, &str)], file: Option<(&str, Vec<u8>)>) -> String {
    let all: Vec<(&str, &str)> = [("country", "KEN")].into_iter().chain(fields.iter().copied()).collect();
    let answer = send(staff, "/desk/replies/new", &all, file).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    answer.location().to_owned()
}

async fn proof(program: &Program, at: &str) -> String {
    let id: uuid::Uuid = at.rsplit('/').next().unwrap().parse().unwrap();
    reply::Entity::find_by_id(id).one(program.app.platform.database.read()).await.unwrap().unwrap().proof
}

on_both_databases! {
    /// R41
    async fn the_grade_follows_the_channel_and_what_is_kept(program: Program) {
        let staff = program.staff(Role::Campaigner).await;
        let note = || Some(("note.pdf", b"%PDF-1.7 signed".to_vec()));
        for (channel, file, record, grade) in [
            ("mail", note(), "", "document"),
            ("mail", None, "", "report"),
            ("note_verbale", note(), "", "document"),
            ("phone", None, "", "report"),
            ("meeting", note(), "", "report"),
            ("statement", None, "", "report"),
            ("statement", None, "https://records.example.org/a-c6-80-sr12", "record"),
        ] {
            let at = recorded(&staff, &[("channel", channel), ("record_url", record)], file).await;
            assert_eq!(proof(&program, &at).await, grade, "{channel} {record}");
        }
        let refused = send(&staff, "/desk/replies/new", &[("country", "KEN"), ("record_url", "javascript:alert(1)")], None).await;
        assert_eq!((refused.status, refused.texts("#record_url-error").len()), (422, 1), "{}", refused.text());
        assert_eq!(refused.field("record_url").as_deref(), Some("javascript:alert(1)"), "what was typed is there");
        // It stands in the list, on the state's page of the desk, and on no page of those who may not read answers.
        assert!(staff.get("/desk/replies").await.text().contains("Somebody’s account"));
        let desk = staff.get("/desk/positions/KEN").await.texts("#answers").join(" ");
        for words in ["Note verbale", "Document held in file", "Official public record", "Somebody’s account"] {
            assert!(desk.contains(words), "{words}: {desk}");
        }
        assert!(program.staff(Role::Reader).await.get("/desk/positions/KEN").await.texts("#answers").is_empty());
    }

    /// R41: an account of a telephone call suggests evidence of low confidence, a signed note of high.
    async fn the_grade_is_carried_into_the_evidence_that_is_suggested(program: Program) {
        let staff = program.staff(Role::Campaigner).await;
        let checked = "form[action$='/accept'] [name=confidence][checked]";
        for (channel, file, confidence, words) in
            [("phone", None, "low", "Somebody’s account"), ("post", Some(("note.pdf", b"%PDF-1.7 signed".to_vec())), "high", "Document held in file")]
        {
            let at = recorded(&staff, &[("channel", channel)], file).await;
            let decide = staff.get(&at).await.attributes("dl a[href*='/proposals/']", "href").remove(0);
            let page = staff.get(&decide).await;
            assert_eq!(page.attributes(checked, "value"), [confidence], "{channel}");
            assert!(page.texts("dl.facts").join(" ").contains(words), "{}", page.text());
            assert!(page.attributes("dl a", "href").contains(&at));
        }
        let list = staff.get("/desk/positions/proposals").await.texts("#proposals").join(" ");
        assert!(list.contains("Somebody’s account") && list.contains("Document held in file"), "{list}");
    }

    /// R41
    async fn a_person_changes_the_grade_for_a_reason_that_the_trail_keeps(program: Program) {
        let staff = program.staff(Role::Campaigner).await;
        let at = recorded(&staff, &[("channel", "phone")], None).await;
        let change = async |fields: &[(&str, &str)]| staff.submit(&at, &format!("{at}/proof"), fields).await;
        let said = "https://records.example.org/a-c6-80-sr12";
        for (fields, field) in [
            (vec![("proof", "record"), ("record_url", said), ("seen", "report")], "because"),
            (vec![("proof", "record"), ("because", "They said it in the debate."), ("seen", "report")], "proof"),
            (vec![("proof", "document"), ("because", "A note came."), ("seen", "report")], "proof"),
            (vec![("proof", "oath"), ("because", "So they swore."), ("seen", "report")], "proof"),
            (vec![("proof", "record"), ("record_url", "x"), ("because", "They said it."), ("seen", "report")], "record_url"),
        ] {
            let refused = change(&fields).await;
            assert_eq!((refused.status, refused.texts(&format!("#{field}-error, fieldset .field__error")).is_empty()), (422, false), "{fields:?}: {}", refused.text());
            assert_eq!(proof(&program, &at).await, "report");
        }
        let fields = [("proof", "record"), ("record_url", said), ("because", "They said it in the debate."), ("seen", "report")];
        assert_eq!(change(&fields).await.status, 303);
        assert_eq!(proof(&program, &at).await, "record");
        let page = staff.get(&at).await;
        assert!(page.attributes("dl a", "href").contains(&said.to_owned()), "{}", page.text());
        // Whoever had the page before them as it was is told.
        let late = change(&fields).await;
        assert!(late.status == 422 && late.text().contains("Somebody else has changed the grade"), "{}", late.text());
        let trail = audit_entry::Entity::find().filter(audit_entry::Column::Action.eq("reply.graded"));
        let trail = trail.all(program.app.platform.database.read()).await.unwrap();
        assert_eq!((trail.len(), trail[0].reason.as_deref()), (1, Some("They said it in the debate.")));
        assert_eq!(program.staff(Role::Reader).await.submit("/desk", &format!("{at}/proof"), &fields).await.status, 403);
    }
}
