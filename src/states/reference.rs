//! Loads the reference facts about states, which the binary carries, into the tables. Repeatable: the same file twice changes nothing.
//! Must not invent what a file does not say.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rust_embed::RustEmbed;
use sea_orm::{ActiveValue::Set, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryOrder, sea_query::OnConflict};
use serde_json::json;
use uuid::Uuid;

use super::{
    posts,
    sheet::{self, StatesError},
};
use crate::{
    domain::{campaign::parse_date, language::Language},
    entities::{group_membership, state_group},
};

#[derive(RustEmbed)]
#[folder = "assets/data/"]
#[include = "*.csv"]
struct Files;

/// Why a file could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum ReferenceError {
    /// The file is not part of this program.
    #[error("no reference file {0}")]
    Missing(String),
    /// A row is not as documented.
    #[error("{file}, line {line}: {what}")]
    Row {
        /// The file.
        file: String,
        /// Counted from 1, the heading included.
        line: usize,
        /// What is wrong.
        what: String,
    },
    /// The file of states is not as documented.
    #[error("states.csv, {0}")]
    States(#[from] StatesError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbErr),
}

/// What a load found and changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Loaded {
    /// Rows in the files.
    pub read: usize,
    /// Rows that were not there before.
    pub added: usize,
}

/// One row of a CSV file by heading.
type Row = BTreeMap<String, String>;

/// Reads a CSV text into rows by heading.
///
/// # Errors
/// [`ReferenceError::Row`] for a line that is no CSV.
fn rows(file: &str, text: &[u8]) -> Result<Vec<Row>, ReferenceError> {
    let mut reader = csv::Reader::from_reader(text);
    let fault = |line: usize, error: &dyn std::fmt::Display| ReferenceError::Row { file: file.to_owned(), line, what: error.to_string() };
    reader.deserialize().enumerate().map(|(index, row)| row.map_err(|error| fault(index + 2, &error))).collect()
}

fn shipped(name: &str) -> Result<Vec<Row>, ReferenceError> {
    let file = Files::get(name).ok_or_else(|| ReferenceError::Missing(name.to_owned()))?;
    rows(name, &file.data)
}

fn cell<'a>(row: &'a Row, name: &str) -> &'a str {
    row.get(name).map_or("", |cell| cell.trim())
}

fn optional(row: &Row, name: &str) -> Option<String> {
    Some(cell(row, name)).filter(|cell| !cell.is_empty()).map(str::to_owned)
}

/// Loads everything the binary carries: groups, states, memberships, and the two posts every state has. Run it in a transaction.
///
/// # Errors
/// When a file is not as documented or the database fails.
pub async fn load(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<Loaded, ReferenceError> {
    let mut loaded = load_groups(db).await?;
    let states = load_states(db).await?;
    let members = load_memberships(db).await?;
    loaded.read += states.read + members.read;
    loaded.added += states.added + members.added;
    posts::ensure_for_all_states(db, now).await?;
    Ok(loaded)
}

/// The cells of the tile map, by state.
///
/// # Errors
/// When the shipped file cannot be read.
pub fn tiles() -> Result<BTreeMap<String, (i32, i32)>, ReferenceError> {
    let rows = shipped("tile_map.csv")?;
    let tile = |row: &Row| Some((cell(row, "iso3").to_owned(), (cell(row, "x").parse().ok()?, cell(row, "y").parse().ok()?)));
    Ok(rows.iter().filter_map(tile).collect())
}

async fn load_states(db: &impl ConnectionTrait) -> Result<Loaded, ReferenceError> {
    let name = "states.csv";
    let file = Files::get(name).ok_or_else(|| ReferenceError::Missing(name.to_owned()))?;
    let report = sheet::import(db, &file.data, &tiles()?).await?;
    match report.rejects.into_iter().next() {
        Some(reject) => {
            let line = usize::try_from(reject.line).unwrap_or_default();
            Err(ReferenceError::Row { file: name.to_owned(), line, what: reject.reason })
        }
        None => Ok(Loaded { read: report.lines, added: report.added.len() }),
    }
}

fn chunks<T>(rows: Vec<T>, size: usize) -> impl Iterator<Item = Vec<T>> {
    let mut rows = rows.into_iter().peekable();
    std::iter::from_fn(move || rows.peek().is_some().then(|| rows.by_ref().take(size).collect()))
}

async fn load_groups(db: &impl ConnectionTrait) -> Result<Loaded, ReferenceError> {
    let rows = shipped("groups.csv")?;
    let before = state_group::Entity::find().count(db).await?;
    let models = rows.iter().map(|row| {
        let names: BTreeMap<&str, &str> = Language::LETTERS.iter().map(|l| (l.code(), cell(row, &format!("name_{l}")))).collect();
        state_group::ActiveModel {
            code: Set(cell(row, "code").to_owned()),
            kind: Set(cell(row, "kind").to_owned()),
            names: Set(json!(names)),
        }
    });
    let on_conflict =
        OnConflict::column(state_group::Column::Code).update_columns([state_group::Column::Kind, state_group::Column::Names]).to_owned();
    state_group::Entity::insert_many(models).on_conflict(on_conflict).exec_without_returning(db).await?;
    let after = state_group::Entity::find().count(db).await?;
    Ok(Loaded { read: rows.len(), added: usize::try_from(after.saturating_sub(before)).unwrap_or_default() })
}

/// Memberships have no key but their content, and an empty first day is not equal to itself in SQL: compare in memory. One that is known by group,
/// state and first day takes over a last day and a note that came later.
async fn load_memberships(db: &impl ConnectionTrait) -> Result<Loaded, ReferenceError> {
    let rows = shipped("group_members.csv")?;
    let known: Vec<group_membership::Model> = group_membership::Entity::find().order_by_asc(group_membership::Column::Id).all(db).await?;
    let known: std::collections::HashMap<_, _> =
        known.into_iter().map(|row| ((row.group_code.clone(), row.iso3.clone(), row.starts_on), row)).collect();
    let mut fresh = Vec::new();
    for row in &rows {
        let starts_on = parse_date(cell(row, "from")).map(|(first, _, _)| first);
        let ends_on = parse_date(cell(row, "until")).map(|(_, last, _)| last);
        let note = optional(row, "note");
        let key = (cell(row, "group").to_owned(), cell(row, "iso3").to_owned(), starts_on);
        match known.get(&key) {
            None => fresh.push(group_membership::ActiveModel {
                id: Set(Uuid::now_v7()),
                group_code: Set(key.0),
                iso3: Set(key.1),
                starts_on: Set(key.2),
                ends_on: Set(ends_on),
                note: Set(note),
            }),
            Some(old) if old.ends_on != ends_on || old.note != note => {
                let change =
                    group_membership::ActiveModel { id: Set(old.id), ends_on: Set(ends_on), note: Set(note), ..Default::default() };
                group_membership::Entity::update(change).exec(db).await?;
            }
            Some(_) => {}
        }
    }
    let added = fresh.len();
    for chunk in chunks(fresh, 200) {
        group_membership::Entity::insert_many(chunk).exec_without_returning(db).await?;
    }
    Ok(Loaded { read: rows.len(), added })
}
