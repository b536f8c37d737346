//! What a person does to one letter of a round: choose its way, let it leave unchecked, take it out, send one that came back to a corrected address. Must
//! not change its text.

use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, sea_query::Expr};
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
    entities::{letter, letter_round},
    platform::{Platform, jobs::enqueue},
    states::{Directory, addressees},
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
    let (round, mut letter) = held_before_it_leaves(&txn, id).await?;
    let at: RoundState = round.state.parse().map_err(|_| DispatchError::Missing)?;
    let from: LetterState = letter.state.parse().map_err(|_| DispatchError::Missing)?;
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

/// Keeps why a letter may go to an addressee who was not checked for long, and checks its round again (R27).
///
/// # Errors
/// When it has left, is approved or closed already, or changed meanwhile.
pub async fn excuse_unchecked(
    platform: &Platform,
    campaign: &Current,
    directory: &Directory,
    id: Uuid,
    because: &str,
    account: Uuid,
) -> Result<(), DispatchError> {
    let now = platform.clock.now();
    platform.typesetter.ready().await.map_err(anyhow::Error::from)?;
    let txn = platform.database.begin().await?;
    let (round, letter) = held_before_it_leaves(&txn, id).await?;
    let from: LetterState = letter.state.parse().map_err(|_| DispatchError::Missing)?;
    if !from.is_editable() {
        return Err(ForbiddenMove { from, to: LetterState::Checked }.into());
    }
    letter::Entity::update_many()
        .col_expr(letter::Column::UncheckedBecause, Expr::value(because))
        .filter(letter::Column::Id.eq(id))
        .exec(&txn)
        .await?;
    drafting::check_again(&txn, campaign, directory, &platform.typesetter, round.id, now).await?;
    audit::append(&txn, Entry::of(Some(account), "letter.excused", "letter", id).because(because), now).await?;
    txn.commit().await?;
    Ok(())
}

/// A letter that has not left, with its round held: first the round's row, as whoever drafts, approves, releases and stops; and the letter as it is
/// after that.
pub(super) async fn held_before_it_leaves(
    txn: &DatabaseTransaction,
    id: Uuid,
) -> Result<(letter_round::Model, letter::Model), DispatchError> {
    let letter = letter::Entity::find_by_id(id).one(txn).await?.ok_or(DispatchError::Missing)?;
    let round = letter_round::Entity::find_by_id(letter.round_id).one(txn).await?.ok_or(DispatchError::Missing)?;
    let at: RoundState = round.state.parse().map_err(|_| DispatchError::Missing)?;
    if at == RoundState::Closed {
        return Err(DispatchError::Round);
    }
    service::hold_round(txn, round.id, at).await?;
    let letter = letter::Entity::find_by_id(id).one(txn).await?.ok_or(DispatchError::Missing)?;
    let from: LetterState = letter.state.parse().map_err(|_| DispatchError::Missing)?;
    if from.has_left() || from == LetterState::Closed {
        return Err(ForbiddenMove { from, to: LetterState::Queued }.into());
    }
    Ok((round, letter))
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
    let id = dispatch::queue_letter_by(&txn, &letter, address, (false, None), Some(account), now).await?;
    addressees::correct_mailbox(&txn, letter.post_id, address, account, now).await?;
    let entry = Entry::of(Some(account), "letter.sent_again", "letter", letter.id).with(json!({ "dispatch": id }));
    audit::append(&txn, entry, now).await?;
    txn.commit().await?;
    platform.bell.ring();
    Ok(id)
}
