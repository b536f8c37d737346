//! Mails that come in: told to their letter, left for a person, and a letter that could not be delivered says so (R37, R41, R79).

use std::{io::Write as _, process::Stdio};

use demarche::{
    accounts::Role,
    entities::{dispatch, evidence, inbound_mail, letter, letter_event, position, reply},
    replies::inbound::{self, InboundError, LARGEST_KEPT, Received},
};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};

use crate::{
    command_line::{demarche, settings, told},
    dispatch::{letter_in, letter_state, queue},
    on_both_databases,
    support::{Program, program::Browser},
};

async fn hand_over(program: &Program, mail: &[u8]) -> Result<Received, InboundError> {
    let campaign = program.app.campaigns.get(&program.app.platform).await.unwrap();
    inbound::receive(&program.app.platform, &campaign, mail).await
}

/// Hands a mail over and gives what is kept of it.
async fn comes_in(program: &Program, mail: &str) -> inbound_mail::Model {
    let Received::New(id) = hand_over(program, mail.replace('\n', "\r\n").as_bytes()).await.unwrap() else { panic!("it came before") };
    inbound_mail::Entity::find_by_id(id).one(program.app.platform.database.read()).await.unwrap().unwrap()
}

/// A letter that left, and the identifier of the mail that carried it.
async fn sent(program: &Program, iso3: &str) -> (letter::Model, String) {
    let letter = letter_in(program, iso3, "approved", false).await;
    let id = queue(program, &letter, false).await;
    program.drain().await;
    let dispatch = dispatch::Entity::find_by_id(id).one(program.app.platform.database.read()).await.unwrap().unwrap();
    (letter, dispatch.message_id.unwrap())
}

fn bounce(message_id: &str) -> String {
    format!(
        "From: MAILER-DAEMON@mx.example.org\nTo: us@example.net\nSubject: Undelivered Mail Returned to Sender\nMessage-ID: <bounce@mx.example.org>\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\nMIME-Version: 1.0\n\n\
         --b\nContent-Type: text/plain\n\nCould not be delivered.\n\
         --b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.org\n\nFinal-Recipient: rfc822; mission@ken.example.org\nAction: failed\n\
         Status: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 user unknown\n\
         --b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <{message_id}>\nSubject: a letter\n--b--\n"
    )
}

async fn staff_page(staff: &Browser, path: &str) -> String {
    let page = staff.get(path).await;
    assert_eq!(page.status, 200, "{path}");
    page.text()
}

on_both_databases! {
    /// R37: an answer finds its letter by the mail it answers, by the reference whatever became of the subject, and by its writer's mailbox.
    async fn an_answer_finds_its_letter(program: Program) {
        let (letter, message_id) = sent(&program, "KEN").await;
        let answer = comes_in(&program, &format!("From: Mission <mission@ken.example.org>\nSubject: Thank you\nMessage-ID: <1@ken>\nIn-Reply-To: <{message_id}>\n\nReceived.\n")).await;
        assert_eq!((answer.letter_id, answer.matched_by.as_deref(), answer.sender_known), (Some(letter.id), Some("message_id"), true));
        let altered = format!("From: clerk@ken.example.org\nSubject: AW: FW: {} (official)\n\nNoted.\n", letter.reference.to_lowercase().replace('-', " – "));
        let altered = comes_in(&program, &altered).await;
        assert_eq!((altered.letter_id, altered.matched_by.as_deref(), altered.sender_known), (Some(letter.id), Some("reference"), true));
        let below = comes_in(&program, &format!("From: a@elsewhere.example\nSubject: Question\n\nWho are you?\n\n> quoting {}\n", letter.reference)).await;
        assert_eq!((below.letter_id, below.sender_known), (Some(letter.id), false), "anybody can write a reference into a mail");
        let nobody = comes_in(&program, "From: a@elsewhere.example\nSubject: Hello\n\nHello.\n").await;
        assert_eq!((nobody.letter_id, nobody.matched_by), (None, None));
        let (other, _) = sent(&program, "FRA").await;
        let both = comes_in(&program, &format!("From: a@elsewhere.example\nSubject: {} and {}\n\nBoth.\n", letter.reference, other.reference)).await;
        assert_eq!(both.letter_id, None, "of several a person chooses");
        let staff = program.staff(Role::Campaigner).await;
        let page = staff_page(&staff, &format!("/desk/replies/inbox/{}", below.id)).await;
        assert!(page.contains("another mailbox than the letter went to"), "{page}");
        assert!(staff_page(&staff, "/desk/replies").await.contains("Mails that came in: 5"));
    }

    /// R41: a mail changes nothing by itself; a person makes a reply of it, once, and the mail stays with it.
    async fn a_person_makes_a_reply_of_a_mail(program: Program) {
        let (letter, message_id) = sent(&program, "KEN").await;
        let db = program.app.platform.database.read();
        let before = (evidence::Entity::find().count(db).await.unwrap(), position::Entity::find().count(db).await.unwrap());
        let mail = comes_in(&program, &format!("From: mission@ken.example.org\nSubject: <b>Our</b> position\nIn-Reply-To: <{message_id}>\n\nWe support <script>alert(1)</script> the convention.\n")).await;
        assert_eq!(letter_state(&program, letter.id).await, "sent");
        assert_eq!((evidence::Entity::find().count(db).await.unwrap(), position::Entity::find().count(db).await.unwrap()), before);
        let staff = program.staff(Role::Campaigner).await;
        let shown = staff.get(&format!("/desk/replies/inbox/{}", mail.id)).await;
        assert!(!shown.body.contains("<script>alert(1)") && shown.text().contains("We support"), "{}", shown.text());
        let eml = staff.get(&format!("/desk/replies/inbox/{}/mail.eml", mail.id)).await;
        assert_eq!(eml.header("content-type"), "message/rfc822");
        assert!(eml.header("content-disposition").starts_with("attachment"));
        let path = format!("/desk/replies/new?inbound={}", mail.id);
        let form = staff.get(&path).await;
        assert!(form.texts("textarea[name=summary]").concat().contains("We support"));
        let fields = [("class", "supportive"), ("channel", "mail"), ("summary", "It supports the convention."), ("received_on", "2026-11-23")];
        let carried: Vec<(&str, String)> = ["csrf", "submission_key", "inbound", "letter"].into_iter().map(|name| (name, form.field(name).unwrap())).collect();
        let send = async |key: &str| {
            let mut body = reqwest::multipart::Form::new();
            for (name, value) in &carried {
                body = body.text(*name, if *name == "submission_key" { key.to_owned() } else { value.clone() });
            }
            for (name, value) in fields {
                body = body.text(name, value);
            }
            let request = staff.client.post(format!("{}/desk/replies", staff.base_url)).header("sec-fetch-site", "same-origin");
            crate::support::reading::Answer::of(request.multipart(body).send().await.unwrap()).await
        };
        let made = send("one").await;
        assert_eq!(made.status, 303, "{}", made.text());
        let row = reply::Entity::find().one(db).await.unwrap().unwrap();
        assert_eq!((row.letter_id, row.file_id, row.visibility.as_str()), (Some(letter.id), Some(mail.file_id), "core"));
        assert_eq!(letter_state(&program, letter.id).await, "answered");
        let again = send("two").await;
        assert_eq!(again.status, 422, "somebody has made one of it");
        assert!(again.text().contains("Somebody has decided on this mail meanwhile"), "{}", again.text());
        assert_eq!(reply::Entity::find().count(db).await.unwrap(), 1);
        assert!(staff_page(&staff, "/desk/replies").await.contains("Mails that came in: 0"));
        let dismissed = staff.submit("/desk/replies/inbox", &format!("/desk/replies/inbox/{}/dismiss", mail.id), &[]).await;
        assert_eq!(dismissed.status, 303);
        assert!(staff_page(&staff, "/desk/replies/inbox").await.contains("Somebody has decided"));
        assert_eq!(program.staff(Role::Reader).await.get("/desk/replies/inbox").await.status, 403);
    }

    /// R79: what a server gives up later is marked as come back, with the server's words, once, and only by the mail that carried it.
    async fn a_letter_that_could_not_be_delivered_is_marked_so(program: Program) {
        let (letter, message_id) = sent(&program, "KEN").await;
        assert_eq!(letter_state(&program, letter.id).await, "sent");
        let delayed = comes_in(&program, &bounce(&message_id).replace("Action: failed", "Action: delayed").replace("bounce@", "delay@")).await;
        assert_eq!((delayed.kind.as_str(), delayed.state.as_str()), ("delay", "dismissed"));
        assert_eq!(letter_state(&program, letter.id).await, "sent", "it is still on its way");
        let forged = comes_in(&program, &bounce("somebody-else@example.net").replace("Returned", &format!("Returned {}", letter.reference))).await;
        assert_eq!((forged.letter_id, forged.state.as_str()), (Some(letter.id), "waiting"), "a reference is no proof");
        assert_eq!(letter_state(&program, letter.id).await, "sent");
        let report = comes_in(&program, &bounce(&message_id)).await;
        assert_eq!((report.kind.as_str(), report.state.as_str()), ("bounce", "dismissed"), "the letter says it now");
        assert_eq!(letter_state(&program, letter.id).await, "bounced");
        let db = program.app.platform.database.read();
        let attempt = dispatch::Entity::find().filter(dispatch::Column::LetterId.eq(letter.id)).one(db).await.unwrap().unwrap();
        assert_eq!((attempt.state.as_str(), attempt.server_answer.as_deref()), ("rejected", Some("5.1.1 smtp; 550 5.1.1 user unknown")));
        let events = letter_event::Entity::find().filter(letter_event::Column::LetterId.eq(letter.id)).order_by_desc(letter_event::Column::Id);
        let last = events.one(db).await.unwrap().unwrap();
        assert_eq!((last.to_state.as_str(), last.note.as_deref()), ("bounced", Some("5.1.1 smtp; 550 5.1.1 user unknown")));
        let page = program.browser().get(&format!("/en/genuine?reference={}", letter.reference)).await.text();
        assert!(page.contains("has not been sent by us"), "{page}");
    }

    /// R41: what a machine wrote is folded away and never an answer; the same mail twice is one.
    async fn automatic_answers_are_folded_and_a_mail_is_kept_once(program: Program) {
        let (letter, message_id) = sent(&program, "KEN").await;
        let away = format!("From: mission@ken.example.org\nSubject: Out of office\nAuto-Submitted: auto-replied\nIn-Reply-To: <{message_id}>\n\nI am away.\n");
        let kept = comes_in(&program, &away).await;
        assert_eq!((kept.kind.as_str(), kept.letter_id), ("auto_reply", Some(letter.id)));
        assert_eq!(letter_state(&program, letter.id).await, "sent");
        let again = hand_over(&program, format!("Received: by another try\r\n{}", away.replace('\n', "\r\n")).as_bytes()).await.unwrap();
        assert_eq!(again, Received::Known);
        let db = program.app.platform.database.read();
        assert_eq!(inbound_mail::Entity::find().count(db).await.unwrap(), 1);
        let staff = program.staff(Role::Campaigner).await;
        let page = staff_page(&staff, "/desk/replies").await;
        assert!(page.contains("Mails that came in: 0") && page.contains("folded away: 1"), "{page}");
        assert!(!staff_page(&staff, "/desk/replies/inbox").await.contains("Out of office"));
        assert!(staff_page(&staff, "/desk/replies/inbox?kind=auto_reply").await.contains("Out of office"));
    }

    /// R37: broken, huge and many: kept as far as they go, and nothing else.
    async fn broken_and_huge_mails_are_kept_as_far_as_they_go(program: Program) {
        assert!(matches!(hand_over(&program, b"").await, Err(InboundError::NoMail)));
        let broken = comes_in(&program, "Subject: =?utf-8?b?????\nFrom: \"<script>\" <a@b>\nContent-Type: multipart/mixed; boundary=\"never\"\n\n--never\n\u{1}\u{0}x").await;
        assert!(!broken.subject.contains('\0') && !broken.body.contains('\0'));
        let mut huge = b"From: a@ken.example.org\r\nSubject: Large\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nSee the file.\r\n--b\r\nContent-Type: application/octet-stream; name=\"../../etc/passwd\"\r\nContent-Transfer-Encoding: base64\r\n\r\n".to_vec();
        huge.extend(std::iter::repeat_n(b"QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB\r\n", 800_000).flatten());
        huge.extend(b"--b--\r\n");
        let Received::New(id) = hand_over(&program, &huge).await.unwrap() else { panic!() };
        let db = program.app.platform.database.read();
        let row = inbound_mail::Entity::find_by_id(id).one(db).await.unwrap().unwrap();
        assert_eq!(row.body.trim(), "See the file.");
        let file = demarche::platform::files::load(db, row.file_id).await.unwrap().unwrap();
        assert_eq!(file.content.len(), LARGEST_KEPT);
        for number in 0..300 {
            comes_in(&program, &format!("From: a@b.example\nSubject: Number {number}\n\nx{number}\n")).await;
        }
        let staff = program.staff(Role::Campaigner).await;
        let page = staff.get("/desk/replies/inbox").await;
        assert_eq!((page.status, page.texts("#inbox tbody tr").len()), (200, 100));
        for path in ["/desk/replies/inbox?page=99999999999", "/desk/replies/inbox?kind=x&state=y", "/desk/replies/inbox?page=2"] {
            let answer = staff.get(path).await;
            assert!(answer.status < 500, "{path}: {}", answer.status);
        }
        assert_eq!(staff.get("/desk/replies/inbox/nonsense").await.status, 404);
    }
}

/// R37: as a mail server's pipe hands it over; whatever is no fault of the mail asks the server to come again.
#[tokio::test(flavor = "multi_thread")]
async fn the_pipe_command_keeps_a_mail_or_asks_to_come_again() {
    let program = Program::start(crate::support::Kind::Sqlite).await;
    let folder = tempfile::tempdir().unwrap();
    let pipe = |url: &str, mail: &[u8]| {
        let mut command = demarche(&["mail", "receive"], &settings(url, folder.path().to_str().unwrap()));
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(mail).unwrap();
        let (code, out, err) = told(child.wait_with_output().unwrap());
        (code, out + &err)
    };
    let mail = b"From: a@b.example\r\nSubject: By pipe\r\n\r\nHello.\r\n";
    let url = &program.database_url;
    let kept = pipe(url, mail);
    assert_eq!(kept.0, 0, "{}", kept.1);
    assert!(kept.1.contains("kept as"), "{}", kept.1);
    assert!(pipe(url, mail).1.contains("known"));
    assert_eq!(pipe(url, b"").0, 65);
    let away = pipe("sqlite:///nowhere/at/all.sqlite", mail);
    assert_eq!(away.0, 75, "{}", away.1);
    assert!(!away.1.contains("By pipe") && !away.1.contains("a@b.example"), "nothing of the mail is logged: {}", away.1);
}
