//! Forms with a file in one multipart body, read within bounds. What was typed beside a file that is too large is not lost. Must not store
//! anything.

use std::collections::HashMap;

use actix_multipart::{Multipart, MultipartError};
use actix_web::{
    HttpResponse,
    http::header::{CONTENT_DISPOSITION, CONTENT_TYPE},
};
use futures_util::TryStreamExt;
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{forms::text_without_nul, problem::Problem};
use crate::platform::{files, mail::ascii_file_name};

/// What is read of a body before the rest is refused unread; between this and the limit of a file, the form comes back with what was typed.
const LARGEST_BODY: usize = 32 * 1024 * 1024;
const LARGEST_FIELD: usize = 64 * 1024;

/// A form as it was sent.
#[derive(Debug, Default)]
pub struct Upload {
    fields: HashMap<String, Vec<String>>,
    /// Its file.
    pub file: SentFile,
}

/// The file of a form.
#[derive(Clone, Debug, Default)]
pub enum SentFile {
    /// None was chosen.
    #[default]
    None,
    /// Larger than the limit; read past and not kept.
    TooLarge,
    /// As it came.
    Sent {
        /// What the browser calls it.
        name: String,
        /// The bytes.
        content: Vec<u8>,
    },
}

/// A file of a kind we keep.
#[derive(Debug)]
pub struct KnownFile<'a> {
    /// By its content, not by what the browser says.
    pub media_type: &'static str,
    /// ASCII.
    pub file_name: String,
    /// The bytes.
    pub content: &'a [u8],
}

impl Upload {
    /// Reads a body whose file is in the field `file` and has at most `largest_file` bytes.
    ///
    /// # Errors
    /// When the body is no form, or is larger than anything we read.
    pub async fn read(mut body: Multipart, largest_file: usize) -> Result<Self, Problem> {
        let mut upload = Self::default();
        let mut left = LARGEST_BODY;
        while let Some(mut field) = body.try_next().await.map_err(|error| unreadable(&error))? {
            let name = field.name().unwrap_or_default().to_owned();
            let file_name = field.content_disposition().and_then(|header| header.get_filename()).unwrap_or_default().to_owned();
            let limit = if name == "file" { largest_file } else { LARGEST_FIELD };
            let (mut content, mut size) = (Vec::new(), 0_usize);
            while let Some(chunk) = field.try_next().await.map_err(|error| unreadable(&error))? {
                left = left.checked_sub(chunk.len()).ok_or(Problem::TooLarge)?;
                size += chunk.len();
                if size <= limit {
                    content.extend_from_slice(&chunk);
                }
            }
            if name == "file" {
                upload.file = match size {
                    0 if file_name.is_empty() => SentFile::None,
                    size if size > largest_file => SentFile::TooLarge,
                    _ => SentFile::Sent { name: file_name, content },
                };
            } else if size > limit {
                return Err(Problem::TooLarge);
            } else {
                let text = String::from_utf8(content).map_err(|_| Problem::Bad("bad-form"))?;
                upload.fields.entry(name).or_default().push(text_without_nul(text));
            }
        }
        Ok(upload)
    }

    /// A field taken out, as it was typed; empty when it was not sent.
    pub fn take(&mut self, name: &str) -> String {
        self.take_all(name).pop().unwrap_or_default()
    }

    /// What was chosen of a field that may be sent more than once.
    pub fn take_all(&mut self, name: &str) -> Vec<String> {
        self.fields.remove(name).unwrap_or_default()
    }

    /// A field as it was typed; empty when it was not sent.
    pub fn field(&self, name: &str) -> &str {
        self.fields.get(name).and_then(|values| values.last()).map_or("", String::as_str)
    }
}

fn unreadable(error: &MultipartError) -> Problem {
    match error {
        MultipartError::Payload(actix_web::error::PayloadError::Overflow) => Problem::TooLarge,
        _ => Problem::Bad("bad-form"),
    }
}

/// A scan or a picture, told by its first bytes. None of these runs in a browser; serve them as downloads all the same.
pub fn scan<'a>(name: &str, content: &'a [u8]) -> Option<KnownFile<'a>> {
    let (media_type, extension) = match content {
        [b'%', b'P', b'D', b'F', b'-', ..] => ("application/pdf", "pdf"),
        [0x89, b'P', b'N', b'G', 0x0D, 0x0A, ..] => ("image/png", "png"),
        [0xFF, 0xD8, 0xFF, ..] => ("image/jpeg", "jpg"),
        _ => return None,
    };
    Some(KnownFile { media_type, file_name: file_name(name, extension), content })
}

/// The name a file is kept by: ASCII, with the ending of what it is.
pub fn file_name(name: &str, extension: &str) -> String {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    ascii_file_name(&format!("{stem}.{extension}"))
}

/// A file somebody sent, handed back to staff. Never shown in the page's own origin: whatever it is, it is saved and not opened.
pub fn handed_back(file_name: &str, media_type: String, content: Vec<u8>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, media_type))
        .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", ascii_file_name(file_name))))
        .body(content)
}

/// A kept file handed back to staff.
///
/// # Errors
/// [`Problem::NotFound`] when there is none; when the database fails.
pub async fn kept(db: &impl ConnectionTrait, id: Option<Uuid>) -> Result<HttpResponse, Problem> {
    let file = files::load(db, id.ok_or(Problem::NotFound)?).await?.ok_or(Problem::NotFound)?;
    Ok(handed_back(&file.file_name, file.media_type, file.content))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_scan_is_what_its_bytes_say_and_not_what_it_is_called() {
        let file = scan("Reçu.exe", b"%PDF-1.7").unwrap();
        assert_eq!((file.media_type, file.file_name.as_str()), ("application/pdf", "Recu.pdf"));
        for (name, content) in [("proof.pdf", b"<script>".as_slice()), ("page.html", b"<html>"), ("empty.png", b"")] {
            assert!(scan(name, content).is_none(), "{name}");
        }
    }
}
