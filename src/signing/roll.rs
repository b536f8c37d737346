//! The public roll: who is named and verified, in the order of a language. Names are held only to be ordered and found; what a page prints is read anew,
//! so that a name that was hidden a moment ago is on none (R15). Must never hold a withheld name.
//!
//! Cost: a query for five thousand names and a sort for each language that is asked for, as often as kept pages are forgotten; 600 names take a
//! millisecond. A long roll is read again aside, while readers get the one before, and its orders are carried over: a hundred bytes a name stay in
//! memory, and a page costs one query of its own lines.

use std::{
    cmp,
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::OnceLock,
};

use chrono::{DateTime, NaiveDate, Utc};
use memchr::memmem;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder, QuerySelect, Select};
use uuid::Uuid;

use super::counts::of_signatory;
use crate::{
    campaigns::Current,
    domain::{
        collation::NameOrder,
        language::Language,
        name::name_key,
        signature::{SignatoryKind, SignatureState, Visibility},
    },
    entities::{signatory, signature},
    platform::Platform,
};

/// Signatures of one query.
const BATCH: u64 = 5000;
/// What parts the names by which two signatories are found.
const END: char = '\0';

/// One named signatory as a list prints it.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Line {
    /// The signature.
    pub id: Uuid,
    /// The kind.
    pub kind: String,
    /// As printed.
    pub name: Option<String>,
    /// In its own script.
    pub original_name: Option<String>,
    /// In Latin letters.
    pub latin_name: Option<String>,
    /// Short form.
    pub acronym: Option<String>,
    /// For identification only.
    pub affiliation: Option<String>,
    /// As chosen by the signer.
    pub location_label: Option<String>,
    /// Statistics key.
    pub iso3: Option<String>,
}

impl Line {
    /// The country, unless the signer chose to be placed by an own label: then it is for statistics only (R23).
    pub fn shown_country(&self) -> Option<&str> {
        self.iso3.as_deref().filter(|_| self.location_label.is_none())
    }
}

/// What is held of a signatory. Its names stand in the roll's two texts, from the end of the one before.
#[derive(Clone, Copy, Debug)]
struct Held {
    id: Uuid,
    kind: SignatoryKind,
    /// ISO 3166-1 alpha-3, unless the signer chose an own label (R23).
    country: Option<[u8; 3]>,
    name_end: u32,
    search_end: u32,
}

/// All named signatories, ordered for each language that was asked for.
#[derive(Debug, Default)]
pub struct Roll {
    text: Uuid,
    /// In the order of their keys.
    lines: Vec<Held>,
    names: String,
    /// By which they are found, each signatory's closed by [`END`].
    searches: String,
    orders: BTreeMap<Language, OnceLock<Vec<u32>>>,
    countries: BTreeSet<[u8; 3]>,
    /// Days on which names left the list, and how many, where the campaign says so in public (R16).
    corrections: BTreeMap<NaiveDate, usize>,
}

/// What a reader asks of the roll.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only this kind.
    pub kind: Option<SignatoryKind>,
    /// Only this country; a signer with an own label is in none (R23).
    pub iso3: Option<String>,
    /// Only names that contain this, however it is spelled.
    pub search: String,
}

/// A line with what says whether it is listed.
#[derive(FromQueryResult)]
struct Now {
    #[sea_orm(nested)]
    line: Line,
    campaign_id: Uuid,
    text_version_id: Uuid,
    state: String,
    visibility: String,
}

impl Now {
    /// On the list of this text, verified, by name. Consent is to one text: who signed an earlier version is not on it (R5).
    fn is_listed(&self, of: Of) -> bool {
        self.campaign_id == of.campaign
            && self.text_version_id == of.text
            && self.state == SignatureState::Verified.key()
            && self.visibility == Visibility::Named.key()
    }
}

/// Signatures with their names, asked for by their keys alone: with the rest in the question either database reads a whole state instead.
fn now(signatures: Select<signature::Entity>) -> Select<signature::Entity> {
    use {signatory::Column as O, signature::Column as C};
    let of = [O::Kind, O::Name, O::OriginalName, O::LatinName, O::Acronym, O::Affiliation, O::LocationLabel, O::Iso3];
    let joined = signatures.join(JoinType::InnerJoin, of_signatory()).select_only();
    joined.columns([C::Id, C::CampaignId, C::TextVersionId, C::State, C::Visibility]).columns(of)
}

/// The lines of these signatures, in this order, as they are now: whoever left the list since is not among them. One query.
///
/// # Errors
/// When the database fails.
pub async fn lines(db: &impl ConnectionTrait, campaign: &Current, ids: &[Uuid]) -> Result<Vec<Line>, DbErr> {
    let of_these = now(signature::Entity::find().filter(signature::Column::Id.is_in(ids.iter().copied())));
    let found: Vec<Now> = of_these.into_model().all(db).await?;
    let listed = found.into_iter().filter(|now| now.is_listed(Of::campaign(campaign)));
    let mut found: HashMap<Uuid, Line> = listed.map(|now| (now.line.id, now.line)).collect();
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}

impl Roll {
    pub(super) async fn read(platform: &Platform, of: Of) -> Result<Self, DbErr> {
        let mut roll = Self { text: of.text, ..Self::default() };
        let mut after = Uuid::nil();
        loop {
            let rows = now(signature::Entity::find().filter(signature::Column::Id.gt(after))).order_by_asc(signature::Column::Id);
            let rows: Vec<Now> = rows.limit(BATCH).into_model().all(platform.database.read()).await?;
            let is_last = (rows.len() as u64) < BATCH;
            after = rows.last().map_or(after, |row| row.line.id);
            for now in rows.into_iter().filter(|now| now.is_listed(of)) {
                roll.push(now.line);
            }
            if is_last {
                break;
            }
        }
        roll.lines.shrink_to_fit();
        roll.names.shrink_to_fit();
        roll.searches.shrink_to_fit();
        roll.orders = Language::ALL.iter().map(|language| (*language, OnceLock::new())).collect();
        roll.corrections = corrections(platform, of).await?;
        Ok(roll)
    }

    /// Of which text.
    pub(super) const fn text(&self) -> Uuid {
        self.text
    }

    /// How many are named.
    pub(super) const fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether the order of a language is there already.
    pub(super) fn is_ordered(&self, language: Language) -> bool {
        self.orders.get(&language).is_none_or(|order| order.get().is_some())
    }

    fn push(&mut self, row: Line) {
        let (Some(name), Ok(kind)) = (row.name, row.kind.parse()) else { return };
        let own = [Some(&name), row.original_name.as_ref(), row.latin_name.as_ref(), row.acronym.as_ref()];
        for key in own.into_iter().flatten().map(|name| name_key(name)) {
            self.searches.push_str(&key);
            self.searches.push('\n');
        }
        self.searches.push(END);
        self.names.push_str(&name);
        // What has no room is in no list we could print either: four thousand million characters.
        let (Ok(name_end), Ok(search_end)) = (u32::try_from(self.names.len()), u32::try_from(self.searches.len())) else { return };
        let country = row.iso3.filter(|_| row.location_label.is_none()).and_then(|iso3| iso3.into_bytes().try_into().ok());
        self.countries.extend(country);
        self.lines.push(Held { id: row.id, kind, country, name_end, search_end });
    }

    fn name(&self, at: u32) -> &str {
        let at = at as usize;
        let start = at.checked_sub(1).and_then(|before| self.lines.get(before)).map_or(0, |before| before.name_end);
        self.lines.get(at).and_then(|line| self.names.get(start as usize..line.name_end as usize)).unwrap_or_default()
    }

    fn all(&self) -> std::ops::Range<u32> {
        0..u32::try_from(self.lines.len()).unwrap_or(u32::MAX)
    }

    /// Of two by one name, the one that came first.
    fn compare(&self, collation: &NameOrder, one: u32, other: u32) -> cmp::Ordering {
        collation.compare(self.name(one), self.name(other)).then(one.cmp(&other))
    }

    fn sorted(&self, language: Language, mut these: Vec<u32>) -> Vec<u32> {
        if let Ok(collation) = NameOrder::new(language.code(), true) {
            these.sort_unstable_by(|&a, &b| self.compare(&collation, a, b));
        }
        these
    }

    /// Positions in the order of a language. Sorted when somebody asks for it.
    pub(super) fn order(&self, language: Language) -> &[u32] {
        self.orders.get(&language).map_or(&[], |order| order.get_or_init(|| self.sorted(language, self.all().collect())))
    }

    /// Takes over the orders of the roll before: what is new is put where it belongs, and the rest keeps its order.
    pub(super) fn carry_over(&mut self, before: &Self) {
        let mut now_at = vec![None; before.lines.len()];
        let mut new: Vec<u32> = Vec::new();
        let mut old = 0;
        for at in self.all() {
            let id = self.lines.get(at as usize).map(|line| line.id);
            while before.lines.get(old).is_some_and(|line| Some(line.id) < id) {
                old += 1;
            }
            let is_known =
                before.lines.get(old).map(|line| line.id) == id && u32::try_from(old).is_ok_and(|old| before.name(old) == self.name(at));
            match now_at.get_mut(old).filter(|_| is_known) {
                Some(place) => *place = Some(at),
                None => new.push(at),
            }
        }
        for (language, order) in &before.orders {
            let (Some(order), Ok(collation)) = (order.get(), NameOrder::new(language.code(), true)) else { continue };
            let kept: Vec<u32> = order.iter().filter_map(|&old| now_at.get(old as usize).copied().flatten()).collect();
            let mut carried = Vec::with_capacity(self.lines.len());
            let mut taken = 0;
            for at in self.sorted(*language, new.clone()) {
                let rest = kept.get(taken..).unwrap_or_default();
                let before = rest.partition_point(|&other| self.compare(&collation, other, at).is_lt());
                carried.extend_from_slice(rest.get(..before).unwrap_or_default());
                carried.push(at);
                taken += before;
            }
            carried.extend_from_slice(kept.get(taken..).unwrap_or_default());
            self.orders.insert(*language, OnceLock::from(carried));
        }
    }

    /// Days on which names left the list, newest first, and how many.
    pub fn corrections(&self) -> impl Iterator<Item = (NaiveDate, usize)> {
        self.corrections.iter().rev().map(|(day, count)| (*day, *count))
    }

    /// The countries that may be chosen from: those a line shows. Any other in the list of choices would tell where somebody is.
    pub fn countries(&self) -> BTreeSet<&str> {
        self.countries.iter().filter_map(|country| std::str::from_utf8(country).ok()).collect()
    }

    /// The signatures a filter leaves, in the order of a language. A filter looks at every line; without one nothing is looked at.
    pub fn matching(&self, language: Language, filter: &Filter) -> Matching<'_> {
        let order = self.order(language);
        let wanted = name_key(&filter.search);
        if filter.kind.is_none() && filter.iso3.is_none() && filter.search.trim().is_empty() {
            return Matching { lines: &self.lines, positions: order.into() };
        }
        // Signs alone fold to nothing: nobody is called that, and the whole list is no answer.
        if wanted.is_empty() && !filter.search.trim().is_empty() {
            return Matching { lines: &self.lines, positions: Vec::new().into() };
        }
        let found = (!wanted.is_empty()).then(|| self.found(&wanted));
        let country = filter.iso3.as_ref().map(|iso3| <[u8; 3]>::try_from(iso3.as_bytes()).ok());
        let fits = |at: &u32| {
            self.lines.get(*at as usize).is_some_and(|line| {
                filter.kind.is_none_or(|kind| kind == line.kind)
                    && country.is_none_or(|country| country.is_some() && country == line.country)
                    && found.as_ref().is_none_or(|found| found.get(*at as usize).copied().unwrap_or_default())
            })
        };
        Matching { lines: &self.lines, positions: order.iter().copied().filter(fits).collect::<Vec<u32>>().into() }
    }

    /// Which lines hold these words in one of their names: one pass over all names.
    fn found(&self, wanted: &str) -> Vec<bool> {
        let mut found = vec![false; self.lines.len()];
        for hit in memmem::find_iter(self.searches.as_bytes(), wanted.as_bytes()) {
            let at = self.lines.partition_point(|line| line.search_end as usize <= hit);
            if let Some(found) = found.get_mut(at) {
                *found = true;
            }
        }
        found
    }
}

/// Signatures in the order they are listed.
pub struct Matching<'r> {
    lines: &'r [Held],
    positions: std::borrow::Cow<'r, [u32]>,
}

impl Matching<'_> {
    /// How many.
    pub fn len(&self) -> usize {
        self.positions.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.positions.is_empty()
    }

    /// Some of them.
    pub fn some(&self, from: usize, most: usize) -> Vec<Uuid> {
        let places = self.positions.iter().skip(from).take(most);
        places.filter_map(|at| self.lines.get(*at as usize)).map(|line| line.id).collect()
    }

    /// All of them.
    pub fn all(&self) -> Vec<Uuid> {
        self.some(0, self.len())
    }
}

/// Of which list.
#[derive(Clone, Copy, Debug)]
pub(super) struct Of {
    campaign: Uuid,
    pub(super) text: Uuid,
    notes_withdrawals: bool,
}

impl Of {
    /// That of a campaign's text.
    pub(super) fn campaign(campaign: &Current) -> Self {
        Self { campaign: campaign.id, text: campaign.text.id, notes_withdrawals: campaign.config.sign_on.notes_withdrawals() }
    }
}

/// One query, or none where the campaign removes quietly.
async fn corrections(platform: &Platform, of: Of) -> Result<BTreeMap<NaiveDate, usize>, DbErr> {
    if !of.notes_withdrawals {
        return Ok(BTreeMap::new());
    }
    let ended: Vec<DateTime<Utc>> = signature::Entity::find()
        .filter(signature::Column::CampaignId.eq(of.campaign))
        .filter(signature::Column::TextVersionId.eq(of.text))
        .filter(signature::Column::State.eq(SignatureState::Withdrawn.key()))
        // What no list has shown needs no correction, and would tell of a name that was withheld (R14).
        .filter(signature::Column::Visibility.eq(Visibility::Named.key()))
        .filter(signature::Column::VerifiedAt.is_not_null())
        .filter(signature::Column::EndedAt.is_not_null())
        .select_only()
        .column(signature::Column::EndedAt)
        .into_tuple()
        .all(platform.database.read())
        .await?;
    Ok(ended.into_iter().fold(BTreeMap::new(), |mut days, ended| {
        *days.entry(ended.date_naive()).or_default() += 1;
        days
    }))
}

#[cfg(test)]
#[path = "roll_tests.rs"]
mod tests;
