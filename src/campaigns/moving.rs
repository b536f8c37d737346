//! An event on other days (R40): changed by a person, with a reason and a source that the trail keeps. The plan counts from the days and has moved with
//! them; what the campaign's folder said before does not undo it, and what it says anew counts. Must not touch letters: their checks find it.

use sea_orm::{ActiveValue::Set, ColumnTrait, DbErr, EntityTrait, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use super::Current;
use crate::{
    accounts::audit::{self, Entry},
    domain::event_days::EventDays,
    entities::event,
    platform::Platform,
};

/// Where an event is to be.
#[derive(Clone, Debug)]
pub struct NewDays {
    /// When.
    pub days: EventDays,
    /// Where that was read.
    pub source: String,
    /// Why it changes.
    pub because: String,
    /// How often its days had changed when the person looked.
    pub seen: i32,
}

/// Why an event was not moved.
#[derive(Debug, thiserror::Error)]
pub enum MoveError {
    /// It is on these days already.
    #[error("the days are the same")]
    Same,
    /// Somebody else has moved it.
    #[error("moved meanwhile")]
    Changed,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbErr),
}

/// The days of a row.
pub fn days_of(row: &event::Model) -> EventDays {
    EventDays { first: row.starts_on, last: row.ends_on, precision: row.precision.clone() }
}

/// The row of an event of the campaign. One query.
///
/// # Errors
/// When the database fails.
pub async fn by_id(platform: &Platform, campaign: &Current, id: Uuid) -> Result<Option<event::Model>, DbErr> {
    Ok(event::Entity::find_by_id(id).one(platform.database.read()).await?.filter(|row| row.campaign_id == campaign.id))
}

/// Moves an event that nobody has moved since `seen`. One that was over and lies ahead now is planned again. One transaction.
///
/// # Errors
/// See [`MoveError`].
pub async fn move_event(platform: &Platform, row: &event::Model, new: &NewDays, account: Uuid) -> Result<(), MoveError> {
    let now = platform.clock.now();
    let before = days_of(row);
    if row.revision != new.seen {
        return Err(MoveError::Changed);
    }
    if before == new.days {
        return Err(MoveError::Same);
    }
    let lies_ahead = new.days.last.unwrap_or(new.days.first) >= now.date_naive();
    let status = if row.status == "past" && lies_ahead { "planned".to_owned() } else { row.status.clone() };
    let change = event::ActiveModel {
        starts_on: Set(new.days.first),
        ends_on: Set(new.days.last),
        precision: Set(new.days.precision.clone()),
        source_url: Set(Some(new.source.clone())),
        status: Set(status),
        revision: Set(new.seen.saturating_add(1)),
        changed_at: Set(Some(now)),
        ..Default::default()
    };
    let txn = platform.database.begin().await?;
    let query = event::Entity::update_many().set(change).filter(event::Column::Id.eq(row.id)).filter(event::Column::Revision.eq(new.seen));
    if query.exec(&txn).await?.rows_affected == 0 {
        return Err(MoveError::Changed);
    }
    let details = json!({ "event": row.key, "from": before.to_string(), "to": new.days.to_string(), "source": new.source });
    audit::append(&txn, Entry::of(Some(account), "event.moved", "event", row.id).with(details).because(&new.because), now).await?;
    txn.commit().await?;
    Ok(())
}
