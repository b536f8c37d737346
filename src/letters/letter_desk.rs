//! The page of one letter: its PDF, its text, what the checks found, its history, and what a person may do to it alone; `letter_actions` does it. Must
//! hold no rule.

use actix_web::{
    HttpResponse,
    http::{StatusCode, header::CONTENT_DISPOSITION},
    web,
};
use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    board::{FindingView, findings_of},
    desk::{Choice, post_key},
    dispatch::{self, DispatchError},
    draft::Content,
    jobs, opening, store, word,
};
use crate::{
    accounts::{self, Permission, SignedIn},
    campaigns,
    domain::{
        checks::{DraftedBlock, FindingCode},
        difference::{Paragraph, difference},
        language::Language,
        letter::{Channel, LetterState, RoundState},
    },
    entities::{dispatch as attempts, letter, letter_event, letter_round, post},
    platform::{
        Platform,
        http::{
            forms::{FormErrorView, FormErrors},
            frame::Frame,
            problem::Problem,
            upload,
        },
        i18n,
    },
    states,
};

#[derive(Serialize)]
struct LetterView<'a> {
    page: Frame<'a>,
    errors: Vec<FormErrorView>,
    form: LetterForm,
    /// Every way but mail.
    channels: Vec<Choice>,
    /// Every way.
    ways: Vec<Choice>,
    /// The one it is to leave by.
    way: String,
    /// The address it would leave for now.
    to: Option<String>,
    has_left: bool,
    may_choose: bool,
    round_id: Uuid,
    round_name: String,
    rehearsal: bool,
    id: Uuid,
    state_name: String,
    post_key: String,
    letter_language: String,
    letter_dir: &'static str,
    state: String,
    reference: String,
    subject: String,
    text: String,
    findings: Vec<FindingView>,
    history: Vec<EventView>,
    dispatches: Vec<AttemptView>,
    may_record: bool,
    /// Key of the words that say why not, of a letter that has not left.
    no_record: Option<&'static str>,
    may_cancel: bool,
    may_send_again: bool,
    /// Whether a person may say why it leaves though its addressee was not checked for long.
    may_excuse: bool,
    /// Where the entry of its addressee is.
    register_href: String,
    /// What one said.
    unchecked_because: Option<String>,
    may_edit: bool,
    /// Paragraphs that a person wrote: from the template's words to theirs (R34).
    edited: Vec<Vec<Paragraph>>,
}

/// What was typed into the forms of this page.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct LetterForm {
    pub(super) channel: String,
    pub(super) note: String,
    pub(super) address: String,
    /// Why it may leave though its addressee was not checked for long.
    pub(super) because: String,
}

#[derive(Serialize)]
struct EventView {
    occurred_at: DateTime<Utc>,
    to: String,
    who: Option<String>,
    note: Option<String>,
}

#[derive(Serialize)]
struct AttemptView {
    id: Uuid,
    created_at: DateTime<Utc>,
    channel: String,
    state: String,
    to: Option<String>,
    answer: Option<String>,
    attempts: i32,
    /// Its hour, while it waits for it.
    not_before: Option<DateTime<Utc>>,
    has_proof: bool,
}

pub(super) type Path = web::Path<(Uuid, Uuid)>;

/// A letter by the two keys of its address.
pub(super) async fn letter_at(platform: &Platform, (round, id): (Uuid, Uuid)) -> Result<letter::Model, Problem> {
    let letter = letter::Entity::find_by_id(id).one(platform.database.read()).await?;
    letter.filter(|letter| letter.round_id == round).ok_or(Problem::NotFound)
}

pub(super) async fn show(
    platform: web::Data<Platform>,
    staff: SignedIn,
    states: web::Data<states::Register>,
    path: Path,
) -> Result<HttpResponse, Problem> {
    staff.require(Permission::ReadDesk)?;
    let letter = letter_at(&platform, path.into_inner()).await?;
    opening::seen(&platform, &letter, &staff).await;
    page(&platform, &staff, &states, letter, LetterForm::default(), &FormErrors::default()).await
}

pub(super) async fn page(
    platform: &Platform,
    staff: &SignedIn,
    states: &states::Register,
    letter: letter::Model,
    form: LetterForm,
    errors: &FormErrors,
) -> Result<HttpResponse, Problem> {
    let db = platform.database.read();
    let id = letter.id;
    let round = letter_round::Entity::find_by_id(letter.round_id).one(db).await?.ok_or(Problem::NotFound)?;
    let post = post::Entity::find_by_id(letter.post_id).one(db).await?.ok_or(Problem::NotFound)?;
    let names = accounts::store::names(db).await?;
    let events = letter_event::Entity::find()
        .filter(letter_event::Column::LetterId.eq(id))
        .order_by_asc(letter_event::Column::OccurredAt)
        .order_by_asc(letter_event::Column::Id)
        .all(db)
        .await?;
    let sent = attempts::Entity::find().filter(attempts::Column::LetterId.eq(id)).order_by_asc(attempts::Column::CreatedAt).all(db).await?;
    let directory = states.get(platform).await?;
    let record = dispatch::may_record(db, &round, &letter).await;
    let address = jobs::address_of(db, &letter, platform.clock.now().date_naive()).await?;
    let content: Content = serde_json::from_value(letter.content)?;
    let language = Language::of_letters(&letter.language).unwrap_or_default();
    let state: LetterState = letter.state.parse().map_err(anyhow::Error::from)?;
    let may = staff.role.may(Permission::ReleaseLetters);
    let ways: Vec<Channel> = Channel::ALL.to_vec();
    let choice = |channel: &Channel| Choice {
        value: channel.key().to_owned(),
        text: i18n::word(staff.language, &format!("letters-channel-{}", channel.key())),
    };
    let findings = findings_of(&letter.findings);
    let is_stale = findings.iter().any(|finding| finding.code == FindingCode::StaleAddressee && finding.blocks());
    let is_open = round.state.parse().is_ok_and(RoundState::is_open);
    let is_over = state.has_left() || state == LetterState::Closed || round.state == RoundState::Closed.key();
    let view = LetterView {
        page: staff.frame_titled(platform, format!("{} – {}", directory.name(&letter.iso3, staff.language), letter.reference)),
        errors: errors.view(staff.language),
        form,
        channels: ways.iter().filter(|channel| **channel != Channel::Mail).map(choice).collect(),
        ways: ways.iter().map(choice).collect(),
        way: letter.channel,
        to: address.map(|address| address.as_str().to_owned()),
        has_left: state.has_left(),
        may_choose: !is_over && staff.role.may(may_choose_way(&round)),
        round_id: round.id,
        id,
        state_name: directory.name(&letter.iso3, staff.language).to_owned(),
        post_key: post_key(&post.kind),
        letter_dir: language.direction(),
        letter_language: letter.language,
        reference: letter.reference,
        edited: content.drafted.iter().filter_map(edited_in_words).collect(),
        may_edit: is_open && state.is_editable() && staff.role.may(Permission::PrepareLetters),
        subject: content.email.subject,
        text: content.email.text,
        findings: findings.into_iter().map(FindingView::of).collect(),
        history: events
            .into_iter()
            .map(|event| EventView {
                occurred_at: event.occurred_at,
                to: event.to_state,
                who: event.account_id.and_then(|id| names.get(&id).cloned()),
                note: event.note.map(|note| note_in_words(staff.language, note)),
            })
            .collect(),
        dispatches: sent
            .into_iter()
            .map(|row| AttemptView {
                id: row.id,
                created_at: row.created_at,
                channel: row.channel,
                state: row.state,
                to: row.to_address,
                answer: row.server_answer,
                attempts: row.attempts,
                not_before: row.not_before.filter(|_| row.finished_at.is_none()),
                has_proof: row.file_id.is_some(),
            })
            .collect(),
        may_record: may && record.is_ok(),
        no_record: record.err().filter(|_| may && !state.has_left() && state != LetterState::Closed).and_then(|error| refusal(&error)),
        may_cancel: may && !state.has_left() && state != LetterState::Closed,
        may_send_again: may && state == LetterState::Bounced && store::may_leave_again(db, &round).await?,
        may_excuse: is_stale && state.is_editable() && staff.role.may(Permission::ApproveLetters),
        register_href: format!("/desk/register/{}", letter.iso3),
        unchecked_because: letter.unchecked_because,
        rehearsal: round.rehearsal,
        round_name: round.name,
        state: letter.state,
    };
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(platform.site.page(status, "letters/letter.html", staff.language, &view)?)
}

fn edited_in_words(drafted: &DraftedBlock) -> Option<Vec<Paragraph>> {
    let template = drafted.edited.as_ref()?.template.as_deref().unwrap_or_default();
    Some(difference(template, drafted.text.as_deref().unwrap_or_default()))
}

/// The same words for a word processor.
pub(super) async fn as_word(
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: web::Data<campaigns::Register>,
    states: web::Data<states::Register>,
    path: Path,
) -> Result<HttpResponse, Problem> {
    staff.require(Permission::ReadDesk)?;
    let letter = letter_at(&platform, path.into_inner()).await?;
    let (campaign, directory) = (campaigns.get(&platform).await?, states.get(&platform).await?);
    platform.typesetter.ready().await.map_err(anyhow::Error::from)?;
    let loaded = store::load(platform.database.read(), letter.round_id).await.map_err(anyhow::Error::from)?;
    let page = jobs::whole_page(&platform, &campaign, &loaded, &directory, &letter)?;
    let document = word::document(&platform.site.templates, &page, jobs::dated_at(&loaded))?;
    opening::seen(&platform, &letter, &staff).await;
    Ok(upload::handed_back(&format!("{}.docx", letter.reference), word::MEDIA_TYPE.to_owned(), document))
}

/// Whoever prepares letters chooses their ways; once they are released, to choose mail is to send.
pub(super) fn may_choose_way(round: &letter_round::Model) -> Permission {
    if round.state == RoundState::Sending.key() { Permission::ReleaseLetters } else { Permission::PrepareLetters }
}

/// The carrier notes what came of an attempt by its key; a person's note stays as it was typed.
fn note_in_words(language: Language, note: String) -> String {
    match note.parse::<crate::domain::letter::DispatchState>() {
        Ok(state) => i18n::word(language, &format!("letters-dispatch-{state}")),
        Err(_) => note,
    }
}

/// The PDF as it was issued, or as it would be: typeset on demand, off the async threads.
pub(super) async fn preview(
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: web::Data<campaigns::Register>,
    states: web::Data<states::Register>,
    path: Path,
) -> Result<HttpResponse, Problem> {
    staff.require(Permission::ReadDesk)?;
    let db = platform.database.read();
    let letter = letter_at(&platform, path.into_inner()).await?;
    let pdf = match store::issued(db, &letter).await? {
        Some(pdf) => pdf,
        None => {
            let (campaign, directory) = (campaigns.get(&platform).await?, states.get(&platform).await?);
            let loaded = store::load(db, letter.round_id).await.map_err(anyhow::Error::from)?;
            jobs::typeset_letter(&platform, &campaign, &loaded, &directory, &letter).await.map_err(anyhow::Error::from)?.pdf
        }
    };
    opening::seen(&platform, &letter, &staff).await;
    Ok(HttpResponse::Ok()
        .content_type("application/pdf")
        .insert_header((CONTENT_DISPOSITION, format!("inline; filename=\"{}.pdf\"", letter.reference)))
        .body(pdf))
}

/// Key of the words for a step that was not taken; none where the fault is not the person's.
pub(super) const fn refusal(error: &DispatchError) -> Option<&'static str> {
    match error {
        DispatchError::Move(_) | DispatchError::Channel => Some("letters-refused-letter-step"),
        DispatchError::Overtaken => Some("letters-refused-letter-overtaken"),
        DispatchError::Round => Some("letters-refused-round"),
        DispatchError::NotReleased => Some("letters-refused-not-released"),
        DispatchError::NotTypeset => Some("letters-refused-not-typeset"),
        DispatchError::NoAddress => Some("letters-refused-no-address"),
        DispatchError::Missing | DispatchError::Database(_) | DispatchError::Unexpected(_) => None,
    }
}

/// The proof of a delivery: saved, never opened in the page's own origin.
pub(super) async fn proof(
    platform: web::Data<Platform>,
    staff: SignedIn,
    path: web::Path<(Uuid, Uuid, Uuid)>,
) -> Result<HttpResponse, Problem> {
    staff.require(Permission::ReleaseLetters)?;
    let (round, id, attempt) = path.into_inner();
    let letter = letter_at(&platform, (round, id)).await?;
    let db = platform.database.read();
    let row = attempts::Entity::find_by_id(attempt).one(db).await?.filter(|row| row.letter_id == letter.id).ok_or(Problem::NotFound)?;
    upload::kept(db, row.file_id).await
}
