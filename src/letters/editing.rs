//! What a person writes into one letter: paragraph by paragraph over the template's words, kept whatever becomes of the template (R34). Must not
//! change a letter that is approved.

use std::collections::{BTreeMap, HashMap};

use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect, QueryTrait};
use serde_json::json;
use uuid::Uuid;

use super::{dispatch::DispatchError, draft::Content, drafting, single};
use crate::{
    accounts::audit::{self, Entry},
    campaigns::Current,
    domain::{
        edit::Edit,
        letter::{ForbiddenMove, LetterState, RoundState},
    },
    entities::{letter, letter_edit},
    platform::Platform,
    states::Directory,
};

/// What is to become of a paragraph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// These words; empty: it is left out.
    Text(String),
    /// The template's words again.
    Template,
}

/// What is edited in the letters of a round, by letter. One query.
///
/// # Errors
/// When the database fails.
pub async fn edits_of(db: &impl ConnectionTrait, round: Uuid) -> Result<HashMap<Uuid, Vec<Edit>>, DbErr> {
    let letters = letter::Entity::find().select_only().column(letter::Column::Id).filter(letter::Column::RoundId.eq(round));
    let rows = letter_edit::Entity::find().filter(letter_edit::Column::LetterId.in_subquery(letters.into_query())).all(db).await?;
    let mut edits: HashMap<Uuid, Vec<Edit>> = HashMap::new();
    for row in rows {
        edits.entry(row.letter_id).or_default().push(Edit { block: row.block, base: row.base, text: row.text });
    }
    Ok(edits)
}

/// What is edited in one letter, with who and when. One query.
///
/// # Errors
/// When the database fails.
pub async fn rows_of(db: &impl ConnectionTrait, letter: Uuid) -> Result<Vec<letter_edit::Model>, DbErr> {
    letter_edit::Entity::find().filter(letter_edit::Column::LetterId.eq(letter)).all(db).await
}

/// Keeps what a person made of a letter's paragraphs, by key, and writes the letter anew. `seen` is the hash of the letter that the person had
/// before them: of two who edit one letter the second is told. A paragraph that says what the template says is no edit. Words for a paragraph
/// that the letter no longer has go with [`Change::Template`].
///
/// # Errors
/// When somebody else changed the letter, or it is approved or has left.
pub async fn edit(
    platform: &Platform,
    campaign: &Current,
    directory: &Directory,
    (id, seen): (Uuid, &str),
    changes: &BTreeMap<String, Change>,
    account: Uuid,
) -> Result<(), DispatchError> {
    let now = platform.clock.now();
    platform.typesetter.ready().await.map_err(anyhow::Error::from)?;
    let txn = platform.database.begin().await?;
    let (round, letter) = single::held_before_it_leaves(&txn, id).await?;
    let from: LetterState = letter.state.parse().map_err(|_| DispatchError::Missing)?;
    let open = round.state.parse().is_ok_and(RoundState::is_open);
    if !open || !from.is_editable() {
        return Err(ForbiddenMove { from, to: LetterState::Draft }.into());
    }
    if letter.content_hash != seen {
        return Err(DispatchError::Overtaken);
    }
    let content: Content = serde_json::from_value(letter.content.clone()).map_err(anyhow::Error::from)?;
    let kept: HashMap<String, Edit> = edits_of(&txn, round.id).await?.remove(&id).unwrap_or_default().into_iter().map(keyed).collect();
    let (mut written, mut taken_back) = (Vec::new(), Vec::new());
    for (block, change) in changes {
        let drafted = content.drafted.iter().find(|drafted| drafted.key == *block);
        let template = drafted.and_then(|drafted| drafted.edited.as_ref().map_or(&drafted.text, |edited| &edited.template).clone());
        match change {
            // Words that are missing in the letter's language are no edit of a form sent back as it came: they stop the letter still.
            Change::Text(text) if drafted.is_some() && template.as_deref().unwrap_or_default() != text => {
                let now_kept = Edit { block: block.clone(), base: template, text: text.clone() };
                if kept.get(block) != Some(&now_kept) {
                    written.push(now_kept);
                }
            }
            Change::Text(_) | Change::Template if kept.contains_key(block) && (drafted.is_some() || *change == Change::Template) => {
                taken_back.push(block.clone());
            }
            Change::Text(_) | Change::Template => {}
        }
    }
    if written.is_empty() && taken_back.is_empty() {
        return Ok(());
    }
    let details = json!({
        "written": written.iter().map(|edit| edit.block.as_str()).collect::<Vec<_>>(),
        "taken_back": taken_back,
    });
    let replaced = written.iter().map(|edit| edit.block.clone()).chain(taken_back);
    letter_edit::Entity::delete_many()
        .filter(letter_edit::Column::LetterId.eq(id))
        .filter(letter_edit::Column::Block.is_in(replaced))
        .exec(&txn)
        .await?;
    if !written.is_empty() {
        let rows = written.into_iter().map(|edit| letter_edit::ActiveModel {
            id: Set(Uuid::now_v7()),
            letter_id: Set(id),
            block: Set(edit.block),
            base: Set(edit.base),
            text: Set(edit.text),
            account_id: Set(account),
            edited_at: Set(now),
        });
        letter_edit::Entity::insert_many(rows).exec_without_returning(&txn).await?;
    }
    drafting::draft_one(&txn, platform, campaign, directory, &letter, account).await?;
    audit::append(&txn, Entry::of(Some(account), "letter.edited", "letter", id).with(details), now).await?;
    txn.commit().await?;
    Ok(())
}

fn keyed(edit: Edit) -> (String, Edit) {
    (edit.block.clone(), edit)
}
