//! A wave that is published: its page, its files, and one mail of thanks to everyone who signed (R25, US1).

use demarche::{accounts::Role, domain::clock::Clock, entities::job, signing::waves};
use mail_parser::{MessageParser, MimeHeaders};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

use crate::{
    letters_written::pdf_words,
    on_both_databases,
    roll::{freeze, load, organisation, signature_of},
    support::{Program, program::Browser, reading::mail_text},
};

async fn publish(staff: &Browser, number: i32) -> String {
    let answer = staff.submit(&format!("/desk/waves/{number}"), &format!("/desk/waves/{number}/publish"), &[]).await;
    assert_eq!(answer.status, 303);
    staff.get(answer.location()).await.text()
}

/// A line of a sheet whose signer reads French.
fn french(id: &str, name: &str, visibility: &str) -> String {
    organisation(id, name, "verified").replace(",en,named,", &format!(",fr,{visibility},"))
}

on_both_databases! {
    /// R25, US1: thanked in their own language, with the list and words to pass on, once; and a page for everybody.
    async fn everyone_who_signed_is_thanked_once(program: Program) {
        load(&program, &[french("o1", "Éclaireuses d’Essai", "named"), organisation("o2", "Second House", "verified")]).await;
        let staff = program.staff(Role::Coordinator).await;
        freeze(&staff, "1").await;
        let visitor = program.browser();
        assert_eq!(visitor.get("/fr/signatories/wave/1").await.status, 404, "frozen is not published");
        assert_eq!(visitor.get("/fr/signatories/wave/1/list?format=csv").await.status, 404);
        assert!(publish(&staff, 1).await.contains("mails of thanks are on their way"));
        assert!(publish(&staff, 1).await.contains("published before"));
        program.drain().await;
        let mails = program.mail.take();
        assert_eq!(mails.len(), 2);
        let french = mails.iter().find(|mail| mail_text(&mail.bytes).contains("Merci")).unwrap();
        let text = mail_text(&french.bytes);
        for said in ["Éclaireuses d’Essai", "/fr/signatories/wave/1", "/fr/signature/", "2 organisations", "/fr/statement", "/fr/genuine"] {
            assert!(text.contains(said), "{said}: {text}");
        }
        let message = MessageParser::default().parse(french.bytes.as_slice()).unwrap();
        let html = message.body_html(0).unwrap();
        assert!(html.contains("dir=\"ltr\"") && html.contains("Éclaireuses d’Essai") && html.contains("/fr/signatories/wave/1"), "{html}");
        assert!(!html.contains("<img") && !html.contains("<link") && !html.contains("<script"), "nothing is loaded: {html}");
        let file = message.attachments().next().unwrap();
        assert_eq!(file.attachment_name(), Some("signatories-1-fr.pdf"));
        let words = pdf_words(file.contents());
        assert!(words.contains("Éclaireuses d’Essai") && words.contains("Second House"), "{words}");
        let page = visitor.get("/fr/signatories/wave/1").await.text();
        assert!(page.contains("2 organisations") && page.contains("À relayer"), "{page}");
        assert!(visitor.get("/fr/signatories").await.body.contains("/fr/signatories/wave/1"));
        for format in ["docx", "pdf", "html", "csv", "xlsx", "txt"] {
            let answer = visitor.get(&format!("/fr/signatories/wave/1/list?format={format}")).await;
            assert_eq!(answer.status, 200, "{format}");
        }
        assert_eq!(visitor.get("/fr/signatories/wave/1/list?format=exe").await.status, 400);
        // A later wave thanks whoever is new.
        load(&program, &[organisation("o3", "Third House", "verified")]).await;
        freeze(&staff, "2").await;
        publish(&staff, 2).await;
        program.drain().await;
        let mails = program.mail.take();
        assert_eq!(mails.len(), 1);
        assert!(mail_text(&mails[0].bytes).contains("Third House"));
        assert_eq!(job::Entity::find().filter(job::Column::State.eq("failed")).count(program.app.platform.database.read()).await.unwrap(), 0);
    }

    /// R25: one mailbox for seven organisations gets five mails a month, and the other two when the month is over.
    async fn thanks_beyond_the_share_of_a_mailbox_wait_for_the_next_month(program: Program) {
        let one_mailbox = |n: usize| {
            let line = organisation(&format!("o{n}"), &format!("House {n}"), "verified");
            line.replace(&format!("o{n}@example.org"), "one@example.org")
        };
        load(&program, &(0..7).map(one_mailbox).collect::<Vec<_>>()).await;
        let staff = program.staff(Role::Coordinator).await;
        freeze(&staff, "1").await;
        publish(&staff, 1).await;
        program.drain().await;
        assert_eq!(program.mail.take().len(), 5);
        program.clock.set(program.clock.now() + chrono::Duration::days(10));
        program.drain().await;
        assert_eq!(program.mail.take().len(), 0);
        program.clock.set(program.clock.now() + chrono::Duration::days(22));
        program.drain().await;
        assert_eq!(program.mail.take().len(), 2);
        program.clock.set(program.clock.now() + chrono::Duration::days(40));
        program.drain().await;
        assert_eq!(program.mail.take().len(), 0, "once each");
    }

    /// R14, R25: somebody at risk gets words and nothing else: no name, no list; whoever withdrew meanwhile gets nothing.
    async fn thanks_name_nobody_who_is_withheld(program: Program) {
        const SECRET: &str = "Zyzzyva Exile Press";
        load(&program, &[french("o1", SECRET, "withheld"), organisation("o2", "Second House", "verified"), organisation("o3", "Third House", "verified")]).await;
        let staff = program.staff(Role::Coordinator).await;
        freeze(&staff, "1").await;
        let id = signature_of(&program, "o3").await.id;
        let page = format!("/desk/signatures/{id}");
        assert_eq!(staff.submit(&page, &format!("{page}/withdraw"), &[("reason", "asked by phone")]).await.status, 303);
        program.drain().await;
        program.mail.take();
        publish(&staff, 1).await;
        program.drain().await;
        let mails = program.mail.take();
        assert_eq!(mails.len(), 2);
        for mail in &mails {
            let all = String::from_utf8_lossy(&mail.bytes).into_owned() + &mail_text(&mail.bytes);
            assert!(!all.contains("Zyzzyva") && !all.contains("Third House"));
        }
        let quiet = mails.iter().find(|mail| mail_text(&mail.bytes).contains("Merci")).unwrap();
        assert_eq!(MessageParser::default().parse(quiet.bytes.as_slice()).unwrap().attachment_count(), 0);
        let page = program.browser().get("/en/signatories/wave/1").await.text();
        assert!(page.contains("One name was taken out since") && !page.contains("Zyzzyva"), "{page}");
        let list = program.browser().get("/en/signatories/wave/1/list?format=txt").await.body;
        assert!(list.contains("Second House") && !list.contains("Third House") && !list.contains("Zyzzyva"));
    }

    /// R25: who may not, publishes nothing; a wave that is not there is not found.
    async fn only_a_coordinator_publishes(program: Program) {
        load(&program, &[organisation("o1", "First House", "verified")]).await;
        let staff = program.staff(Role::Coordinator).await;
        freeze(&staff, "1").await;
        for role in [Role::Moderator, Role::Campaigner, Role::Reader] {
            let other = program.staff(role).await;
            assert!(!other.get("/desk/waves/1").await.body.contains("/publish"), "{role}");
            assert_eq!(other.submit("/desk/waves", "/desk/waves/1/publish", &[]).await.status, 403, "{role}");
        }
        assert_eq!(staff.submit("/desk/waves", "/desk/waves/7/publish", &[]).await.status, 404);
        for path in ["/en/signatories/wave/0", "/en/signatories/wave/-1", "/en/signatories/wave/99999999999", "/en/signatories/wave/x", "/en/signatories/wave/1"] {
            assert_eq!(program.browser().get(path).await.status, 404, "{path}");
        }
    }

    /// R22: as documents of the United Nations list organisations: by consultative status, under the registered name, the rest in a note.
    async fn a_list_in_the_order_of_the_united_nations(program: Program) {
        let lines: Vec<String> = ["Zenith Aid", "Amber House", "Middle House", "Plain House", "Beta House"].iter().enumerate()
            .map(|(n, name)| organisation(&format!("o{n}"), name, "verified")).collect();
        load(&program, &lines).await;
        let staff = program.staff(Role::Moderator).await;
        for (key, status) in [("o0", "general"), ("o1", "special"), ("o2", "roster"), ("o4", "special")] {
            let page = format!("/desk/signatures/{}", signature_of(&program, key).await.id);
            let answer = staff.submit(&page, &format!("{page}/status"), &[("un_status", status)]).await;
            assert_eq!(answer.status, 303);
        }
        let page = format!("/desk/signatures/{}", signature_of(&program, "o4").await.id);
        assert!(staff.get(&page).await.text().contains("Special consultative status"));
        assert_eq!(staff.submit(&page, &format!("{page}/status"), &[("un_status", "platinum")]).await.status, 400);
        freeze(&staff, "1").await;
        let list = staff.get("/desk/waves/1/list?layout=un&format=txt&language=en").await.body;
        let body = list.split_once("\n\n").unwrap().1;
        assert_eq!(body.trim(), include_str!("../data/un_list.txt").trim(), "{list}");
    }

    /// R22, R9: what staff find out later changes the next wave and not this one.
    async fn a_status_found_later_is_for_the_next_wave(program: Program) {
        load(&program, &[organisation("o1", "First House", "verified")]).await;
        let platform = &program.app.platform;
        let (campaign, states) = (program.app.campaigns.get(platform).await.unwrap(), program.app.states.get(platform).await.unwrap());
        let staff = program.staff(Role::Moderator).await;
        let first = waves::freeze(platform, &campaign, &states, 1, None).await.unwrap();
        let page = format!("/desk/signatures/{}", signature_of(&program, "o1").await.id);
        staff.submit(&page, &format!("{page}/status"), &[("un_status", "roster")]).await;
        let second = waves::freeze(platform, &campaign, &states, 2, None).await.unwrap();
        let status = async |wave: uuid::Uuid| waves::lines(platform.database.read(), wave).await.unwrap()[0].un_status;
        assert_eq!(status(first.id).await, None);
        assert!(status(second.id).await.is_some());
        // Hidden, it is nobody's any more.
        let hide = organisation("o1", "First House", "verified").replace(",named,", ",withheld,");
        let sheet = demarche::signing::import::signatures;
        let line = format!("{}{hide}", crate::roll::HEAD);
        let options = demarche::signing::import::Options { dry_run: false, origin: demarche::domain::signature::SignatureOrigin::Import };
        sheet(platform, (&campaign, &states), line.as_bytes(), options, |_| {}).await.unwrap();
        assert_eq!(status(second.id).await, None);
    }
}
