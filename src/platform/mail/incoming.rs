//! A mail that came in, taken apart: who wrote, what it answers, whether a person or a machine wrote it (RFC 3834), and what a server says of a mail it
//! could not deliver (RFC 3464). Nothing of it is run, fetched or shown as markup. Must not know what our mails are about.

use chrono::{DateTime, Utc};
use mail_parser::{Address, HeaderValue, Message, MessageParser, MessagePart};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::mailbox::media_type;
use crate::domain::inbound::InboundKind;

/// Characters of its text that are kept.
const LONGEST_TEXT: usize = 20_000;
/// Characters of one line of its head.
const LONGEST_LINE: usize = 300;
/// Mails it names that are looked at.
const MOST_ANSWERED: usize = 50;
/// Attachments that are listed.
const MOST_ATTACHMENTS: usize = 50;

/// A mail that came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incoming {
    /// The same for the same mail, however often it is handed over.
    pub key: String,
    /// What it is.
    pub kind: InboundKind,
    /// Who wrote it, as the mail says: nobody has checked that.
    pub from: String,
    /// The name beside it.
    pub from_name: String,
    /// Its subject.
    pub subject: String,
    /// When it was written, as it says.
    pub written_at: Option<DateTime<Utc>>,
    /// Its text; of one with markup only, the words.
    pub text: String,
    /// Identifiers of the mails it answers or reports on, the nearest first.
    pub answers: Vec<String>,
    /// What hangs on it.
    pub attachments: Vec<Attached>,
    /// What a server said of the mail it could not deliver.
    pub words: Option<String>,
}

/// A file that hangs on a mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attached {
    /// As the mail calls it.
    pub name: String,
    /// As the mail says.
    pub media_type: String,
    /// Bytes.
    pub size: usize,
}

impl Incoming {
    /// Reads a mail; `None` for bytes that have no head at all.
    pub fn read(raw: &[u8]) -> Option<Self> {
        let message = MessageParser::default().parse(raw).filter(|message| !message.headers().is_empty())?;
        let report = report_of(&message);
        let kind = match &report {
            Some(report) if report.action.eq_ignore_ascii_case("failed") => InboundKind::Bounce,
            Some(_) => InboundKind::Delay,
            None if is_automatic(&message) => InboundKind::AutoReply,
            None => InboundKind::Reply,
        };
        let sender = message.from().and_then(Address::first);
        let from = line(sender.and_then(|sender| sender.address()).unwrap_or_default());
        let subject = line(message.subject().unwrap_or_default());
        let text: String =
            message.body_text(0).unwrap_or_default().replace("\r\n", "\n").chars().filter(is_text).take(LONGEST_TEXT).collect();
        let mut answers = ids(message.in_reply_to());
        answers.extend(ids(message.references()).into_iter().rev());
        answers.extend(originals(&message));
        answers.truncate(MOST_ANSWERED);
        let mut hash = Sha256::new();
        for part in [message.message_id().unwrap_or_default(), &from, &subject, &text] {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
        Some(Self {
            key: hex::encode(hash.finalize()),
            kind,
            from_name: line(sender.and_then(|sender| sender.name()).unwrap_or_default()),
            written_at: message.date().and_then(|date| DateTime::from_timestamp(date.to_timestamp(), 0)),
            attachments: message.attachments().take(MOST_ATTACHMENTS).map(attached).collect(),
            words: report.map(|report| report.words),
            from,
            subject,
            text,
            answers,
        })
    }
}

fn is_text(character: &char) -> bool {
    !character.is_control() || matches!(character, '\n' | '\t')
}

/// One line of a head: no control character reaches a page or a table.
fn line(text: &str) -> String {
    let words = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST_LINE * 2).collect::<String>();
    words.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(LONGEST_LINE).collect()
}

fn ids(value: &HeaderValue<'_>) -> Vec<String> {
    let id = |text: &str| text.trim().trim_matches(['<', '>']).to_owned();
    let all: Vec<String> = match value {
        HeaderValue::Text(text) => text.split_whitespace().map(id).collect(),
        HeaderValue::TextList(list) => list.iter().map(|text| id(text)).collect(),
        _ => Vec::new(),
    };
    all.into_iter().filter(|id| !id.is_empty() && id.len() <= 255).collect()
}

/// Whether a machine says that a machine wrote it.
fn is_automatic(message: &Message<'_>) -> bool {
    let says = |name: &'static str| message.header_raw(name).map(|value| value.trim().to_ascii_lowercase());
    let submitted = says("Auto-Submitted").is_some_and(|value| !value.starts_with("no"));
    let marked = ["X-Autoreply", "X-Autorespond", "X-Autoresponder"].into_iter().any(|name| says(name).is_some());
    let precedence =
        says("Precedence").is_some_and(|value| ["auto_reply", "auto-reply", "bulk", "junk"].iter().any(|word| value.starts_with(word)));
    let nobody = says("Return-Path").is_some_and(|value| value == "<>");
    submitted || marked || precedence || nobody
}

struct Report {
    action: String,
    words: String,
}

/// What a delivery report says, if this is one: the first recipient's.
fn report_of(message: &Message<'_>) -> Option<Report> {
    let kind = message.root_part().headers().iter().find_map(|header| header.value().as_content_type())?;
    let is_report = kind.ctype().eq_ignore_ascii_case("multipart")
        && kind.subtype().is_some_and(|subtype| subtype.eq_ignore_ascii_case("report"))
        && kind.attribute("report-type").is_some_and(|report| report.eq_ignore_ascii_case("delivery-status"));
    if !is_report {
        return None;
    }
    let status = message.parts.iter().find(|part| is_of(part, "message", "delivery-status"))?;
    let text = String::from_utf8_lossy(status.contents());
    // A field goes on in lines that begin with a space.
    let unfolded = text.replace("\r\n", "\n").replace("\n ", " ").replace("\n\t", " ");
    let field = |name: &str| {
        let found = unfolded.lines().find_map(|row| {
            let (key, value) = row.split_once(':')?;
            key.trim().eq_ignore_ascii_case(name).then(|| line(value))
        });
        found.unwrap_or_default()
    };
    let words = [field("Status"), field("Diagnostic-Code")].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ");
    Some(Report { action: field("Action"), words })
}

/// Identifiers of mails that came back within this one, whole or only their heads.
fn originals(message: &Message<'_>) -> Vec<String> {
    let mut found = Vec::new();
    for part in &message.parts {
        if let Some(inner) = part.message() {
            found.extend(inner.message_id().map(str::to_owned));
        } else if is_of(part, "text", "rfc822-headers") {
            let head = MessageParser::default().parse_headers(part.contents());
            found.extend(head.as_ref().and_then(Message::message_id).map(str::to_owned));
        }
    }
    found
}

fn is_of(part: &MessagePart<'_>, kind: &str, subtype: &str) -> bool {
    use mail_parser::MimeHeaders as _;
    part.content_type().is_some_and(|found| {
        found.ctype().eq_ignore_ascii_case(kind) && found.subtype().is_some_and(|found| found.eq_ignore_ascii_case(subtype))
    })
}

fn attached(part: &MessagePart<'_>) -> Attached {
    use mail_parser::MimeHeaders as _;
    Attached { name: line(part.attachment_name().unwrap_or_default()), media_type: line(&media_type(part)), size: part.contents().len() }
}

#[cfg(test)]
#[path = "incoming_tests.rs"]
mod tests;
