//! That a person has opened a letter, and whether they have opened enough of a round to approve it (R36). Keeps who, which letter, as it was then, and
//! when; must not keep more, and must not stop anybody from reading.

use std::collections::{BTreeMap, HashSet};

use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect, QueryTrait, sea_query::OnConflict,
};
use serde::Serialize;
use uuid::Uuid;

use super::{board::own_name, desk::post_key, store::BoardLetter};
use crate::{
    accounts::{Permission, SignedIn},
    domain::{
        language::Language,
        letter::LetterState,
        sample::{self, Candidate, Sample},
    },
    entities::{letter, letter_opened},
    platform::Platform,
    states::Directory,
};

/// Notes that a person was shown a letter as it is in `letter`, while it may still be approved. One query, and a write the first time they see it
/// like that.
///
/// # Errors
/// When the database fails.
async fn note(platform: &Platform, letter: &letter::Model, account: Uuid) -> Result<(), DbErr> {
    use letter_opened::Column as C;
    let known = letter_opened::Entity::find()
        .filter(C::LetterId.eq(letter.id))
        .filter(C::AccountId.eq(account))
        .filter(C::ContentHash.eq(&letter.content_hash))
        .one(platform.database.read())
        .await?;
    if known.is_some() {
        return Ok(());
    }
    let row = letter_opened::ActiveModel {
        id: Set(Uuid::now_v7()),
        letter_id: Set(letter.id),
        account_id: Set(account),
        content_hash: Set(letter.content_hash.clone()),
        opened_at: Set(platform.clock.now()),
    };
    let again = OnConflict::columns([C::LetterId, C::AccountId]).update_columns([C::ContentHash, C::OpenedAt]).to_owned();
    letter_opened::Entity::insert(row).on_conflict(again).exec_without_returning(platform.database.write()).await?;
    Ok(())
}

/// The same for a page, of whoever may approve. Who may read a letter reads it also when this cannot be written down; approval asks for it again.
pub(super) async fn seen(platform: &Platform, letter: &letter::Model, staff: &SignedIn) {
    let counts = staff.role.may(Permission::ApproveLetters) && letter.state.parse().is_ok_and(LetterState::is_editable);
    if counts && let Err(error) = note(platform, letter, staff.id).await {
        tracing::warn!(%error, "that a letter was opened could not be written down");
    }
}

/// The letters of a round that a person has opened, each with the hash of what they saw. One query.
///
/// # Errors
/// When the database fails.
pub async fn opened_of(db: &impl ConnectionTrait, round: Uuid, account: Uuid) -> Result<HashSet<(Uuid, String)>, DbErr> {
    use letter_opened::Column as C;
    let letters = letter::Entity::find().select_only().column(letter::Column::Id).filter(letter::Column::RoundId.eq(round));
    let rows = letter_opened::Entity::find()
        .select_only()
        .columns([C::LetterId, C::ContentHash])
        .filter(C::AccountId.eq(account))
        .filter(C::LetterId.in_subquery(letters.into_query()));
    Ok(rows.into_tuple::<(Uuid, String)>().all(db).await?.into_iter().collect())
}

/// What is looked at of a letter.
pub(super) struct Facts<'a> {
    pub id: Uuid,
    pub hash: &'a str,
    pub language: &'a str,
    pub variant: &'a str,
}

impl<'a> From<&'a letter::Model> for Facts<'a> {
    fn from(letter: &'a letter::Model) -> Self {
        Self { id: letter.id, hash: &letter.content_hash, language: &letter.language, variant: &letter.variant }
    }
}

impl<'a> From<&'a BoardLetter> for Facts<'a> {
    fn from(letter: &'a BoardLetter) -> Self {
        Self { id: letter.id, hash: &letter.content_hash, language: &letter.language, variant: &letter.variant }
    }
}

/// The sample of a round for a person, by the letters of it that are not left out; and the keys of those they have still to open.
pub(super) fn sample_of(letters: &[Facts<'_>], opened: &HashSet<(Uuid, String)>) -> (Sample, Vec<Uuid>) {
    let was_opened = |letter: &Facts<'_>| opened.contains(&(letter.id, letter.hash.to_owned()));
    let candidates: Vec<Candidate<'_>> =
        letters.iter().map(|letter| Candidate { language: letter.language, kind: letter.variant, opened: was_opened(letter) }).collect();
    let sample = sample::sample(&candidates);
    let to_open = sample.to_open.iter().filter_map(|at| letters.get(*at)).map(|letter| letter.id).collect();
    (sample, to_open)
}

/// The letters that are to be opened before a round is approved.
#[derive(Serialize)]
pub(super) struct SampleView {
    all: usize,
    opened: usize,
    to_open: Vec<ToOpenView>,
    /// Somebody approved without.
    refused: bool,
}

#[derive(Serialize)]
struct ToOpenView {
    id: Uuid,
    state_name: String,
    post_key: String,
    language: String,
}

impl SampleView {
    /// Of the letters of a board, for whoever has opened these.
    pub(super) fn of(
        letters: &[&BoardLetter],
        kinds: &BTreeMap<Uuid, String>,
        directory: &Directory,
        language: Language,
        opened: &HashSet<(Uuid, String)>,
        refused: bool,
    ) -> Self {
        let open = letters.iter().copied().filter(|letter| letter.state != LetterState::Closed.key());
        let (sample, to_open) = sample_of(&open.map(Facts::from).collect::<Vec<_>>(), opened);
        let view = |letter: &BoardLetter| ToOpenView {
            id: letter.id,
            state_name: directory.name(&letter.iso3, language).to_owned(),
            post_key: post_key(kinds.get(&letter.post_id).map_or("", String::as_str)),
            language: own_name(&letter.language),
        };
        let to_open = to_open.iter().filter_map(|id| letters.iter().find(|letter| letter.id == *id)).map(|letter| view(letter));
        Self { all: sample.all, opened: sample.opened(), to_open: to_open.collect(), refused }
    }
}
