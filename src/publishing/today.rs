//! The desk's first page: what waits, what is late, what moved. Twelve queries, each a count over an index or a short list. Must not show the
//! content of anything: every line leads to the page that may.

use actix_web::{HttpResponse, http::StatusCode, web};
use chrono::{DateTime, Duration, NaiveDate, Utc};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::IntoCondition,
};
use serde::Serialize;
use uuid::Uuid;

use crate::{
    accounts::{Permission, SignedIn},
    campaigns,
    domain::{language::Language, signature::SignatureState},
    entities::{evidence_proposal, job, letter, letter_round, position_change, reply, signature},
    platform::{
        Platform,
        http::{frame::Frame, problem::Problem},
    },
    positions::state_page::EventView,
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
    replies: Vec<ReplyView>,
}

/// One kind of thing, how many there are, and where they are.
#[derive(Serialize)]
struct Line {
    /// Names the words `publishing-today-<key>`.
    key: &'static str,
    count: u64,
    href: &'static str,
}

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
        waits: waits(db, campaign.id).await?,
        late: late(db, campaign.id, now).await?,
        moved: moved(db, campaign.id, now, &states, staff.language).await?,
        replies: replies(db, campaign.id, now, &states, staff.language).await?,
    };
    Ok(platform.site.page(StatusCode::OK, "publishing/today.html", staff.language, &view)?)
}

fn to_vet(campaign_id: Uuid) -> Select<signature::Entity> {
    signature::Entity::find()
        .filter(signature::Column::CampaignId.eq(campaign_id))
        .filter(signature::Column::State.eq(SignatureState::Confirmed.key()))
}

fn proposed() -> Select<evidence_proposal::Entity> {
    evidence_proposal::Entity::find().filter(evidence_proposal::Column::State.eq("proposed"))
}

fn rounds(campaign_id: Uuid, state: &str) -> Select<letter_round::Entity> {
    letter_round::Entity::find().filter(letter_round::Column::CampaignId.eq(campaign_id)).filter(letter_round::Column::State.eq(state))
}

fn of_rounds(campaign_id: Uuid) -> impl IntoCondition {
    let rounds = letter_round::Entity::find()
        .select_only()
        .column(letter_round::Column::Id)
        .filter(letter_round::Column::CampaignId.eq(campaign_id));
    letter::Column::RoundId.in_subquery(sea_orm::QueryTrait::into_query(rounds))
}

/// Six queries.
async fn waits(db: &impl ConnectionTrait, campaign_id: Uuid) -> Result<Vec<Line>, DbErr> {
    let blocked = letter::Entity::find()
        .filter(of_rounds(campaign_id))
        .filter(letter::Column::Blockers.gt(0))
        .filter(letter::Column::State.eq("draft"));
    Ok(vec![
        Line { key: "vetting", count: to_vet(campaign_id).count(db).await?, href: "/desk/signatures" },
        Line { key: "proposals", count: proposed().count(db).await?, href: "/desk/replies" },
        Line { key: "blocked", count: blocked.count(db).await?, href: "/desk/letters" },
        Line { key: "approval", count: rounds(campaign_id, "checked").count(db).await?, href: "/desk/letters" },
        Line { key: "release", count: rounds(campaign_id, "approved").count(db).await?, href: "/desk/letters" },
        Line { key: "failed", count: job::Entity::find().filter(job::Column::State.eq("failed")).count(db).await?, href: "/desk/work" },
    ])
}

/// Four queries.
async fn late(db: &impl ConnectionTrait, campaign_id: Uuid, now: DateTime<Utc>) -> Result<Vec<Line>, DbErr> {
    let vetting = to_vet(campaign_id).filter(signature::Column::ConfirmedAt.lt(now - VETTING_LIMIT));
    let proposals = proposed().filter(evidence_proposal::Column::CreatedAt.lt(now - PROPOSAL_LIMIT));
    let work = job::Entity::find().filter(job::Column::State.eq("ready")).filter(job::Column::RunAt.lt(now - WORK_LIMIT));
    let bounced = letter::Entity::find().filter(of_rounds(campaign_id)).filter(letter::Column::State.eq("bounced"));
    Ok(vec![
        Line { key: "late-vetting", count: vetting.count(db).await?, href: "/desk/signatures" },
        Line { key: "late-proposals", count: proposals.count(db).await?, href: "/desk/replies" },
        Line { key: "bounced", count: bounced.count(db).await?, href: "/desk/letters" },
        Line { key: "late-work", count: work.count(db).await?, href: "/desk/work" },
    ])
}

/// One query.
async fn moved(
    db: &impl ConnectionTrait,
    campaign_id: Uuid,
    now: DateTime<Utc>,
    states: &Directory,
    language: Language,
) -> Result<Vec<MoveView>, DbErr> {
    let rows = position_change::Entity::find()
        .filter(position_change::Column::CampaignId.eq(campaign_id))
        .filter(position_change::Column::Audience.eq("staff"))
        .filter(position_change::Column::IssueCode.eq(""))
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
    let view = |row: reply::Model| ReplyView { state: states.name(&row.iso3, language).to_owned(), class: row.class, day: row.received_on };
    Ok(rows.all(db).await?.into_iter().map(view).collect())
}
