//! Holds a round that is leaving, and goes on with it: by a person's hand, or by itself when too many letters are refused (R36). What waits stays in
//! its place; nothing is taken back. Must not move a letter.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect, QueryTrait, sea_query::Expr};
use serde_json::json;
use uuid::Uuid;

use super::service::RoundError;
use crate::{
    accounts::audit::{self, Entry},
    domain::{
        letter::{DispatchState, ForbiddenMove, RoundRefusal, RoundState},
        sending::Sending,
    },
    entities::{dispatch, letter, letter_round},
    platform::Platform,
};

/// Holds a round: what no server has yet waits. One letter that is being handed over at that moment may still leave.
///
/// # Errors
/// When it is not being sent, is a rehearsal, or is held already.
pub async fn pause(platform: &Platform, id: Uuid, because: &str, account: Uuid) -> Result<(), RoundError> {
    let now = platform.clock.now();
    let txn = platform.database.begin().await?;
    let round = letter_round::Entity::find_by_id(id).one(&txn).await?.ok_or(RoundError::Missing)?;
    may_be_held(&round)?;
    if !hold(&txn, id, Some(account), because, now).await? {
        return Err(RoundError::Overtaken);
    }
    audit::append(&txn, Entry::of(Some(account), "round.paused", "round", id).because(because), now).await?;
    txn.commit().await?;
    Ok(())
}

/// Goes on with a round that is held.
///
/// # Errors
/// When it is not held, or is over.
pub async fn resume(platform: &Platform, id: Uuid, account: Uuid) -> Result<(), RoundError> {
    let now = platform.clock.now();
    let txn = platform.database.begin().await?;
    let round = letter_round::Entity::find_by_id(id).one(&txn).await?.ok_or(RoundError::Missing)?;
    may_be_held(&round)?;
    let gone_on = letter_round::Entity::update_many()
        .col_expr(letter_round::Column::PausedAt, Expr::value(None::<DateTime<Utc>>))
        .col_expr(letter_round::Column::PausedBy, Expr::value(None::<Uuid>))
        .col_expr(letter_round::Column::PausedBecause, Expr::value(None::<String>))
        .col_expr(letter_round::Column::ResumedAt, Expr::value(now))
        .filter(letter_round::Column::Id.eq(id))
        .filter(letter_round::Column::PausedAt.is_not_null())
        .exec(&txn)
        .await?;
    if gone_on.rows_affected == 0 {
        return Err(RoundError::Overtaken);
    }
    audit::append(&txn, Entry::of(Some(account), "round.resumed", "round", id), now).await?;
    txn.commit().await?;
    platform.bell.ring();
    Ok(())
}

fn may_be_held(round: &letter_round::Model) -> Result<(), RoundError> {
    let from: RoundState = round.state.parse().map_err(anyhow::Error::from)?;
    if from == RoundState::Sending && !round.rehearsal {
        return Ok(());
    }
    Err(RoundRefusal::from(ForbiddenMove { from, to: RoundState::Sending }).into())
}

async fn hold(db: &impl ConnectionTrait, id: Uuid, account: Option<Uuid>, because: &str, now: DateTime<Utc>) -> Result<bool, DbErr> {
    let held = letter_round::Entity::update_many()
        .col_expr(letter_round::Column::PausedAt, Expr::value(now))
        .col_expr(letter_round::Column::PausedBy, Expr::value(account))
        .col_expr(letter_round::Column::PausedBecause, Expr::value(Some(because).filter(|because| !because.is_empty())))
        .filter(letter_round::Column::Id.eq(id))
        .filter(letter_round::Column::State.eq(RoundState::Sending.key()))
        .filter(letter_round::Column::PausedAt.is_null())
        .exec(db)
        .await?;
    Ok(held.rows_affected == 1)
}

/// Holds a round of which servers refuse too much since it was released or last gone on with: a wrong setting or a list gone bad must not burn 195
/// letters. Within the transaction that keeps the refusal. Three queries, after a refusal only.
pub(super) async fn pause_if_too_many(db: &impl ConnectionTrait, id: Uuid, rule: Sending, now: DateTime<Utc>) -> Result<(), DbErr> {
    let Some(round) = letter_round::Entity::find_by_id(id).one(db).await? else { return Ok(()) };
    let Some(since) = round.resumed_at.or(round.released_at).filter(|_| round.paused_at.is_none()) else { return Ok(()) };
    let letters = letter::Entity::find().select_only().column(letter::Column::Id).filter(letter::Column::RoundId.eq(id));
    let offered = dispatch::Entity::find()
        .filter(dispatch::Column::LetterId.in_subquery(letters.into_query()))
        .filter(dispatch::Column::Attempts.gt(0))
        .filter(dispatch::Column::FinishedAt.gte(since));
    let count = async |state: DispatchState| -> Result<u32, DbErr> {
        let found = offered.clone().filter(dispatch::Column::State.eq(state.key())).count(db).await?;
        Ok(u32::try_from(found).unwrap_or(u32::MAX))
    };
    let (accepted, refused) = (count(DispatchState::Accepted).await?, count(DispatchState::Rejected).await?);
    if rule.is_too_much(accepted, refused) && hold(db, id, None, "", now).await? {
        let details = json!({ "accepted": accepted, "refused": refused });
        audit::append(db, Entry::of(None, "round.paused", "round", id).with(details), now).await?;
    }
    Ok(())
}
