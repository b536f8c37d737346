//! Handing letters over: into the queue of outgoing mail, and by hand (R33, R37); `carrier` takes them from the queue. Must not change a letter's text, and must not count a letter as sent before a server or a person has said so.

use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, sea_query::Expr};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::{service::RoundError, store};
use crate::{
    accounts::audit::{self, Entry},
    domain::{
        email::EmailAddress,
        letter::{Channel, DispatchState, ForbiddenMove, LetterState, RoundState},
    },
    entities::{dispatch, letter, letter_event, letter_round},
    platform::{
        Platform,
        files::{self, NewFile},
        jobs::{self, ATTEMPTS_OVER_TWO_DAYS, Job},
    },
};

pub(super) const KIND: &str = "letters.dispatch";

/// Why a letter cannot be handed over.
#[derive(Debug, thiserror::Error)]
pub enum DispatchError {
    /// Its state does not allow it.
    #[error(transparent)]
    Move(#[from] ForbiddenMove<LetterState>),
    /// Somebody else moved it in the meantime.
    #[error("the letter changed meanwhile")]
    Overtaken,
    /// There is no such letter, or it has no PDF.
    #[error("no such letter, or it was not typeset")]
    Missing,
    /// Mail is queued, not recorded.
    #[error("this channel is not recorded by hand")]
    Channel,
    /// Its round is a rehearsal, or was stopped.
    #[error("letters of this round do not leave")]
    Round,
    /// No second person released its round (R36).
    #[error("the round is not released")]
    NotReleased,
    /// Its round is released, and its PDF is not made yet.
    #[error("the letter is not typeset")]
    NotTypeset,
    /// It is to leave by mail, and no address is known.
    #[error("no address is known")]
    NoAddress,
    /// Unexpected.
    #[error(transparent)]
    Database(#[from] DbErr),
    /// A fault of ours.
    #[error(transparent)]
    Unexpected(#[from] anyhow::Error),
}

impl From<RoundError> for DispatchError {
    fn from(error: RoundError) -> Self {
        match error {
            RoundError::Missing => Self::Missing,
            RoundError::Overtaken | RoundError::Unopened(_) | RoundError::EventMoved | RoundError::Refused(_) | RoundError::NameTaken => {
                Self::Overtaken
            }
            RoundError::Database(error) => Self::Database(error),
            RoundError::Unexpected(error) => Self::Unexpected(error),
        }
    }
}

/// Which dispatch is carried.
#[derive(Serialize, Deserialize)]
pub(super) struct Payload {
    pub(super) dispatch: Uuid,
    /// Stays with the job, so that no later change of the round makes mail of a rehearsal.
    pub(super) rehearsal: bool,
}

/// Puts an approved letter in the queue of outgoing mail, within the caller's transaction. Returns the dispatch.
///
/// # Errors
/// When the letter is not approved (or come back), has no PDF, or changed meanwhile.
pub async fn queue_letter(
    txn: &impl ConnectionTrait,
    letter: &letter::Model,
    address: &EmailAddress,
    rehearsal: bool,
    now: DateTime<Utc>,
) -> Result<Uuid, DispatchError> {
    queue_letter_by(txn, letter, address, (rehearsal, None), None, now).await
}

/// The same, asked for by a person, or not before its hour.
pub(super) async fn queue_letter_by(
    txn: &impl ConnectionTrait,
    letter: &letter::Model,
    address: &EmailAddress,
    (rehearsal, not_before): (bool, Option<DateTime<Utc>>),
    account: Option<Uuid>,
    now: DateTime<Utc>,
) -> Result<Uuid, DispatchError> {
    if letter.file_id.is_none() {
        return Err(DispatchError::Missing);
    }
    advance(txn, letter, LetterState::Queued, account, None, now).await?;
    let id = Uuid::now_v7();
    let row = dispatch::ActiveModel {
        id: Set(id),
        letter_id: Set(letter.id),
        channel: Set(Channel::Mail.key().to_owned()),
        to_address: Set(Some(address.as_str().to_owned())),
        state: Set(DispatchState::Queued.key().to_owned()),
        attempts: Set(0),
        created_at: Set(now),
        not_before: Set(not_before),
        ..Default::default()
    };
    dispatch::Entity::insert(row).exec_without_returning(txn).await?;
    jobs::enqueue(txn, job(id, rehearsal).at(not_before.unwrap_or(now)), now).await?;
    Ok(id)
}

fn job(dispatch: Uuid, rehearsal: bool) -> Job {
    Job::new(KIND, &Payload { dispatch, rehearsal }).dedup(format!("{KIND}:{dispatch}")).attempts(ATTEMPTS_OVER_TWO_DAYS)
}

/// A delivery a person made: by post, at the door, through a portal.
#[derive(Clone, Copy, Debug)]
pub struct ByHand<'a> {
    /// The letter.
    pub letter: Uuid,
    /// Anything but mail.
    pub channel: Channel,
    /// A receipt, a stamped copy, a picture of the screen.
    pub proof: NewFile<'a>,
    /// What is worth remembering.
    pub note: &'a str,
    /// Who did it.
    pub account: Uuid,
}

/// Whether a delivery of this letter by hand may be recorded: what leaves by hand was released by a second person too and is the letter as it
/// was issued (R36). One that came back may still be carried there when its round is over. One query at most.
///
/// # Errors
/// Why not.
pub(super) async fn may_record(
    db: &impl ConnectionTrait,
    round: &letter_round::Model,
    letter: &letter::Model,
) -> Result<(), DispatchError> {
    let from: LetterState = letter.state.parse().map_err(|_| DispatchError::Missing)?;
    match round.state.parse().map_err(|_| DispatchError::Missing)? {
        _ if round.rehearsal => return Err(DispatchError::Round),
        RoundState::Draft | RoundState::Checked | RoundState::Approved => return Err(DispatchError::NotReleased),
        RoundState::Closed if from != LetterState::Bounced || !store::may_leave_again(db, round).await? => {
            return Err(DispatchError::Round);
        }
        RoundState::Sending | RoundState::Closed => {}
    }
    from.step(LetterState::Sent)?;
    if letter.file_id.is_none() { Err(DispatchError::NotTypeset) } else { Ok(()) }
}

/// Records such a delivery with its proof: only then is the letter sent (R33).
///
/// # Errors
/// When the channel is mail, the round a rehearsal, stopped or not released, or the letter not at the point where it may be sent.
pub async fn record_by_hand(platform: &Platform, delivery: ByHand<'_>) -> Result<Uuid, DispatchError> {
    if delivery.channel == Channel::Mail {
        return Err(DispatchError::Channel);
    }
    let (id, now) = (Uuid::now_v7(), platform.clock.now());
    let txn = platform.database.begin().await?;
    let letter = letter::Entity::find_by_id(delivery.letter).one(&txn).await?.ok_or(DispatchError::Missing)?;
    let round = held(&txn, letter.round_id).await?;
    may_record(&txn, &round, &letter).await?;
    let note = Some(delivery.note.trim()).filter(|note| !note.is_empty());
    advance(&txn, &letter, LetterState::Sent, Some(delivery.account), note, now).await?;
    let proof = files::keep(&txn, delivery.proof, now).await?;
    let row = dispatch::ActiveModel {
        id: Set(id),
        letter_id: Set(letter.id),
        channel: Set(delivery.channel.key().to_owned()),
        state: Set(DispatchState::Recorded.key().to_owned()),
        attempts: Set(1),
        file_id: Set(Some(proof.id)),
        account_id: Set(Some(delivery.account)),
        created_at: Set(now),
        finished_at: Set(Some(now)),
        ..Default::default()
    };
    dispatch::Entity::insert(row).exec_without_returning(&txn).await?;
    let details = json!({ "channel": delivery.channel.key(), "proof": proof.sha256 });
    let entry = Entry::of(Some(delivery.account), "letter.delivery_recorded", "letter", letter.id).with(details);
    audit::append(&txn, entry, now).await?;
    close_if_over(&txn, &round, Some(delivery.account), now).await?;
    txn.commit().await?;
    Ok(id)
}

/// A server gives a letter up that another had accepted: it came back, with the server's words. `false` where the attempt is not the one it left by, or
/// a person has moved the letter on meanwhile.
///
/// # Errors
/// When the letter is gone, or changed meanwhile.
pub async fn came_back(
    txn: &impl ConnectionTrait,
    dispatch: &dispatch::Model,
    words: &str,
    now: DateTime<Utc>,
) -> Result<bool, DispatchError> {
    let refused = dispatch::Entity::update_many()
        .col_expr(dispatch::Column::State, Expr::value(DispatchState::Rejected.key()))
        .col_expr(dispatch::Column::ServerAnswer, Expr::value(words))
        .col_expr(dispatch::Column::FinishedAt, Expr::value(now))
        .filter(dispatch::Column::Id.eq(dispatch.id))
        .filter(dispatch::Column::State.eq(DispatchState::Accepted.key()))
        .exec(txn)
        .await?;
    if refused.rows_affected == 0 {
        return Ok(false);
    }
    let letter = letter::Entity::find_by_id(dispatch.letter_id).one(txn).await?.ok_or(DispatchError::Missing)?;
    match advance(txn, &letter, LetterState::Bounced, None, Some(words), now).await {
        Ok(()) => Ok(true),
        // Answered or sent again since: that stands, and the attempt keeps what the server said.
        Err(DispatchError::Move(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Moves a letter and writes its history, unless somebody else moved it since it was read.
pub(super) async fn advance(
    txn: &impl ConnectionTrait,
    letter: &letter::Model,
    to: LetterState,
    account: Option<Uuid>,
    note: Option<&str>,
    now: DateTime<Utc>,
) -> Result<(), DispatchError> {
    let from: LetterState = letter.state.parse().map_err(|_| DispatchError::Missing)?;
    from.step(to)?;
    let moved = letter::Entity::update_many()
        .col_expr(letter::Column::State, Expr::value(to.key()))
        .col_expr(letter::Column::UpdatedAt, Expr::value(now))
        .filter(letter::Column::Id.eq(letter.id))
        .filter(letter::Column::State.eq(from.key()))
        .exec(txn)
        .await?;
    if moved.rows_affected == 0 {
        return Err(DispatchError::Overtaken);
    }
    let event = letter_event::ActiveModel {
        id: Set(Uuid::now_v7()),
        letter_id: Set(letter.id),
        occurred_at: Set(now),
        account_id: Set(account),
        from_state: Set(Some(from.key().to_owned())),
        to_state: Set(to.key().to_owned()),
        note: Set(note.map(str::to_owned)),
    };
    letter_event::Entity::insert(event).exec_without_returning(txn).await?;
    Ok(())
}

/// Takes the row of a round that is being sent, or closes it. Taken before any of its letters is moved, as stopping does: of two letters settled
/// at once the second sees what became of the first, and neither waits for the other.
pub(super) async fn step_sending(txn: &impl ConnectionTrait, round: Uuid, to: RoundState) -> Result<bool, DbErr> {
    let update = letter_round::Entity::update_many().col_expr(letter_round::Column::State, Expr::value(to.key()));
    let sending = letter_round::Column::State.eq(RoundState::Sending.key());
    Ok(update.filter(letter_round::Column::Id.eq(round)).filter(sending).exec(txn).await?.rows_affected == 1)
}

/// A round as it is once its row is taken, if it is being sent: nobody stops or closes it before this transaction ends.
pub(super) async fn held(txn: &impl ConnectionTrait, round: Uuid) -> Result<letter_round::Model, DispatchError> {
    step_sending(txn, round, RoundState::Sending).await?;
    letter_round::Entity::find_by_id(round).one(txn).await?.ok_or(DispatchError::Missing)
}

/// Closes a round that is being sent once nothing of it waits any more.
pub(super) async fn close_if_over(
    txn: &impl ConnectionTrait,
    round: &letter_round::Model,
    account: Option<Uuid>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    if !store::has_waiting(txn, round).await? && step_sending(txn, round.id, RoundState::Closed).await? {
        audit::append(txn, Entry::of(account, "round.closed", "round", round.id), now).await?;
    }
    Ok(())
}
