//! Organisations that are invited to sign: written to at most so often, and not at all once they have signed or asked for that (R25).

use chrono::Duration;
use demarche::{
    accounts::Role,
    entities::{audit_entry, invitation},
};
use mail_parser::MessageParser;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::{
    on_both_databases,
    signing::{link, organisation, send},
    support::{
        Program,
        program::{Browser, start_of_tests},
        reading::mail_text,
    },
};

const PAGE: &str = "/desk/invitations";

async fn invites(staff: &Browser, list: &str) -> String {
    let answer = staff.submit(PAGE, PAGE, &[("list", list)]).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    staff.get(PAGE).await.text()
}

async fn mails_on_day(program: &Program, days: i64) -> Vec<String> {
    program.clock.set(start_of_tests() + Duration::days(days) + Duration::minutes(1));
    program.drain().await;
    program.mail.take().iter().map(|mail| mail_text(&mail.bytes)).collect()
}

/// The path of the link that ends it.
fn way_out(program: &Program, mail: &str) -> String {
    let link = mail.split_whitespace().find(|word| word.contains("/invitation/")).unwrap();
    link.trim_start_matches(&program.base_url).to_owned()
}

async fn rows(program: &Program) -> Vec<invitation::Model> {
    invitation::Entity::find().all(program.app.platform.database.read()).await.unwrap()
}

on_both_databases! {
    /// R25: invited in their own language, reminded once on the campaign's day, never twice for two lists.
    async fn whoever_is_invited_is_reminded_until_they_sign(program: Program) {
        let staff = program.staff(Role::Campaigner).await;
        let list = "keeper@lantern.example.org; Gardiens; fr\nhouse@birch.example.org\nKEEPER@lantern.example.org\n";
        assert!(invites(&staff, list).await.contains("Invited: 2"));
        assert!(invites(&staff, list).await.contains("Invited: 0"), "a list sent again invites nobody again");
        let first = mails_on_day(&program, 0).await;
        assert_eq!(first.len(), 2);
        let french = first.iter().find(|mail| mail.contains("Gardiens")).unwrap();
        assert!(french.contains("Nous invitons votre organisation") && french.contains("/fr/sign") && french.contains("/fr/statement"), "{french}");
        // One of them signs.
        let browser = program.browser();
        send(&browser, "fr", &organisation("Gardiens de la Lanterne", "keeper@lantern.example.org")).await;
        let mail = mails_on_day(&program, 1).await.remove(0);
        assert_eq!(browser.post(&link(&program, &mail), &[]).await.status, 200);
        mails_on_day(&program, 1).await;
        let page = program.staff(Role::Campaigner).await.get(PAGE).await.text();
        assert!(page.contains("Of them, signed 1"), "{page}");
        let second = mails_on_day(&program, 10).await;
        assert_eq!(second.len(), 1, "a signer gets no reminder after signing: {second:?}");
        assert!(second[0].contains("Some days ago we asked"), "{}", second[0]);
        for day in [11, 20, 60] {
            assert!(mails_on_day(&program, day).await.is_empty(), "and no more");
        }
        let all = rows(&program).await;
        let signed = all.iter().find(|row| row.state == "signed").unwrap_or_else(|| panic!("{:?}", all.iter().map(|row| (&row.state, &row.language, row.sealed_contact.is_some())).collect::<Vec<_>>()));
        assert!(signed.sealed_contact.is_none(), "its address is kept no longer");
        let trail = audit_entry::Entity::find().filter(audit_entry::Column::Action.eq("signers.invited"));
        assert_eq!(trail.all(program.app.platform.database.read()).await.unwrap().len(), 1);
    }

    /// R25, R4, R74: looking ends nothing, a press or a mail program's own does; the address is gone, and nobody is invited again.
    async fn whoever_asks_for_no_more_gets_none(program: Program) {
        let staff = program.staff(Role::Coordinator).await;
        invites(&staff, "press@zyzzyva.example.org;Zyzzyva;ar\nhouse@birch.example.org").await;
        let dump = program.database_bytes().await;
        assert!(!dump.windows(7).any(|window| window.eq_ignore_ascii_case(b"zyzzyva")), "the address is readable in the database");
        assert!(!staff.get(PAGE).await.body.contains("zyzzyva") && !staff.get("/desk/audit").await.body.contains("zyzzyva"));
        program.drain().await;
        let mails = program.mail.take();
        let raw = mails.iter().find(|mail| mail_text(&mail.bytes).contains("Zyzzyva")).unwrap();
        let header = MessageParser::default().parse(raw.bytes.as_slice()).unwrap().header_raw("List-Unsubscribe").unwrap().to_owned();
        let out = way_out(&program, &mail_text(&raw.bytes));
        assert!(out.starts_with("/ar/invitation/") && header.contains(&out), "{header}");
        let other = way_out(&program, &mail_text(&mails.iter().find(|mail| !mail_text(&mail.bytes).contains("Zyzzyva")).unwrap().bytes));
        let visitor = program.browser();
        for _ in 0..2 {
            assert_eq!(visitor.get(&out).await.status, 200);
        }
        assert!(rows(&program).await.iter().all(|row| row.state == "invited" && row.sealed_contact.is_some()));
        for _ in 0..2 {
            assert_eq!(visitor.post(&out, &[("List-Unsubscribe", "One-Click")]).await.status, 200);
        }
        let unknown = format!("/en/invitation/{}", "A".repeat(43));
        for wrong in [unknown.as_str(), "/en/invitation/x", &out.replace("/invitation/", "/signature/")] {
            assert_eq!((visitor.get(wrong).await.status, visitor.post(wrong, &[]).await.status), (404, 404), "{wrong}");
        }
        let stopped = rows(&program).await.into_iter().find(|row| row.state == "stopped").unwrap();
        assert!(stopped.sealed_contact.is_none());
        assert!(invites(&staff, "press@zyzzyva.example.org").await.contains("Asked for no more 1"));
        let later = mails_on_day(&program, 10).await;
        assert!(later.len() == 1 && way_out(&program, &later[0]) == other, "{later:?}");
    }

    /// Every fault names its line, nothing typed is lost, nobody is written to; who may not, may not.
    async fn a_list_with_a_fault_invites_nobody(program: Program) {
        let staff = program.staff(Role::Coordinator).await;
        let long: String = (0..501).map(|n| format!("a{n}@one.example.org\n")).collect();
        for (list, said) in [
            ("", "at least one address"), ("a@one.example.org\nnobody at home", "Line 2: this is no e-mail address"),
            ("a@one.example.org;A;tlh", "Line 1: the language"), (long.as_str(), "At most 500 lines"),
            ("a@one.example.org\r\nBcc: b@two.example.org", "Line 2"),
        ] {
            let answer = staff.submit(PAGE, PAGE, &[("list", list)]).await;
            assert_eq!(answer.status, 422);
            assert!(answer.text().contains(said), "{said}: {}", answer.text());
            assert!(list.is_empty() || answer.texts("textarea").join("").contains("a") , "what was typed comes back");
        }
        assert!(rows(&program).await.is_empty() && mails_on_day(&program, 1).await.is_empty());
        for role in [Role::Moderator, Role::Reader] {
            let other = program.staff(role).await;
            assert_eq!(other.get(PAGE).await.status, 403, "{role}");
            assert_eq!(other.submit("/desk/waves", PAGE, &[("list", "a@one.example.org")]).await.status, 403, "{role}");
        }
    }

    /// Two lists at once: one invitation; an address is forgotten after ninety days; after the deadline nobody is asked.
    async fn two_lists_at_once_and_old_addresses(program: Program) {
        let (one, two) = (program.staff(Role::Coordinator).await, program.staff(Role::Coordinator).await);
        let fields = [("list", "a@one.example.org\nb@two.example.org")];
        let answers = tokio::join!(one.submit(PAGE, PAGE, &fields), two.submit(PAGE, PAGE, &fields));
        assert_eq!((answers.0.status, answers.1.status), (303, 303));
        assert_eq!(rows(&program).await.len(), 2);
        program.drain().await;
        assert_eq!(program.mail.take().len(), 2);
        program.clock.set(start_of_tests() + Duration::days(91));
        let recount = demarche::platform::jobs::enqueue;
        recount(program.app.platform.database.write(), demarche::signing::jobs::recount(), program.app.platform.clock.now()).await.unwrap();
        program.drain().await;
        assert!(rows(&program).await.iter().all(|row| row.sealed_contact.is_none()));
        program.mail.take();
        program.clock.set("2027-04-03T12:00:00Z".parse().unwrap());
        let staff = program.staff(Role::Coordinator).await;
        invites(&staff, "late@three.example.org").await;
        program.drain().await;
        assert!(program.mail.take().is_empty());
    }
}
