//! Use cases of a round of letters: create, approve, release, leave out, stop. Owns its transactions; never HTTP, never a letter's text.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, sea_query::Expr};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::{draft::Content, drafting, jobs, opening, reminding, store, words};
use crate::{
    accounts::audit::{self, Entry},
    campaigns::{Current, moving},
    domain::{
        language::Language,
        letter::{ForbiddenMove, LetterState, RoundRefusal, RoundState},
    },
    entities::{event, letter, letter_event, letter_round},
    platform::{Platform, database::broken_unique, jobs::enqueue},
    signing::waves,
    states::Directory,
};

/// Why a step of a round was not taken.
#[derive(Debug, thiserror::Error)]
pub enum RoundError {
    /// There is no such round, letter, wave or event.
    #[error("not found")]
    Missing,
    /// The rules say no.
    #[error(transparent)]
    Refused(#[from] RoundRefusal),
    /// Another round has this name.
    #[error("another round has this name")]
    NameTaken,
    /// Whoever approves has not opened enough of its letters; the keys of those asked for.
    #[error("not enough of its letters were opened")]
    Unopened(Vec<Uuid>),
    /// Its event is on other days than its letters say.
    #[error("the event has moved")]
    EventMoved,
    /// Somebody else was faster.
    #[error("somebody else changed the round meanwhile")]
    Overtaken,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbErr),
    /// A fault of ours.
    #[error(transparent)]
    Unexpected(#[from] anyhow::Error),
}

/// What a round is to be.
#[derive(Clone, Debug)]
pub struct NewRound {
    /// Its name.
    pub name: String,
    /// What it counts down to, or looks back on.
    pub event_id: Uuid,
    /// Number of the wave it cites.
    pub wave: i32,
    /// Kinds of post.
    pub posts: Vec<String>,
    /// One language for all; none: each state's own.
    pub language: Option<Language>,
    /// Everything is written, nothing leaves.
    pub rehearsal: bool,
    /// Only to those who got a letter of this round and have not answered.
    pub reminds: Option<Uuid>,
    /// It looks back on the event instead of counting down to it.
    pub follows: bool,
    /// The date on the letters.
    pub dated_on: NaiveDate,
}

/// What the column `options` holds.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Options {
    /// Kinds of post.
    pub posts: Vec<String>,
    /// One language for all; none: each state's own.
    pub language: Option<Language>,
    /// Letters there will be.
    pub total: usize,
    /// The round it reminds of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reminds: Option<Uuid>,
    /// Its event is over or running, and the letters speak of what each state did there (R43).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub follows: bool,
}

impl Options {
    /// Those of a round.
    pub fn of(round: &letter_round::Model) -> Self {
        serde_json::from_value(round.options.clone()).unwrap_or_default()
    }
}

/// Creates a round and asks for its drafts.
///
/// # Errors
/// See [`RoundError`].
pub async fn create(
    platform: &Platform,
    campaign: &Current,
    directory: &Directory,
    new: NewRound,
    account: Uuid,
) -> Result<Uuid, RoundError> {
    let now = platform.clock.now();
    let id = Uuid::now_v7();
    let txn = platform.database.begin().await?;
    let wave = waves::by_number(&txn, campaign.id, new.wave).await?.ok_or(RoundError::Missing)?;
    let template = words::newest(&txn, campaign.id).await?.ok_or(RoundError::Missing)?;
    let total = match new.reminds {
        Some(round) => reminding::unanswered(&txn, of_campaign(&txn, campaign, round).await?, campaign.id).await?.len(),
        None => directory.states().len() * new.posts.len(),
    };
    if new.reminds.is_some() && total == 0 {
        return Err(RoundError::Missing); // nobody is left to be reminded
    }
    let row = letter_round::ActiveModel {
        id: Set(id),
        campaign_id: Set(campaign.id),
        name: Set(new.name),
        event_id: Set(new.event_id),
        wave_id: Set(wave.id),
        template_id: Set(template.id),
        state: Set(RoundState::Draft.key().to_owned()),
        dated_on: Set(new.dated_on),
        rehearsal: Set(new.rehearsal),
        options: Set(json!(Options { posts: new.posts, language: new.language, total, reminds: new.reminds, follows: new.follows })),
        created_by: Set(account),
        approved_by: Set(None),
        approved_at: Set(None),
        released_by: Set(None),
        released_at: Set(None),
        created_at: Set(now),
        paused_at: Set(None),
        paused_by: Set(None),
        paused_because: Set(None),
        resumed_at: Set(None),
        send_hour: Set(None),
    };
    if let Err(error) = letter_round::Entity::insert(row).exec_without_returning(&txn).await {
        let taken = broken_unique(&error, &[("ux_letter_round_name", "letter_round.name")]).is_some();
        return Err(if taken { RoundError::NameTaken } else { error.into() });
    }
    audit::append(&txn, Entry::of(Some(account), "round.created", "round", id).with(json!({ "letters": total })), now).await?;
    enqueue(&txn, jobs::draft(id), now).await?;
    txn.commit().await?;
    platform.bell.ring();
    Ok(id)
}

async fn of_campaign(db: &impl ConnectionTrait, campaign: &Current, round: Uuid) -> Result<Uuid, RoundError> {
    let found = letter_round::Entity::find_by_id(round).one(db).await?;
    found.filter(|round| round.campaign_id == campaign.id).map(|round| round.id).ok_or(RoundError::Missing)
}

/// Asks for all letters of a round anew, with the campaign's newest words; not once it is approved.
///
/// # Errors
/// See [`RoundError`].
pub async fn draft_anew(platform: &Platform, id: Uuid) -> Result<(), RoundError> {
    let txn = platform.database.begin().await?;
    let round = letter_round::Entity::find_by_id(id).one(&txn).await?.ok_or(RoundError::Missing)?;
    let from: RoundState = round.state.parse().map_err(anyhow::Error::from)?;
    if !from.is_open() {
        return Err(RoundRefusal::from(ForbiddenMove { from, to: RoundState::Draft }).into());
    }
    let template = words::newest(&txn, round.campaign_id).await?.ok_or(RoundError::Missing)?;
    let change = letter_round::ActiveModel { template_id: Set(template.id), ..Default::default() };
    move_round(&txn, id, from, change).await?;
    enqueue(&txn, jobs::draft(id), platform.clock.now()).await?;
    txn.commit().await?;
    platform.bell.ring();
    Ok(())
}

/// Approves a round and its letters; refused while anything stops one of them, and to whoever has not opened a sample of the letters as they are now
/// (R36). All letters are checked again, as things are now: an event may be over, an addressee gone, a state's position another. What is found is kept,
/// so that the board shows it.
///
/// # Errors
/// See [`RoundError`].
pub async fn approve(platform: &Platform, campaign: &Current, directory: &Directory, id: Uuid, account: Uuid) -> Result<(), RoundError> {
    let now = platform.clock.now();
    platform.typesetter.ready().await.map_err(anyhow::Error::from)?;
    let txn = platform.database.begin().await?;
    let round = letter_round::Entity::find_by_id(id).one(&txn).await?.ok_or(RoundError::Missing)?;
    let from: RoundState = round.state.parse().map_err(anyhow::Error::from)?;
    from.step(RoundState::Approved).map_err(RoundRefusal::from)?;
    hold_round(&txn, id, from).await?;
    let letters = drafting::check_again(&txn, campaign, directory, &platform.typesetter, id, now).await?;
    let open = || letters.iter().filter(|letter| letter.state != LetterState::Closed.key());
    let (total, blocked) = open().fold((0_u32, 0_u32), |(total, blocked), letter| (total + 1, blocked + u32::from(letter.blockers > 0)));
    let to = match from.approve(total, blocked) {
        Ok(to) => to,
        Err(refusal) => {
            txn.commit().await?;
            return Err(refusal.into());
        }
    };
    let opened = opening::opened_of(&txn, id, account).await?;
    let (_, to_open) = opening::sample_of(&open().map(opening::Facts::from).collect::<Vec<_>>(), &opened);
    if !to_open.is_empty() {
        txn.commit().await?;
        return Err(RoundError::Unopened(to_open));
    }
    let change = letter_round::ActiveModel {
        state: Set(to.key().to_owned()),
        approved_by: Set(Some(account)),
        approved_at: Set(Some(now)),
        ..Default::default()
    };
    move_round(&txn, id, from, change).await?;
    move_letters(&txn, &letters, LetterState::Checked, LetterState::Approved, Some(account), now).await?;
    audit::append(&txn, Entry::of(Some(account), "round.approved", "round", id).with(json!({ "letters": total })), now).await?;
    txn.commit().await?;
    Ok(())
}

/// Releases an approved round; never by the person who approved it (R36). With an `hour` of the day each letter leaves by the clock of the office that
/// reads it, from that hour on; without one, at once. Refused when the event has moved since.
///
/// # Errors
/// See [`RoundError`].
pub async fn release(platform: &Platform, id: Uuid, hour: Option<u32>, account: Uuid) -> Result<(), RoundError> {
    let now = platform.clock.now();
    let txn = platform.database.begin().await?;
    let round = letter_round::Entity::find_by_id(id).one(&txn).await?.ok_or(RoundError::Missing)?;
    let from: RoundState = round.state.parse().map_err(anyhow::Error::from)?;
    let to = from.release(round.approved_by.as_ref(), &account)?;
    if has_moved(&txn, &round).await? {
        return Err(RoundError::EventMoved);
    }
    let change = letter_round::ActiveModel {
        state: Set(to.key().to_owned()),
        released_by: Set(Some(account)),
        released_at: Set(Some(now)),
        send_hour: Set(hour.and_then(|hour| i16::try_from(hour).ok())),
        ..Default::default()
    };
    move_round(&txn, id, from, change).await?;
    let mut details = json!({ "rehearsal": round.rehearsal });
    if let (Some(hour), Some(details)) = (hour, details.as_object_mut()) {
        details.insert("hour".to_owned(), hour.into());
    }
    audit::append(&txn, Entry::of(Some(account), "round.released", "round", id).with(details), now).await?;
    enqueue(&txn, jobs::typeset(id), now).await?;
    txn.commit().await?;
    platform.bell.ring();
    Ok(())
}

/// Whether the event of an approved round has moved since its letters were drafted (R40). Two queries.
async fn has_moved(db: &impl ConnectionTrait, round: &letter_round::Model) -> Result<bool, RoundError> {
    let letters = letter::Entity::find().filter(letter::Column::RoundId.eq(round.id));
    let letter = letters.filter(letter::Column::State.eq(LetterState::Approved.key())).one(db).await?;
    let Some((letter, event)) = letter.zip(event::Entity::find_by_id(round.event_id).one(db).await?) else { return Ok(false) };
    let content: Content = serde_json::from_value(letter.content).map_err(anyhow::Error::from)?;
    Ok(content.counts_to.is_some_and(|days| days != moving::days_of(&event)))
}

/// Leaves the letters out that something blocks; they are closed with a note, the others go on. Not once the round is approved.
///
/// # Errors
/// See [`RoundError`].
pub async fn leave_out_blocked(platform: &Platform, id: Uuid, account: Uuid) -> Result<u64, RoundError> {
    let now = platform.clock.now();
    let txn = platform.database.begin().await?;
    let round = letter_round::Entity::find_by_id(id).one(&txn).await?.ok_or(RoundError::Missing)?;
    let at: RoundState = round.state.parse().map_err(anyhow::Error::from)?;
    if !at.is_open() {
        return Err(RoundError::Overtaken);
    }
    hold_round(&txn, id, at).await?;
    let blocked: Vec<letter::Model> = store::letters_of(&txn, id).await?.into_iter().filter(|letter| letter.blockers > 0).collect();
    let count = move_letters(&txn, &blocked, LetterState::Draft, LetterState::Closed, Some(account), now).await?;
    audit::append(&txn, Entry::of(Some(account), "round.left_out", "round", id).with(json!({ "letters": count })), now).await?;
    txn.commit().await?;
    Ok(count)
}

/// Stops a round: letters that have not left go no further; those that wait for the mail are taken out of the queue.
///
/// # Errors
/// See [`RoundError`].
pub async fn stop(platform: &Platform, id: Uuid, account: Uuid) -> Result<(), RoundError> {
    let now = platform.clock.now();
    let txn = platform.database.begin().await?;
    let round = letter_round::Entity::find_by_id(id).one(&txn).await?.ok_or(RoundError::Missing)?;
    let from: RoundState = round.state.parse().map_err(anyhow::Error::from)?;
    let to = from.step(RoundState::Closed).map_err(RoundRefusal::from)?;
    move_round(&txn, id, from, letter_round::ActiveModel { state: Set(to.key().to_owned()), ..Default::default() }).await?;
    let letters = store::letters_of(&txn, id).await?;
    let is_held = |letter: &&letter::Model| {
        letter.state.parse().is_ok_and(|state: LetterState| state.is_held(round.rehearsal && letter.file_id.is_some()))
    };
    let held_back = letters.iter().filter(is_held).count();
    move_letters(&txn, &letters, LetterState::Queued, LetterState::Approved, Some(account), now).await?;
    audit::append(&txn, Entry::of(Some(account), "round.stopped", "round", id).with(json!({ "held_back": held_back })), now).await?;
    txn.commit().await?;
    Ok(())
}

/// Takes the round's row for this transaction while it is still in `state`: drafting and approving never work on the same letters.
pub(super) async fn hold_round(db: &impl ConnectionTrait, id: Uuid, state: RoundState) -> Result<(), RoundError> {
    move_round(db, id, state, letter_round::ActiveModel { state: Set(state.key().to_owned()), ..Default::default() }).await
}

pub(super) async fn move_round(
    db: &impl ConnectionTrait,
    id: Uuid,
    from: RoundState,
    change: letter_round::ActiveModel,
) -> Result<(), RoundError> {
    let update = letter_round::Entity::update_many().set(change);
    let update = update.filter(letter_round::Column::Id.eq(id)).filter(letter_round::Column::State.eq(from.key()));
    if update.exec(db).await?.rows_affected == 1 { Ok(()) } else { Err(RoundError::Overtaken) }
}

/// Moves those of the letters that are in `from`, each with a line in its history.
async fn move_letters(
    db: &impl ConnectionTrait,
    letters: &[letter::Model],
    from: LetterState,
    to: LetterState,
    account: Option<Uuid>,
    now: DateTime<Utc>,
) -> Result<u64, RoundError> {
    from.step(to).map_err(anyhow::Error::from)?;
    let moving: Vec<&letter::Model> = letters.iter().filter(|letter| letter.state == from.key()).collect();
    for chunk in moving.chunks(200) {
        let ids: Vec<Uuid> = chunk.iter().map(|letter| letter.id).collect();
        let update = letter::Entity::update_many()
            .col_expr(letter::Column::State, Expr::value(to.key()))
            .col_expr(letter::Column::UpdatedAt, Expr::value(now));
        let update = update.filter(letter::Column::Id.is_in(ids)).filter(letter::Column::State.eq(from.key()));
        if update.exec(db).await?.rows_affected != chunk.len() as u64 {
            return Err(RoundError::Overtaken);
        }
        let events = chunk.iter().map(|letter| letter_event::ActiveModel {
            id: Set(Uuid::now_v7()),
            letter_id: Set(letter.id),
            occurred_at: Set(now),
            account_id: Set(account),
            from_state: Set(Some(from.key().to_owned())),
            to_state: Set(to.key().to_owned()),
            note: Set(None),
        });
        letter_event::Entity::insert_many(events).exec_without_returning(db).await?;
    }
    Ok(moving.len() as u64)
}
