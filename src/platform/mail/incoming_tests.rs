//! Mails as ministries, machines and servers write them.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::*;

fn read(text: &str) -> Incoming {
    Incoming::read(text.replace('\n', "\r\n").as_bytes()).unwrap()
}

/// R37
#[test]
fn an_answer_names_the_mail_it_answers() {
    let mail = read(
        "From: =?utf-8?q?Mission_du_S=C3=A9n=C3=A9gal?= <mission@example.org>\nTo: us@example.net\nSubject: RE: a letter [CAH-1]\nMessage-ID: <a@example.org>\n\
         In-Reply-To: <ours@example.net>\nReferences: <old@example.net> <ours@example.net>\nDate: Mon, 23 Nov 2026 10:00:00 +0100\n\nWe have read it.\n",
    );
    assert_eq!((mail.kind, mail.from.as_str(), mail.from_name.as_str()), (InboundKind::Reply, "mission@example.org", "Mission du Sénégal"));
    assert_eq!(mail.answers, ["ours@example.net", "ours@example.net", "old@example.net"]);
    assert_eq!(mail.written_at.unwrap().to_rfc3339(), "2026-11-23T09:00:00+00:00");
    assert_eq!(mail.text.trim(), "We have read it.");
}

/// R37, R41
#[test]
fn what_a_machine_wrote_is_told_from_what_a_person_wrote() {
    for head in ["Auto-Submitted: auto-replied", "X-Autoreply: yes", "Precedence: auto_reply", "Return-Path: <>"] {
        let mail = read(&format!("From: a@example.org\nSubject: Out of office\n{head}\n\nI am away.\n"));
        assert_eq!(mail.kind, InboundKind::AutoReply, "{head}");
    }
    let mail = read("From: a@example.org\nSubject: x\nAuto-Submitted: no\n\nI am here.\n");
    assert_eq!(mail.kind, InboundKind::Reply);
}

fn report(action: &str) -> String {
    format!(
        "From: MAILER-DAEMON@mx.example.org\nTo: us@example.net\nSubject: Undelivered Mail Returned to Sender\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\nMIME-Version: 1.0\n\n\
         --b\nContent-Type: text/plain\n\nI am sorry to have to inform you.\n\
         --b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.org\n\nFinal-Recipient: rfc822; office@example.org\nAction: {action}\nStatus: 5.1.1\n\
         Diagnostic-Code: smtp; 550 5.1.1 <office@example.org>:\n  user unknown\n\
         --b\nContent-Type: message/rfc822\n\nFrom: us@example.net\nMessage-ID: <ours@example.net>\nSubject: a letter\n\nExcellency,\n--b--\n"
    )
}

/// R79
#[test]
fn a_delivery_report_says_which_mail_and_why() {
    let mail = read(&report("failed"));
    assert_eq!(mail.kind, InboundKind::Bounce);
    assert!(mail.answers.contains(&"ours@example.net".to_owned()), "{:?}", mail.answers);
    assert_eq!(mail.words.unwrap(), "5.1.1 smtp; 550 5.1.1 <office@example.org>: user unknown");
    assert_eq!(read(&report("delayed")).kind, InboundKind::Delay);
    let head = report("failed").replace("message/rfc822", "text/rfc822-headers");
    assert!(read(&head).answers.contains(&"ours@example.net".to_owned()), "only the head came back");
}

#[test]
fn broken_and_hostile_mails_are_read_as_far_as_they_go() {
    assert_eq!(Incoming::read(b""), None);
    for text in [
        "Subject: x",
        "From: <script>alert(1)</script>\nSubject: =?utf-8?b?????\n\nx",
        "Content-Type: multipart/mixed; boundary=\"never\"\nSubject: x\n\n--never\n",
        "Subject: a\n\tb\u{7}\u{1b}[31m\n\nx\u{0}y",
        "Content-Type: text/html\nSubject: x\n\n<p>Hello <img src=\"http://tracker.example/\"></p>",
    ] {
        let mail = read(text);
        assert!(mail.subject.chars().all(|c| !c.is_control()) && !mail.text.contains('\0'), "{mail:?}");
    }
    let long = read(&format!("Subject: {}\nReferences: {}\n\n{}", "x".repeat(5000), "<a@b.example> ".repeat(5000), "y".repeat(500_000)));
    assert!(long.subject.len() <= LONGEST_LINE && long.text.len() <= LONGEST_TEXT && long.answers.len() <= MOST_ANSWERED);
}

#[test]
fn the_same_mail_is_the_same_and_another_is_another() {
    let text = "From: a@example.org\nMessage-ID: <a@example.org>\nSubject: x\n\nyes\n";
    assert_eq!(read(text).key, read(&format!("Received: by us\n{text}")).key, "a server's line on the way changes nothing");
    // Whoever takes another mail's identifier does not take its place.
    assert_ne!(read(text).key, read(&text.replace("yes", "no")).key);
}
