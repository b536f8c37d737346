//! The plan of a campaign (R40): its tasks as they follow from events and steps, with what people said of them. A task itself is stored nowhere: when
//! its event moves, so does it, and what was said of it stays. Must not decide what is shown.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, sea_query::OnConflict};
use serde_json::json;
use uuid::Uuid;

use super::current::{CalendarEvent, Current};
use crate::{
    accounts::audit::{self, Entry},
    domain::plan::{self, Due, Standing, Step},
    entities::plan_task_mark,
    platform::Platform,
};

/// One task of one event.
#[derive(Clone, Debug)]
pub struct Task<'c> {
    /// The event.
    pub event: &'c CalendarEvent,
    /// The step.
    pub step: &'c Step,
    /// When it is due.
    pub due: Due,
    /// How it stands.
    pub standing: Standing,
    /// What was said of it.
    pub mark: Option<plan_task_mark::Model>,
}

/// What a person says of a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Who does it.
    pub owner: Option<Uuid>,
    /// Whether it is done.
    pub is_done: bool,
    /// A remark.
    pub note: String,
}

/// The tasks of every event that has any, in the order of the events. One query.
///
/// # Errors
/// When the database fails.
pub async fn tasks<'c>(db: &impl ConnectionTrait, campaign: &'c Current, today: NaiveDate) -> Result<Vec<Vec<Task<'c>>>, DbErr> {
    let marks = plan_task_mark::Entity::find().filter(plan_task_mark::Column::CampaignId.eq(campaign.id)).all(db).await?;
    let mut marks: HashMap<(Uuid, String), plan_task_mark::Model> =
        marks.into_iter().map(|mark| ((mark.event_id, mark.step_key.clone()), mark)).collect();
    let events = campaign.events.iter().map(|event| {
        let steps = plan::tasks(&campaign.config.plan, &event.kind, event.dates(), event.status == "past", today);
        let with_mark = steps.into_iter().map(|(step, due)| {
            let mark = marks.remove(&(event.id, step.key.clone()));
            let is_done = mark.as_ref().is_some_and(|mark| mark.done_at.is_some());
            Task { event, step, due, standing: due.standing(today, is_done), mark }
        });
        with_mark.collect::<Vec<_>>()
    });
    Ok(events.filter(|tasks| !tasks.is_empty()).collect())
}

/// The task of this event and step, if the plan has it on this day. One query.
///
/// # Errors
/// When the database fails.
pub async fn task<'c>(
    db: &impl ConnectionTrait,
    campaign: &'c Current,
    (event, step): (Uuid, &str),
    today: NaiveDate,
) -> Result<Option<Task<'c>>, DbErr> {
    let found = tasks(db, campaign, today).await?;
    Ok(found.into_iter().flatten().find(|task| task.event.id == event && task.step.key == step))
}

/// How many tasks are overdue. One query.
///
/// # Errors
/// When the database fails.
pub async fn overdue(db: &impl ConnectionTrait, campaign: &Current, today: NaiveDate) -> Result<u64, DbErr> {
    let tasks = tasks(db, campaign, today).await?;
    Ok(tasks.iter().flatten().filter(|task| task.standing == Standing::Overdue).count() as u64)
}

/// Keeps what a person says of a task, with a line of the trail; saying the same again writes nothing. One transaction.
///
/// # Errors
/// When the database fails.
pub async fn say(platform: &Platform, task: &Task<'_>, campaign: &Current, said: Said, account: Uuid) -> Result<(), DbErr> {
    let now = platform.clock.now();
    let txn = platform.database.begin().await?;
    use plan_task_mark::Column as C;
    let known = plan_task_mark::Entity::find().filter(C::EventId.eq(task.event.id)).filter(C::StepKey.eq(&task.step.key)).one(&txn).await?;
    let before = Said {
        owner: known.as_ref().and_then(|known| known.owner_id),
        is_done: known.as_ref().is_some_and(|known| known.done_at.is_some()),
        note: known.as_ref().map(|known| known.note.clone()).unwrap_or_default(),
    };
    if before == said {
        return Ok(());
    }
    let (done_at, done_by) = done(known.as_ref(), said.is_done, account, now);
    let row = plan_task_mark::ActiveModel {
        id: Set(Uuid::now_v7()),
        campaign_id: Set(campaign.id),
        event_id: Set(task.event.id),
        step_key: Set(task.step.key.clone()),
        owner_id: Set(said.owner),
        done_at: Set(done_at),
        done_by: Set(done_by),
        note: Set(said.note),
        updated_at: Set(now),
    };
    let on_conflict =
        OnConflict::columns([C::EventId, C::StepKey]).update_columns([C::OwnerId, C::DoneAt, C::DoneBy, C::Note, C::UpdatedAt]).to_owned();
    plan_task_mark::Entity::insert(row).on_conflict(on_conflict).exec_without_returning(&txn).await?;
    let name = format!("{}/{}", task.event.key, task.step.key);
    let details = json!({ "done": said.is_done, "owner_changed": before.owner != said.owner });
    audit::append(&txn, Entry::of(Some(account), "plan.changed", "plan_task", name).with(details), now).await?;
    txn.commit().await
}

/// When it was done and who says so: as it was said first.
fn done(known: Option<&plan_task_mark::Model>, is_done: bool, account: Uuid, now: DateTime<Utc>) -> (Option<DateTime<Utc>>, Option<Uuid>) {
    match known {
        _ if !is_done => (None, None),
        Some(known) if known.done_at.is_some() => (known.done_at, known.done_by),
        _ => (Some(now), Some(account)),
    }
}
