//! The desk of meetings: the list with what is promised and due, one meeting, its form. Must hold no rule, and shows meetings only to those who record
//! replies (R41, R42).

use std::collections::HashMap;

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    desk::{choices, countries},
    form::LONGEST_SUMMARY,
    meeting_evidence::{self, SuggestForm},
    meeting_form::{MeetingForm, PromiseForm},
    meetings::{self, MeetingError, MeetingRow, PromiseRow},
};
use crate::{
    accounts::{Permission, SignedIn, store},
    campaigns::{self, Current},
    domain::{
        evidence::ProposalState,
        letter::PostKind,
        meeting::{MeetingLevel, MeetingStatus},
    },
    entities::{account, meeting, reply},
    platform::{
        Platform,
        crypto::Token,
        http::{
            forms::{self, Choice, FormErrorView, FormErrors},
            frame::Frame,
            problem::Problem,
        },
        i18n,
    },
    states::{self, Directory},
};
use sea_orm::EntityTrait;

const PAGE: u64 = 100;

/// The desk's addresses.
pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/desk/meetings", web::get().to(list))
        .route("/desk/meetings", web::post().to(record))
        .route("/desk/meetings/new", web::get().to(show_form))
        .route("/desk/meetings/{id}", web::get().to(show))
        .route("/desk/meetings/{id}/change", web::get().to(show_change))
        .route("/desk/meetings/{id}/change", web::post().to(change))
        .route("/desk/meetings/{id}/evidence", web::post().to(meeting_evidence::propose));
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ListQuery {
    state: String,
    status: String,
    page: u64,
}

#[derive(Serialize)]
struct ListPage<'a> {
    page: Frame<'a>,
    state: String,
    status: String,
    states: Vec<Choice>,
    statuses: Vec<Choice>,
    promises: Vec<Named<PromiseRow>>,
    meetings: Vec<Named<MeetingRow>>,
    newer: Option<u64>,
    older: Option<u64>,
}

/// A row beside the name of its state.
#[derive(Serialize)]
struct Named<Row> {
    country: String,
    row: Row,
}

/// Cost: three queries, however many meetings there are.
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
    let (db, today, language) = (platform.database.read(), platform.clock.now().date_naive(), staff.language);
    let iso3 = directory.state(&query.state).map_or("", |state| state.iso3.as_str());
    let status = query.status.parse::<MeetingStatus>().ok();
    let number = query.page.min(100_000);
    let mut found = meetings::page(db, campaign.id, (iso3, status), (number * PAGE, PAGE + 1)).await?;
    let has_more = found.len() as u64 > PAGE;
    found.truncate(PAGE as usize);
    let names = store::names(db).await?;
    let country = |iso3: &str| directory.name(iso3, language).to_owned();
    let promises = meetings::open_promises(db, campaign.id, iso3).await?;
    let view = ListPage {
        page: staff.frame(&platform, "meeting-title"),
        state: iso3.to_owned(),
        status: status.map_or("", MeetingStatus::key).to_owned(),
        states: countries(&staff, &directory),
        statuses: statuses(&staff),
        promises: promises.into_iter().map(|row| Named { country: country(&row.iso3), row: PromiseRow::of(row, &names, today) }).collect(),
        meetings: found.iter().map(|row| Named { country: country(&row.iso3), row: MeetingRow::of(row, language) }).collect(),
        newer: number.checked_sub(1),
        older: has_more.then_some(number + 1),
    };
    Ok(platform.site.page(StatusCode::OK, "replies/meetings.html", language, &view)?)
}

fn statuses(staff: &SignedIn) -> Vec<Choice> {
    choices(staff, "meeting-status", MeetingStatus::ALL.iter().map(|status| status.key()))
}

#[derive(Serialize)]
struct FormPage<'a> {
    page: Frame<'a>,
    errors: Vec<FormErrorView>,
    /// Where the form goes, and where it came from.
    action: String,
    back: String,
    form: &'a MeetingForm,
    countries: Vec<Choice>,
    statuses: Vec<Choice>,
    levels: Vec<Choice>,
    posts: Vec<Choice>,
}

fn form_page(
    platform: &Platform,
    staff: &SignedIn,
    directory: &Directory,
    meeting: Option<Uuid>,
    form: &MeetingForm,
    errors: &FormErrors,
) -> Result<HttpResponse, Problem> {
    let at = meeting.map_or_else(|| "/desk/meetings".to_owned(), |id| format!("/desk/meetings/{id}"));
    let view = FormPage {
        page: staff.frame(platform, if meeting.is_some() { "meeting-change" } else { "meeting-new" }),
        errors: errors.view(staff.language),
        action: if meeting.is_some() { format!("{at}/change") } else { at.clone() },
        back: at,
        form,
        countries: countries(staff, directory),
        statuses: statuses(staff),
        levels: choices(staff, "meeting-level", MeetingLevel::ALL.iter().map(|level| level.key())),
        posts: choices(staff, "letters-post", PostKind::ALL.iter().map(|post| post.key())),
    };
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(platform.site.page(status, "replies/meeting_form.html", staff.language, &view)?)
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct NewQuery {
    state: String,
    /// The answer that offered it.
    reply: String,
}

async fn show_form(
    request: HttpRequest,
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: web::Data<campaigns::Register>,
    states: web::Data<states::Register>,
) -> Result<HttpResponse, Problem> {
    staff.require(Permission::RecordReplies)?;
    let query: NewQuery = forms::query(&request)?;
    let campaign = campaigns.get(&platform).await?;
    let mut form = MeetingForm { country: query.state, submission_key: new_key()?, ..MeetingForm::default() };
    if let Ok(id) = query.reply.parse::<Uuid>() {
        let found = reply::Entity::find_by_id(id).one(platform.database.read()).await?;
        let found = found.filter(|reply| reply.campaign_id == campaign.id).ok_or(Problem::NotFound)?;
        (form.country, form.reply) = (found.iso3, id.to_string());
    }
    form_page(&platform, &staff, &*states.get(&platform).await?, None, &form, &FormErrors::default())
}

/// What recognises a double click.
pub(super) fn new_key() -> Result<String, Problem> {
    Ok(Token::random().map_err(anyhow::Error::from)?.reveal())
}

async fn record(
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: web::Data<campaigns::Register>,
    states: web::Data<states::Register>,
    body: web::Bytes,
) -> Result<HttpResponse, Problem> {
    let form: MeetingForm = staff.form(&body)?;
    staff.require(Permission::RecordReplies)?;
    let (campaign, directory) = (campaigns.get(&platform).await?, states.get(&platform).await?);
    let new = match form.check(&directory, platform.clock.now().date_naive()) {
        Ok(new) => new,
        Err(errors) => return form_page(&platform, &staff, &directory, None, &form, &errors),
    };
    let id = meetings::record(&platform, &campaign, &new, staff.id).await?;
    Ok(staff.done(&platform, &format!("/desk/meetings/{id}"), "meeting-done", &i18n::Args::new()).await?)
}

pub(super) async fn meeting_of(platform: &Platform, campaign: &Current, id: Uuid) -> Result<meeting::Model, Problem> {
    meetings::by_id(platform.database.read(), campaign.id, id).await?.ok_or(Problem::NotFound)
}

async fn show_change(
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: web::Data<campaigns::Register>,
    states: web::Data<states::Register>,
    id: web::Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    staff.require(Permission::RecordReplies)?;
    let row = meeting_of(&platform, &*campaigns.get(&platform).await?, *id).await?;
    form_page(&platform, &staff, &*states.get(&platform).await?, Some(row.id), &MeetingForm::of(&row), &FormErrors::default())
}

async fn change(
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: web::Data<campaigns::Register>,
    states: web::Data<states::Register>,
    id: web::Path<Uuid>,
    body: web::Bytes,
) -> Result<HttpResponse, Problem> {
    let form: MeetingForm = staff.form(&body)?;
    staff.require(Permission::RecordReplies)?;
    let (campaign, directory) = (campaigns.get(&platform).await?, states.get(&platform).await?);
    let row = meeting_of(&platform, &campaign, *id).await?;
    let again = |errors: &FormErrors| form_page(&platform, &staff, &directory, Some(row.id), &form, errors);
    let new = match form.check(&directory, platform.clock.now().date_naive()) {
        Ok(new) => new,
        Err(errors) => return again(&errors),
    };
    match meetings::change(&platform, &row, &new, form.seen.parse().unwrap_or(-1), staff.id).await {
        Ok(()) => Ok(staff.done(&platform, &format!("/desk/meetings/{}", row.id), "meeting-done", &i18n::Args::new()).await?),
        Err(MeetingError::Changed) => {
            let mut errors = FormErrors::default();
            errors.add("notes", "meeting-error-changed");
            again(&errors)
        }
        Err(MeetingError::Database(error)) => Err(error.into()),
    }
}

#[derive(Serialize)]
struct MeetingPage<'a> {
    page: Frame<'a>,
    errors: Vec<FormErrorView>,
    id: Uuid,
    iso3: String,
    country: String,
    meeting: MeetingRow,
    place: String,
    people: String,
    notes: String,
    reply: Option<Uuid>,
    /// Whether thanks can be drafted.
    may_thank: bool,
    recorded_at: DateTime<Utc>,
    recorded_by: Option<String>,
    changed_at: Option<DateTime<Utc>>,
    changed_by: Option<String>,
    promises: Vec<PromiseRow>,
    form: &'a PromiseForm,
    /// What it suggests of the state's position, once somebody has said so.
    suggested: Option<SuggestedView>,
    /// The form that says so, of a meeting that was held.
    suggest: Option<SuggestForm>,
    levels: Vec<Choice>,
    owners: Vec<Choice>,
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
    let row = meeting_of(&platform, &campaign, *id).await?;
    let form = PromiseForm { submission_key: new_key()?, ..PromiseForm::default() };
    let forms = Forms { promise: &form, suggest: None };
    meeting_page(&platform, &staff, (&campaign, &directory), row, forms, &FormErrors::default()).await
}

#[derive(Serialize)]
struct SuggestedView {
    state: String,
    level: Option<String>,
    /// Where it is decided on; none once it is, or for those who may not.
    decide: Option<String>,
}

/// The forms of a meeting's page, as they were typed.
pub(super) struct Forms<'a> {
    pub promise: &'a PromiseForm,
    /// None: with the notes as they are.
    pub suggest: Option<SuggestForm>,
}

/// A meeting with the forms of one more promise and of what it suggests. Three queries.
pub(super) async fn meeting_page(
    platform: &Platform,
    staff: &SignedIn,
    (campaign, directory): (&Current, &Directory),
    row: meeting::Model,
    forms: Forms<'_>,
    errors: &FormErrors,
) -> Result<HttpResponse, Problem> {
    let (db, today, language) = (platform.database.read(), platform.clock.now().date_naive(), staff.language);
    let accounts = store::all(db).await?;
    let names: HashMap<Uuid, String> = accounts.iter().map(|account| (account.id, account.name.clone())).collect();
    let promises = meetings::promises_of(db, row.id).await?;
    let suggested = meeting_evidence::of_meeting(db, row.id).await?;
    let is_held = row.status == MeetingStatus::Held.key();
    let notes = || SuggestForm { summary: row.notes.chars().take(LONGEST_SUMMARY).collect(), ..SuggestForm::default() };
    let level = |key: &str| campaign.config.stance(key).map(|level| level.label.get(language).to_owned());
    let may_decide = staff.role.may(Permission::CodeEvidence);
    let view = MeetingPage {
        suggest: (is_held && suggested.is_none()).then(|| forms.suggest.unwrap_or_else(notes)),
        suggested: suggested.map(|row| SuggestedView {
            level: row.direction.as_deref().and_then(level),
            decide: (may_decide && row.state == ProposalState::Proposed.key()).then(|| format!("/desk/positions/proposals/{}", row.id)),
            state: row.state,
        }),
        levels: campaign.config.levels().map(|level| Choice::new(level.key.clone(), level.label.get(language).to_owned())).collect(),
        page: staff.frame(platform, "meeting-one"),
        errors: errors.view(language),
        id: row.id,
        country: directory.name(&row.iso3, language).to_owned(),
        meeting: MeetingRow::of(&row, language),
        may_thank: is_held && campaign.config.thanks.is_some(),
        recorded_by: names.get(&row.account_id).cloned(),
        changed_by: row.changed_by.and_then(|id| names.get(&id).cloned()),
        promises: promises.into_iter().map(|row| PromiseRow::of(row, &names, today)).collect(),
        form: forms.promise,
        owners: owners(&accounts, None),
        iso3: row.iso3,
        place: row.place,
        people: row.people,
        notes: row.notes,
        reply: row.reply_id,
        recorded_at: row.created_at,
        changed_at: row.changed_at,
    };
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(platform.site.page(status, "replies/meeting.html", language, &view)?)
}

/// Who may ask after a promise: whoever can sign in, and whoever does so already.
pub(super) fn offered(accounts: &[account::Model], owner: Option<Uuid>) -> Vec<&account::Model> {
    accounts.iter().filter(|account| account.disabled_at.is_none() || owner == Some(account.id)).collect()
}

pub(super) fn owners(accounts: &[account::Model], owner: Option<Uuid>) -> Vec<Choice> {
    offered(accounts, owner).into_iter().map(|account| Choice::new(account.id.to_string(), account.name.clone())).collect()
}
