//! Loads the reference facts about states, which the binary carries, into the tables. Repeatable: the same file twice changes nothing.
//! Must not invent what a file does not say.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rust_embed::RustEmbed;
use sea_orm::{ActiveValue::Set, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryOrder, sea_query::OnConflict};
use serde_json::{Value, json};
use uuid::Uuid;

use super::posts;
use crate::{
    domain::{
        campaign::parse_date,
        language::Language,
        state::{AllForms, Forms},
    },
    entities::{group_membership, state, state_group},
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
pub fn rows(file: &str, text: &[u8]) -> Result<Vec<Row>, ReferenceError> {
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
    let states = load_states(db, "states.csv", shipped("states.csv")?).await?;
    let members = load_memberships(db).await?;
    loaded.read += states.read + members.read;
    loaded.added += states.added + members.added;
    posts::ensure_for_all_states(db, now).await?;
    Ok(loaded)
}

/// Loads states from rows in the shape of `assets/data/states.csv`; rows of known states are updated.
///
/// # Errors
/// When a row lacks a name or a phrase in some language, or the database fails.
pub async fn load_states(db: &impl ConnectionTrait, file: &str, rows: Vec<Row>) -> Result<Loaded, ReferenceError> {
    let tiles: BTreeMap<String, (i32, i32)> = shipped("tile_map.csv")?
        .iter()
        .filter_map(|row| Some((cell(row, "iso3").to_owned(), (cell(row, "x").parse().ok()?, cell(row, "y").parse().ok()?))))
        .collect();
    let before = state::Entity::find().count(db).await?;
    let read = rows.len();
    let mut models = Vec::with_capacity(read);
    for (index, row) in rows.iter().enumerate() {
        let fault = |what: String| ReferenceError::Row { file: file.to_owned(), line: index + 2, what };
        let iso3 = cell(row, "iso3");
        let forms = forms_of(row).map_err(fault)?;
        let &(tile_x, tile_y) = tiles.get(iso3).ok_or_else(|| fault(format!("{iso3} has no tile")))?;
        models.push(state::ActiveModel {
            iso3: Set(iso3.to_owned()),
            iso2: Set(cell(row, "iso2").to_owned()),
            m49: Set(cell(row, "m49").to_owned()),
            un_status: Set(cell(row, "un_status").to_owned()),
            region: Set(cell(row, "region_group_code").to_owned()),
            forms: Set(serde_json::to_value(&forms).map_err(|error| fault(error.to_string()))?),
            languages: Set(cell(row, "un_official_languages").replace([';', ','], " ").split_whitespace().collect::<Vec<_>>().join(" ")),
            capital: Set(optional(row, "capital")),
            facts: Set(facts_of(row)),
            tile_x: Set(tile_x),
            tile_y: Set(tile_y),
        });
    }
    for chunk in chunks(models, 40) {
        let on_conflict = OnConflict::column(state::Column::Iso3)
            .update_columns([
                state::Column::Iso2,
                state::Column::M49,
                state::Column::UnStatus,
                state::Column::Region,
                state::Column::Forms,
                state::Column::Languages,
                state::Column::Capital,
                state::Column::Facts,
                state::Column::TileX,
                state::Column::TileY,
            ])
            .to_owned();
        state::Entity::insert_many(chunk).on_conflict(on_conflict).exec_without_returning(db).await?;
    }
    let after = state::Entity::find().count(db).await?;
    Ok(Loaded { read, added: usize::try_from(after.saturating_sub(before)).unwrap_or_default() })
}

fn chunks<T>(rows: Vec<T>, size: usize) -> impl Iterator<Item = Vec<T>> {
    let mut rows = rows.into_iter().peekable();
    std::iter::from_fn(move || rows.peek().is_some().then(|| rows.by_ref().take(size).collect()))
}

fn forms_of(row: &Row) -> Result<AllForms, String> {
    let mut all = AllForms::default();
    for language in Language::ALL {
        let code = language.code();
        let column = |stem: &str| cell(row, &format!("{stem}_{code}")).to_owned();
        let of = if language == Language::Ru { cell(row, "gen_ru").to_owned() } else { column("of") };
        let forms = Forms {
            name: column("name"),
            formal: column("formal"),
            run: column("run"),
            of,
            within: column("in"),
            adjective: column("adj"),
        };
        if !forms.is_complete() {
            return Err(format!("{} lacks a form of its name in {code}", cell(row, "iso3")));
        }
        all.0.insert(code.to_owned(), forms);
    }
    Ok(all)
}

fn facts_of(row: &Row) -> Value {
    let names = [
        "un_admission_date",
        "icc_party",
        "icc_year",
        "icc_note",
        "genocide_party",
        "genocide_year",
        "genocide_note",
        "region_group_note",
        "mission_correspondence_language",
    ];
    Value::Object(names.into_iter().filter_map(|name| optional(row, name).map(|value| (name.to_owned(), json!(value)))).collect())
}

async fn load_groups(db: &impl ConnectionTrait) -> Result<Loaded, ReferenceError> {
    let rows = shipped("groups.csv")?;
    let before = state_group::Entity::find().count(db).await?;
    let models = rows.iter().map(|row| {
        let names: BTreeMap<&str, &str> = Language::ALL.iter().map(|l| (l.code(), cell(row, &format!("name_{l}")))).collect();
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

/// Memberships have no key but their content, and an empty first day is not equal to itself in SQL: compare in memory.
async fn load_memberships(db: &impl ConnectionTrait) -> Result<Loaded, ReferenceError> {
    let rows = shipped("group_members.csv")?;
    let known: Vec<group_membership::Model> = group_membership::Entity::find().order_by_asc(group_membership::Column::Id).all(db).await?;
    let known: std::collections::HashSet<(String, String, Option<chrono::NaiveDate>)> =
        known.into_iter().map(|row| (row.group_code, row.iso3, row.starts_on)).collect();
    let fresh: Vec<_> = rows
        .iter()
        .filter_map(|row| {
            let starts_on = parse_date(cell(row, "from")).map(|(first, _, _)| first);
            let key = (cell(row, "group").to_owned(), cell(row, "iso3").to_owned(), starts_on);
            (!known.contains(&key)).then(|| group_membership::ActiveModel {
                id: Set(Uuid::now_v7()),
                group_code: Set(key.0),
                iso3: Set(key.1),
                starts_on: Set(key.2),
                ends_on: Set(parse_date(cell(row, "until")).map(|(_, last, _)| last)),
                note: Set(optional(row, "note")),
            })
        })
        .collect();
    let added = fresh.len();
    for chunk in chunks(fresh, 200) {
        group_membership::Entity::insert_many(chunk).exec_without_returning(db).await?;
    }
    Ok(Loaded { read: rows.len(), added })
}
