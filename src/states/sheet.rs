//! The table of states as a sheet: read with every fault named by its line, compared with what is stored, written out in the same columns. A file is
//! taken whole or not at all, since every letter is made of it. Must not invent what a file does not say.

use std::collections::{BTreeMap, HashMap, HashSet};

use sea_orm::{ActiveModelTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, QueryOrder, sea_query::OnConflict};
use serde_json::{Value, json};

use crate::{
    domain::{
        language::Language,
        prose,
        state::{AllForms, Forms},
    },
    entities::{state, state_group},
    platform::documents::csv::{Row, Sheet, SheetError, Table},
};

/// Columns of single facts, before and after those of names.
const FIRST: [&str; 4] = ["iso2", "iso3", "m49", "un_status"];
const LAST: [&str; 2] = ["capital", "region_group_code"];
/// Facts that may be missing, kept beside the names.
const FACTS: [&str; 10] = [
    "region_group_note",
    "un_admission_date",
    "icc_party",
    "icc_year",
    "icc_note",
    "genocide_party",
    "genocide_year",
    "genocide_note",
    "mission_correspondence_language",
    OTHER_LANGUAGES,
];
const OTHER_LANGUAGES: &str = "other_official_languages";
const LANGUAGES: &str = "un_official_languages";
/// Columns of the shipped file that say what others say too: the article is part of the phrases, the region's name of the group's.
const REPEATED: [&str; 5] = ["article_en", "article_fr", "article_es", "article_pt", "region_group"];
/// The forms of a name, by the first part of their column's name.
const FORMS: [&str; 6] = ["name", "formal", "run", "of", "in", "adj"];
/// What a state may be to the United Nations.
const STATUSES: [&str; 2] = ["member", "observer"];
/// The longest cell; far above any.
const LONGEST: usize = 500;
/// Rows per statement.
const BATCH: usize = 40;

/// Why no sheet of states can be read.
#[derive(Debug, thiserror::Error)]
pub enum StatesError {
    /// The file is no sheet.
    #[error("{0}")]
    File(#[from] SheetError),
    /// A column that must be there is not.
    #[error("line 1: the file has no column {0}")]
    Column(String),
    /// A column that means nothing here: a mistyped heading would lose what stands under it.
    #[error("line 1: the column {0:?} is none of this table's")]
    UnknownColumn(String),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbErr),
}

/// What an import did, or would do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Lines read, without the head.
    pub lines: usize,
    /// Codes of states that were not there before.
    pub added: Vec<String>,
    /// What differs in states that were there.
    pub differences: Vec<Difference>,
    /// Codes of states we have and the file lacks. They stay.
    pub absent: Vec<String>,
    /// Lines with faults. If there is one, nothing is taken.
    pub rejects: Vec<Reject>,
}

impl Report {
    /// How many known states change.
    pub fn changed(&self) -> usize {
        self.differences.iter().map(|difference| difference.iso3.as_str()).collect::<HashSet<_>>().len()
    }
}

/// One cell that differs from what is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The state.
    pub iso3: String,
    /// The column.
    pub column: String,
    /// As stored.
    pub from: String,
    /// As in the file.
    pub to: String,
}

/// A line that cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reject {
    /// From 1, the head included.
    pub line: u64,
    /// What is wrong with it.
    pub reason: String,
}

/// The columns of the exported sheet, in order.
fn columns() -> Vec<String> {
    let forms = Language::LETTERS.iter().flat_map(|language| FORMS.map(|form| column(form, *language)));
    let last = LAST.into_iter().chain(FACTS).chain([LANGUAGES]).map(str::to_owned);
    FIRST.into_iter().map(str::to_owned).chain(forms).chain(last).collect()
}

/// The Russian "of" is the genitive, and is called so.
fn column(form: &str, language: Language) -> String {
    if form == "of" && language == Language::Ru { "gen_ru".to_owned() } else { format!("{form}_{language}") }
}

/// Imports a sheet of states; known ones are brought in step with it. Run it in a transaction.
///
/// # Errors
/// See [`StatesError`]. Lines with faults are in the report; then nothing is changed.
pub async fn import(db: &impl ConnectionTrait, file: &[u8], tiles: &BTreeMap<String, (i32, i32)>) -> Result<Report, StatesError> {
    let table = Table::read(file)?;
    check_columns(&table)?;
    let groups: HashSet<String> = state_group::Entity::find().all(db).await?.into_iter().map(|group| group.code).collect();
    let stored = state::Entity::find().order_by_asc(state::Column::Iso3).all(db).await?;
    let mut stored: BTreeMap<String, state::Model> = stored.into_iter().map(|row| (row.iso3.clone(), row)).collect();
    let mut report = Report { lines: table.rows.len(), ..Report::default() };
    let (mut lines, mut fresh) = (HashMap::new(), Vec::new());
    for row in &table.rows {
        let read = read(&table, row, &groups, tiles).and_then(|model| match lines.insert(model.iso3.clone(), row.line) {
            Some(first) => Err(format!("{} stands in line {first} already", model.iso3)),
            None => Ok(model),
        });
        match read {
            Ok(model) => match stored.remove(&model.iso3) {
                None => {
                    report.added.push(model.iso3.clone());
                    fresh.push(model);
                }
                Some(old) if old != model => {
                    report.differences.extend(differences(&old, &model));
                    fresh.push(model);
                }
                Some(_) => {}
            },
            Err(reason) => report.rejects.push(Reject { line: row.line, reason }),
        }
    }
    report.absent = stored.into_keys().collect();
    if report.rejects.is_empty() {
        write(db, fresh).await?;
    }
    Ok(report)
}

fn check_columns(table: &Table) -> Result<(), StatesError> {
    let columns = columns();
    if let Some(missing) = columns.iter().find(|name| table.column(name).is_none()) {
        return Err(StatesError::Column(missing.clone()));
    }
    let is_known = |heading: &String| {
        let heading = heading.to_lowercase();
        heading.is_empty() || columns.contains(&heading) || REPEATED.contains(&heading.as_str())
    };
    table.headings.iter().find(|heading| !is_known(heading)).map_or(Ok(()), |unknown| Err(StatesError::UnknownColumn(unknown.clone())))
}

/// One line as a row of the table, or what is wrong with it.
fn read(table: &Table, row: &Row, groups: &HashSet<String>, tiles: &BTreeMap<String, (i32, i32)>) -> Result<state::Model, String> {
    if !row.fits {
        return Err(format!("{} cells under {} headings", row.cells.len(), table.headings.len()));
    }
    let cell = |name: &str| {
        let text = table.column(name).map_or("", |column| row.cell(column));
        let text = prose::clean_line(text).ok_or_else(|| format!("{name}: holds a control character"))?;
        if text.chars().count() > LONGEST { Err(format!("{name}: is too long")) } else { Ok(text) }
    };
    let iso3 = cell("iso3")?;
    let &(tile_x, tile_y) = tiles.get(&iso3).ok_or_else(|| format!("iso3: {iso3:?} is no state of ours"))?;
    let is_code =
        |text: &str, length: usize| text.len() == length && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    let (iso2, m49) = (cell("iso2")?, cell("m49")?);
    if !is_code(&iso2, 2) || !is_code(&m49, 3) {
        return Err(format!("{iso3}: iso2 has two letters, m49 three digits"));
    }
    let un_status = cell("un_status")?;
    if !STATUSES.contains(&un_status.as_str()) {
        return Err(format!("{iso3}: un_status is one of {}", STATUSES.join(", ")));
    }
    let region = cell("region_group_code")?;
    if !region.is_empty() && !groups.contains(&region) {
        return Err(format!("{iso3}: region_group_code {region:?} is no group of ours"));
    }
    let mut all = AllForms::default();
    for language in Language::LETTERS {
        let form = |form: &str| cell(&column(form, language));
        let forms = Forms {
            name: form("name")?,
            formal: form("formal")?,
            run: form("run")?,
            of: form("of")?,
            within: form("in")?,
            adjective: form("adj")?,
        };
        if !forms.is_complete() {
            return Err(format!("{iso3} lacks a form of its name in {language}"));
        }
        all.0.insert(language.code().to_owned(), forms);
    }
    let mut facts = serde_json::Map::new();
    for name in FACTS {
        let fact = cell(name)?;
        if !fact.is_empty() {
            facts.insert(name.to_owned(), json!(fact));
        }
    }
    let other = cell(OTHER_LANGUAGES)?;
    if let Some(unknown) = other.split([' ', ';', ',']).find(|code| !code.is_empty() && Language::of_letters(code).is_err()) {
        return Err(format!("{iso3}: {OTHER_LANGUAGES}: {unknown:?} is no language of letters"));
    }
    let languages = cell(LANGUAGES)?.replace([';', ','], " ").split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some(unknown) = languages.split(' ').find(|code| !code.is_empty() && Language::of_interface(code).is_err()) {
        return Err(format!("{iso3}: {LANGUAGES}: {unknown:?} is none of ours"));
    }
    Ok(state::Model {
        iso2,
        m49,
        un_status,
        region,
        forms: serde_json::to_value(&all).map_err(|error| error.to_string())?,
        languages,
        capital: Some(cell("capital")?).filter(|capital| !capital.is_empty()),
        facts: Value::Object(facts),
        tile_x,
        tile_y,
        iso3,
    })
}

/// The languages of letters that are official in a state beside those of the United Nations, from its facts.
pub(super) fn other_languages(facts: &Value) -> Vec<Language> {
    let codes = facts.get(OTHER_LANGUAGES).and_then(Value::as_str).unwrap_or_default();
    codes.split([' ', ';', ',']).filter_map(|code| Language::of_letters(code).ok()).collect()
}

/// A stored row as the cells of a line, by column.
fn cells(row: &state::Model) -> Vec<(String, String)> {
    let forms: AllForms = serde_json::from_value(row.forms.clone()).unwrap_or_default();
    let cell = |name: String| {
        let fact = |name: &str| row.facts.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let text = match name.as_str() {
            "iso2" => row.iso2.clone(),
            "iso3" => row.iso3.clone(),
            "m49" => row.m49.clone(),
            "un_status" => row.un_status.clone(),
            "capital" => row.capital.clone().unwrap_or_default(),
            "region_group_code" => row.region.clone(),
            LANGUAGES => row.languages.replace(' ', ";"),
            other => fact(other),
        };
        (name, text)
    };
    let of_language = |language: &Language| {
        let all = forms.in_language(*language);
        let texts = [all.name, all.formal, all.run, all.of, all.within, all.adjective];
        FORMS.map(|form| column(form, *language)).into_iter().zip(texts).collect::<Vec<_>>()
    };
    let first = FIRST.into_iter().map(str::to_owned).map(cell);
    let last = LAST.into_iter().chain(FACTS).chain([LANGUAGES]).map(str::to_owned).map(cell);
    first.chain(Language::LETTERS.iter().flat_map(of_language)).chain(last).collect()
}

fn differences(old: &state::Model, new: &state::Model) -> Vec<Difference> {
    let mut pairs: Vec<_> = cells(old).into_iter().zip(cells(new).into_iter().map(|(_, text)| text)).collect();
    let tile = |row: &state::Model| format!("{},{}", row.tile_x, row.tile_y);
    pairs.push((("tile".to_owned(), tile(old)), tile(new)));
    let differing = pairs.into_iter().filter(|((_, from), to)| from != to);
    differing.map(|((column, from), to)| Difference { iso3: new.iso3.clone(), column, from, to }).collect()
}

async fn write(db: &impl ConnectionTrait, rows: Vec<state::Model>) -> Result<(), DbErr> {
    use state::Column as C;
    let changing = [C::Iso2, C::M49, C::UnStatus, C::Region, C::Forms, C::Languages, C::Capital, C::Facts, C::TileX, C::TileY];
    for chunk in rows.chunks(BATCH) {
        let on_conflict = OnConflict::column(C::Iso3).update_columns(changing).to_owned();
        let rows = chunk.iter().cloned().map(|row| row.into_active_model().reset_all());
        state::Entity::insert_many(rows).on_conflict(on_conflict).exec_without_returning(db).await?;
    }
    Ok(())
}

/// All states as a sheet that can be imported again. One query.
///
/// # Errors
/// When the database fails.
pub async fn export(db: &impl ConnectionTrait) -> Result<Vec<u8>, anyhow::Error> {
    let mut sheet = Sheet::new(false);
    sheet.row(columns())?;
    for row in state::Entity::find().order_by_asc(state::Column::Iso3).all(db).await? {
        sheet.row(cells(&row).into_iter().map(|(_, text)| text))?;
    }
    Ok(sheet.take()?)
}
