//! Reads what [`super::FileTransport`] wrote, for the demo's mailbox page. Must not change anything, nor leave its directory.

use std::{
    fs,
    io::{self, Read},
    path::PathBuf,
    time::SystemTime,
};

use chrono::{DateTime, Utc};
use mail_parser::{Address, Message, MessageParser, MimeHeaders};

/// A line of the list is made from so many bytes at most: headers come first.
const HEAD: u64 = 64 * 1024;

/// One line of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// For [`Mailbox::open`].
    pub id: String,
    /// As the mail says.
    pub date: Option<DateTime<Utc>>,
    /// Name or address of the sender.
    pub from: String,
    /// Addresses.
    pub to: Vec<String>,
    /// One line.
    pub subject: String,
}

/// A page of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Mails in all.
    pub total: usize,
    /// The newest first.
    pub mails: Vec<Listed>,
}

/// A file of a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// As the mail says.
    pub name: String,
    /// As the mail says; not to be trusted as an answer's type without a list of allowed ones.
    pub media_type: String,
    /// The decoded bytes.
    pub content: Vec<u8>,
}

/// A mail, decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// What the list says of it.
    pub listed: Listed,
    /// Without angle brackets.
    pub message_id: String,
    /// Addresses of the copies.
    pub cc: Vec<String>,
    /// Where answers go.
    pub reply_to: Vec<String>,
    /// The plain text.
    pub text: String,
    /// The marked-up text as sent; foreign markup, never to be shown unescaped.
    pub html: Option<String>,
    /// The files.
    pub files: Vec<File>,
}

/// A directory of mails.
#[derive(Clone, Debug)]
pub struct Mailbox {
    directory: PathBuf,
}

impl Mailbox {
    /// Of a directory, which need not exist yet.
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Self { directory: directory.into() }
    }

    /// A page of the list, the newest first.
    ///
    /// # Errors
    /// When the directory cannot be read.
    pub async fn list(&self, offset: usize, limit: usize) -> io::Result<Page> {
        let this = self.clone();
        tokio::task::spawn_blocking(move || this.list_now(offset, limit)).await?
    }

    /// One mail; `None` when there is none of this id.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn open(&self, id: &str) -> io::Result<Option<Opened>> {
        let Some(path) = self.path(id) else { return Ok(None) };
        let bytes = match tokio::fs::read(path).await {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        Ok(MessageParser::default().parse(&bytes).map(|message| opened(id, &message)))
    }

    fn list_now(&self, offset: usize, limit: usize) -> io::Result<Page> {
        let entries = match fs::read_dir(&self.directory) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Page { total: 0, mails: Vec::new() }),
            Err(error) => return Err(error),
        };
        let mut found: Vec<(SystemTime, String)> = entries
            .filter_map(Result::ok)
            .filter_map(|entry| {
                let id = entry.file_name().to_str()?.strip_suffix(".eml")?.to_owned();
                self.path(&id)?;
                Some((entry.metadata().and_then(|meta| meta.modified()).unwrap_or(SystemTime::UNIX_EPOCH), id))
            })
            .collect();
        found.sort_unstable_by(|one, other| other.cmp(one));
        let total = found.len();
        let mails = found.into_iter().skip(offset).take(limit).filter_map(|(_, id)| self.head(id)).collect();
        Ok(Page { total, mails })
    }

    fn head(&self, id: String) -> Option<Listed> {
        let mut head = Vec::new();
        fs::File::open(self.path(&id)?).ok()?.take(HEAD).read_to_end(&mut head).ok()?;
        MessageParser::default().parse_headers(&head).map(|message| listed(&id, &message))
    }

    /// Ids come from the address bar: only names that [`super::FileTransport`] gives are ever joined to the directory.
    fn path(&self, id: &str) -> Option<PathBuf> {
        let plain = !id.is_empty() && !id.starts_with('.') && id.len() <= 140;
        let plain = plain && id.bytes().all(|b| b.is_ascii_alphanumeric() || b".-_@".contains(&b));
        plain.then(|| self.directory.join(format!("{id}.eml")))
    }
}

fn listed(id: &str, message: &Message<'_>) -> Listed {
    let from = message.from().and_then(Address::first);
    Listed {
        id: id.to_owned(),
        date: message.date().and_then(|date| DateTime::from_timestamp(date.to_timestamp(), 0)),
        from: from.and_then(|party| party.name().or_else(|| party.address())).unwrap_or_default().to_owned(),
        to: addresses(message.to()),
        subject: message.subject().unwrap_or_default().to_owned(),
    }
}

fn opened(id: &str, message: &Message<'_>) -> Opened {
    // mail-parser makes up the text of a mail that has markup only; here only what was sent counts.
    let sent_html = message.html_bodies().find(|part| part.is_text_html());
    Opened {
        listed: listed(id, message),
        message_id: message.message_id().unwrap_or_default().to_owned(),
        cc: addresses(message.cc()),
        reply_to: addresses(message.reply_to()),
        text: message.body_text(0).unwrap_or_default().replace("\r\n", "\n"),
        html: sent_html.and_then(|part| part.text_contents()).map(str::to_owned),
        files: message.attachments().map(file).collect(),
    }
}

fn file(part: &mail_parser::MessagePart<'_>) -> File {
    File { name: part.attachment_name().unwrap_or("file").to_owned(), media_type: media_type(part), content: part.contents().to_vec() }
}

/// What a part says it is.
pub(super) fn media_type(part: &mail_parser::MessagePart<'_>) -> String {
    part.content_type().map_or_else(
        || "application/octet-stream".to_owned(),
        |kind| format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or("octet-stream")),
    )
}

fn addresses(field: Option<&Address<'_>>) -> Vec<String> {
    field.map(|field| field.iter().filter_map(|party| party.address().map(str::to_owned)).collect()).unwrap_or_default()
}
