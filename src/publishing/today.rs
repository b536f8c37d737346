//! The desk's first page: what waits, what is late, what moved. Seventeen queries, each a count over an index or a short list. Must not show the
//! content of anything: every line leads to the page that may.

use actix_web::{HttpResponse, http::StatusCode, web};
use chrono::{DateTime, Duration, NaiveDate, Utc};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
    sea_query::IntoCondition,
};
use serde::Serialize;
use uuid::Uuid;

use crate::{
    accounts::{Permission, SignedIn},
    campaigns::{self, CalendarEvent, Current, plan},
    domain::{
        campaign::is_past,
        evidence::ProposalState,
        language::Language,
        letter::{LetterState, RoundState},
        signature::SignatureState,
    },
    entities::{evidence_proposal, job, letter, letter_round, position_change, reply, signature},
    platform::{
        Platform,
        http::{frame::Frame, problem::Problem},
        jobs,
    },
    positions::{Audience, proposed, state_page::EventView, store::OVERALL},
    replies::meetings,
    signing::{
        correction,
        duplicates::{self, PairState},
        logos, reveals,
    },
    states::{self, Directory},
};

/// A signature waits too long after this.
const VETTING_LIMIT: Duration = Duration::days(3);
/// A proposal waits too long after this.
const PROPOSAL_LIMIT: Duration = Duration::days(7);
/// Work that is due and not begun is late after this.
const WORK_LIMIT: Duration = Duration::minutes(15);
/// How far "moved" looks back.
const MOVED: Duration = Duration::days(30);
/// How many moves and replies the page lists.
const LISTED: u64 = 8;

#[derive(Serialize)]
struct TodayPage<'a> {
    page: Frame<'a>,
    day: NaiveDate,
    event: Option<EventView>,
    days_left: Option<i64>,
    waits: Vec<Line>,
    late: Vec<Line>,
    moved: Vec<MoveView>,
    /// Not for those who may not read answers (R41).
    replies: Option<Vec<ReplyView>>,
}

/// One kind of thing, how many there are, and where they are.
#[derive(Serialize)]
struct Line {
    /// Names the words `publishing-today-<key>`.
    key: &'static str,
    count: u64,
    /// None for those who may not go there.
    href: Option<&'static str>,
}

impl Line {
    fn new(staff: &SignedIn, key: &'static str, count: u64, (href, needs): (&'static str, Permission)) -> Self {
        Self { key, count, href: staff.role.may(needs).then_some(href) }
    }
}

const SIGNATURES: (&str, Permission) = ("/desk/signatures", Permission::VetSignatures);
const CORRECTIONS: (&str, Permission) = ("/desk/corrections", Permission::VetSignatures);
const DUPLICATES: (&str, Permission) = ("/desk/duplicates", Permission::VetSignatures);
const LOGOS: (&str, Permission) = ("/desk/logos", Permission::VetSignatures);
const REVEALS: (&str, Permission) = ("/desk/reveals", Permission::RevealNames);
const PROPOSALS: (&str, Permission) = ("/desk/positions/proposals", Permission::RecordReplies);
const LETTERS: (&str, Permission) = ("/desk/letters", Permission::ReadDesk);
const MEETINGS: (&str, Permission) = ("/desk/meetings", Permission::RecordReplies);
const PLAN: (&str, Permission) = ("/desk/plan", Permission::ReadDesk);
const WORK: (&str, Permission) = ("/desk/work", Permission::SuperviseWork);

#[derive(Serialize)]
struct MoveView {
    state: String,
    href: String,
    from: Option<String>,
    to: String,
    at: DateTime<Utc>,
}

#[derive(Serialize)]
struct ReplyView {
    href: String,
    state: String,
    class: String,
    day: NaiveDate,
}

pub(super) async fn show(
    platform: web::Data<Platform>,
    campaigns: web::Data<campaigns::Register>,
    states: web::Data<states::Register>,
    staff: SignedIn,
) -> Result<HttpResponse, Problem> {
    staff.require(Permission::ReadDesk)?;
    let (campaign, states) = (campaigns.get(&platform).await?, states.get(&platform).await?);
    let (db, now) = (platform.database.read(), platform.clock.now());
    let today = now.date_naive();
    let view = TodayPage {
        page: staff.frame(&platform, "desk-nav-today"),
        day: today,
        event: campaign.next_event(today).map(|event| EventView::of(event, staff.language)),
        days_left: campaign
            .next_event(today)
            .filter(|event| event.precision == "day")
            .map(|event| (event.starts_on - today).num_days().max(0)),
        waits: waits(db, &staff, &campaign, now).await?,
        late: late(db, &staff, &campaign, now).await?,
        moved: moved(db, campaign.id, Audience::of(staff.role), now, &states, staff.language).await?,
        replies: match staff.role.may(Permission::RecordReplies) {
            true => Some(replies(db, campaign.id, now, &states, staff.language).await?),
            false => None,
        },
    };
    Ok(platform.site.page(StatusCode::OK, "publishing/today.html", staff.language, &view)?)
}

fn to_vet(campaign_id: Uuid) -> Select<signature::Entity> {
    signature::Entity::find()
        .filter(signature::Column::CampaignId.eq(campaign_id))
        .filter(signature::Column::State.eq(SignatureState::Confirmed.key()))
}

fn proposed(campaign_id: Uuid) -> Select<evidence_proposal::Entity> {
    evidence_proposal::Entity::find()
        .filter(evidence_proposal::Column::State.eq(ProposalState::Proposed.key()))
        .filter(proposed::of_campaign(campaign_id))
}

fn rounds(campaign_id: Uuid, state: RoundState) -> Select<letter_round::Entity> {
    letter_round::Entity::find()
        .filter(letter_round::Column::CampaignId.eq(campaign_id))
        .filter(letter_round::Column::State.eq(state.key()))
}

fn of_rounds(campaign_id: Uuid) -> impl IntoCondition {
    let rounds = letter_round::Entity::find()
        .select_only()
        .column(letter_round::Column::Id)
        .filter(letter_round::Column::CampaignId.eq(campaign_id));
    letter::Column::RoundId.in_subquery(rounds.into_query())
}

/// Eight queries, up to three more where the campaign takes logos, and as many where two people open a name.
async fn waits(db: &impl ConnectionTrait, staff: &SignedIn, campaign: &Current, now: DateTime<Utc>) -> Result<Vec<Line>, DbErr> {
    let blocked = letter::Entity::find()
        .filter(of_rounds(campaign.id))
        .filter(letter::Column::Blockers.gt(0))
        .filter(letter::Column::State.eq(LetterState::Draft.key()));
    let (campaign_id, rules) = (campaign.id, &campaign.config.sign_on);
    let failed = job::Entity::find().filter(job::Column::State.eq(jobs::state::FAILED));
    let mut lines = vec![
        Line::new(staff, "vetting", to_vet(campaign_id).count(db).await?, SIGNATURES),
        Line::new(staff, "corrections", correction::count_open(db, campaign_id).await?, CORRECTIONS),
        Line::new(staff, "duplicates", duplicates::in_state(campaign_id, PairState::Open).count(db).await?, DUPLICATES),
        Line::new(staff, "proposals", proposed(campaign_id).count(db).await?, PROPOSALS),
        Line::new(staff, "blocked", blocked.count(db).await?, LETTERS),
        Line::new(staff, "approval", rounds(campaign_id, RoundState::Checked).count(db).await?, LETTERS),
        Line::new(staff, "release", rounds(campaign_id, RoundState::Approved).count(db).await?, LETTERS),
        Line::new(staff, "failed", failed.count(db).await?, WORK),
    ];
    if rules.logos {
        lines.push(Line::new(staff, "logos", logos::waiting(db, campaign_id).await?.len() as u64, LOGOS));
    }
    if rules.reveal_needs_second {
        let waiting = reveals::waiting(db, campaign_id, now).await?.len();
        lines.push(Line::new(staff, "reveals", waiting as u64, REVEALS));
    }
    Ok(lines)
}

/// Seven queries.
async fn late(db: &impl ConnectionTrait, staff: &SignedIn, campaign: &Current, now: DateTime<Utc>) -> Result<Vec<Line>, DbErr> {
    let vetting = to_vet(campaign.id).filter(signature::Column::ConfirmedAt.lt(now - VETTING_LIMIT));
    let proposals = proposed(campaign.id).filter(evidence_proposal::Column::CreatedAt.lt(now - PROPOSAL_LIMIT));
    let work = job::Entity::find().filter(job::Column::State.eq(jobs::state::READY)).filter(job::Column::RunAt.lt(now - WORK_LIMIT));
    let bounced = letter::Entity::find().filter(of_rounds(campaign.id)).filter(letter::Column::State.eq(LetterState::Bounced.key()));
    let today = now.date_naive();
    let has_begun = |event: &&CalendarEvent| match event.precision.as_str() {
        "day" => event.starts_on <= today,
        inexact => is_past(event.last_day(), inexact, today),
    };
    let begun = campaign.events.iter().filter(has_begun).map(|event| event.id);
    let unsent = [RoundState::Draft, RoundState::Checked, RoundState::Approved].map(RoundState::key);
    let rounds = letter_round::Entity::find()
        .filter(letter_round::Column::CampaignId.eq(campaign.id))
        .filter(letter_round::Column::State.is_in(unsent))
        .filter(letter_round::Column::EventId.is_in(begun));
    Ok(vec![
        Line::new(staff, "late-vetting", vetting.count(db).await?, SIGNATURES),
        Line::new(staff, "late-proposals", proposals.count(db).await?, PROPOSALS),
        Line::new(staff, "late-rounds", rounds.count(db).await?, LETTERS),
        Line::new(staff, "bounced", bounced.count(db).await?, LETTERS),
        Line::new(staff, "late-plan", plan::overdue(db, campaign, today).await?, PLAN),
        Line::new(staff, "late-promises", meetings::overdue_promises(db, campaign.id, today).await?, MEETINGS),
        Line::new(staff, "late-work", work.count(db).await?, WORK),
    ])
}

/// Two queries.
async fn moved(
    db: &impl ConnectionTrait,
    campaign_id: Uuid,
    audience: Audience,
    now: DateTime<Utc>,
    states: &Directory,
    language: Language,
) -> Result<Vec<MoveView>, DbErr> {
    // Where every position came from moved nothing.
    let beginning: Option<DateTime<Utc>> = position_change::Entity::find()
        .select_only()
        .column_as(position_change::Column::ChangedAt.min(), "beginning")
        .filter(position_change::Column::CampaignId.eq(campaign_id))
        .into_tuple::<Option<DateTime<Utc>>>()
        .one(db)
        .await?
        .flatten();
    let Some(beginning) = beginning else { return Ok(Vec::new()) };
    let rows = position_change::Entity::find()
        .filter(position_change::Column::CampaignId.eq(campaign_id))
        .filter(position_change::Column::ChangedAt.gt(beginning))
        .filter(position_change::Column::Audience.eq(audience.key()))
        .filter(position_change::Column::IssueCode.eq(OVERALL))
        .filter(position_change::Column::ChangedAt.gt(now - MOVED))
        .order_by_desc(position_change::Column::ChangedAt)
        .order_by_asc(position_change::Column::Iso3)
        .limit(LISTED);
    let view = |row: position_change::Model| MoveView {
        state: states.name(&row.iso3, language).to_owned(),
        href: format!("/desk/positions/{}", row.iso3),
        from: row.from_stance,
        to: row.to_stance,
        at: row.changed_at,
    };
    Ok(rows.all(db).await?.into_iter().map(view).collect())
}

/// One query.
async fn replies(
    db: &impl ConnectionTrait,
    campaign_id: Uuid,
    now: DateTime<Utc>,
    states: &Directory,
    language: Language,
) -> Result<Vec<ReplyView>, DbErr> {
    let rows = reply::Entity::find()
        .filter(reply::Column::CampaignId.eq(campaign_id))
        .filter(reply::Column::CreatedAt.gt(now - MOVED))
        .order_by_desc(reply::Column::ReceivedOn)
        .order_by_desc(reply::Column::Id)
        .limit(LISTED);
    let view = |row: reply::Model| ReplyView {
        href: format!("/desk/replies/{}", row.id),
        state: states.name(&row.iso3, language).to_owned(),
        class: row.class,
        day: row.received_on,
    };
    Ok(rows.all(db).await?.into_iter().map(view).collect())
}
