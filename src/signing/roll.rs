//! The public roll: who is named and verified, in the order of a language. Names are held only to be ordered and found; what a page prints is read anew,
//! so that a name that was hidden a moment ago is on none (R15). Must never hold a withheld name.
//!
//! Cost: a query for five thousand names and a sort for each language that is asked for, as often as kept pages are forgotten; 600 names take a
//! millisecond. A long roll is read again aside, while readers get the one before, and its orders are carried over: a hundred bytes a name stay in
//! memory, and a page costs one query of its own lines.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder, QuerySelect, Select};
use uuid::Uuid;

pub use super::roll_index::{Filter, Matching};
use super::{counts::of_signatory, roll_index::Index};
use crate::{
    campaigns::Current,
    domain::{
        language::Language,
        signature::{SignatureState, Visibility},
    },
    entities::{signatory, signature},
    platform::Platform,
};

/// Signatures of one query.
const BATCH: u64 = 5000;

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

/// All named signatories of one text.
#[derive(Debug, Default)]
pub struct Roll {
    text: Uuid,
    index: Index,
    /// Days on which names left the list, and how many, where the campaign says so in public (R16).
    corrections: BTreeMap<NaiveDate, usize>,
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
                roll.push(&now.line);
            }
            if is_last {
                break;
            }
        }
        roll.index.shrink();
        roll.corrections = corrections(platform, of).await?;
        Ok(roll)
    }

    /// Of which text.
    pub(super) const fn text(&self) -> Uuid {
        self.text
    }

    /// How many are named.
    pub(super) const fn len(&self) -> usize {
        self.index.len()
    }

    /// Whether the order of a language is there already.
    pub(super) fn is_ordered(&self, language: Language) -> bool {
        self.index.is_ordered(language)
    }

    /// Sorts for a language, unless that was done. Seconds for a million.
    pub(super) fn order(&self, language: Language) {
        self.index.order(language);
    }

    /// Takes over the orders of the roll before.
    pub(super) fn carry_over(&mut self, before: &Self) {
        self.index.carry_over(&before.index);
    }

    fn push(&mut self, row: &Line) {
        let (Some(name), Ok(kind)) = (row.name.as_deref(), row.kind.parse()) else { return };
        let names = [Some(name), row.original_name.as_deref(), row.latin_name.as_deref(), row.acronym.as_deref()];
        let country = row.shown_country().and_then(|iso3| iso3.as_bytes().try_into().ok());
        self.index.push(row.id, kind, country, names);
    }

    /// Days on which names left the list, newest first, and how many.
    pub fn corrections(&self) -> impl Iterator<Item = (NaiveDate, usize)> {
        self.corrections.iter().rev().map(|(day, count)| (*day, *count))
    }

    /// The countries that may be chosen from: those a line shows. Any other in the list of choices would tell where somebody is.
    pub fn countries(&self) -> BTreeSet<&str> {
        self.index.countries()
    }

    /// The signatures a filter leaves, in the order of a language.
    pub fn matching(&self, language: Language, filter: &Filter) -> Matching<'_> {
        self.index.matching(language, filter)
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
