//! Extending the deadline in one step, with a notice on every page that names it (R78). Must not shorten a deadline: what was promised in public stays.

use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use crate::{
    accounts::audit::{self, Entry},
    campaigns::{Current, current},
    domain::{deadline::Deadline, text::TextStage},
    entities::{deadline_extension, signature},
    platform::{Platform, database::broken_unique},
};

/// By how many hours a deadline may be extended in one step.
pub(super) const HOURS: [u32; 6] = [6, 12, 24, 48, 72, 168];

/// Why a deadline was not extended.
#[derive(Debug, thiserror::Error)]
pub(super) enum ExtendError {
    /// Somebody extended it since the page was shown.
    #[error("the deadline was extended meanwhile")]
    Overtaken,
    /// The text takes no signatures in time any more, or not yet.
    #[error("the text is not open")]
    NotOpen,
    /// The new deadline would be over already.
    #[error("the new deadline would be over already")]
    Over,
    /// None of [`HOURS`].
    #[error("not one of the steps")]
    NoStep,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbErr),
}

/// Extends the deadline by some hours, if it was extended `number - 1` times so far: a second press extends nothing more. Whoever came late and is in
/// time by the new deadline waits no longer. One transaction; the caller forgets the campaign it holds.
pub(super) async fn extend(
    platform: &Platform,
    campaign: &Current,
    number: usize,
    hours: u32,
    account: Uuid,
) -> Result<Deadline, ExtendError> {
    if !HOURS.contains(&hours) {
        return Err(ExtendError::NoStep);
    }
    if campaign.text.stage.parse() != Ok(TextStage::Open) {
        return Err(ExtendError::NotOpen);
    }
    let now = platform.clock.now();
    let txn = platform.database.begin().await?;
    let steps = current::extensions(&txn, campaign.id).await?;
    if steps.len() + 1 != number {
        return Err(ExtendError::Overtaken);
    }
    let before = campaign.deadline_after(&steps);
    let until = before.extended_by(hours);
    if until.has_passed(now) {
        return Err(ExtendError::Over);
    }
    let row = deadline_extension::ActiveModel {
        id: Set(Uuid::now_v7()),
        campaign_id: Set(campaign.id),
        number: Set(i32::try_from(number).unwrap_or(i32::MAX)),
        before: Set(before.instant),
        until: Set(until.instant),
        account_id: Set(account),
        created_at: Set(now),
    };
    if let Err(error) = deadline_extension::Entity::insert(row).exec_without_returning(&txn).await {
        let overtaken = broken_unique(&error, &[("ux_deadline_extension", "deadline_extension.number")]).is_some();
        return Err(if overtaken { ExtendError::Overtaken } else { error.into() });
    }
    let in_time = take_in(&txn, campaign.id, &until).await?;
    let details = json!({ "from": before.instant, "to": until.instant, "in_time": in_time });
    audit::append(&txn, Entry::of(Some(account), "deadline.extended", "campaign", campaign.id).with(details), now).await?;
    txn.commit().await?;
    Ok(until)
}

/// The deadline as the database has it, with what came late by an earlier one taken in: another process may have extended it a moment ago, and
/// this one have gone on by the old. Two queries where it was ever extended, else one.
pub(super) async fn in_force(db: &impl ConnectionTrait, campaign: &Current) -> Result<Deadline, DbErr> {
    let steps = current::extensions(db, campaign.id).await?;
    let deadline = campaign.deadline_after(&steps);
    if !steps.is_empty() {
        take_in(db, campaign.id, &deadline).await?;
    }
    Ok(deadline)
}

/// How many signatures are in time now.
async fn take_in(db: &impl ConnectionTrait, campaign: Uuid, deadline: &Deadline) -> Result<u64, DbErr> {
    let taken = signature::Entity::update_many()
        .set(signature::ActiveModel { late: Set(false), ..Default::default() })
        .filter(signature::Column::CampaignId.eq(campaign))
        .filter(signature::Column::Late.eq(true))
        .filter(signature::Column::SignedAt.lte(deadline.end_of_grace()))
        .exec(db)
        .await?;
    Ok(taken.rows_affected)
}
