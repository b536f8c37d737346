//! Drafts all letters of a round or one of them anew, and checks them again when somebody approves it. What a person wrote into a letter stays (R34).
//! Must not move a round past "checked".

use std::{collections::HashMap, sync::Arc};

use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use super::{
    addressing::Recipient,
    checking::Standard,
    draft::{self, Content, Occasion, Sender},
    editing, facts, following, reminding,
    service::{self, Options, RoundError},
    store,
};
use crate::{
    accounts::audit::{self, Entry},
    campaigns::{Current, load::content_hash},
    domain::{
        campaign::Campaign,
        checks::{self, Finding},
        language::Language,
        letter::{Channel, LetterState, PostKind, RoundState},
        reference::{Reference, ReferenceKind},
        sample,
        uniformity::Marks,
    },
    entities::{letter, letter_event, letter_round, post},
    platform::{Platform, typeset::Typesetter},
    states::{
        Directory,
        directory::StateEntry,
        posts::{self, PostWithHolder},
    },
};

/// Rows of one insert: what both databases take with a whole letter in each.
const ROWS_AT_ONCE: usize = 50;

/// The language a state is written to in: the office's own wish, else the first language of letters that is official there, else English.
fn language_of(options: &Options, campaign: &Campaign, state: &StateEntry, wish: Option<&str>) -> Language {
    options.language.unwrap_or_else(|| language_of_state(campaign, state, wish))
}

/// The same where nobody has chosen one language for all.
pub fn language_of_state(campaign: &Campaign, state: &StateEntry, wish: Option<&str>) -> Language {
    wish.and_then(|code| Language::of_letters(code).ok()).unwrap_or_else(|| state.language(campaign.languages_of_letters()))
}

/// The post as an observer or a member has it.
pub fn post_kind(state: &StateEntry, kind: &str) -> PostKind {
    match kind.parse() {
        Ok(PostKind::PermanentRepresentative) if state.un_status == "observer" => PostKind::PermanentObserver,
        Ok(kind) => kind,
        Err(_) => PostKind::PermanentRepresentative,
    }
}

/// Drafts, or drafts anew, all letters of a round that may still change. One transaction; references stay what they were. Returns how many.
///
/// # Errors
/// See [`RoundError`].
pub async fn draft_all(platform: &Platform, campaign: &Current, directory: &Arc<Directory>, id: Uuid) -> Result<usize, RoundError> {
    let now = platform.clock.now();
    platform.typesetter.ready().await.map_err(anyhow::Error::from)?;
    let txn = platform.database.begin().await?;
    let loaded = store::load(&txn, id).await?;
    let state: RoundState = loaded.round.state.parse().map_err(anyhow::Error::from)?;
    if !state.is_open() {
        return Ok(0);
    }
    service::hold_round(&txn, id, state).await?;
    let drafted = write(&txn, platform, campaign, directory, &loaded, (None, None), now).await?;
    let checked = letter_round::ActiveModel { state: Set(RoundState::Checked.key().to_owned()), ..Default::default() };
    service::move_round(&txn, id, state, checked).await?;
    audit::append(&txn, Entry::of(None, "round.drafted", "round", id).with(json!({ "letters": drafted })), now).await?;
    txn.commit().await?;
    Ok(drafted)
}

/// Writes one letter of a loaded round anew, within the caller's transaction, which holds the round.
///
/// # Errors
/// See [`RoundError`].
pub(super) async fn draft_one(
    txn: &impl ConnectionTrait,
    platform: &Platform,
    campaign: &Current,
    directory: &Directory,
    letter: &letter::Model,
    account: Uuid,
) -> Result<(), RoundError> {
    let loaded = store::load(txn, letter.round_id).await?;
    write(txn, platform, campaign, directory, &loaded, (Some(letter.id), Some(account)), platform.clock.now()).await?;
    Ok(())
}

/// Writes the letters of a round, or `only` one of them. Five queries more than what each write costs.
async fn write(
    txn: &impl ConnectionTrait,
    platform: &Platform,
    campaign: &Current,
    directory: &Directory,
    loaded: &store::Loaded,
    (only, account): (Option<Uuid>, Option<Uuid>),
    now: DateTime<Utc>,
) -> Result<usize, RoundError> {
    let (id, today) = (loaded.round.id, now.date_naive());
    let options = Options::of(&loaded.round);
    let event = campaign.events.iter().find(|event| event.id == loaded.round.event_id).ok_or(RoundError::Missing)?;
    let known = following::known_to_round(txn, campaign, directory, loaded).await?;
    let standard = Standard::gather(txn, loaded, event, &platform.typesetter, today).await?;
    let existing = letter::Entity::find().filter(letter::Column::RoundId.eq(id)).all(txn).await?;
    let edits = editing::edits_of(txn, id).await?;
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
    let (mut fresh, mut history) = (Vec::new(), Vec::new());
    let mut drafted = 0;
    let unanswered = match options.reminds {
        Some(round) => Some(reminding::unanswered(txn, round, campaign.id).await?),
        None => None,
    };
    for entry in posts::on_day(txn, &options.posts, today).await? {
        let Some(state) = directory.state(&entry.post.iso3) else { continue };
        let before = unanswered.as_ref().map(|unanswered| unanswered.get(&entry.post.id));
        if before.is_some_and(|before| before.is_none()) {
            continue; // not of the earlier round, or answered
        }
        let wish = entry.addressee.as_ref().and_then(|addressee| addressee.language.as_deref());
        let language = language_of(&options, &campaign.config, state, wish);
        let known = known.get(&state.iso3).unwrap_or(&unknown);
        let earlier = existing.get(&entry.post.id);
        if only.is_some() && only != earlier.map(|letter| letter.id) {
            continue;
        }
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
        let recipient = Recipient::of_coalition(kind, entry.addressee.as_ref(), before.flatten());
        let edits = edits.get(&letter_id).map_or(&[][..], Vec::as_slice);
        let content = draft::draft(&occasion, state, region, known, &recipient, language, &sender, &reference, edits);
        let way = earlier.and_then(|letter| letter.channel.parse().ok()).unwrap_or(Channel::Mail);
        let because = earlier.and_then(|letter| letter.unchecked_because.clone());
        let findings = standard.check(&content, known, (kind, way), language, (entry.addressee.as_ref(), because.is_some()));
        let mut row = letter_row(letter_id, id, &entry.post, language, reference, &content, &findings, now)?;
        (row.channel, row.unchecked_because) = (Set(way.key().to_owned()), Set(because));
        row.marks = Set(Some(json!(marks(&content, state, language))));
        history.extend(steps(letter_id, earlier.map(|letter| letter.state.as_str()), state_after(&findings), account, now));
        drafted += 1;
        if earlier.is_some() {
            letter::Entity::update_many().set(row).filter(letter::Column::Id.eq(letter_id)).exec(txn).await?;
        } else {
            fresh.push(row);
        }
    }
    for chunk in in_chunks(fresh) {
        letter::Entity::insert_many(chunk).exec_without_returning(txn).await?;
    }
    for chunk in in_chunks(history) {
        letter_event::Entity::insert_many(chunk).exec_without_returning(txn).await?;
    }
    Ok(drafted)
}

/// Checks all letters of a round again as things are now, within the caller's transaction, and keeps what is found anew. Returns the letters
/// as they are after that.
///
/// # Errors
/// See [`RoundError`].
pub async fn check_again(
    txn: &impl ConnectionTrait,
    campaign: &Current,
    directory: &Directory,
    typesetter: &Typesetter,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<Vec<letter::Model>, RoundError> {
    let today = now.date_naive();
    let loaded = store::load(txn, id).await?;
    let event = campaign.events.iter().find(|event| event.id == loaded.round.event_id).ok_or(RoundError::Missing)?;
    let known = following::known_to_round(txn, campaign, directory, &loaded).await?;
    let standard = Standard::gather(txn, &loaded, event, typesetter, today).await?;
    let entries = posts::on_day(txn, &Options::of(&loaded.round).posts, today).await?;
    let entries: HashMap<Uuid, PostWithHolder> = entries.into_iter().map(|entry| (entry.post.id, entry)).collect();
    let unknown = facts::Known::default();
    let mut letters = store::letters_of(txn, id).await?;
    let mut history = Vec::new();
    for letter in &mut letters {
        let (Some(state), Some(entry)) = (directory.state(&letter.iso3), entries.get(&letter.post_id)) else { continue };
        if !letter.state.parse().is_ok_and(LetterState::is_editable) {
            continue;
        }
        let content: Content = serde_json::from_value(letter.content.clone()).map_err(anyhow::Error::from)?;
        let language = Language::of_letters(&letter.language).map_err(anyhow::Error::from)?;
        let known = known.get(&letter.iso3).unwrap_or(&unknown);
        let to = (post_kind(state, &entry.post.kind), letter.channel.parse().unwrap_or(Channel::Mail));
        let excused = letter.unchecked_because.is_some();
        let findings = standard.check(&content, known, to, language, (entry.addressee.as_ref(), excused));
        let value = json!(findings);
        if value == letter.findings {
            continue;
        }
        let after = state_after(&findings);
        if letter.state != after.key() {
            history.extend(steps(letter.id, Some(&letter.state), after, None, now));
        }
        (letter.findings, letter.blockers, letter.state) = (value, blockers(&findings), after.key().to_owned());
        let change = letter::ActiveModel {
            findings: Set(letter.findings.clone()),
            blockers: Set(letter.blockers),
            state: Set(letter.state.clone()),
            updated_at: Set(now),
            ..Default::default()
        };
        letter::Entity::update_many().set(change).filter(letter::Column::Id.eq(letter.id)).exec(txn).await?;
    }
    for chunk in in_chunks(history) {
        letter_event::Entity::insert_many(chunk).exec_without_returning(txn).await?;
    }
    Ok(letters)
}

/// A letter's sentences without the name of its state.
fn marks(content: &Content, state: &StateEntry, language: Language) -> Marks {
    let forms = state.forms.in_language(language);
    Marks::of(&content.drafted, &[&forms.name, &forms.formal, &forms.run, &forms.of, &forms.within, &forms.adjective])
}

/// The kind of a letter as it is stored: short, and the same for the same.
fn variant(content: &Content) -> String {
    content_hash(&sample::kind_of(&content.drafted)).chars().take(16).collect()
}

fn blockers(findings: &[Finding]) -> i32 {
    i32::try_from(checks::blockers(findings)).unwrap_or(i32::MAX)
}

fn state_after(findings: &[Finding]) -> LetterState {
    if checks::blockers(findings) == 0 { LetterState::Checked } else { LetterState::Draft }
}

/// The lines of the letter's history: written, and checked where nothing stops it.
fn steps(letter: Uuid, from: Option<&str>, to: LetterState, account: Option<Uuid>, now: DateTime<Utc>) -> Vec<letter_event::ActiveModel> {
    let step = |from: Option<String>, to: LetterState| letter_event::ActiveModel {
        id: Set(Uuid::now_v7()),
        letter_id: Set(letter),
        occurred_at: Set(now),
        account_id: Set(account),
        from_state: Set(from),
        to_state: Set(to.key().to_owned()),
        note: Set(None),
    };
    let draft = LetterState::Draft;
    let mut steps = Vec::new();
    if from != Some(draft.key()) {
        steps.push(step(from.map(str::to_owned), draft));
    }
    if to != draft {
        steps.push(step(Some(draft.key().to_owned()), to));
    }
    steps
}

fn in_chunks<T>(rows: Vec<T>) -> impl Iterator<Item = Vec<T>> {
    let mut rows = rows.into_iter().peekable();
    std::iter::from_fn(move || rows.peek().is_some().then(|| rows.by_ref().take(ROWS_AT_ONCE).collect()))
}

#[allow(clippy::too_many_arguments)]
fn letter_row(
    id: Uuid,
    round_id: Uuid,
    post: &post::Model,
    language: Language,
    reference: String,
    content: &Content,
    findings: &[Finding],
    now: DateTime<Utc>,
) -> Result<letter::ActiveModel, RoundError> {
    let value = serde_json::to_value(content).map_err(anyhow::Error::from)?;
    Ok(letter::ActiveModel {
        id: Set(id),
        round_id: Set(round_id),
        iso3: Set(post.iso3.clone()),
        post_id: Set(post.id),
        language: Set(language.code().to_owned()),
        reference: Set(reference),
        state: Set(state_after(findings).key().to_owned()),
        content_hash: Set(content_hash(&value.to_string())),
        content: Set(value),
        marks: Set(None),
        variant: Set(variant(content)),
        findings: Set(json!(findings)),
        blockers: Set(blockers(findings)),
        file_id: Set(None),
        pages: Set(None),
        names_removed: Set(0),
        unchecked_because: Set(None),
        channel: Set(Channel::Mail.key().to_owned()),
        updated_at: Set(now),
    })
}
