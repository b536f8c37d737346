//! The demonstration's mailbox in the browser: every mail the program wrote, with its files. There is none outside a demonstration.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{CACHE_CONTROL, CONTENT_DISPOSITION},
    },
    web,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{forms, frame::Frame, problem::Problem, visitor::Visitor};
use crate::platform::{
    Platform, i18n,
    mail::mailbox::{Listed, Mailbox},
};

const PAGE: usize = 50;

/// The mailbox's addresses.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/{lang}/mailbox", web::get().to(list))
        .route("/{lang}/mailbox/{id}", web::get().to(open))
        .route("/{lang}/mailbox/{id}/{number}", web::get().to(file));
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ListQuery {
    page: usize,
}

#[derive(Serialize)]
struct ListPage<'a> {
    page: Frame<'a>,
    mails: Vec<MailView>,
    total: usize,
    newer: Option<usize>,
    older: Option<usize>,
}

#[derive(Serialize)]
struct MailView {
    id: String,
    date: Option<DateTime<Utc>>,
    to: String,
    subject: String,
}

#[derive(Serialize)]
struct OpenPage<'a> {
    page: Frame<'a>,
    mail: MailView,
    from: String,
    /// The text in pieces, so that addresses of this site become links.
    pieces: Vec<Piece>,
    files: Vec<FileView>,
}

#[derive(Serialize)]
struct Piece {
    text: String,
    href: Option<String>,
}

#[derive(Serialize)]
struct FileView {
    number: usize,
    name: String,
    size: usize,
}

impl From<Listed> for MailView {
    fn from(mail: Listed) -> Self {
        Self { id: mail.id, date: mail.date, to: mail.to.join(", "), subject: mail.subject }
    }
}

fn mailbox(platform: &Platform) -> Result<&Mailbox, Problem> {
    platform.mailbox.as_ref().ok_or(Problem::NotFound)
}

async fn list(request: HttpRequest, visitor: Visitor, platform: web::Data<Platform>) -> Result<HttpResponse, Problem> {
    let number = forms::query::<ListQuery>(&request)?.page.min(1_000_000);
    let found = mailbox(&platform)?.list(number * PAGE, PAGE).await.map_err(anyhow::Error::from)?;
    let view = ListPage {
        page: platform.site.frame(visitor.language, request.path(), i18n::word(visitor.language, "mailbox-title")),
        older: (found.total > (number + 1) * PAGE).then_some(number + 1),
        newer: number.checked_sub(1),
        total: found.total,
        mails: found.mails.into_iter().map(MailView::from).collect(),
    };
    Ok(platform.site.page(StatusCode::OK, "mailbox/list.html", visitor.language, &view)?)
}

async fn open(
    request: HttpRequest,
    visitor: Visitor,
    platform: web::Data<Platform>,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let mail = mailbox(&platform)?.open(&path.1).await.map_err(anyhow::Error::from)?.ok_or(Problem::NotFound)?;
    let view = OpenPage {
        page: platform.site.frame(visitor.language, request.path(), mail.listed.subject.clone()),
        from: mail.listed.from.clone(),
        mail: mail.listed.into(),
        pieces: pieces(&mail.text, &platform.site.base_url),
        files: (0..)
            .zip(&mail.files)
            .map(|(number, file)| FileView { number, name: file.name.clone(), size: file.content.len() })
            .collect(),
    };
    Ok(platform.site.page(StatusCode::OK, "mailbox/mail.html", visitor.language, &view)?)
}

async fn file(platform: web::Data<Platform>, path: web::Path<(String, String, usize)>) -> Result<HttpResponse, Problem> {
    let (_, id, number) = path.into_inner();
    let mail = mailbox(&platform)?.open(&id).await.map_err(anyhow::Error::from)?.ok_or(Problem::NotFound)?;
    let file = mail.files.into_iter().nth(number).ok_or(Problem::NotFound)?;
    // The type is ours: what a mail says of its files is not to be trusted.
    let is_pdf = file.content.starts_with(b"%PDF-");
    let (media_type, disposition) = if is_pdf { ("application/pdf", "inline") } else { ("application/octet-stream", "attachment") };
    Ok(HttpResponse::Ok()
        .content_type(media_type)
        .insert_header((CONTENT_DISPOSITION, disposition))
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(file.content))
}

/// Splits a text so that addresses below `base_url` become links; no other address does.
fn pieces(text: &str, base_url: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, from_link)) = rest.find(base_url).map(|at| rest.split_at(at)) {
        let end = from_link.find(|c: char| c.is_whitespace() || matches!(c, '>' | ')' | '"')).unwrap_or(from_link.len());
        let (link, after) = from_link.split_at(end);
        pieces.push(Piece { text: before.to_owned(), href: None });
        pieces.push(Piece { text: link.to_owned(), href: Some(link.to_owned()) });
        rest = after;
    }
    pieces.push(Piece { text: rest.to_owned(), href: None });
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_addresses_become_links() {
        let pieces = pieces("Open http://h:1/en/confirm/x now, not https://evil.example/.", "http://h:1");
        let links: Vec<_> = pieces.iter().filter_map(|piece| piece.href.as_deref()).collect();
        assert_eq!(links, ["http://h:1/en/confirm/x"]);
        let whole: String = pieces.iter().map(|piece| piece.text.as_str()).collect();
        assert_eq!(whole, "Open http://h:1/en/confirm/x now, not https://evil.example/.");
    }
}
