//! Use cases of a round of letters: create, draft, approve, release, leave out. Owns its transactions; never HTTP.

use std::{collections::HashMap, sync::Arc};

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, sea_query::Expr};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::{
    draft::{self, Content, Finding, Occasion, Sender},
    facts, jobs, words,
};
use crate::{
    accounts::audit::{self, Entry},
    campaigns::Current,
    domain::{
        headline::Headline,
        language::Language,
        letter::{LetterState, PostKind, RoundRefusal, RoundState},
        reference::{Reference, ReferenceKind},
        wave::WaveLine,
        wording::LetterWords,
    },
    entities::{letter, letter_event, letter_round, letter_template, wave},
    platform::{Platform, database::broken_unique, jobs::enqueue},
    signing::waves,
    states::{Directory, directory::StateEntry, posts},
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
    /// What it counts down to.
    pub event_id: Uuid,
    /// Number of the wave it cites.
    pub wave: i32,
    /// Kinds of post.
    pub posts: Vec<String>,
    /// One language for all; none: each state's own.
    pub language: Option<Language>,
    /// Everything is written, nothing leaves.
    pub rehearsal: bool,
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
    let total = directory.states().len() * new.posts.len();
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
        options: Set(json!(Options { posts: new.posts, language: new.language, total })),
        created_by: Set(account),
        approved_by: Set(None),
        approved_at: Set(None),
        released_by: Set(None),
        released_at: Set(None),
        created_at: Set(now),
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

/// Loads a round. Five queries.
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

/// The language a state is written to in: the office's own wish, else the first UN language that is official there, else English.
fn language_of(options: &Options, state: &StateEntry, wish: Option<&str>) -> Language {
    options.language.or_else(|| wish.and_then(|code| code.parse().ok())).or_else(|| state.languages.first().copied()).unwrap_or_default()
}

/// The post as an observer or a member has it.
pub fn post_kind(state: &StateEntry, kind: &str) -> PostKind {
    match kind.parse() {
        Ok(PostKind::PermanentRepresentative) if state.un_status == "observer" => PostKind::PermanentObserver,
        Ok(kind) => kind,
        Err(_) => PostKind::PermanentRepresentative,
    }
}

/// Drafts, or drafts anew, all letters of a round that may still change. One transaction; references stay what they were.
///
/// # Errors
/// See [`RoundError`].
pub async fn draft_all(platform: &Platform, campaign: &Current, directory: &Arc<Directory>, id: Uuid) -> Result<usize, RoundError> {
    let now = platform.clock.now();
    let txn = platform.database.begin().await?;
    let loaded = load(&txn, id).await?;
    if !matches!(loaded.round.state.parse(), Ok(RoundState::Draft | RoundState::Checked)) {
        return Ok(0);
    }
    let options = Options::of(&loaded.round);
    let event = campaign.events.iter().find(|event| event.id == loaded.round.event_id).ok_or(RoundError::Missing)?;
    let known = facts::of_all_states(&txn, campaign.id, directory, &loaded.lines, loaded.round.dated_on).await?;
    let existing = letter::Entity::find().filter(letter::Column::RoundId.eq(id)).all(&txn).await?;
    let existing: HashMap<Uuid, letter::Model> = existing.into_iter().map(|letter| (letter.post_id, letter)).collect();
    let occasion = Occasion {
        campaign: &campaign.config,
        words: &loaded.words,
        event,
        counts: &loaded.counts,
        wave: loaded.wave.number,
        dated_on: loaded.round.dated_on,
        check_url: format!("{}/genuine", platform.site.base_url),
    };
    let unknown = facts::Known::default();
    let mut fresh = Vec::new();
    let mut drafted = 0;
    for entry in posts::on_day(&txn, &options.posts, loaded.round.dated_on).await? {
        let Some(state) = directory.state(&entry.post.iso3) else { continue };
        let wish = entry.addressee.as_ref().and_then(|addressee| addressee.language.as_deref());
        let language = language_of(&options, state, wish);
        let known = known.get(&state.iso3).unwrap_or(&unknown);
        let earlier = existing.get(&entry.post.id);
        if earlier.is_some_and(|letter| !letter.state.parse().is_ok_and(LetterState::is_editable)) {
            continue;
        }
        let letter_id = earlier.map_or_else(Uuid::now_v7, |letter| letter.id);
        let reference = earlier.map_or_else(
            || Reference::of(ReferenceKind::Letter, letter_id, 0).with_prefix(&campaign.config.sender.reference_prefix),
            |letter| letter.reference.clone(),
        );
        let sender = Sender::secretariat(&campaign.config, language);
        let kind = post_kind(state, &entry.post.kind);
        let region = directory.region_name(state, language);
        let (content, mut findings) = draft::draft(&occasion, state, region, known, kind, language, &sender, &reference);
        let address = entry.addressee.as_ref().and_then(|addressee| addressee.email.as_deref());
        if address.is_none() && !loaded.round.rehearsal {
            findings.push(Finding::blocker("address", ""));
        }
        let row = letter_row(letter_id, id, &entry.post, language, reference, &content, &findings, now)?;
        drafted += 1;
        if earlier.is_some() {
            letter::Entity::update_many().set(row).filter(letter::Column::Id.eq(letter_id)).exec(&txn).await?;
        } else {
            fresh.push(row);
        }
    }
    let mut fresh = fresh.into_iter().peekable();
    while fresh.peek().is_some() {
        let chunk: Vec<_> = fresh.by_ref().take(50).collect();
        letter::Entity::insert_many(chunk).exec_without_returning(&txn).await?;
    }
    let checked = letter_round::ActiveModel { state: Set(RoundState::Checked.key().to_owned()), ..Default::default() };
    letter_round::Entity::update_many().set(checked).filter(letter_round::Column::Id.eq(id)).exec(&txn).await?;
    audit::append(&txn, Entry::of(None, "round.drafted", "round", id).with(json!({ "letters": drafted })), now).await?;
    txn.commit().await?;
    Ok(drafted)
}

#[allow(clippy::too_many_arguments)]
fn letter_row(
    id: Uuid,
    round_id: Uuid,
    post: &crate::entities::post::Model,
    language: Language,
    reference: String,
    content: &Content,
    findings: &[Finding],
    now: DateTime<Utc>,
) -> Result<letter::ActiveModel, RoundError> {
    let value = serde_json::to_value(content).map_err(anyhow::Error::from)?;
    let blockers = findings.iter().filter(|finding| finding.blocks).count();
    let state = if blockers == 0 { LetterState::Checked } else { LetterState::Draft };
    Ok(letter::ActiveModel {
        id: Set(id),
        round_id: Set(round_id),
        iso3: Set(post.iso3.clone()),
        post_id: Set(post.id),
        language: Set(language.code().to_owned()),
        reference: Set(reference),
        state: Set(state.key().to_owned()),
        content_hash: Set(crate::campaigns::load::content_hash(&value.to_string())),
        content: Set(value),
        findings: Set(json!(findings)),
        blockers: Set(i32::try_from(blockers).unwrap_or(i32::MAX)),
        file_id: Set(None),
        pages: Set(None),
        updated_at: Set(now),
    })
}

/// How many letters of a round are in each state, and how many are typeset. One query.
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

/// Approves a round and its letters; refused while anything blocks one of them.
///
/// # Errors
/// See [`RoundError`].
pub async fn approve(platform: &Platform, id: Uuid, account: Uuid) -> Result<(), RoundError> {
    let now = platform.clock.now();
    let txn = platform.database.begin().await?;
    let round = letter_round::Entity::find_by_id(id).one(&txn).await?.ok_or(RoundError::Missing)?;
    let letters = letters_of(&txn, id).await?;
    let open = letters.iter().filter(|letter| letter.state != LetterState::Closed.key());
    let (total, blockers) = open.fold((0_u32, 0_u32), |(total, blockers), letter| (total + 1, blockers + u32::from(letter.blockers > 0)));
    let from: RoundState = round.state.parse().map_err(anyhow::Error::from)?;
    let to = from.approve(total, blockers)?;
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

/// Releases an approved round; never by the person who approved it (R36).
///
/// # Errors
/// See [`RoundError`].
pub async fn release(platform: &Platform, id: Uuid, account: Uuid) -> Result<(), RoundError> {
    let now = platform.clock.now();
    let txn = platform.database.begin().await?;
    let round = letter_round::Entity::find_by_id(id).one(&txn).await?.ok_or(RoundError::Missing)?;
    let from: RoundState = round.state.parse().map_err(anyhow::Error::from)?;
    let to = from.release(round.approved_by.as_ref(), &account)?;
    let change = letter_round::ActiveModel {
        state: Set(to.key().to_owned()),
        released_by: Set(Some(account)),
        released_at: Set(Some(now)),
        ..Default::default()
    };
    move_round(&txn, id, from, change).await?;
    audit::append(&txn, Entry::of(Some(account), "round.released", "round", id).with(json!({ "rehearsal": round.rehearsal })), now).await?;
    enqueue(&txn, jobs::typeset(id), now).await?;
    txn.commit().await?;
    platform.bell.ring();
    Ok(())
}

/// Leaves the letters out that something blocks; they are closed with a note, the others go on.
///
/// # Errors
/// See [`RoundError`].
pub async fn leave_out_blocked(platform: &Platform, id: Uuid, account: Uuid) -> Result<u64, RoundError> {
    let now = platform.clock.now();
    let txn = platform.database.begin().await?;
    let blocked: Vec<letter::Model> = letters_of(&txn, id).await?.into_iter().filter(|letter| letter.blockers > 0).collect();
    let count = move_letters(&txn, &blocked, LetterState::Draft, LetterState::Closed, Some(account), now).await?;
    audit::append(&txn, Entry::of(Some(account), "round.left_out", "round", id).with(json!({ "letters": count })), now).await?;
    txn.commit().await?;
    Ok(count)
}

/// Stops a round: letters that have not left go no further.
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
    audit::append(&txn, Entry::of(Some(account), "round.stopped", "round", id), now).await?;
    txn.commit().await?;
    Ok(())
}

async fn move_round(db: &impl ConnectionTrait, id: Uuid, from: RoundState, change: letter_round::ActiveModel) -> Result<(), RoundError> {
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
        update.filter(letter::Column::Id.is_in(ids)).exec(db).await?;
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
