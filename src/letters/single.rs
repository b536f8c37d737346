//! What a person does to one letter of a round: choose its way, take it out before it leaves, send one that came back to a corrected address. Must
//! not change its text.

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, sea_query::Expr,
};
use serde_json::json;
use uuid::Uuid;

use super::{
    dispatch::{self, DispatchError},
    drafting, jobs, service, store,
};
use crate::{
    accounts::audit::{self, Entry},
    campaigns::Current,
    domain::{
        email::EmailAddress,
        letter::{Channel, ForbiddenMove, LetterState, RoundState},
    },
    entities::{addressee, letter, letter_round},
    platform::{Platform, jobs::enqueue},
    states::Directory,
};

/// Takes a letter out before it leaves: it is closed, and its place in the queue of mail is void.
///
/// # Errors
/// When it has left, is closed already, or changed meanwhile.
pub async fn cancel(platform: &Platform, id: Uuid, account: Uuid) -> Result<(), DispatchError> {
    let now = platform.clock.now();
    let txn = platform.database.begin().await?;
    let mut letter = letter::Entity::find_by_id(id).one(&txn).await?.ok_or(DispatchError::Missing)?;
    let from: LetterState = letter.state.parse().map_err(|_| DispatchError::Missing)?;
    let round = dispatch::held(&txn, letter.round_id).await?;
    if from.has_left() {
        return Err(ForbiddenMove { from, to: LetterState::Closed }.into());
    }
    if from == LetterState::Queued {
        dispatch::advance(&txn, &letter, LetterState::Approved, Some(account), None, now).await?;
        letter.state = LetterState::Approved.key().to_owned();
    }
    dispatch::advance(&txn, &letter, LetterState::Closed, Some(account), None, now).await?;
    audit::append(&txn, Entry::of(Some(account), "letter.cancelled", "letter", id), now).await?;
    dispatch::close_if_over(&txn, &round, Some(account), now).await?;
    txn.commit().await?;
    Ok(())
}

/// Chooses the way a letter is to leave, until it has left (R33). One that goes by hand, by post or through a portal needs no address and stays, once
/// typeset, until a person records its delivery. One that waits in the queue of mail is taken out of it; one that is to leave by mail after all, of a
/// round that is released, takes its place there.
///
/// # Errors
/// When it has left or is closed, its round is over, or it is to leave by mail and no address is known.
pub async fn choose_way(
    platform: &Platform,
    campaign: &Current,
    directory: &Directory,
    id: Uuid,
    way: Channel,
    account: Uuid,
) -> Result<(), DispatchError> {
    let now = platform.clock.now();
    platform.typesetter.ready().await.map_err(anyhow::Error::from)?;
    let txn = platform.database.begin().await?;
    let letter = letter::Entity::find_by_id(id).one(&txn).await?.ok_or(DispatchError::Missing)?;
    let round = letter_round::Entity::find_by_id(letter.round_id).one(&txn).await?.ok_or(DispatchError::Missing)?;
    let at: RoundState = round.state.parse().map_err(|_| DispatchError::Missing)?;
    if at == RoundState::Closed {
        return Err(DispatchError::Round);
    }
    // The round's row first, as whoever drafts, approves, releases and stops; and the letter as it is after that.
    service::hold_round(&txn, round.id, at).await?;
    let mut letter = letter::Entity::find_by_id(id).one(&txn).await?.ok_or(DispatchError::Missing)?;
    let from: LetterState = letter.state.parse().map_err(|_| DispatchError::Missing)?;
    if from.has_left() || from == LetterState::Closed {
        return Err(ForbiddenMove { from, to: LetterState::Queued }.into());
    }
    if letter.channel == way.key() {
        return Ok(());
    }
    if from == LetterState::Queued {
        dispatch::advance(&txn, &letter, LetterState::Approved, Some(account), None, now).await?;
    }
    let was = std::mem::replace(&mut letter.channel, way.key().to_owned());
    letter::Entity::update_many()
        .col_expr(letter::Column::Channel, Expr::value(way.key()))
        .filter(letter::Column::Id.eq(id))
        .exec(&txn)
        .await?;
    match at {
        RoundState::Draft | RoundState::Checked => {
            drafting::check_again(&txn, campaign, directory, &platform.typesetter, round.id, now).await?;
        }
        _ if way == Channel::Mail && !round.rehearsal && jobs::address_of(&txn, &letter, now.date_naive()).await?.is_none() => {
            return Err(DispatchError::NoAddress);
        }
        RoundState::Sending if way == Channel::Mail => {
            enqueue(&txn, jobs::typeset(round.id), now).await?;
        }
        RoundState::Approved | RoundState::Sending | RoundState::Closed => {}
    }
    let details = json!({ "from": was, "to": way.key() });
    audit::append(&txn, Entry::of(Some(account), "letter.way_chosen", "letter", id).with(details), now).await?;
    txn.commit().await?;
    platform.bell.ring();
    Ok(())
}

/// Sends a letter that came back once more, to another address, which the register keeps for the letters to come.
///
/// # Errors
/// When it has not come back, or its round was stopped or is a rehearsal.
pub async fn send_again(platform: &Platform, id: Uuid, address: &EmailAddress, account: Uuid) -> Result<Uuid, DispatchError> {
    let now = platform.clock.now();
    let txn = platform.database.begin().await?;
    let letter = letter::Entity::find_by_id(id).one(&txn).await?.ok_or(DispatchError::Missing)?;
    let round = dispatch::held(&txn, letter.round_id).await?;
    if !store::may_leave_again(&txn, &round).await? {
        return Err(DispatchError::Round);
    }
    if letter.state != LetterState::Bounced.key() {
        let from: LetterState = letter.state.parse().map_err(|_| DispatchError::Missing)?;
        return Err(ForbiddenMove { from, to: LetterState::Queued }.into());
    }
    let id = dispatch::queue_letter_by(&txn, &letter, address, false, Some(account), now).await?;
    remember(&txn, letter.post_id, address, now).await?;
    let entry = Entry::of(Some(account), "letter.sent_again", "letter", letter.id).with(json!({ "dispatch": id }));
    audit::append(&txn, entry, now).await?;
    txn.commit().await?;
    platform.bell.ring();
    Ok(id)
}

/// A new entry of the register with the corrected address; who holds the post and which language the office wants stay what they were.
async fn remember(db: &impl ConnectionTrait, post_id: Uuid, address: &EmailAddress, now: DateTime<Utc>) -> Result<(), DbErr> {
    let earlier =
        addressee::Entity::find().filter(addressee::Column::PostId.eq(post_id)).order_by_desc(addressee::Column::CreatedAt).one(db).await?;
    let mut entry: addressee::ActiveModel = earlier.map(Into::into).unwrap_or_default();
    entry.id = Set(Uuid::now_v7());
    entry.post_id = Set(post_id);
    entry.email = Set(Some(address.as_str().to_owned()));
    entry.source_url = Set(None);
    entry.checked_at = Set(Some(now));
    entry.created_at = Set(now);
    addressee::Entity::insert(entry.reset_all()).exec_without_returning(db).await.map(drop)
}
