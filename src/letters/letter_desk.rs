//! One letter: its PDF, its text, what the checks found, its history, and what a person may do to it alone. Must hold no rule.

use actix_multipart::Multipart;
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
    dispatch::{self, ByHand, DispatchError},
    draft::Content,
    jobs, single, store,
};
use crate::{
    accounts::{self, Permission, SignedIn},
    campaigns,
    domain::{
        email::EmailAddress,
        language::Language,
        letter::{Channel, LetterState, RoundState},
    },
    entities::{dispatch as attempts, letter, letter_event, letter_round, post},
    platform::{
        Platform,
        files::{self, NewFile},
        http::{
            forms::{FormErrorView, FormErrors},
            frame::Frame,
            problem::Problem,
            upload::{self, SentFile, Upload},
        },
        i18n,
    },
    states,
};

/// The largest proof that is kept.
const LARGEST_PROOF: usize = 5 * 1024 * 1024;
const LONGEST_NOTE: usize = 1000;

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
}

/// What was typed into the forms of this page.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct LetterForm {
    channel: String,
    note: String,
    address: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct WayForm {
    way: String,
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
    has_proof: bool,
}

type Path = web::Path<(Uuid, Uuid)>;

/// A letter by the two keys of its address.
async fn letter_at(platform: &Platform, (round, id): (Uuid, Uuid)) -> Result<letter::Model, Problem> {
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
    page(&platform, &staff, &states, letter, LetterForm::default(), &FormErrors::default()).await
}

async fn page(
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
    let language: Language = letter.language.parse().unwrap_or_default();
    let state: LetterState = letter.state.parse().map_err(anyhow::Error::from)?;
    let may = staff.role.may(Permission::ReleaseLetters);
    let ways: Vec<Channel> = Channel::ALL.to_vec();
    let choice = |channel: &Channel| Choice {
        value: channel.key().to_owned(),
        text: i18n::word(staff.language, &format!("letters-channel-{}", channel.key())),
    };
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
        subject: content.email.subject,
        text: content.email.text,
        findings: findings_of(&letter.findings).into_iter().map(FindingView::of).collect(),
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
                has_proof: row.file_id.is_some(),
            })
            .collect(),
        may_record: may && record.is_ok(),
        no_record: record.err().filter(|_| may && !state.has_left() && state != LetterState::Closed).and_then(|error| refusal(&error)),
        may_cancel: may && !state.has_left() && state != LetterState::Closed,
        may_send_again: may && state == LetterState::Bounced && store::may_leave_again(db, &round).await?,
        rehearsal: round.rehearsal,
        round_name: round.name,
        state: letter.state,
    };
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(platform.site.page(status, "letters/letter.html", staff.language, &view)?)
}

/// Whoever prepares letters chooses their ways; once they are released, to choose mail is to send.
fn may_choose_way(round: &letter_round::Model) -> Permission {
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
    Ok(HttpResponse::Ok()
        .content_type("application/pdf")
        .insert_header((CONTENT_DISPOSITION, format!("inline; filename=\"{}.pdf\"", letter.reference)))
        .body(pdf))
}

/// Records a delivery by hand, with its proof.
pub(super) async fn deliver(
    platform: web::Data<Platform>,
    staff: SignedIn,
    states: web::Data<states::Register>,
    path: Path,
    body: Multipart,
) -> Result<HttpResponse, Problem> {
    let sent = Upload::read(body, LARGEST_PROOF).await?;
    staff.check_csrf(sent.field("csrf"))?;
    staff.require(Permission::ReleaseLetters)?;
    let letter = letter_at(&platform, path.into_inner()).await?;
    let form =
        LetterForm { channel: sent.field("channel").to_owned(), note: sent.field("note").replace("\r\n", "\n"), ..LetterForm::default() };
    let mut errors = FormErrors::default();
    let channel = form.channel.parse().ok().filter(|channel| *channel != Channel::Mail);
    if channel.is_none() {
        errors.add("channel", "letters-error-channel");
    }
    let proof = match &sent.file {
        SentFile::None => Err("letters-error-proof"),
        SentFile::TooLarge => Err("letters-error-proof-large"),
        SentFile::Sent { name, content } => upload::scan(name, content).ok_or("letters-error-proof-kind"),
    };
    let proof = proof.map_err(|key| errors.add("file", key));
    if form.note.chars().count() > LONGEST_NOTE || form.note.contains('\0') {
        errors.add("note", "letters-error-note");
    }
    let (Some(channel), Ok(proof), true) = (channel, proof, errors.is_empty()) else {
        return page(&platform, &staff, &states, letter, form, &errors).await;
    };
    let proof = NewFile { media_type: proof.media_type, file_name: &proof.file_name, content: proof.content };
    let delivery = ByHand { letter: letter.id, channel, proof, note: &form.note, account: staff.id };
    let outcome = dispatch::record_by_hand(&platform, delivery).await;
    answer(&platform, &staff, &letter, outcome.map(drop), "letters-done-recorded").await
}

/// Chooses the way a letter is to leave.
pub(super) async fn choose_way(
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: web::Data<campaigns::Register>,
    states: web::Data<states::Register>,
    path: Path,
    body: web::Bytes,
) -> Result<HttpResponse, Problem> {
    let form: WayForm = staff.form(&body)?;
    let letter = letter_at(&platform, path.into_inner()).await?;
    let round = letter_round::Entity::find_by_id(letter.round_id).one(platform.database.read()).await?.ok_or(Problem::NotFound)?;
    staff.require(may_choose_way(&round))?;
    let Ok(way) = form.way.parse() else {
        let mut errors = FormErrors::default();
        errors.add("way", "letters-error-channel");
        return page(&platform, &staff, &states, letter, LetterForm::default(), &errors).await;
    };
    let (campaign, directory) = (campaigns.get(&platform).await?, states.get(&platform).await?);
    let outcome = single::choose_way(&platform, &campaign, &directory, letter.id, way, staff.id).await;
    answer(&platform, &staff, &letter, outcome, "letters-done-way").await
}

/// Takes a letter out before it leaves.
pub(super) async fn cancel(platform: web::Data<Platform>, staff: SignedIn, path: Path, body: web::Bytes) -> Result<HttpResponse, Problem> {
    let _: LetterForm = staff.form(&body)?;
    staff.require(Permission::ReleaseLetters)?;
    let letter = letter_at(&platform, path.into_inner()).await?;
    let outcome = single::cancel(&platform, letter.id, staff.id).await;
    answer(&platform, &staff, &letter, outcome, "letters-done-cancelled").await
}

/// Sends a letter that came back to a corrected address.
pub(super) async fn send_again(
    platform: web::Data<Platform>,
    staff: SignedIn,
    states: web::Data<states::Register>,
    path: Path,
    body: web::Bytes,
) -> Result<HttpResponse, Problem> {
    let form: LetterForm = staff.form(&body)?;
    staff.require(Permission::ReleaseLetters)?;
    let letter = letter_at(&platform, path.into_inner()).await?;
    let Ok(address) = EmailAddress::parse(&form.address) else {
        let mut errors = FormErrors::default();
        errors.add("address", "letters-error-address");
        return page(&platform, &staff, &states, letter, form, &errors).await;
    };
    let outcome = single::send_again(&platform, letter.id, &address, staff.id).await;
    answer(&platform, &staff, &letter, outcome.map(drop), "letters-done-again").await
}

async fn answer(
    platform: &Platform,
    staff: &SignedIn,
    letter: &letter::Model,
    outcome: Result<(), DispatchError>,
    done: &str,
) -> Result<HttpResponse, Problem> {
    let to = format!("/desk/letters/{}/{}", letter.round_id, letter.id);
    let none = i18n::Args::new();
    let refused = match outcome {
        Ok(()) => return Ok(staff.done(platform, &to, done, &none).await?),
        Err(error) => error,
    };
    match (refusal(&refused), refused) {
        (Some(key), _) => Ok(staff.refused(platform, &to, key, &none).await?),
        (None, DispatchError::Database(error)) => Err(error.into()),
        (None, DispatchError::Unexpected(error)) => Err(error.into()),
        (None, _) => Err(Problem::NotFound),
    }
}

/// Key of the words for a step that was not taken; none where the fault is not the person's.
const fn refusal(error: &DispatchError) -> Option<&'static str> {
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
    let file = files::load(db, row.file_id.ok_or(Problem::NotFound)?).await?.ok_or(Problem::NotFound)?;
    Ok(upload::handed_back(&file.file_name, file.media_type, file.content))
}
