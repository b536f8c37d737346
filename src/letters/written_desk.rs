//! The page "who wrote to whom", and what a person does with a report. Must hold no rule: what meets what is [`collision`]'s.
//!
//! Cost: the page asks five queries whatever the number of letters, beside those of the sign-in and of what is shared in memory (posts, attempts, letters,
//! accepted reports, waiting reports); filtering is done in memory.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use chrono::NaiveDate;
use sea_orm::EntityTrait;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    desk::{Choice, post_key},
    reports,
    written::{self, Origin, Written},
};
use crate::{
    accounts::{Permission, SignedIn},
    campaigns,
    domain::{
        collision::{self, ReportState},
        language::Language,
    },
    entities::{letter_report, post},
    platform::{
        Platform,
        http::{forms, frame::Frame, problem::Problem, upload},
        i18n,
    },
    states::{self, Directory, addressees, posts},
};

const PAGE: &str = "/desk/letters/written";
/// Reports that wait, on one page.
const MOST_WAITING: usize = 100;

/// The addresses; before those of rounds.
pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/desk/letters/written", web::get().to(show))
        .route("/desk/letters/written/{id}/accept", web::post().to(accept))
        .route("/desk/letters/written/{id}/set-aside", web::post().to(set_aside))
        .route("/desk/letters/written/{id}/proof", web::get().to(proof));
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Query {
    state: String,
    post: String,
    show: String,
}

#[derive(Serialize)]
struct WrittenPage<'a> {
    page: Frame<'a>,
    rows: Vec<RowView>,
    /// Letters that meet another, of all.
    collisions: usize,
    days: i64,
    waiting: Vec<WaitingView>,
    has_more_waiting: bool,
    gaps: Vec<GapView>,
    /// Whether the gaps are posts of one state; states otherwise.
    gaps_are_posts: bool,
    state: String,
    post: String,
    show: String,
    states: Vec<Choice>,
    posts: Vec<Choice>,
    shows: Vec<Choice>,
    may_decide: bool,
}

#[derive(Serialize)]
struct RowView {
    country: String,
    iso3: String,
    post: String,
    on: NaiveDate,
    way: String,
    sender: String,
    /// The letter, where it is ours.
    href: Option<String>,
    reference: String,
    /// Where ours stands.
    standing: Option<String>,
    /// The report, where somebody said so.
    report: Option<Uuid>,
    has_proof: bool,
    collides: bool,
}

#[derive(Serialize)]
struct WaitingView {
    id: Uuid,
    organisation: String,
    country: String,
    post: String,
    on: NaiveDate,
    way: String,
    has_proof: bool,
    /// Somebody else wrote to this post within a week of it.
    is_near: bool,
}

#[derive(Serialize)]
struct GapView {
    text: String,
    href: String,
}

fn post_word(language: Language, kind: &str) -> String {
    i18n::word(language, &post_key(kind))
}

fn way_word(language: Language, way: &str) -> String {
    i18n::word(language, &format!("letters-channel-{way}"))
}

async fn show(
    request: HttpRequest,
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: web::Data<campaigns::Register>,
    states: web::Data<states::Register>,
) -> Result<HttpResponse, Problem> {
    staff.require(Permission::ReadDesk)?;
    let query: Query = forms::query(&request)?;
    let (campaign, directory) = (campaigns.get(&platform).await?, states.get(&platform).await?);
    let (db, language) = (platform.database.read(), staff.language);
    let kinds: BTreeMap<Uuid, String> = post::Entity::find().all(db).await?.into_iter().map(|post| (post.id, post.kind)).collect();
    let all = written::all(db, campaign.id, &kinds, None).await?;
    let (waiting, has_more_waiting) = written::waiting(db, campaign.id, MOST_WAITING).await?;
    let collides = collision::colliding(&all.iter().map(Written::writing).collect::<Vec<_>>());
    let fits = |(written, collides): &(&Written, bool)| {
        (query.state.is_empty() || written.iso3 == query.state)
            && (query.post.is_empty() || written.post == query.post)
            && (query.show != "collisions" || *collides)
    };
    let sender = campaign.config.sender.name.get(language);
    let chosen = all.iter().zip(collides.iter().copied()).filter(fits);
    let mut rows: Vec<RowView> = chosen.map(|(written, collides)| row(&directory, language, sender, written, collides)).collect();
    let order: BTreeMap<&str, usize> = directory.by_name(language).enumerate().map(|(at, state)| (state.iso3.as_str(), at)).collect();
    rows.sort_by_key(|row| order.get(row.iso3.as_str()).copied());
    let in_use: BTreeSet<&str> =
        kinds.values().map(String::as_str).chain(posts::KINDS).chain(all.iter().map(|one| one.post.as_str())).collect();
    let choice = |value: &str, text: String| Choice { value: value.to_owned(), text };
    let view = WrittenPage {
        page: staff.frame(&platform, "written-title"),
        rows,
        collisions: collides.iter().filter(|collides| **collides).count(),
        days: collision::DAYS,
        waiting: waiting.into_iter().map(|row| waiting_view(&directory, language, &all, row)).collect(),
        has_more_waiting,
        gaps: gaps(&directory, language, &all, &query, &in_use),
        gaps_are_posts: !query.state.is_empty(),
        states: directory.by_name(language).map(|state| choice(&state.iso3, state.forms.name(language).to_owned())).collect(),
        posts: addressees::kinds()
            .filter(|kind| in_use.contains(kind.key()))
            .map(|kind| choice(kind.key(), post_word(language, kind.key())))
            .collect(),
        shows: vec![choice("collisions", i18n::word(language, "written-show-collisions"))],
        state: query.state,
        post: query.post,
        show: query.show,
        may_decide: staff.role.may(Permission::PrepareLetters),
    };
    Ok(platform.site.page(StatusCode::OK, "letters/written.html", language, &view)?)
}

fn row(directory: &Directory, language: Language, sender: &str, written: &Written, collides: bool) -> RowView {
    let mut view = RowView {
        country: directory.name(&written.iso3, language).to_owned(),
        iso3: written.iso3.clone(),
        post: post_word(language, &written.post),
        on: written.on,
        way: way_word(language, &written.way),
        sender: sender.to_owned(),
        href: None,
        reference: String::new(),
        standing: None,
        report: None,
        has_proof: false,
        collides,
    };
    match &written.origin {
        Origin::Ours { round, letter, reference, state } => {
            view.href = Some(format!("/desk/letters/{round}/{letter}"));
            view.reference = reference.clone();
            view.standing = Some(state.clone());
        }
        Origin::Reported { id, organisation, has_proof } => {
            view.sender = organisation.clone();
            view.report = Some(*id);
            view.has_proof = *has_proof;
        }
    }
    view
}

fn waiting_view(directory: &Directory, language: Language, all: &[Written], row: letter_report::Model) -> WaitingView {
    let meets = |written: &Written| written.iso3 == row.iso3 && written.post == row.post && collision::is_near(written.on, row.sent_on);
    WaitingView {
        id: row.id,
        is_near: all.iter().any(meets),
        country: directory.name(&row.iso3, language).to_owned(),
        post: post_word(language, &row.post),
        on: row.sent_on,
        way: way_word(language, &row.channel),
        has_proof: row.file_id.is_some(),
        organisation: row.organisation,
    }
}

/// What nobody has written to: posts of the state that was chosen, or states, of which nobody wrote to the post that was chosen or to any.
fn gaps(directory: &Directory, language: Language, all: &[Written], query: &Query, in_use: &BTreeSet<&str>) -> Vec<GapView> {
    if directory.state(&query.state).is_some() {
        let reached: BTreeSet<&str> =
            all.iter().filter(|written| written.iso3 == query.state).map(|written| written.post.as_str()).collect();
        let open = addressees::kinds().map(|kind| kind.key()).filter(|kind| in_use.contains(kind) && !reached.contains(kind));
        let href = |kind: &str| format!("/desk/register/{}/{kind}", query.state);
        return open.map(|kind| GapView { text: post_word(language, kind), href: href(kind) }).collect();
    }
    let counts = |written: &&Written| query.post.is_empty() || written.post == query.post;
    let reached: BTreeSet<&str> = all.iter().filter(counts).map(|written| written.iso3.as_str()).collect();
    let open = directory.by_name(language).filter(|state| !reached.contains(state.iso3.as_str()));
    open.map(|state| GapView { text: state.forms.name(language).to_owned(), href: format!("/desk/register/{}", state.iso3) }).collect()
}

#[derive(Deserialize)]
struct Nothing {}

async fn accept(
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: web::Data<campaigns::Register>,
    id: web::Path<Uuid>,
    body: web::Bytes,
) -> Result<HttpResponse, Problem> {
    decide(&platform, &staff, &campaigns, *id, &body, ReportState::Accepted).await
}

async fn set_aside(
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: web::Data<campaigns::Register>,
    id: web::Path<Uuid>,
    body: web::Bytes,
) -> Result<HttpResponse, Problem> {
    decide(&platform, &staff, &campaigns, *id, &body, ReportState::SetAside).await
}

async fn decide(
    platform: &Platform,
    staff: &SignedIn,
    campaigns: &campaigns::Register,
    id: Uuid,
    body: &[u8],
    to: ReportState,
) -> Result<HttpResponse, Problem> {
    let Nothing {} = staff.form(body)?;
    staff.require(Permission::PrepareLetters)?;
    let campaign = campaigns.get(platform).await?;
    let none = i18n::Args::new();
    if reports::decide(platform, campaign.id, id, to, staff.id).await? {
        let key = if to == ReportState::Accepted { "written-done-accepted" } else { "written-done-set-aside" };
        return Ok(staff.done(platform, PAGE, key, &none).await?);
    }
    let known = letter_report::Entity::find_by_id(id).one(platform.database.read()).await?;
    known.filter(|row| row.campaign_id == campaign.id).ok_or(Problem::NotFound)?;
    Ok(staff.refused(platform, PAGE, "written-refused", &none).await?)
}

/// The proof that came with a report: saved, never opened in the page's own origin.
async fn proof(
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: web::Data<campaigns::Register>,
    id: web::Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    staff.require(Permission::ReadDesk)?;
    let (campaign, db) = (campaigns.get(&platform).await?, platform.database.read());
    let row = letter_report::Entity::find_by_id(*id).one(db).await?.filter(|row| row.campaign_id == campaign.id);
    upload::kept(db, row.ok_or(Problem::NotFound)?.file_id).await
}
