//! The public roll: verified signatures in the order of a language. In memory, read again every few seconds. Must never hold a withheld name.
//!
//! Cost: two queries over the verified and withdrawn signatures and one sort a language as often as kept pages are forgotten; a page then touches
//! only its own lines. 600 names take
//! a millisecond; a hundred thousand take a second of one core per refresh and some 30 MB.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, FromQueryResult, JoinType, QueryFilter, QuerySelect};
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
    platform::{Platform, refreshed::Refreshed},
};

/// One named signatory.
#[derive(Clone, Debug)]
pub struct Line {
    /// The signature.
    pub signature_id: Uuid,
    /// The kind.
    pub kind: SignatoryKind,
    /// As printed.
    pub name: String,
    /// In its own script.
    pub original_name: Option<String>,
    /// In Latin letters.
    pub latin_name: Option<String>,
    /// For identification only.
    pub affiliation: Option<String>,
    /// As chosen by the signer.
    pub location_label: Option<String>,
    /// Statistics key.
    pub iso3: Option<String>,
    search: String,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    kind: String,
    name: Option<String>,
    original_name: Option<String>,
    latin_name: Option<String>,
    acronym: Option<String>,
    affiliation: Option<String>,
    location_label: Option<String>,
    iso3: Option<String>,
}

/// All named signatories, ordered for each language.
#[derive(Debug, Default)]
pub struct Roll {
    lines: Vec<Line>,
    orders: HashMap<Language, Vec<usize>>,
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

impl Roll {
    async fn read(platform: &Platform, campaign: &Current) -> Result<Self, DbErr> {
        let rows: Vec<Row> = signature::Entity::find()
            .join(JoinType::InnerJoin, of_signatory())
            .filter(signature::Column::CampaignId.eq(campaign.id))
            // Consent is to one text: who signed an earlier version is not on this list (R5).
            .filter(signature::Column::TextVersionId.eq(campaign.text.id))
            .filter(signature::Column::State.eq(SignatureState::Verified.key()))
            .filter(signature::Column::Visibility.eq(Visibility::Named.key()))
            .select_only()
            .column(signature::Column::Id)
            .column(signatory::Column::Kind)
            .column(signatory::Column::Name)
            .column(signatory::Column::OriginalName)
            .column(signatory::Column::LatinName)
            .column(signatory::Column::Acronym)
            .column(signatory::Column::Affiliation)
            .column(signatory::Column::LocationLabel)
            .column(signatory::Column::Iso3)
            .into_model()
            .all(platform.database.read())
            .await?;
        let mut lines: Vec<Line> = rows.into_iter().filter_map(line).collect();
        lines.sort_by_key(|line| line.signature_id);
        let mut orders = HashMap::new();
        for language in Language::ALL {
            let mut order: Vec<usize> = (0..lines.len()).collect();
            if let Ok(collation) = NameOrder::new(language.code(), true) {
                let name = |index: usize| lines.get(index).map_or("", |line: &Line| line.name.as_str());
                order.sort_by(|&a, &b| collation.compare(name(a), name(b)));
            }
            orders.insert(language, order);
        }
        Ok(Self { lines, orders, corrections: corrections(platform, campaign).await? })
    }

    /// Days on which names left the list, newest first, and how many.
    pub fn corrections(&self) -> impl Iterator<Item = (NaiveDate, usize)> {
        self.corrections.iter().rev().map(|(day, count)| (*day, *count))
    }

    /// The countries that may be chosen from: those a line shows. Any other in the list of choices would tell where somebody is.
    pub fn countries(&self) -> BTreeSet<&str> {
        self.lines.iter().filter_map(Line::shown_country).collect()
    }

    /// The lines a filter leaves, in the order of a language.
    pub fn lines<'r>(&'r self, language: Language, filter: &'r Filter) -> impl Iterator<Item = &'r Line> {
        let wanted = name_key(&filter.search);
        // Signs alone fold to nothing: nobody is called that, and the whole list is no answer.
        let findable = filter.search.trim().is_empty() || !wanted.is_empty();
        let in_order = self.orders.get(&language).into_iter().flatten().filter_map(|&index| self.lines.get(index));
        in_order.filter(move |line| {
            findable
                && filter.kind.is_none_or(|kind| kind == line.kind)
                && filter.iso3.as_deref().is_none_or(|iso3| line.shown_country() == Some(iso3))
                && (wanted.is_empty() || line.search.contains(&wanted))
        })
    }
}

impl Line {
    /// The country, unless the signer chose to be placed by an own label: then it is for statistics only (R23).
    pub fn shown_country(&self) -> Option<&str> {
        self.iso3.as_deref().filter(|_| self.location_label.is_none())
    }
}

/// One query, or none where the campaign removes quietly.
async fn corrections(platform: &Platform, campaign: &Current) -> Result<BTreeMap<NaiveDate, usize>, DbErr> {
    if !campaign.config.sign_on.notes_withdrawals() {
        return Ok(BTreeMap::new());
    }
    let ended: Vec<DateTime<Utc>> = signature::Entity::find()
        .filter(signature::Column::CampaignId.eq(campaign.id))
        .filter(signature::Column::TextVersionId.eq(campaign.text.id))
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

fn line(row: Row) -> Option<Line> {
    let name = row.name?;
    let names = [Some(&name), row.original_name.as_ref(), row.latin_name.as_ref(), row.acronym.as_ref()];
    let search = names.into_iter().flatten().map(|name| name_key(name)).collect::<Vec<_>>().join("\n");
    Some(Line {
        signature_id: row.id,
        kind: row.kind.parse().ok()?,
        search,
        name,
        original_name: row.original_name,
        latin_name: row.latin_name,
        affiliation: row.affiliation,
        location_label: row.location_label,
        iso3: row.iso3,
    })
}

/// The roll of this process.
#[derive(Debug, Default)]
pub struct Register(Refreshed<Roll>);

impl Register {
    /// The roll. No query while it is fresh.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn get(&self, platform: &Platform, campaign: &Current) -> Result<Arc<Roll>, DbErr> {
        self.0.get_with(&platform.pages, async || Roll::read(platform, campaign).await).await
    }
}
