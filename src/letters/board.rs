//! The board of a round: where each letter stands, how far the work is, what stops it, and which buttons move it. Must hold no rule.
//!
//! All letters stand on one board, because a campaigner looks for the one state that is missing; filters by state of the letter, post, language,
//! finding and likeness keep it short, and stand in the address. Cost: one view asks seven queries whatever the number of letters, beside the two of the
//! sign-in and those of what is shared in memory (round, letters without their texts, posts, accounts, wave, attempts, edits; one more where the reader
//! may approve: what they have opened; one more of a round whose letters leave at an hour, three more before it is released: who wrote to whom in the
//! last week); filtering, and comparing what the letters say by the marks that drafting keeps, is done in memory. A board of 195 letters is 93 kB before
//! compression and takes 0.04 to 0.08 s, of 390 letters 166 kB and 0.05 to 0.09 s (debug build, both databases; the test `a_board_stays_quick` prints it).

use std::collections::{BTreeMap, BTreeSet};

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use chrono::{DateTime, Duration, Utc};
use sea_orm::EntityTrait;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    comparison::{self, Alike, AlikeView, Order},
    desk::{Choice, RoundView, language_choices, post_key},
    editing, opening,
    service::Options,
    standing::{EndView, StepView, end, is_held, steps, waits_for_person},
    store::{self, BoardLetter},
    written,
};
use crate::{
    accounts::{self, Permission, SignedIn},
    campaigns,
    domain::{
        checks::{Finding, FindingCode, WHOLE_LETTER},
        collision,
        language::Language,
        letter::{Channel, LetterState, RoundState},
        sending::HOURS,
    },
    entities::{letter_round, post, wave},
    platform::{
        Platform, formats,
        http::{forms, frame::Frame, problem::Problem},
        i18n,
    },
    states,
};

/// Seconds after which a page that shows work in progress asks again.
const REFRESH: u32 = 3;
/// The same for a round whose letters wait for their hour.
const REFRESH_OF_HOURS: u32 = 60;
/// The filter that takes every finding that stops a letter.
const ANY_BLOCKER: &str = "blocker";

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct BoardQuery {
    state: String,
    post: String,
    language: String,
    finding: String,
    way: String,
    alike: String,
    order: String,
    /// The board answers whoever approves without having opened its sample.
    #[serde(skip)]
    unopened: bool,
}

impl BoardQuery {
    /// All letters, with what is still to open.
    pub(super) fn unopened() -> Self {
        Self { unopened: true, ..Self::default() }
    }
}

#[derive(Serialize)]
struct BoardPage<'a> {
    page: Frame<'a>,
    round: RoundView,
    event: String,
    wave: String,
    rows: Vec<RowView>,
    counts: Vec<CountView>,
    steps: Vec<StepView>,
    end: Option<EndView>,
    works: bool,
    refresh: u32,
    drafted: usize,
    blocked: usize,
    /// Of those, letters that are to leave by hand, post or portal.
    by_person: usize,
    /// Letters of a released round that only a person can move: to be delivered, or without an address.
    waits_for_person: usize,
    /// Letters that would be held back.
    to_leave: usize,
    /// Open letters to posts that somebody wrote to in the last days.
    recent: usize,
    days: i64,
    way: String,
    ways: Vec<Choice>,
    alike: String,
    alikes: Vec<Choice>,
    order: String,
    orders: Vec<Choice>,
    state: String,
    post: String,
    language: String,
    finding: String,
    states: Vec<Choice>,
    posts: Vec<Choice>,
    languages: Vec<Choice>,
    findings: Vec<Choice>,
    approved_by: Option<String>,
    released_by: Option<String>,
    may_draft: bool,
    may_approve: bool,
    /// What whoever approves is to have opened before.
    sample: Option<opening::SampleView>,
    may_release: bool,
    may_stop: bool,
    is_mine: bool,
    may_pause: bool,
    paused: Option<PausedView>,
    /// Hours of the day from which letters may leave.
    hours: Vec<Choice>,
    /// Letters that wait for their hour, and when the next leaves.
    waiting: Option<WaitingView>,
}

/// A language of letters by its own name.
pub(super) fn own_name(code: &str) -> String {
    Language::of_letters(code).map_or_else(|_| code.to_owned(), |language| language.own_name().to_owned())
}

#[derive(Serialize)]
struct PausedView {
    at: DateTime<Utc>,
    /// Nobody: too many were refused.
    by: Option<String>,
    because: Option<String>,
    may_resume: bool,
}

#[derive(Serialize)]
struct WaitingView {
    count: u64,
    next: DateTime<Utc>,
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
    /// The way it is to leave, where that is not by mail.
    way: Option<String>,
    reference: String,
    /// A person wrote some of it.
    edited: bool,
    alike: Option<AlikeView>,
    findings: Vec<FindingView>,
}

/// A finding as words and as a mark: blockers and notices are told apart by more than a colour.
#[derive(Serialize)]
pub(super) struct FindingView {
    pub key: String,
    pub blocks: bool,
    pub place: String,
    pub detail: String,
}

/// The findings of a letter, those that stop it first. What an older program wrote and this one does not know counts as a blocker.
pub(super) fn findings_of(value: &serde_json::Value) -> Vec<Finding> {
    let mut findings: Vec<Finding> = serde_json::from_value(value.clone()).unwrap_or_default();
    findings.sort_by_key(|finding| !finding.blocks());
    findings
}

pub(super) fn finding_key(code: FindingCode) -> String {
    format!("letters-finding-{}", code.key().replace('_', "-"))
}

impl FindingView {
    pub(super) fn of(finding: Finding) -> Self {
        let (key, blocks) = (finding_key(finding.code), finding.blocks());
        // What is said of the letter as a whole needs no place.
        let place = if finding.place == WHOLE_LETTER { String::new() } else { finding.place };
        Self { key, blocks, place, detail: finding.detail }
    }
}

pub(super) async fn board(
    request: HttpRequest,
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: web::Data<campaigns::Register>,
    states: web::Data<states::Register>,
    id: web::Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    staff.require(Permission::ReadDesk)?;
    page(&platform, &staff, &campaigns, &states, *id, forms::query(&request)?).await
}

pub(super) async fn page(
    platform: &Platform,
    staff: &SignedIn,
    campaigns: &campaigns::Register,
    states: &states::Register,
    id: Uuid,
    query: BoardQuery,
) -> Result<HttpResponse, Problem> {
    let db = platform.database.read();
    let (campaign, directory) = (campaigns.get(platform).await?, states.get(platform).await?);
    let round = letter_round::Entity::find_by_id(id).one(db).await?.ok_or(Problem::NotFound)?;
    let letters: Vec<(BoardLetter, Vec<Finding>)> =
        store::board_of(db, id).await?.into_iter().map(|letter| (findings_of(&letter.findings), letter)).map(|(f, l)| (l, f)).collect();
    let kinds: BTreeMap<Uuid, String> = post::Entity::find().all(db).await?.into_iter().map(|post| (post.id, post.kind)).collect();
    let names = accounts::store::names(db).await?;
    let attempts = store::attempts_of(db, id).await?;
    let edited = editing::edits_of(db, id).await?;
    let wave = wave::Entity::find_by_id(round.wave_id).one(db).await?;
    let state: RoundState = round.state.parse().unwrap_or(RoundState::Draft);
    let may_approve = state == RoundState::Checked && staff.role.may(Permission::ApproveLetters);
    let language = staff.language;
    let sample = if may_approve {
        let opened = opening::opened_of(db, id, staff.id).await?;
        let board: Vec<&BoardLetter> = letters.iter().map(|(letter, _)| letter).collect();
        Some(opening::SampleView::of(&board, &kinds, &directory, language, &opened, query.unopened))
    } else {
        None
    };
    let mut counts: BTreeMap<LetterState, usize> = BTreeMap::new();
    for (letter, _) in &letters {
        if let Ok(state) = letter.state.parse() {
            *counts.entry(state).or_default() += 1;
        }
    }
    let blocked = letters.iter().filter(|(letter, _)| letter.blockers > 0 && letter.state != LetterState::Closed.key()).count();
    let standings = comparison::standings(letters.iter().map(|(letter, _)| letter), &kinds);
    let (alike, order) = (query.alike.parse::<Alike>().ok(), query.order.parse::<Order>().ok());
    let kind_of = |letter: &BoardLetter| kinds.get(&letter.post_id).map_or("", String::as_str);
    let fits = |(letter, findings): &&(BoardLetter, Vec<Finding>)| {
        (query.state.is_empty() || letter.state == query.state)
            && (query.post.is_empty() || kind_of(letter) == query.post)
            && (query.way.is_empty() || letter.channel == query.way)
            && (query.language.is_empty() || letter.language == query.language)
            && alike.is_none_or(|alike| alike.fits(standings.get(&letter.id)))
            && match query.finding.as_str() {
                "" => true,
                ANY_BLOCKER => letter.blockers > 0,
                code => findings.iter().any(|finding| finding.code.key() == code),
            }
    };
    let mut rows: Vec<RowView> = letters
        .iter()
        .filter(fits)
        .map(|(letter, findings)| RowView {
            id: letter.id,
            state_name: directory.name(&letter.iso3, language).to_owned(),
            iso3: letter.iso3.clone(),
            post_key: post_key(kind_of(letter)),
            language: own_name(&letter.language),
            state: letter.state.clone(),
            way: Some(&letter.channel).filter(|way| *way != Channel::Mail.key()).cloned(),
            reference: letter.reference.clone(),
            edited: edited.contains_key(&letter.id),
            alike: standings.get(&letter.id).map(AlikeView::from),
            findings: each_once(findings),
        })
        .collect();
    let by_name: BTreeMap<&str, usize> = directory.by_name(language).enumerate().map(|(at, state)| (state.iso3.as_str(), at)).collect();
    rows.sort_by_key(|row| (order.map(|order| order.rank(row.alike.as_ref())), by_name.get(row.iso3.as_str()).copied()));
    let may_send = staff.role.may(Permission::ReleaseLetters);
    let is_sending = state == RoundState::Sending;
    let paused = round.paused_at.filter(|_| is_sending).map(|at| PausedView {
        at,
        by: round.paused_by.and_then(|id| names.get(&id).cloned()),
        because: round.paused_because.clone(),
        may_resume: may_send,
    });
    let waiting = if is_sending && round.send_hour.is_some() { store::waiting_for_hour(db, id, platform.clock.now()).await? } else { None };
    let recent = match state {
        RoundState::Draft | RoundState::Checked | RoundState::Approved => {
            let since = platform.clock.now().date_naive() - Duration::days(collision::DAYS);
            let written = written::all(db, campaign.id, &kinds, Some(since)).await?;
            let others: BTreeSet<(&str, &str)> =
                written.iter().filter(|one| !one.is_of(round.id)).map(|one| (one.iso3.as_str(), one.post.as_str())).collect();
            let open = letters.iter().filter(|(letter, _)| letter.state != LetterState::Closed.key());
            open.filter(|(letter, _)| others.contains(&(letter.iso3.as_str(), kind_of(letter)))).count()
        }
        RoundState::Sending | RoundState::Closed => 0,
    };
    let steps = steps(&round, state, &letters, &attempts, language, platform.clock.now());
    let end = (state == RoundState::Closed).then(|| end(&round, &letters));
    let works = steps.iter().any(|step| step.state == "running");
    let found: BTreeSet<FindingCode> = letters.iter().flat_map(|(_, findings)| findings).map(|finding| finding.code).collect();
    let to_leave = letters.iter().filter(|(letter, _)| is_held(&round, letter)).count();
    let open = || letters.iter().map(|(letter, _)| letter).filter(|letter| letter.state != LetterState::Closed.key());
    let word = |key: &str| i18n::word(language, key);
    let any = Choice { value: ANY_BLOCKER.to_owned(), text: word("letters-blocked") };
    let choice = |prefix: &str, key: &str| Choice { value: key.to_owned(), text: word(&format!("{prefix}{}", key.replace('_', "-"))) };
    let event = campaign.events.iter().find(|event| event.id == round.event_id);
    let mut page = staff.frame_titled(platform, round.name.clone());
    page.refresh = match (works, &waiting) {
        (false, _) => 0,
        (true, None) => REFRESH,
        (true, Some(_)) => REFRESH_OF_HOURS,
    };
    let view = BoardPage {
        event: event.map_or_else(String::new, |event| {
            format!("{} ({})", event.names.get(language), formats::day_to(language, event.starts_on, &event.precision))
        }),
        wave: wave.map_or_else(String::new, |wave| {
            i18n::text(language, "roll-wave-title", &i18n::args([("number", i64::from(wave.number).into())]))
        }),
        counts: counts.iter().map(|(state, count)| CountView { state: state.key(), count: *count }).collect(),
        refresh: page.refresh,
        page,
        steps,
        end,
        works,
        drafted: open().count(),
        blocked,
        by_person: open().filter(|letter| letter.channel != Channel::Mail.key()).count(),
        waits_for_person: open().filter(|letter| waits_for_person(&round, letter)).count(),
        to_leave,
        recent,
        days: collision::DAYS,
        ways: Channel::ALL.iter().map(|way| choice("letters-channel-", way.key())).collect(),
        way: query.way,
        alikes: Alike::ALL.iter().map(|alike| choice("letters-alike-", alike.key())).collect(),
        alike: alike.map_or("", Alike::key).to_owned(),
        orders: Order::ALL.iter().map(|order| choice("letters-order-", order.key())).collect(),
        order: order.map_or("", Order::key).to_owned(),
        states: LetterState::ALL.iter().map(|state| choice("letters-state-", state.key())).collect(),
        posts: Options::of(&round).posts.iter().map(|kind| choice("letters-post-", kind)).collect(),
        languages: language_choices(&campaign.config),
        findings: std::iter::once(any)
            .chain(found.into_iter().map(|code| Choice { value: code.key().to_owned(), text: word(&finding_key(code)) }))
            .collect(),
        approved_by: round.approved_by.and_then(|id| names.get(&id).cloned()),
        released_by: round.released_by.and_then(|id| names.get(&id).cloned()),
        may_draft: state.is_open() && staff.role.may(Permission::PrepareLetters),
        may_approve,
        sample,
        may_release: state == RoundState::Approved && may_send,
        may_stop: state != RoundState::Closed && may_send,
        is_mine: round.approved_by == Some(staff.id),
        may_pause: is_sending && !round.rehearsal && paused.is_none() && may_send,
        paused,
        hours: HOURS.map(|hour| Choice { value: hour.to_string(), text: format!("{hour}:00") }).collect(),
        waiting: waiting.map(|(count, next)| WaitingView { count, next }),
        state: query.state,
        post: query.post,
        language: query.language,
        finding: query.finding,
        rows,
        round: RoundView::of(round, to_leave > 0),
    };
    let status = if query.unopened { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(platform.site.page(status, "letters/board.html", language, &view)?)
}

/// Each kind of finding once; the letter's own page has them all.
fn each_once(findings: &[Finding]) -> Vec<FindingView> {
    let mut seen = BTreeSet::new();
    findings.iter().filter(|finding| seen.insert(finding.code)).cloned().map(FindingView::of).collect()
}
