//! What rounds and letters are read by. Must not change anything.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait,
};
use uuid::Uuid;

use super::service::RoundError;
use crate::{
    domain::{
        headline::Headline,
        letter::{DispatchState, LetterState, RoundState},
        wave::WaveLine,
        wording::LetterWords,
    },
    entities::{dispatch, letter, letter_round, letter_template, meeting, post, promise, wave},
    platform::files,
    signing::waves,
};

/// A round with everything its letters share.
#[derive(Debug)]
pub struct Loaded {
    /// The round.
    pub round: letter_round::Model,
    /// The wave it cites.
    pub wave: wave::Model,
    /// Its counts.
    pub counts: Headline,
    /// Its lines.
    pub lines: Vec<WaveLine>,
    /// The words.
    pub words: LetterWords,
}

/// Loads a round. Four queries.
///
/// # Errors
/// See [`RoundError`].
pub async fn load(db: &impl ConnectionTrait, id: Uuid) -> Result<Loaded, RoundError> {
    let round = letter_round::Entity::find_by_id(id).one(db).await?.ok_or(RoundError::Missing)?;
    let wave = wave::Entity::find_by_id(round.wave_id).one(db).await?.ok_or(RoundError::Missing)?;
    let template = letter_template::Entity::find_by_id(round.template_id).one(db).await?.ok_or(RoundError::Missing)?;
    let counts = waves::frozen_counts(&wave).ok_or_else(|| anyhow::anyhow!("the wave's counts cannot be read"))?;
    let lines = waves::lines(db, wave.id).await?;
    let words = serde_json::from_value(template.blocks).map_err(anyhow::Error::from)?;
    Ok(Loaded { round, wave, counts, lines, words })
}

/// The round of a campaign with this name.
///
/// # Errors
/// When the database fails.
pub async fn round_named(db: &impl ConnectionTrait, campaign_id: Uuid, name: &str) -> Result<Option<letter_round::Model>, DbErr> {
    letter_round::Entity::find()
        .filter(letter_round::Column::CampaignId.eq(campaign_id))
        .filter(letter_round::Column::Name.eq(name))
        .one(db)
        .await
}

/// All letters of a round, whole. One query.
///
/// # Errors
/// When the database fails.
pub async fn letters_of(db: &impl ConnectionTrait, id: Uuid) -> Result<Vec<letter::Model>, DbErr> {
    letter::Entity::find()
        .filter(letter::Column::RoundId.eq(id))
        .order_by_asc(letter::Column::Iso3)
        .order_by_asc(letter::Column::PostId)
        .all(db)
        .await
}

/// The PDF of a letter as it was issued; none before that, and none from the moment a name is taken out of its list until it is set anew (R15).
/// Two queries.
///
/// # Errors
/// When the database fails.
pub async fn issued(db: &impl ConnectionTrait, letter: &letter::Model) -> Result<Option<Vec<u8>>, DbErr> {
    let Some(file) = letter.file_id else { return Ok(None) };
    let round = letter_round::Entity::find()
        .select_only()
        .column(letter_round::Column::WaveId)
        .filter(letter_round::Column::Id.eq(letter.round_id));
    let behind = wave::Entity::find()
        .filter(wave::Column::Id.in_subquery(round.into_query()))
        .filter(wave::Column::NamesRemoved.gt(letter.names_removed));
    if behind.count(db).await? > 0 {
        return Ok(None);
    }
    Ok(files::load(db, file).await?.map(|file| file.content))
}

/// What the board shows of a letter: not its text, which is most of the row.
#[derive(Clone, Debug, FromQueryResult)]
pub struct BoardLetter {
    /// Key.
    pub id: Uuid,
    /// State.
    pub iso3: String,
    /// Post.
    pub post_id: Uuid,
    /// Language.
    pub language: String,
    /// Reference.
    pub reference: String,
    /// Where it stands.
    pub state: String,
    /// What the checks found.
    pub findings: serde_json::Value,
    /// How many of that stop it.
    pub blockers: i32,
    /// Its PDF, once issued.
    pub file_id: Option<Uuid>,
    /// The way it is to leave.
    pub channel: String,
    /// Of its words as they are.
    pub content_hash: String,
    /// Its kind.
    pub variant: String,
    /// Its sentences as they are compared.
    pub marks: Option<serde_json::Value>,
}

/// The letters of a round for its board. One query.
///
/// # Errors
/// When the database fails.
pub async fn board_of(db: &impl ConnectionTrait, id: Uuid) -> Result<Vec<BoardLetter>, DbErr> {
    use letter::Column as C;
    letter::Entity::find()
        .select_only()
        .columns([C::Id, C::Iso3, C::PostId, C::Language, C::Reference, C::State, C::Findings, C::Blockers, C::FileId, C::Channel])
        .columns([C::ContentHash, C::Variant, C::Marks])
        .filter(C::RoundId.eq(id))
        .order_by_asc(C::Iso3)
        .order_by_asc(C::PostId)
        .into_model::<BoardLetter>()
        .all(db)
        .await
}

/// What was said and promised at the campaign's meetings, with one state or all, which stays with the core group (R32, R42). Two queries.
///
/// # Errors
/// When the database fails.
pub async fn words_of_meetings(db: &impl ConnectionTrait, campaign_id: Uuid, iso3: Option<&str>) -> Result<Vec<String>, DbErr> {
    let mut notes =
        meeting::Entity::find().select_only().column(meeting::Column::Notes).filter(meeting::Column::CampaignId.eq(campaign_id));
    let mut promises = promise::Entity::find()
        .select_only()
        .columns([promise::Column::Text, promise::Column::SettleNote])
        .filter(promise::Column::CampaignId.eq(campaign_id));
    if let Some(iso3) = iso3 {
        notes = notes.filter(meeting::Column::Iso3.eq(iso3));
        promises = promises.filter(promise::Column::Iso3.eq(iso3));
    }
    let mut words = notes.into_tuple::<String>().all(db).await?;
    let promises = promises.into_tuple::<(String, String)>().all(db).await?;
    words.extend(promises.into_iter().flat_map(|(text, note)| [text, note]));
    Ok(words)
}

/// The newest round for an event whose letters have left. One query.
pub(super) async fn newest_sent_round(db: &impl ConnectionTrait, campaign_id: Uuid, event: Uuid) -> Result<Option<Uuid>, DbErr> {
    let sent = letter_round::Entity::find()
        .filter(letter_round::Column::CampaignId.eq(campaign_id))
        .filter(letter_round::Column::EventId.eq(event))
        .filter(letter_round::Column::Rehearsal.eq(false))
        .filter(letter_round::Column::ReleasedAt.is_not_null())
        .order_by_desc(letter_round::Column::ReleasedAt);
    Ok(sent.one(db).await?.map(|round| round.id))
}

/// The closed rounds of a campaign in which letters were left behind, by the rule of [`LetterState::is_held`]. One query.
pub(super) async fn rounds_with_held(db: &impl ConnectionTrait, campaign_id: Uuid) -> Result<HashSet<Uuid>, DbErr> {
    use letter::Column as C;
    let closed = |rehearsal: bool| {
        letter_round::Entity::find()
            .select_only()
            .column(letter_round::Column::Id)
            .filter(letter_round::Column::CampaignId.eq(campaign_id))
            .filter(letter_round::Column::State.eq(RoundState::Closed.key()))
            .filter(letter_round::Column::Rehearsal.eq(rehearsal))
            .into_query()
    };
    let held = |rehearsed| LetterState::ALL.iter().filter(move |state| state.is_held(rehearsed)).map(|state| state.key());
    let real = Condition::all().add(C::State.is_in(held(false))).add(C::RoundId.in_subquery(closed(false)));
    let has_file = Condition::any().add(C::State.is_in(held(true))).add(C::FileId.is_null());
    let rehearsed = Condition::all().add(C::State.is_in(held(false))).add(has_file).add(C::RoundId.in_subquery(closed(true)));
    let rounds = letter::Entity::find().select_only().column(C::RoundId).distinct().filter(Condition::any().add(real).add(rehearsed));
    Ok(rounds.into_tuple::<Uuid>().all(db).await?.into_iter().collect())
}

/// Whether a letter is still to leave; in a rehearsal, to be rehearsed: a rehearsed one is approved again and has its file. One query.
pub(super) async fn has_waiting(db: &impl ConnectionTrait, round: &letter_round::Model) -> Result<bool, DbErr> {
    use letter::Column as C;
    let approved = Condition::all().add(C::State.eq(LetterState::Approved.key()));
    let approved = if round.rehearsal { approved.add(C::FileId.is_null()) } else { approved };
    let waits = Condition::any().add(C::State.eq(LetterState::Queued.key())).add(approved);
    Ok(letter::Entity::find().filter(C::RoundId.eq(round.id)).filter(waits).count(db).await? > 0)
}

/// Whether a letter that came back may leave again: not once its round was stopped, which leaves approved letters behind. One query.
pub(super) async fn may_leave_again(db: &impl ConnectionTrait, round: &letter_round::Model) -> Result<bool, DbErr> {
    use letter::Column as C;
    let left = letter::Entity::find().filter(C::RoundId.eq(round.id)).filter(C::State.eq(LetterState::Approved.key())).count(db).await?;
    let is_over = round.state == RoundState::Closed.key() && left == 0;
    Ok(!round.rehearsal && (is_over || round.state == RoundState::Sending.key()))
}

/// What may be told of a letter to whoever holds it: which office it is to, and when it left, if it did.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Its reference.
    pub reference: String,
    /// State written to.
    pub iso3: String,
    /// Kind of post.
    pub post: String,
    /// When it was given to a server that did not refuse it, or a person delivered it, the last time; a letter that was only prepared or rehearsed
    /// has none.
    pub left_at: Option<DateTime<Utc>>,
    /// Of the PDF, in hexadecimal, once there is one.
    pub sha256: Option<String>,
}

/// A letter by its reference. Four queries, each by an index.
///
/// # Errors
/// When the database fails.
pub async fn asked_about(db: &impl ConnectionTrait, reference: &str) -> Result<Option<Asked>, DbErr> {
    let letter = letter::Entity::find().filter(letter::Column::Reference.eq(reference)).one(db).await?;
    asked(db, letter).await
}

/// The PDF that a reference stands for, once the letter has left. Five queries, each by an index.
///
/// # Errors
/// When the database fails.
pub async fn left_as(db: &impl ConnectionTrait, reference: &str) -> Result<Option<Vec<u8>>, DbErr> {
    let Some(letter) = letter::Entity::find().filter(letter::Column::Reference.eq(reference)).one(db).await? else { return Ok(None) };
    let file = letter.file_id;
    match (asked(db, Some(letter)).await?.and_then(|asked| asked.left_at), file) {
        (Some(_), Some(file)) => Ok(files::load(db, file).await?.map(|file| file.content)),
        _ => Ok(None),
    }
}

/// The letter whose PDF has this SHA-256, in hexadecimal. Five queries, each by an index.
///
/// # Errors
/// When the database fails.
pub async fn issued_as(db: &impl ConnectionTrait, sha256: &str) -> Result<Option<Asked>, DbErr> {
    let Some(file) = files::id_of(db, sha256).await? else { return Ok(None) };
    let letter = letter::Entity::find().filter(letter::Column::FileId.eq(file)).one(db).await?;
    asked(db, letter).await
}

async fn asked(db: &impl ConnectionTrait, letter: Option<letter::Model>) -> Result<Option<Asked>, DbErr> {
    let Some(letter) = letter else { return Ok(None) };
    let post = post::Entity::find_by_id(letter.post_id).one(db).await?;
    let left = dispatch::Entity::find()
        .filter(dispatch::Column::LetterId.eq(letter.id))
        // Counted before the mail leaves: whoever has the letter in hand is never told that it is not ours, also when the server said "later" or
        // the process died before it heard the answer.
        .filter(dispatch::Column::Attempts.gt(0))
        .filter(dispatch::Column::State.ne(DispatchState::Rejected.key()))
        .order_by_desc(dispatch::Column::FinishedAt)
        .one(db)
        .await?;
    let left_at = left.map(|dispatch| dispatch.finished_at.unwrap_or(dispatch.created_at));
    let sha256 = match letter.file_id {
        Some(file) => files::hash_of(db, file).await?,
        None => None,
    };
    let post = post.map_or_else(String::new, |post| post.kind);
    Ok(Some(Asked { reference: letter.reference, iso3: letter.iso3, post, left_at, sha256 }))
}

/// How many letters of a round wait for their hour, and when the next of them leaves. One query.
///
/// # Errors
/// When the database fails.
pub async fn waiting_for_hour(db: &impl ConnectionTrait, round: Uuid, now: DateTime<Utc>) -> Result<Option<(u64, DateTime<Utc>)>, DbErr> {
    let letters = letter::Entity::find().select_only().column(letter::Column::Id).filter(letter::Column::RoundId.eq(round));
    let hours: Vec<DateTime<Utc>> = dispatch::Entity::find()
        .select_only()
        .column(dispatch::Column::NotBefore)
        .filter(dispatch::Column::LetterId.in_subquery(letters.into_query()))
        .filter(dispatch::Column::State.eq(DispatchState::Queued.key()))
        .filter(dispatch::Column::NotBefore.gt(now))
        .into_tuple()
        .all(db)
        .await?;
    Ok(hours.iter().min().map(|next| (hours.len() as u64, *next)))
}

/// How many letters of a round have an attempt in each state. One query.
///
/// # Errors
/// When the database fails.
pub async fn attempts_of(db: &impl ConnectionTrait, round: Uuid) -> Result<Vec<(String, i64)>, DbErr> {
    use sea_orm::sea_query::{Expr, ExprTrait};
    let letters = letter::Entity::find().select_only().column(letter::Column::Id).filter(letter::Column::RoundId.eq(round));
    dispatch::Entity::find()
        .select_only()
        .column(dispatch::Column::State)
        .column_as(Expr::col(dispatch::Column::LetterId).count_distinct(), "letters")
        .filter(dispatch::Column::LetterId.in_subquery(letters.into_query()))
        .group_by(dispatch::Column::State)
        .into_tuple()
        .all(db)
        .await
}
