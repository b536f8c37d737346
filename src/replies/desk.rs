//! The replies desk: the list, one reply with its file, the form. Must hold no rule, and shows replies only to those who record them (R41).

use std::collections::HashMap;

use actix_multipart::Multipart;
use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use chrono::NaiveDate;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    form::{self, ReplyForm},
    grading_desk::{self, GradeForm},
    inbox_desk, meetings_desk, promises_desk,
    service::{self, ReplyError},
    thanks_desk,
};
use crate::{
    accounts::{Permission, SignedIn},
    campaigns,
    domain::{
        evidence::ProposalState,
        letter::ReplyClass,
        proof::{AnswerChannel, Proof},
    },
    entities::{evidence_proposal, inbound_mail, letter, reply},
    platform::{
        Platform,
        crypto::Token,
        http::{
            forms::{self, Choice, FormErrorView, FormErrors},
            frame::Frame,
            problem::Problem,
            upload,
        },
        i18n,
    },
    states,
};

const PAGE: u64 = 100;

/// The desk's addresses.
pub fn routes(config: &mut web::ServiceConfig) {
    inbox_desk::routes(config);
    meetings_desk::routes(config);
    promises_desk::routes(config);
    thanks_desk::routes(config);
    config
        .route("/desk/replies", web::get().to(list))
        .route("/desk/replies", web::post().to(record))
        .route("/desk/replies/new", web::get().to(show_form))
        .route("/desk/replies/{id}", web::get().to(show))
        .route("/desk/replies/{id}/proof", web::post().to(grading_desk::grade))
        .route("/desk/replies/{id}/file", web::get().to(file));
}

pub(super) fn choices<'a>(staff: &SignedIn, prefix: &str, keys: impl Iterator<Item = &'a str>) -> Vec<Choice> {
    let choice = |key: &str| Choice::new(key.to_owned(), i18n::word(staff.language, &format!("{prefix}-{}", key.replace('_', "-"))));
    keys.map(choice).collect()
}

pub(super) fn countries(staff: &SignedIn, directory: &states::Directory) -> Vec<Choice> {
    let choice = |state: &states::directory::StateEntry| Choice::new(state.iso3.clone(), state.forms.name(staff.language).to_owned());
    directory.by_name(staff.language).map(choice).collect()
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ListQuery {
    class: String,
    country: String,
    page: u64,
}

#[derive(Serialize)]
struct ListPage<'a> {
    page: Frame<'a>,
    rows: Vec<RowView>,
    class: String,
    country: String,
    classes: Vec<Choice>,
    countries: Vec<Choice>,
    newer: Option<u64>,
    older: Option<u64>,
    /// Mails in the holding pen; and of machines.
    waiting: [u64; 2],
}

#[derive(Serialize)]
struct RowView {
    id: Uuid,
    received_on: NaiveDate,
    country: String,
    class: String,
    channel: String,
    /// The grade of proof.
    proof: String,
    reference: Option<String>,
    has_file: bool,
    /// proposed, accepted, rejected, or none.
    proposal: Option<String>,
}

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
    let db = platform.database.read();
    let mut find = reply::Entity::find()
        .filter(reply::Column::CampaignId.eq(campaign.id))
        .order_by_desc(reply::Column::ReceivedOn)
        .order_by_desc(reply::Column::Id);
    // What is no class and no state is left out, and the choices show it: asked for as it stands, some of it would be a fault of the database.
    let class = query.class.parse::<ReplyClass>().ok().map_or("", ReplyClass::key);
    let country = directory.state(&query.country).map_or("", |state| state.iso3.as_str());
    if !class.is_empty() {
        find = find.filter(reply::Column::Class.eq(class));
    }
    if !country.is_empty() {
        find = find.filter(reply::Column::Iso3.eq(country));
    }
    let number = query.page.min(100_000);
    let mut found = find.offset(number * PAGE).limit(PAGE + 1).all(db).await?;
    let has_more = found.len() as u64 > PAGE;
    found.truncate(PAGE as usize);
    let letters: Vec<Uuid> = found.iter().filter_map(|row| row.letter_id).collect();
    let letters = letter::Entity::find()
        .select_only()
        .columns([letter::Column::Id, letter::Column::Reference])
        .filter(letter::Column::Id.is_in(letters))
        .into_tuple::<(Uuid, String)>()
        .all(db)
        .await?;
    let letters: HashMap<Uuid, String> = letters.into_iter().collect();
    let ids = found.iter().map(|row| row.id);
    let proposals = evidence_proposal::Entity::find().filter(evidence_proposal::Column::ReplyId.is_in(ids)).all(db).await?;
    let mut proposals: HashMap<Uuid, String> = proposals.into_iter().filter_map(|row| Some((row.reply_id?, row.state))).collect();
    let rows = found.into_iter().map(|row| RowView {
        id: row.id,
        received_on: row.received_on,
        country: directory.name(&row.iso3, staff.language).to_owned(),
        class: row.class.replace('_', "-"),
        channel: row.channel.replace('_', "-"),
        proof: row.proof,
        reference: row.letter_id.and_then(|id| letters.get(&id).cloned()),
        has_file: row.file_id.is_some(),
        proposal: proposals.remove(&row.id),
    });
    let view = ListPage {
        rows: rows.collect(),
        page: staff.frame(&platform, "replies-title"),
        class: class.to_owned(),
        country: country.to_owned(),
        classes: choices(&staff, "replies-class", ReplyClass::ALL.iter().map(|class| class.key())),
        countries: countries(&staff, &directory),
        newer: number.checked_sub(1),
        older: has_more.then_some(number + 1),
        waiting: inbox_desk::waiting(db, campaign.id).await?,
    };
    Ok(platform.site.page(StatusCode::OK, "replies/list.html", staff.language, &view)?)
}

#[derive(Serialize)]
struct FormPage<'a> {
    page: Frame<'a>,
    errors: Vec<FormErrorView>,
    form: &'a ReplyForm,
    letter: Option<LetterView>,
    countries: Vec<Choice>,
    channels: Vec<Choice>,
    classes: Vec<Choice>,
}

#[derive(Serialize)]
struct LetterView {
    reference: String,
    country: String,
}

async fn form_page(
    platform: &Platform,
    staff: &SignedIn,
    states: &states::Register,
    form: &ReplyForm,
    errors: &FormErrors,
) -> Result<HttpResponse, Problem> {
    let directory = states.get(platform).await?;
    let letter = match form.letter.parse::<Uuid>() {
        Ok(id) => letter::Entity::find_by_id(id).one(platform.database.read()).await?,
        Err(_) => None,
    };
    let view = FormPage {
        page: staff.frame(platform, "replies-new"),
        errors: errors.view(staff.language),
        form,
        letter: letter
            .map(|letter| LetterView { country: directory.name(&letter.iso3, staff.language).to_owned(), reference: letter.reference }),
        countries: countries(staff, &directory),
        channels: choices(staff, "replies-channel", AnswerChannel::ALL.iter().map(|channel| channel.key())),
        classes: choices(staff, "replies-class", ReplyClass::ALL.iter().map(|class| class.key())),
    };
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(platform.site.page(status, "replies/new.html", staff.language, &view)?)
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct NewQuery {
    letter: String,
    state: String,
    /// The mail it is made from.
    inbound: String,
}

async fn show_form(
    request: HttpRequest,
    platform: web::Data<Platform>,
    staff: SignedIn,
    states: web::Data<states::Register>,
) -> Result<HttpResponse, Problem> {
    staff.require(Permission::RecordReplies)?;
    let query: NewQuery = forms::query(&request)?;
    let mut form = ReplyForm {
        letter: query.letter,
        country: query.state,
        received_on: platform.clock.now().date_naive().to_string(),
        channel: AnswerChannel::Mail.key().to_owned(),
        submission_key: Token::random().map_err(anyhow::Error::from)?.reveal(),
        ..ReplyForm::default()
    };
    if let Ok(id) = query.inbound.parse::<Uuid>() {
        let mail = inbound_mail::Entity::find_by_id(id).one(platform.database.read()).await?.ok_or(Problem::NotFound)?;
        form.letter = mail.letter_id.map(|letter| letter.to_string()).unwrap_or_default();
        form.received_on = mail.received_at.date_naive().to_string();
        form.summary = mail.body.trim().chars().take(form::LONGEST_SUMMARY).collect();
        form.inbound = id.to_string();
    }
    form_page(&platform, &staff, &states, &form, &FormErrors::default()).await
}

async fn record(
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: web::Data<campaigns::Register>,
    states: web::Data<states::Register>,
    body: Multipart,
) -> Result<HttpResponse, Problem> {
    let form = ReplyForm::read(body).await?;
    staff.check_csrf(&form.csrf)?;
    staff.require(Permission::RecordReplies)?;
    let (campaign, directory) = (campaigns.get(&platform).await?, states.get(&platform).await?);
    let new = match form.check(&directory, platform.clock.now().date_naive()) {
        Ok(new) => new,
        Err(errors) => return form_page(&platform, &staff, &states, &form, &errors).await,
    };
    let (field, key) = match service::record(&platform, &campaign, new, staff.id).await {
        Ok(id) => {
            let to = format!("/desk/replies/{id}");
            return Ok(staff.done(&platform, &to, "replies-done", &i18n::Args::new()).await?);
        }
        Err(ReplyError::Database(error)) => return Err(error.into()),
        Err(ReplyError::UnknownReference) => ("reference", "replies-error-reference"),
        Err(ReplyError::SeveralLetters) => ("reference", "replies-error-several"),
        Err(ReplyError::NotSent) => ("reference", "replies-error-not-sent"),
        Err(ReplyError::OtherState) => ("country", "replies-error-other-state"),
        Err(ReplyError::NoState) => ("country", "replies-error-country-empty"),
        Err(ReplyError::MailDecided) => ("summary", "inbox-decided"),
    };
    let mut errors = FormErrors::default();
    errors.add(field, key);
    form_page(&platform, &staff, &states, &form, &errors).await
}

pub(super) async fn reply_of(db: &impl ConnectionTrait, campaign: &campaigns::Current, id: Uuid) -> Result<reply::Model, Problem> {
    reply::Entity::find_by_id(id).one(db).await?.filter(|row| row.campaign_id == campaign.id).ok_or(Problem::NotFound)
}

#[derive(Serialize)]
struct ReplyPage<'a> {
    page: Frame<'a>,
    reply: RowView,
    errors: Vec<FormErrorView>,
    form: GradeForm,
    proofs: Vec<Choice>,
    record_url: Option<String>,
    summary: String,
    /// Key of the level the proposal suggests, in words.
    suggests: Option<String>,
    /// Where the proposal is decided on; none once it is, or for those who may not.
    decide: Option<String>,
}

async fn show(
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: web::Data<campaigns::Register>,
    states: web::Data<states::Register>,
    id: web::Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    staff.require(Permission::RecordReplies)?;
    let (campaign, directory) = (campaigns.get(&platform).await?, states.get(&platform).await?);
    let row = reply_of(platform.database.read(), &campaign, *id).await?;
    let form = GradeForm::of(&row);
    reply_page(&platform, &staff, (&campaign, &directory), row, form, &FormErrors::default()).await
}

/// A reply with the form of its proof. Two queries.
pub(super) async fn reply_page(
    platform: &Platform,
    staff: &SignedIn,
    (campaign, directory): (&campaigns::Current, &states::Directory),
    row: reply::Model,
    form: GradeForm,
    errors: &FormErrors,
) -> Result<HttpResponse, Problem> {
    let db = platform.database.read();
    let proposal = evidence_proposal::Entity::find().filter(evidence_proposal::Column::ReplyId.eq(row.id)).one(db).await?;
    let letter = match row.letter_id {
        Some(letter) => letter::Entity::find_by_id(letter).one(db).await?,
        None => None,
    };
    let level = proposal.as_ref().and_then(|proposal| proposal.direction.as_deref()).and_then(|key| campaign.config.stance(key));
    let view = ReplyPage {
        page: staff.frame(platform, "replies-one"),
        suggests: level.map(|level| level.label.get(staff.language).to_owned()),
        decide: proposal
            .as_ref()
            .filter(|proposal| proposal.state == ProposalState::Proposed.key() && staff.role.may(Permission::CodeEvidence))
            .map(|proposal| format!("/desk/positions/proposals/{}", proposal.id)),
        reply: RowView {
            id: row.id,
            received_on: row.received_on,
            country: directory.name(&row.iso3, staff.language).to_owned(),
            class: row.class.replace('_', "-"),
            channel: row.channel.replace('_', "-"),
            proof: row.proof,
            reference: letter.map(|letter| letter.reference),
            has_file: row.file_id.is_some(),
            proposal: proposal.map(|proposal| proposal.state),
        },
        errors: errors.view(staff.language),
        form,
        proofs: choices(staff, "replies-proof", Proof::ALL.iter().map(|proof| proof.key())),
        record_url: row.record_url,
        summary: row.summary,
    };
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(platform.site.page(status, "replies/show.html", staff.language, &view)?)
}

async fn file(
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: web::Data<campaigns::Register>,
    id: web::Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    staff.require(Permission::RecordReplies)?;
    let (campaign, db) = (campaigns.get(&platform).await?, platform.database.read());
    upload::kept(db, reply_of(db, &campaign, *id).await?.file_id).await
}
