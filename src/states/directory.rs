//! All states with their names and memberships, in memory: 195 rows that every board, form and letter needs. Must not be changed by a page.

use std::{
    cmp::Ordering,
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::Duration,
};

use chrono::NaiveDate;
use icu_collator::{Collator, CollatorBorrowed, options::CollatorOptions};
use icu_locale_core::Locale;
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, QueryOrder};

use super::sheet;
use crate::{
    domain::{campaign::Words, language::Language, state::AllForms},
    entities::{group_membership, state, state_group},
    platform::{Platform, refreshed::Refreshed},
};

/// A state as other rooms see it.
#[derive(Clone, Debug)]
pub struct StateEntry {
    /// ISO 3166-1 alpha-3.
    pub iso3: String,
    /// ISO 3166-1 alpha-2.
    pub iso2: String,
    /// member or observer.
    pub un_status: String,
    /// Code of the regional group; empty when in none.
    pub region: String,
    /// Names and phrases.
    pub forms: AllForms,
    /// UN languages that are official there.
    pub languages: Vec<Language>,
    /// Other languages of letters that are official there (R39).
    pub other_languages: Vec<Language>,
    /// Seat of the capital, for address lines.
    pub capital: Option<String>,
    /// Treaty status and other facts.
    pub facts: serde_json::Value,
    /// Cell of the tile map.
    pub tile: (i32, i32),
}

impl StateEntry {
    /// The language it is written to in where nobody wishes another: the first UN language that is official there, else another one that is and that
    /// the letters are in, else English.
    pub fn language(&self, of_letters: &[Language]) -> Language {
        let other = || self.other_languages.iter().copied().find(|language| of_letters.contains(language));
        self.languages.first().copied().or_else(other).unwrap_or_default()
    }
}

/// A group of states.
#[derive(Clone, Debug)]
pub struct Group {
    /// Code.
    pub code: String,
    /// regional_group, organisation or caucus.
    pub kind: String,
    /// Name.
    pub names: Words,
}

#[derive(Clone, Debug)]
struct Membership {
    group: String,
    from: Option<NaiveDate>,
    until: Option<NaiveDate>,
}

/// All states, in the order of their codes.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    states: Vec<StateEntry>,
    by_iso3: HashMap<String, usize>,
    groups: BTreeMap<String, Group>,
    memberships: HashMap<String, Vec<Membership>>,
    by_name: HashMap<Language, Vec<usize>>,
}

impl Directory {
    /// Reads the directory. Three queries.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn read(db: &impl ConnectionTrait) -> Result<Self, DbErr> {
        let states: Vec<StateEntry> =
            state::Entity::find().order_by_asc(state::Column::Iso3).all(db).await?.into_iter().map(entry).collect();
        let mut directory = Self {
            by_iso3: states.iter().enumerate().map(|(index, state)| (state.iso3.clone(), index)).collect(),
            states,
            ..Self::default()
        };
        for group in state_group::Entity::find().all(db).await? {
            let names = serde_json::from_value(group.names).unwrap_or_default();
            directory.groups.insert(group.code.clone(), Group { code: group.code, kind: group.kind, names });
        }
        for row in group_membership::Entity::find().all(db).await? {
            let membership = Membership { group: row.group_code, from: row.starts_on, until: row.ends_on };
            directory.memberships.entry(row.iso3).or_default().push(membership);
        }
        for language in Language::INTERFACE {
            let mut order: Vec<usize> = (0..directory.states.len()).collect();
            let collator = collator(language);
            let name = |index: usize| directory.states.get(index).map_or("", |state| state.forms.name(language));
            order.sort_by(|&a, &b| collator.as_ref().map_or(Ordering::Equal, |collator| collator.compare(name(a), name(b))));
            directory.by_name.insert(language, order);
        }
        Ok(directory)
    }

    /// All states in the order of their codes.
    pub fn states(&self) -> &[StateEntry] {
        &self.states
    }

    /// All states in the alphabetical order of a language.
    pub fn by_name(&self, language: Language) -> impl Iterator<Item = &StateEntry> {
        self.by_name.get(&language).into_iter().flatten().filter_map(|&index| self.states.get(index))
    }

    /// The state with this code.
    pub fn state(&self, iso3: &str) -> Option<&StateEntry> {
        self.by_iso3.get(iso3).and_then(|&index| self.states.get(index))
    }

    /// The short name of a state, or its code if it is none of ours.
    pub fn name<'a>(&'a self, iso3: &'a str, language: Language) -> &'a str {
        self.state(iso3).map_or(iso3, |state| state.forms.name(language))
    }

    /// Where somebody is listed: under a label of their own choice, else under their country (R23).
    pub fn place(&self, label: Option<&str>, iso3: Option<&str>, language: Language) -> String {
        label.unwrap_or_else(|| self.name(iso3.unwrap_or_default(), language)).to_owned()
    }

    /// All groups by code.
    pub fn groups(&self) -> impl Iterator<Item = &Group> {
        self.groups.values()
    }

    /// The group with this code.
    pub fn group(&self, code: &str) -> Option<&Group> {
        self.groups.get(code)
    }

    /// The name of a state's regional group; empty when it is in none.
    pub fn region_name(&self, state: &StateEntry, language: Language) -> &str {
        self.groups.get(&state.region).map_or("", |group| group.names.get(language))
    }

    /// Codes of the groups a state belongs to on a day, regional group included.
    pub fn groups_of(&self, iso3: &str, day: NaiveDate) -> Vec<String> {
        let memberships = self.memberships.get(iso3).into_iter().flatten();
        memberships
            .filter(|m| m.from.is_none_or(|from| from <= day) && m.until.is_none_or(|until| day <= until))
            .map(|m| m.group.clone())
            .collect()
    }
}

fn collator(language: Language) -> Option<CollatorBorrowed<'static>> {
    let locale: Locale = language.code().parse().ok()?;
    Collator::try_new(locale.into(), CollatorOptions::default()).ok()
}

fn entry(row: state::Model) -> StateEntry {
    StateEntry {
        forms: serde_json::from_value(row.forms).unwrap_or_default(),
        other_languages: sheet::other_languages(&row.facts),
        languages: row.languages.split_whitespace().filter_map(|code| Language::of_interface(code).ok()).collect(),
        iso3: row.iso3,
        iso2: row.iso2,
        un_status: row.un_status,
        region: row.region,
        capital: row.capital,
        facts: row.facts,
        tile: (row.tile_x, row.tile_y),
    }
}

/// The directory of this process, read again every minute.
#[derive(Debug)]
pub struct Register(Refreshed<Directory>);

impl Default for Register {
    fn default() -> Self {
        Self(Refreshed::every(Duration::from_secs(60)))
    }
}

impl Register {
    /// The directory. No query while it is fresh.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn get(&self, platform: &Platform) -> Result<Arc<Directory>, DbErr> {
        self.0.get(async || Directory::read(platform.database.read()).await).await
    }
}
