//! The form of a reply: fields and a file in one multipart body, read within bounds. Must not store anything.

use actix_multipart::Multipart;
use chrono::NaiveDate;
use serde::Serialize;
use uuid::Uuid;

use crate::{
    domain::{letter::ReplyClass, proof::AnswerChannel, prose},
    platform::http::{
        forms::FormErrors,
        problem::Problem,
        upload::{self, SentFile, Upload},
    },
    states::Directory,
};

/// The largest file that is kept.
pub const LARGEST_FILE: usize = 5 * 1024 * 1024;
pub(super) const LONGEST_SUMMARY: usize = 5000;
const LONGEST_ADDRESS: usize = 2000;

/// What was typed. Everything is text: a wrong value comes back as typed.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ReplyForm {
    /// The session's token.
    #[serde(skip)]
    pub csrf: String,
    /// The letter it answers, if it was opened from one.
    pub letter: String,
    /// A reference, or a text with one in it.
    pub reference: String,
    /// Code of the state.
    pub country: String,
    /// Day it came.
    pub received_on: String,
    /// How it came.
    pub channel: String,
    /// What it amounts to.
    pub class: String,
    /// What it says.
    pub summary: String,
    /// Where the official record of it is.
    pub record_url: String,
    /// Recognises a double click.
    pub submission_key: String,
    /// The mail it was made from, if it was made from one.
    pub inbound: String,
    #[serde(skip)]
    /// The file, as far as it was read.
    pub(super) file: SentFile,
}

/// A reply without a fault.
#[derive(Debug)]
pub struct NewReply {
    /// Key of the letter, or a text to look for references in.
    pub letter: Option<Uuid>,
    /// As typed; empty for none.
    pub reference: String,
    /// The state as chosen; a letter brings its own.
    pub iso3: Option<String>,
    /// Day it came.
    pub received_on: NaiveDate,
    /// How it came.
    pub channel: AnswerChannel,
    /// What it amounts to.
    pub class: ReplyClass,
    /// What it says.
    pub summary: String,
    /// Where the official record of it is.
    pub record_url: Option<String>,
    /// A file, known to be of a kind we keep.
    pub file: Option<ReplyFile>,
    /// Recognises a double click.
    pub submission_key: String,
    /// The mail it was made from.
    pub inbound: Option<Uuid>,
}

/// A file of a kind we keep.
#[derive(Debug)]
pub struct ReplyFile {
    /// By its content, not by what the browser says.
    pub media_type: &'static str,
    /// ASCII.
    pub file_name: String,
    /// The bytes.
    pub content: Vec<u8>,
}

impl ReplyForm {
    /// Reads a multipart body. A file over the limit is read past, so that no word typed beside it is lost.
    ///
    /// # Errors
    /// When the body is no form, or is larger than anything we read.
    pub async fn read(body: Multipart) -> Result<Self, Problem> {
        let mut sent = Upload::read(body, LARGEST_FILE).await?;
        Ok(Self {
            csrf: sent.take("csrf"),
            letter: sent.take("letter"),
            reference: sent.take("reference"),
            country: sent.take("country"),
            received_on: sent.take("received_on"),
            channel: sent.take("channel"),
            class: sent.take("class"),
            summary: sent.take("summary"),
            record_url: sent.take("record_url"),
            submission_key: sent.take("submission_key"),
            inbound: sent.take("inbound"),
            file: sent.file,
        })
    }

    /// Checks every field and returns all faults at once.
    ///
    /// # Errors
    /// The faults, by field.
    pub fn check(&self, states: &Directory, today: NaiveDate) -> Result<NewReply, FormErrors> {
        let mut errors = FormErrors::default();
        let letter = Some(self.letter.trim()).filter(|id| !id.is_empty()).map(str::parse::<Uuid>);
        if matches!(letter, Some(Err(_))) {
            errors.add("reference", "replies-error-letter");
        }
        let letter = letter.and_then(Result::ok);
        let iso3 = Some(self.country.trim().to_owned()).filter(|code| !code.is_empty());
        match iso3.as_deref() {
            None if letter.is_none() && self.reference.trim().is_empty() => errors.add("country", "replies-error-country-empty"),
            Some(code) if states.state(code).is_none() => errors.add("country", "replies-error-country-unknown"),
            _ => {}
        }
        let earliest = NaiveDate::from_ymd_opt(2000, 1, 1).unwrap_or_default();
        let received_on = self.received_on.trim().parse::<NaiveDate>().ok();
        match received_on {
            None => errors.add("received_on", "replies-error-date"),
            Some(day) if day > today => errors.add("received_on", "replies-error-date-future"),
            Some(day) if day < earliest => errors.add("received_on", "replies-error-date"),
            Some(_) => {}
        }
        let channel = self.channel.parse::<AnswerChannel>().map_err(|_| errors.add("channel", "replies-error-channel"));
        let class = self.class.parse::<ReplyClass>().map_err(|_| errors.add("class", "replies-error-class"));
        let record_url = record(&self.record_url).map_err(|()| errors.add("record_url", "replies-error-record"));
        let summary = prose::clean(&self.summary);
        match summary.as_deref() {
            Some("") => errors.add("summary", "replies-error-summary-empty"),
            Some(summary) if summary.chars().count() <= LONGEST_SUMMARY => {}
            _ => errors.add("summary", "replies-error-summary-long"),
        }
        let file = match &self.file {
            SentFile::None => None,
            SentFile::TooLarge => {
                errors.add("file", "replies-error-file-large");
                None
            }
            SentFile::Sent { name, content } => {
                let known = recognised(name, content);
                if known.is_none() {
                    errors.add("file", "replies-error-file-kind");
                }
                known
            }
        };
        let (Some(received_on), Ok(channel), Ok(class), Some(summary), Ok(record_url), true) =
            (received_on, channel, class, summary, record_url, errors.is_empty())
        else {
            return Err(errors);
        };
        Ok(NewReply {
            letter,
            reference: self.reference.chars().take(1000).collect(),
            iso3,
            received_on,
            channel,
            class,
            summary,
            record_url,
            file,
            submission_key: submission_key(&self.submission_key),
            inbound: self.inbound.parse().ok(),
        })
    }
}

/// The address of an official record as it was typed; none for none.
///
/// # Errors
/// What is no address of the web.
pub(super) fn record(typed: &str) -> Result<Option<String>, ()> {
    let typed = typed.trim();
    let is_address = (typed.starts_with("https://") || typed.starts_with("http://"))
        && typed.chars().count() <= LONGEST_ADDRESS
        && !typed.chars().any(|c| c.is_whitespace() || c.is_control());
    match typed {
        "" => Ok(None),
        _ if is_address => Ok(Some(typed.to_owned())),
        _ => Err(()),
    }
}

/// The form's own key, or a new one: two forms without a key are not one.
fn submission_key(typed: &str) -> String {
    let key: String = typed.chars().filter(char::is_ascii_graphic).take(64).collect();
    if key.is_empty() { Uuid::now_v7().to_string() } else { key }
}

/// The kinds of file we keep: scans, and what a ministry sends beside them. None runs in a browser, and all are served as downloads only.
fn recognised(name: &str, content: &[u8]) -> Option<ReplyFile> {
    if let Some(scan) = upload::scan(name, content) {
        return Some(ReplyFile { media_type: scan.media_type, file_name: scan.file_name, content: content.to_vec() });
    }
    let lower = name.to_lowercase();
    let ends = |ending: &str| lower.ends_with(ending);
    let is_text = || !content.is_empty() && !content.contains(&0) && std::str::from_utf8(content).is_ok();
    let (media_type, extension) = match content {
        [b'P', b'K', 3, 4, ..] if ends(".docx") => ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"),
        [b'P', b'K', 3, 4, ..] if ends(".odt") => ("application/vnd.oasis.opendocument.text", "odt"),
        _ if ends(".eml") && is_text() => ("message/rfc822", "eml"),
        _ if ends(".txt") && is_text() => ("text/plain; charset=utf-8", "txt"),
        _ => return None,
    };
    Some(ReplyFile { media_type, file_name: upload::file_name(name, extension), content: content.to_vec() })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_file_is_what_its_bytes_say_and_not_what_it_is_called() {
        assert_eq!(recognised("reply.exe", b"%PDF-1.7").unwrap().file_name, "reply.pdf");
        assert_eq!(recognised("Réponse du ministre.PDF", b"%PDF-1.7").unwrap().file_name, "Reponse-du-ministre.pdf");
        assert_eq!(recognised("note.txt", "grüße".as_bytes()).unwrap().media_type, "text/plain; charset=utf-8");
        for (name, content) in [
            ("reply.pdf", b"<script>alert(1)</script>".as_slice()),
            ("page.html", b"<html>"),
            ("drawing.svg", b"<svg>"),
            ("archive.zip", b"PK\x03\x04"),
            ("note.txt", b"a\0b"),
            ("empty.txt", b""),
        ] {
            assert!(recognised(name, content).is_none(), "{name}");
        }
    }
}
