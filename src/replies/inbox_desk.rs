//! The holding pen: mails that came in and wait for a person, one of them, and what a person does with it. Must hold no rule, and shows a mail's words as
//! words only.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{desk::choices, grading, inbound};
use crate::{
    accounts::{Permission, SignedIn},
    campaigns,
    domain::{
        inbound::{InboundKind, InboundState},
        language::Language,
        proof::AnswerChannel,
    },
    entities::{inbound_mail, letter},
    platform::{
        Platform,
        http::{
            forms::{self, Choice},
            frame::Frame,
            problem::Problem,
            upload,
        },
        i18n,
        mail::incoming::Attached,
    },
    states,
};

/// Mails on a page.
const PAGE: u64 = 100;

/// The addresses; before those of single replies.
pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/desk/replies/inbox", web::get().to(list))
        .route("/desk/replies/inbox/{id}", web::get().to(show))
        .route("/desk/replies/inbox/{id}/mail.eml", web::get().to(download))
        .route("/desk/replies/inbox/{id}/dismiss", web::post().to(dismiss));
}

/// How many wait, what machines wrote apart. Two queries.
pub(super) async fn waiting(db: &impl ConnectionTrait, campaign: Uuid) -> Result<[u64; 2], Problem> {
    let of = |automatic: bool| {
        let kind = inbound_mail::Column::Kind;
        inbound_mail::Entity::find()
            .filter(inbound_mail::Column::CampaignId.eq(campaign))
            .filter(inbound_mail::Column::State.eq(InboundState::Waiting.key()))
            .filter(if automatic { kind.eq(InboundKind::AutoReply.key()) } else { kind.ne(InboundKind::AutoReply.key()) })
    };
    Ok([of(false).count(db).await?, of(true).count(db).await?])
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ListQuery {
    kind: String,
    state: String,
    page: u64,
}

#[derive(Serialize)]
struct ListPage<'a> {
    page: Frame<'a>,
    rows: Vec<RowView>,
    kind: String,
    state: String,
    kinds: Vec<Choice>,
    states: Vec<Choice>,
    newer: Option<u64>,
    older: Option<u64>,
}

/// What the list reads of a mail: not its words, which may be long.
#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    received_at: DateTime<Utc>,
    from_name: String,
    from_address: String,
    subject: String,
    kind: String,
    letter_id: Option<Uuid>,
    sender_known: bool,
}

#[derive(Serialize)]
struct RowView {
    id: Uuid,
    received_at: DateTime<Utc>,
    from: String,
    subject: String,
    kind: String,
    letter: Option<LetterView>,
    proof: &'static str,
}

#[derive(Serialize)]
struct LetterView {
    href: String,
    reference: String,
    country: String,
}

impl LetterView {
    fn of(letter: &letter::Model, directory: &states::Directory, language: Language) -> Self {
        Self {
            href: format!("/desk/letters/{}/{}", letter.round_id, letter.id),
            reference: letter.reference.clone(),
            country: directory.name(&letter.iso3, language).to_owned(),
        }
    }
}

/// Two queries. Unless asked for, what machines wrote is folded away.
async fn list(
    request: HttpRequest,
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: web::Data<campaigns::Register>,
    states: web::Data<states::Register>,
) -> Result<HttpResponse, Problem> {
    staff.require(Permission::RecordReplies)?;
    let query: ListQuery = forms::query(&request)?;
    let (campaign, directory) = (campaigns.get(&platform).await?, states.get(&platform).await?);
    let kind = query.kind.parse::<InboundKind>().ok();
    let state = query.state.parse().unwrap_or(InboundState::Waiting);
    use inbound_mail::Column as C;
    let mut find = inbound_mail::Entity::find()
        .select_only()
        .columns([C::Id, C::ReceivedAt, C::FromName, C::FromAddress, C::Subject, C::Kind, C::LetterId, C::SenderKnown])
        .filter(C::CampaignId.eq(campaign.id))
        .filter(C::State.eq(state.key()))
        .order_by_desc(C::ReceivedAt)
        .order_by_desc(C::Id);
    find = match kind {
        Some(kind) => find.filter(C::Kind.eq(kind.key())),
        None => find.filter(C::Kind.ne(InboundKind::AutoReply.key())),
    };
    let number = query.page.min(100_000);
    let db = platform.database.read();
    let mut found = find.offset(number * PAGE).limit(PAGE + 1).into_model::<Row>().all(db).await?;
    let has_more = found.len() as u64 > PAGE;
    found.truncate(PAGE as usize);
    let letters = letter::Entity::find().filter(letter::Column::Id.is_in(found.iter().filter_map(|row| row.letter_id))).all(db).await?;
    let view = |letter: &letter::Model| LetterView::of(letter, &directory, staff.language);
    let rows = found.into_iter().map(|row| RowView {
        id: row.id,
        received_at: row.received_at,
        from: if row.from_name.is_empty() { row.from_address } else { row.from_name },
        subject: row.subject,
        kind: row.kind.replace('_', "-"),
        proof: proof_of(row.sender_known),
        letter: letters.iter().find(|letter| Some(letter.id) == row.letter_id).map(view),
    });
    let view = ListPage {
        rows: rows.collect(),
        page: staff.frame(&platform, "inbox-title"),
        kind: kind.map(InboundKind::key).unwrap_or_default().to_owned(),
        state: state.key().to_owned(),
        kinds: choices(&staff, "inbox-kind", InboundKind::ALL.iter().map(|kind| kind.key())),
        states: choices(&staff, "inbox-state", InboundState::ALL.iter().map(|state| state.key())),
        newer: number.checked_sub(1),
        older: has_more.then_some(number + 1),
    };
    Ok(platform.site.page(StatusCode::OK, "replies/inbox.html", staff.language, &view)?)
}

#[derive(Serialize)]
struct MailPage<'a> {
    page: Frame<'a>,
    id: Uuid,
    kind: String,
    state: String,
    received_at: DateTime<Utc>,
    written_at: Option<DateTime<Utc>>,
    from_name: String,
    from_address: String,
    subject: String,
    body: String,
    attachments: Vec<Attached>,
    letter: Option<LetterView>,
    matched_by: Option<String>,
    sender_known: bool,
    /// The grade of proof it would have as a reply.
    proof: &'static str,
    reply: Option<Uuid>,
    is_waiting: bool,
}

/// The grade of proof a mail would have as a reply.
fn proof_of(sender_known: bool) -> &'static str {
    grading::first(AnswerChannel::Mail, true, None, Some(sender_known)).key()
}

async fn mail_of(db: &impl ConnectionTrait, campaign: &campaigns::Current, id: Uuid) -> Result<inbound_mail::Model, Problem> {
    inbound_mail::Entity::find_by_id(id).one(db).await?.filter(|row| row.campaign_id == campaign.id).ok_or(Problem::NotFound)
}

/// Two queries.
async fn show(
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: web::Data<campaigns::Register>,
    states: web::Data<states::Register>,
    id: web::Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    staff.require(Permission::RecordReplies)?;
    let (campaign, directory) = (campaigns.get(&platform).await?, states.get(&platform).await?);
    let db = platform.database.read();
    let row = mail_of(db, &campaign, *id).await?;
    let letter = match row.letter_id {
        Some(letter) => letter::Entity::find_by_id(letter).one(db).await?,
        None => None,
    };
    let proof = proof_of(row.sender_known);
    let view = MailPage {
        page: staff.frame(&platform, "inbox-one"),
        id: row.id,
        is_waiting: row.state == InboundState::Waiting.key(),
        kind: row.kind.replace('_', "-"),
        state: row.state,
        received_at: row.received_at,
        written_at: row.written_at,
        from_name: row.from_name,
        from_address: row.from_address,
        subject: row.subject,
        body: row.body,
        attachments: serde_json::from_value(row.attachments).unwrap_or_default(),
        letter: letter.map(|letter| LetterView::of(&letter, &directory, staff.language)),
        matched_by: row.matched_by.map(|by| by.replace('_', "-")),
        sender_known: row.sender_known,
        proof,
        reply: row.reply_id,
    };
    Ok(platform.site.page(StatusCode::OK, "replies/inbox_mail.html", staff.language, &view)?)
}

/// The mail as it came: saved, never opened in the page's own origin.
async fn download(
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: web::Data<campaigns::Register>,
    id: web::Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    staff.require(Permission::RecordReplies)?;
    let (campaign, db) = (campaigns.get(&platform).await?, platform.database.read());
    upload::kept(db, Some(mail_of(db, &campaign, *id).await?.file_id)).await
}

async fn dismiss(
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: web::Data<campaigns::Register>,
    id: web::Path<Uuid>,
    body: web::Bytes,
) -> Result<HttpResponse, Problem> {
    let _: ListQuery = staff.form(&body)?;
    staff.require(Permission::RecordReplies)?;
    let campaign = campaigns.get(&platform).await?;
    mail_of(platform.database.read(), &campaign, *id).await?;
    let (to, none) = ("/desk/replies/inbox", i18n::Args::new());
    if inbound::dismiss(&platform, *id, staff.id).await? {
        return Ok(staff.done(&platform, to, "inbox-done-dismissed", &none).await?);
    }
    Ok(staff.refused(&platform, to, "inbox-decided", &none).await?)
}
