//! The desk of letters: rounds, the board of a round, one letter with its PDF. Must hold no rule.

use std::collections::BTreeMap;

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{CACHE_CONTROL, CONTENT_DISPOSITION},
    },
    web,
};
use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    draft::{Content, Finding},
    jobs,
    service::{self, NewRound, Options, RoundError},
};
use crate::{
    accounts::{self, Permission, SignedIn},
    campaigns,
    domain::{
        language::Language,
        letter::{LetterState, RoundRefusal, RoundState},
    },
    entities::{dispatch, letter, letter_event, letter_round, post},
    platform::{
        Platform, files, formats,
        http::{
            forms::{self, FormErrorView, FormErrors},
            frame::Frame,
            problem::Problem,
        },
        i18n,
        jobs::enqueue,
    },
    signing::waves,
    states::{self, posts},
};

/// The desk's addresses.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/desk/letters", web::get().to(rounds))
        .route("/desk/letters", web::post().to(create))
        .route("/desk/letters/{round}", web::get().to(board))
        .route("/desk/letters/{round}/draft", web::post().to(draft))
        .route("/desk/letters/{round}/approve", web::post().to(approve))
        .route("/desk/letters/{round}/release", web::post().to(release))
        .route("/desk/letters/{round}/leave-out", web::post().to(leave_out))
        .route("/desk/letters/{round}/stop", web::post().to(stop))
        .route("/desk/letters/{round}/{letter}", web::get().to(show))
        .route("/desk/letters/{round}/{letter}/letter.pdf", web::get().to(preview));
}

#[derive(Serialize)]
struct Choice {
    value: String,
    text: String,
}

#[derive(Serialize)]
struct RoundsPage<'a> {
    page: Frame<'a>,
    errors: Vec<FormErrorView>,
    rounds: Vec<RoundView>,
    form: RoundForm,
    events: Vec<Choice>,
    waves: Vec<Choice>,
    posts: Vec<Choice>,
    languages: Vec<Choice>,
    may_prepare: bool,
}

#[derive(Serialize)]
struct RoundView {
    id: Uuid,
    name: String,
    state: String,
    rehearsal: bool,
    created_at: DateTime<Utc>,
}

#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(default)]
struct RoundForm {
    name: String,
    event: String,
    wave: String,
    posts: Vec<String>,
    language: String,
    mode: String,
}

async fn rounds(
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: web::Data<campaigns::Register>,
) -> Result<HttpResponse, Problem> {
    let form = RoundForm { posts: posts::KINDS.map(str::to_owned).into(), mode: "rehearsal".into(), ..RoundForm::default() };
    rounds_page(&platform, &staff, &campaigns, form, FormErrors::default(), StatusCode::OK).await
}

async fn rounds_page(
    platform: &Platform,
    staff: &SignedIn,
    campaigns: &campaigns::Register,
    form: RoundForm,
    errors: FormErrors,
    status: StatusCode,
) -> Result<HttpResponse, Problem> {
    staff.require(Permission::ReadDesk)?;
    let campaign = campaigns.get(platform).await?;
    let db = platform.database.read();
    let language = staff.language;
    let today = platform.clock.now().date_naive();
    let rounds = letter_round::Entity::find()
        .filter(letter_round::Column::CampaignId.eq(campaign.id))
        .order_by_desc(letter_round::Column::CreatedAt)
        .all(db)
        .await?;
    let events = campaign.events.iter().filter(|event| event.status != "past" && event.last_day() >= today);
    let waves = waves::all(db, campaign.id).await?;
    let wave_title = |number: i32| i18n::text(language, "roll-wave-title", &i18n::args([("number", i64::from(number).into())]));
    let view = RoundsPage {
        errors: errors.view(language),
        rounds: rounds
            .into_iter()
            .map(|round| RoundView {
                id: round.id,
                name: round.name,
                state: round.state,
                rehearsal: round.rehearsal,
                created_at: round.created_at,
            })
            .collect(),
        events: events
            .map(|event| Choice {
                value: event.id.to_string(),
                text: format!("{} ({})", event.names.get(language), formats::day_to(language, event.starts_on, &event.precision)),
            })
            .collect(),
        waves: waves.into_iter().map(|wave| Choice { value: wave.number.to_string(), text: wave_title(wave.number) }).collect(),
        posts: posts::KINDS.map(|kind| Choice { value: kind.to_owned(), text: i18n::word(language, &post_key(kind)) }).into(),
        languages: Language::ALL.map(|language| Choice { value: language.code().to_owned(), text: language.own_name().to_owned() }).into(),
        may_prepare: staff.role.may(Permission::PrepareLetters),
        page: staff.frame(platform, "desk-nav-letters"),
        form,
    };
    Ok(platform.site.page(status, "letters/rounds.html", language, &view)?)
}

fn post_key(kind: &str) -> String {
    format!("letters-post-{}", kind.replace('_', "-"))
}

async fn create(
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: web::Data<campaigns::Register>,
    states: web::Data<states::Register>,
    body: web::Bytes,
) -> Result<HttpResponse, Problem> {
    let form: RoundForm = staff.form(&body)?;
    staff.require(Permission::PrepareLetters)?;
    let (campaign, directory) = (campaigns.get(&platform).await?, states.get(&platform).await?);
    let mut errors = FormErrors::default();
    let name = crate::domain::name::clean_line(&form.name, 100).map_err(|_| errors.add("name", "letters-error-name"));
    let event = form.event.parse::<Uuid>().ok().filter(|id| campaign.events.iter().any(|event| event.id == *id));
    if event.is_none() {
        errors.add("event", "letters-error-event");
    }
    let wave = form.wave.parse::<i32>().ok();
    if wave.is_none() {
        errors.add("wave", "letters-error-wave");
    }
    let kinds: Vec<String> =
        posts::KINDS.iter().filter(|kind| form.posts.iter().any(|chosen| chosen == *kind)).map(|kind| (*kind).to_owned()).collect();
    if kinds.is_empty() {
        errors.add("posts", "letters-error-posts");
    }
    let (Ok(name), Some(event_id), Some(wave), true) = (name, event, wave, errors.is_empty()) else {
        return rounds_page(&platform, &staff, &campaigns, form, errors, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    let new = NewRound {
        name,
        event_id,
        wave,
        posts: kinds,
        language: form.language.parse().ok(),
        rehearsal: form.mode != "send",
        dated_on: platform.clock.now().date_naive(),
    };
    match service::create(&platform, &campaign, &directory, new, staff.id).await {
        Ok(id) => Ok(staff.done(&platform, &format!("/desk/letters/{id}"), "letters-done-created", &i18n::Args::new()).await?),
        Err(RoundError::NameTaken) => {
            errors.add("name", "letters-error-name-taken");
            rounds_page(&platform, &staff, &campaigns, form, errors, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(RoundError::Missing) => {
            errors.add("wave", "letters-error-wave");
            rounds_page(&platform, &staff, &campaigns, form, errors, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(error) => Err(anyhow::Error::from(error).into()),
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct BoardQuery {
    state: String,
    post: String,
    language: String,
    finding: String,
}

#[derive(Serialize)]
struct BoardPage<'a> {
    page: Frame<'a>,
    round: RoundView,
    event: String,
    wave: String,
    rows: Vec<RowView>,
    counts: Vec<CountView>,
    total: usize,
    drafted: usize,
    typeset: usize,
    left: usize,
    blocked: usize,
    state: String,
    post: String,
    language: String,
    finding: String,
    states: Vec<Choice>,
    posts: Vec<Choice>,
    languages: Vec<Choice>,
    approved_by: Option<String>,
    released_by: Option<String>,
    may_draft: bool,
    may_approve: bool,
    may_release: bool,
    may_stop: bool,
    is_mine: bool,
}

#[derive(Serialize)]
struct CountView {
    state: &'static str,
    count: usize,
}

#[derive(Serialize)]
struct RowView {
    id: Uuid,
    state_name: String,
    iso3: String,
    post_key: String,
    language: String,
    state: String,
    reference: String,
    findings: Vec<String>,
    answer: Option<String>,
}

async fn board(
    request: HttpRequest,
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: web::Data<campaigns::Register>,
    states: web::Data<states::Register>,
    id: web::Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    staff.require(Permission::ReadDesk)?;
    let query: BoardQuery = forms::query(&request)?;
    let db = platform.database.read();
    let (campaign, directory) = (campaigns.get(&platform).await?, states.get(&platform).await?);
    let round = letter_round::Entity::find_by_id(*id).one(db).await?.ok_or(Problem::NotFound)?;
    let letters = service::letters_of(db, *id).await?;
    let kinds: BTreeMap<Uuid, String> = post::Entity::find().all(db).await?.into_iter().map(|post| (post.id, post.kind)).collect();
    let names = accounts::store::names(db).await?;
    let mut counts: BTreeMap<LetterState, usize> = BTreeMap::new();
    for letter in &letters {
        if let Ok(state) = letter.state.parse() {
            *counts.entry(state).or_default() += 1;
        }
    }
    let state: RoundState = round.state.parse().unwrap_or(RoundState::Draft);
    let blocked = letters.iter().filter(|letter| letter.blockers > 0 && letter.state != LetterState::Closed.key()).count();
    let language = staff.language;
    let kind_of = |letter: &letter::Model| kinds.get(&letter.post_id).map_or("", String::as_str);
    let fits = |letter: &&letter::Model| {
        (query.state.is_empty() || letter.state == query.state)
            && (query.post.is_empty() || kind_of(letter) == query.post)
            && (query.language.is_empty() || letter.language == query.language)
            && (query.finding.is_empty() || letter.blockers > 0)
    };
    let mut rows: Vec<RowView> = letters
        .iter()
        .filter(fits)
        .map(|letter| {
            let findings: Vec<Finding> = serde_json::from_value(letter.findings.clone()).unwrap_or_default();
            RowView {
                id: letter.id,
                state_name: directory.name(&letter.iso3, language).to_owned(),
                iso3: letter.iso3.clone(),
                post_key: post_key(kind_of(letter)),
                language: letter.language.clone(),
                state: letter.state.clone(),
                reference: letter.reference.clone(),
                findings: findings.into_iter().map(|finding| finding.code).collect(),
                answer: None,
            }
        })
        .collect();
    let order: BTreeMap<&str, usize> = directory.by_name(language).enumerate().map(|(at, state)| (state.iso3.as_str(), at)).collect();
    rows.sort_by_key(|row| order.get(row.iso3.as_str()).copied());
    let event = campaign.events.iter().find(|event| event.id == round.event_id);
    let wave = crate::entities::wave::Entity::find_by_id(round.wave_id).one(db).await?;
    let options = Options::of(&round);
    let left = letters.iter().filter(|letter| letter.state.parse().is_ok_and(LetterState::has_left)).count();
    let works = (letters.len() < options.total && state == RoundState::Draft)
        || (state == RoundState::Sending && counts.get(&LetterState::Queued).is_some_and(|n| *n > 0));
    let mut page = staff.frame_titled(&platform, round.name.clone());
    page.refresh = if works { 3 } else { 0 };
    let choice = |prefix: &str, key: &str| Choice {
        value: key.to_owned(),
        text: i18n::word(language, &format!("{prefix}{}", key.replace('_', "-"))),
    };
    let view = BoardPage {
        page,
        event: event.map_or_else(String::new, |event| {
            format!("{} ({})", event.names.get(language), formats::day_to(language, event.starts_on, &event.precision))
        }),
        wave: wave.map_or_else(String::new, |wave| {
            i18n::text(language, "roll-wave-title", &i18n::args([("number", i64::from(wave.number).into())]))
        }),
        counts: counts.iter().map(|(state, count)| CountView { state: state.key(), count: *count }).collect(),
        total: options.total,
        drafted: letters.len(),
        typeset: letters.iter().filter(|letter| letter.file_id.is_some()).count(),
        left,
        blocked,
        states: LetterState::ALL.iter().map(|state| choice("letters-state-", state.key())).collect(),
        posts: posts::KINDS.map(|kind| choice("letters-post-", kind)).into(),
        languages: Language::ALL.map(|language| Choice { value: language.code().to_owned(), text: language.own_name().to_owned() }).into(),
        approved_by: round.approved_by.and_then(|id| names.get(&id).cloned()),
        released_by: round.released_by.and_then(|id| names.get(&id).cloned()),
        may_draft: matches!(state, RoundState::Draft | RoundState::Checked) && staff.role.may(Permission::PrepareLetters),
        may_approve: state == RoundState::Checked && staff.role.may(Permission::ApproveLetters),
        may_release: state == RoundState::Approved && staff.role.may(Permission::ReleaseLetters),
        may_stop: state != RoundState::Closed && staff.role.may(Permission::ReleaseLetters),
        is_mine: round.approved_by == Some(staff.id),
        state: query.state,
        post: query.post,
        language: query.language,
        finding: query.finding,
        rows,
        round: RoundView { id: round.id, name: round.name, state: round.state, rehearsal: round.rehearsal, created_at: round.created_at },
    };
    Ok(platform.site.page(StatusCode::OK, "letters/board.html", language, &view)?)
}

type Fields = BTreeMap<String, String>;

async fn answer(platform: &Platform, staff: &SignedIn, id: Uuid, outcome: Result<&str, RoundError>) -> Result<HttpResponse, Problem> {
    let to = format!("/desk/letters/{id}");
    let mut args = i18n::Args::new();
    let refused = match outcome {
        Ok(key) => return Ok(staff.done(platform, &to, key, &args).await?),
        Err(RoundError::Missing) => return Err(Problem::NotFound),
        Err(RoundError::Refused(RoundRefusal::Blocked(count))) => {
            args = i18n::args([("count", i64::from(count).into())]);
            "letters-refused-blocked"
        }
        Err(RoundError::Refused(RoundRefusal::SamePerson)) => "letters-refused-same-person",
        Err(RoundError::Refused(_)) => "letters-refused-step",
        Err(RoundError::Overtaken | RoundError::NameTaken) => "letters-refused-overtaken",
        Err(RoundError::Database(error)) => return Err(error.into()),
        Err(RoundError::Unexpected(error)) => return Err(error.into()),
    };
    Ok(staff.refused(platform, &to, refused, &args).await?)
}

async fn draft(platform: web::Data<Platform>, staff: SignedIn, id: web::Path<Uuid>, body: web::Bytes) -> Result<HttpResponse, Problem> {
    let _: Fields = staff.form(&body)?;
    staff.require(Permission::PrepareLetters)?;
    enqueue(platform.database.write(), jobs::draft(*id), platform.clock.now()).await?;
    platform.bell.ring();
    answer(&platform, &staff, *id, Ok("letters-done-drafting")).await
}

async fn approve(platform: web::Data<Platform>, staff: SignedIn, id: web::Path<Uuid>, body: web::Bytes) -> Result<HttpResponse, Problem> {
    let _: Fields = staff.form(&body)?;
    staff.require(Permission::ApproveLetters)?;
    let outcome = service::approve(&platform, *id, staff.id).await;
    answer(&platform, &staff, *id, outcome.map(|()| "letters-done-approved")).await
}

async fn release(platform: web::Data<Platform>, staff: SignedIn, id: web::Path<Uuid>, body: web::Bytes) -> Result<HttpResponse, Problem> {
    let _: Fields = staff.form(&body)?;
    staff.require(Permission::ReleaseLetters)?;
    let outcome = service::release(&platform, *id, staff.id).await;
    answer(&platform, &staff, *id, outcome.map(|()| "letters-done-released")).await
}

async fn leave_out(platform: web::Data<Platform>, staff: SignedIn, id: web::Path<Uuid>, body: web::Bytes) -> Result<HttpResponse, Problem> {
    let _: Fields = staff.form(&body)?;
    staff.require(Permission::PrepareLetters)?;
    let outcome = service::leave_out_blocked(&platform, *id, staff.id).await;
    answer(&platform, &staff, *id, outcome.map(|_| "letters-done-left-out")).await
}

async fn stop(platform: web::Data<Platform>, staff: SignedIn, id: web::Path<Uuid>, body: web::Bytes) -> Result<HttpResponse, Problem> {
    let _: Fields = staff.form(&body)?;
    staff.require(Permission::ReleaseLetters)?;
    let outcome = service::stop(&platform, *id, staff.id).await;
    answer(&platform, &staff, *id, outcome.map(|()| "letters-done-stopped")).await
}

#[derive(Serialize)]
struct LetterView<'a> {
    page: Frame<'a>,
    round_id: Uuid,
    round_name: String,
    id: Uuid,
    state_name: String,
    post_key: String,
    letter_language: String,
    letter_dir: &'static str,
    state: String,
    reference: String,
    subject: String,
    text: String,
    blocks: Vec<String>,
    findings: Vec<Finding>,
    pages: Option<i32>,
    history: Vec<EventView>,
    dispatches: Vec<DispatchView>,
}

#[derive(Serialize)]
struct EventView {
    occurred_at: DateTime<Utc>,
    to: String,
    who: Option<String>,
    note: Option<String>,
}

#[derive(Serialize)]
struct DispatchView {
    created_at: DateTime<Utc>,
    state: String,
    to: Option<String>,
    answer: Option<String>,
    attempts: i32,
}

async fn show(
    platform: web::Data<Platform>,
    staff: SignedIn,
    states: web::Data<states::Register>,
    path: web::Path<(Uuid, Uuid)>,
) -> Result<HttpResponse, Problem> {
    staff.require(Permission::ReadDesk)?;
    let db = platform.database.read();
    let (round_id, id) = path.into_inner();
    let letter = letter::Entity::find_by_id(id).one(db).await?.filter(|letter| letter.round_id == round_id).ok_or(Problem::NotFound)?;
    let round = letter_round::Entity::find_by_id(round_id).one(db).await?.ok_or(Problem::NotFound)?;
    let post = post::Entity::find_by_id(letter.post_id).one(db).await?.ok_or(Problem::NotFound)?;
    let names = accounts::store::names(db).await?;
    let events = letter_event::Entity::find()
        .filter(letter_event::Column::LetterId.eq(id))
        .order_by_asc(letter_event::Column::OccurredAt)
        .all(db)
        .await?;
    let sent = dispatch::Entity::find().filter(dispatch::Column::LetterId.eq(id)).order_by_asc(dispatch::Column::CreatedAt).all(db).await?;
    let directory = states.get(&platform).await?;
    let content: Content = serde_json::from_value(letter.content)?;
    let language: Language = letter.language.parse().unwrap_or_default();
    let view = LetterView {
        page: staff.frame_titled(&platform, format!("{} – {}", directory.name(&letter.iso3, staff.language), letter.reference)),
        round_id,
        round_name: round.name,
        id,
        state_name: directory.name(&letter.iso3, staff.language).to_owned(),
        post_key: post_key(&post.kind),
        letter_dir: language.direction(),
        letter_language: letter.language,
        state: letter.state,
        reference: letter.reference,
        subject: content.email.subject,
        text: content.email.text,
        blocks: content.blocks,
        findings: serde_json::from_value(letter.findings).unwrap_or_default(),
        pages: letter.pages,
        history: events
            .into_iter()
            .map(|event| EventView {
                occurred_at: event.occurred_at,
                to: event.to_state,
                who: event.account_id.and_then(|id| names.get(&id).cloned()),
                note: event.note,
            })
            .collect(),
        dispatches: sent
            .into_iter()
            .map(|row| DispatchView {
                created_at: row.created_at,
                state: row.state,
                to: row.to_address,
                answer: row.server_answer,
                attempts: row.attempts,
            })
            .collect(),
    };
    Ok(platform.site.page(StatusCode::OK, "letters/letter.html", staff.language, &view)?)
}

/// The PDF as it was issued, or as it would be: typeset on demand, off the async threads.
async fn preview(
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: web::Data<campaigns::Register>,
    states: web::Data<states::Register>,
    path: web::Path<(Uuid, Uuid)>,
) -> Result<HttpResponse, Problem> {
    staff.require(Permission::ReadDesk)?;
    let db = platform.database.read();
    let (round_id, id) = path.into_inner();
    let letter = letter::Entity::find_by_id(id).one(db).await?.filter(|letter| letter.round_id == round_id).ok_or(Problem::NotFound)?;
    let issued = match letter.file_id {
        Some(file) => files::load(db, file).await?.map(|file| file.content),
        None => None,
    };
    let pdf = match issued {
        Some(pdf) => pdf,
        None => {
            let (campaign, directory) = (campaigns.get(&platform).await?, states.get(&platform).await?);
            let loaded = service::load(db, round_id).await.map_err(anyhow::Error::from)?;
            jobs::typeset_letter(&platform, &campaign, &loaded, &directory, &letter).await.map_err(anyhow::Error::from)?.pdf
        }
    };
    Ok(HttpResponse::Ok()
        .content_type("application/pdf")
        .insert_header((CONTENT_DISPOSITION, format!("inline; filename=\"{}.pdf\"", letter.reference)))
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(pdf))
}
