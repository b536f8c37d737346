//! Meetings with states and what was promised there (R42): recorded, changed, settled, with a line of the trail that holds none of the words. They stay
//! with the core group (R32): no public page, feed, export or letter reads these tables. Must not set a position.

use std::collections::HashMap;

use chrono::NaiveDate;
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Expr, ExprTrait, NullOrdering},
};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use super::meeting_form::{NewMeeting, NewPromise};
use crate::{
    accounts::audit::{self, Entry},
    campaigns::Current,
    domain::{
        evidence::{EvidenceVisibility, ProposalState},
        language::Language,
        meeting::{MeetingStatus, PromiseStatus},
    },
    entities::{evidence_proposal, meeting, promise, reply},
    platform::{Platform, database::broken_unique, i18n},
};

/// Most promises and meetings that one page lists without paging.
const LISTED: u64 = 200;

/// Why a change was not kept.
#[derive(Debug, thiserror::Error)]
pub enum MeetingError {
    /// Somebody changed it since the form was shown.
    #[error("changed meanwhile")]
    Changed,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbErr),
}

/// A meeting in a list.
#[derive(Serialize)]
pub struct MeetingRow {
    href: String,
    iso3: String,
    met_on: Option<NaiveDate>,
    status: String,
    level: String,
    who: String,
}

/// A promise in a list.
#[derive(Serialize)]
pub struct PromiseRow {
    href: String,
    iso3: String,
    text: String,
    due_on: Option<NaiveDate>,
    is_overdue: bool,
    owner: Option<String>,
    status: String,
    settled_on: Option<NaiveDate>,
    note: String,
}

/// What a state's page of the desk shows.
#[derive(Serialize)]
pub struct OfState {
    meetings: Vec<MeetingRow>,
    promises: Vec<PromiseRow>,
}

impl MeetingRow {
    pub(super) fn of(row: &meeting::Model, language: Language) -> Self {
        Self {
            href: format!("/desk/meetings/{}", row.id),
            iso3: row.iso3.clone(),
            met_on: row.met_on,
            status: row.status.clone(),
            level: row.level.replace('_', "-"),
            who: who(row, language),
        }
    }
}

impl PromiseRow {
    pub(super) fn of(row: promise::Model, names: &HashMap<Uuid, String>, today: NaiveDate) -> Self {
        let status = row.status.parse::<PromiseStatus>();
        Self {
            href: format!("/desk/meetings/{}/promises/{}", row.meeting_id, row.id),
            is_overdue: status.is_ok_and(|status| status.is_overdue(row.due_on, today)),
            owner: row.owner_id.and_then(|id| names.get(&id).cloned()),
            iso3: row.iso3,
            text: row.text,
            due_on: row.due_on,
            status: row.status,
            settled_on: row.settled_on,
            note: row.settle_note,
        }
    }
}

/// Whom one met: the office, and whoever was named in words.
pub(super) fn who(row: &meeting::Model, language: Language) -> String {
    let office = row.post_kind.as_deref().map(|kind| i18n::word(language, &format!("letters-post-{}", kind.replace('_', "-"))));
    let parts = office.into_iter().chain(Some(row.met.clone()).filter(|met| !met.is_empty()));
    parts.collect::<Vec<_>>().join(" · ")
}

/// Promises, the soonest due first, those without a day last.
fn promises() -> Select<promise::Entity> {
    promise::Entity::find()
        .order_by_with_nulls(promise::Column::DueOn, sea_orm::Order::Asc, NullOrdering::Last)
        .order_by_asc(promise::Column::Id)
        .limit(LISTED)
}

/// All meetings with a state and all promises of it. Two queries.
///
/// # Errors
/// When the database fails.
pub async fn of_state(
    db: &impl ConnectionTrait,
    (campaign_id, iso3): (Uuid, &str),
    names: &HashMap<Uuid, String>,
    (language, today): (Language, NaiveDate),
) -> Result<OfState, DbErr> {
    let meetings = meeting::Entity::find()
        .filter(meeting::Column::CampaignId.eq(campaign_id))
        .filter(meeting::Column::Iso3.eq(iso3))
        .order_by_desc(meeting::Column::CreatedAt)
        .limit(LISTED);
    let promises = promises().filter(promise::Column::CampaignId.eq(campaign_id)).filter(promise::Column::Iso3.eq(iso3));
    Ok(OfState {
        meetings: meetings.all(db).await?.iter().map(|row| MeetingRow::of(row, language)).collect(),
        promises: promises.all(db).await?.into_iter().map(|row| PromiseRow::of(row, names, today)).collect(),
    })
}

/// The promises of one meeting. One query.
pub(super) async fn promises_of(db: &impl ConnectionTrait, meeting: Uuid) -> Result<Vec<promise::Model>, DbErr> {
    promises().filter(promise::Column::MeetingId.eq(meeting)).all(db).await
}

/// The open promises of a campaign, of one state or all. One query.
pub(super) async fn open_promises(db: &impl ConnectionTrait, campaign_id: Uuid, iso3: &str) -> Result<Vec<promise::Model>, DbErr> {
    let mut find = promises().filter(open(campaign_id));
    if !iso3.is_empty() {
        find = find.filter(promise::Column::Iso3.eq(iso3));
    }
    find.all(db).await
}

fn open(campaign_id: Uuid) -> Expr {
    promise::Column::CampaignId.eq(campaign_id).and(promise::Column::Status.eq(PromiseStatus::Open.key()))
}

/// How many open promises are behind their day. One query.
///
/// # Errors
/// When the database fails.
pub async fn overdue_promises(db: &impl ConnectionTrait, campaign_id: Uuid, today: NaiveDate) -> Result<u64, DbErr> {
    promise::Entity::find().filter(open(campaign_id)).filter(promise::Column::DueOn.lt(today)).count(db).await
}

/// A page of meetings, the newest first. One query.
pub(super) async fn page(
    db: &impl ConnectionTrait,
    campaign_id: Uuid,
    (iso3, status): (&str, Option<MeetingStatus>),
    (skip, take): (u64, u64),
) -> Result<Vec<meeting::Model>, DbErr> {
    let mut find = meeting::Entity::find()
        .filter(meeting::Column::CampaignId.eq(campaign_id))
        .order_by_with_nulls(meeting::Column::MetOn, sea_orm::Order::Desc, NullOrdering::First)
        .order_by_desc(meeting::Column::Id);
    if !iso3.is_empty() {
        find = find.filter(meeting::Column::Iso3.eq(iso3));
    }
    if let Some(status) = status {
        find = find.filter(meeting::Column::Status.eq(status.key()));
    }
    find.offset(skip).limit(take).all(db).await
}

/// One meeting of this campaign. One query.
pub(super) async fn by_id(db: &impl ConnectionTrait, campaign_id: Uuid, id: Uuid) -> Result<Option<meeting::Model>, DbErr> {
    Ok(meeting::Entity::find_by_id(id).one(db).await?.filter(|row| row.campaign_id == campaign_id))
}

/// Records a meeting; the same form sent twice is one. One transaction.
pub(super) async fn record(platform: &Platform, campaign: &Current, new: &NewMeeting, account: Uuid) -> Result<Uuid, DbErr> {
    let known = async || {
        let find = meeting::Entity::find().filter(meeting::Column::SubmissionKey.eq(&new.submission_key));
        Ok::<_, DbErr>(find.one(platform.database.write()).await?.map(|row| row.id))
    };
    if let Some(id) = known().await? {
        return Ok(id);
    }
    let (id, now) = (Uuid::now_v7(), platform.clock.now());
    let txn = platform.database.begin().await?;
    let reply = match new.reply {
        Some(reply) => reply::Entity::find_by_id(reply).one(&txn).await?.filter(|reply| reply.campaign_id == campaign.id),
        None => None,
    };
    let row = meeting::ActiveModel {
        id: Set(id),
        campaign_id: Set(campaign.id),
        visibility: Set(EvidenceVisibility::Core.key().to_owned()),
        reply_id: Set(reply.map(|reply| reply.id)),
        submission_key: Set(new.submission_key.clone()),
        revision: Set(0),
        account_id: Set(account),
        created_at: Set(now),
        changed_by: Set(None),
        changed_at: Set(None),
        ..said(new)
    };
    if let Err(error) = meeting::Entity::insert(row).exec_without_returning(&txn).await {
        drop(txn);
        let is_second = broken_unique(&error, &[("ux_meeting_submission_key", "meeting.submission_key")]).is_some();
        return if is_second { known().await?.ok_or(error) } else { Err(error) };
    }
    audit::append(&txn, Entry::of(Some(account), "meeting.recorded", "meeting", id).with(of_trail(new)), now).await?;
    txn.commit().await?;
    Ok(id)
}

fn said(new: &NewMeeting) -> meeting::ActiveModel {
    meeting::ActiveModel {
        iso3: Set(new.iso3.clone()),
        status: Set(new.status.key().to_owned()),
        level: Set(new.level.key().to_owned()),
        post_kind: Set(new.post.map(|post| post.key().to_owned())),
        met: Set(new.met.clone()),
        met_on: Set(new.met_on),
        place: Set(new.place.clone()),
        people: Set(new.people.clone()),
        notes: Set(new.notes.clone()),
        ..Default::default()
    }
}

fn of_trail(new: &NewMeeting) -> serde_json::Value {
    json!({ "iso3": new.iso3, "status": new.status.key(), "level": new.level.key() })
}

/// Changes a meeting that nobody has changed since `seen`; its promises, and what it suggests, go with it to another state. One transaction.
pub(super) async fn change(
    platform: &Platform,
    row: &meeting::Model,
    new: &NewMeeting,
    seen: i32,
    account: Uuid,
) -> Result<(), MeetingError> {
    let now = platform.clock.now();
    let txn = platform.database.begin().await?;
    let change = meeting::ActiveModel {
        revision: Set(seen.saturating_add(1)),
        changed_by: Set(Some(account)),
        changed_at: Set(Some(now)),
        ..said(new)
    };
    let query =
        meeting::Entity::update_many().set(change).filter(meeting::Column::Id.eq(row.id)).filter(meeting::Column::Revision.eq(seen));
    if query.exec(&txn).await?.rows_affected == 0 {
        return Err(MeetingError::Changed);
    }
    if row.iso3 != new.iso3 {
        let moved = promise::ActiveModel { iso3: Set(new.iso3.clone()), ..Default::default() };
        promise::Entity::update_many().set(moved).filter(promise::Column::MeetingId.eq(row.id)).exec(&txn).await?;
        let moved = evidence_proposal::ActiveModel { iso3: Set(new.iso3.clone()), ..Default::default() };
        evidence_proposal::Entity::update_many()
            .set(moved)
            .filter(evidence_proposal::Column::MeetingId.eq(row.id))
            .filter(evidence_proposal::Column::State.eq(ProposalState::Proposed.key()))
            .exec(&txn)
            .await?;
    }
    audit::append(&txn, Entry::of(Some(account), "meeting.changed", "meeting", row.id).with(of_trail(new)), now).await?;
    txn.commit().await?;
    Ok(())
}

/// Notes what was promised at a meeting; the same form sent twice is one promise. One transaction.
pub(super) async fn promise(platform: &Platform, at: &meeting::Model, new: &NewPromise, account: Uuid) -> Result<(), DbErr> {
    let now = platform.clock.now();
    let known = promise::Entity::find().filter(promise::Column::SubmissionKey.eq(&new.submission_key));
    if known.count(platform.database.write()).await? > 0 {
        return Ok(());
    }
    let id = Uuid::now_v7();
    let txn = platform.database.begin().await?;
    let row = promise::ActiveModel {
        id: Set(id),
        campaign_id: Set(at.campaign_id),
        meeting_id: Set(at.id),
        iso3: Set(at.iso3.clone()),
        submission_key: Set(new.submission_key.clone()),
        revision: Set(0),
        account_id: Set(account),
        created_at: Set(now),
        changed_by: Set(None),
        changed_at: Set(None),
        ..promised(new)
    };
    if let Err(error) = promise::Entity::insert(row).exec_without_returning(&txn).await {
        let is_second = broken_unique(&error, &[("ux_promise_submission_key", "promise.submission_key")]).is_some();
        return if is_second { Ok(()) } else { Err(error) };
    }
    let details = json!({ "iso3": at.iso3, "status": new.status.key() });
    audit::append(&txn, Entry::of(Some(account), "promise.recorded", "promise", id).with(details), now).await?;
    txn.commit().await
}

fn promised(new: &NewPromise) -> promise::ActiveModel {
    promise::ActiveModel {
        text: Set(new.text.clone()),
        due_on: Set(new.due_on),
        owner_id: Set(new.owner),
        status: Set(new.status.key().to_owned()),
        settled_on: Set(new.settled_on),
        settle_note: Set(new.note.clone()),
        ..Default::default()
    }
}

/// Changes or settles a promise that nobody has changed since `seen`. One transaction.
pub(super) async fn settle(
    platform: &Platform,
    row: &promise::Model,
    new: &NewPromise,
    seen: i32,
    account: Uuid,
) -> Result<(), MeetingError> {
    let now = platform.clock.now();
    let txn = platform.database.begin().await?;
    let change = promise::ActiveModel {
        revision: Set(seen.saturating_add(1)),
        changed_by: Set(Some(account)),
        changed_at: Set(Some(now)),
        ..promised(new)
    };
    let query =
        promise::Entity::update_many().set(change).filter(promise::Column::Id.eq(row.id)).filter(promise::Column::Revision.eq(seen));
    if query.exec(&txn).await?.rows_affected == 0 {
        return Err(MeetingError::Changed);
    }
    let details = json!({ "iso3": row.iso3, "status": new.status.key() });
    audit::append(&txn, Entry::of(Some(account), "promise.changed", "promise", row.id).with(details), now).await?;
    txn.commit().await?;
    Ok(())
}
