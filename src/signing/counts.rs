//! Counts of verified signatures: changed by appending, folded by the worker, set right every night by a recount. A page never counts a table.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, RelationDef, RelationType,
    sea_query::{Expr, ExprTrait, IntoIden, LockType, OnConflict, Order, Query, SelectStatement, UnionType},
};
use serde::Serialize;
use uuid::Uuid;

use super::jobs;
use crate::{
    campaigns::Current,
    domain::{
        headline::{self, CountRow, Headline},
        signature::SignatureState,
        wave::WaveLine,
    },
    entities::{campaign, signatory, signature, signature_count, signature_count_delta, text_version},
    platform::{Platform, jobs::enqueue, refreshed::Refreshed},
    states::Directory,
};

/// Kind, visibility, country, and whether a label stands in its place.
type Key = (String, String, String, bool);

/// Appends a change of the counts; in the transaction of the change itself. The counts are those of the newest version of the text (R5), so
/// what happens to a signature of an earlier one changes nothing here.
///
/// # Errors
/// When the database fails.
pub async fn append(
    txn: &impl ConnectionTrait,
    signature: &signature::Model,
    signatory: &signatory::Model,
    delta: i32,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let newest = text_version::Entity::find()
        .filter(text_version::Column::CampaignId.eq(signature.campaign_id))
        .order_by_desc(text_version::Column::Number)
        .one(txn)
        .await?;
    if newest.is_none_or(|newest| newest.id != signature.text_version_id) {
        return Ok(());
    }
    let row = signature_count_delta::ActiveModel {
        id: Set(Uuid::now_v7()),
        campaign_id: Set(signature.campaign_id),
        kind: Set(signatory.kind.clone()),
        visibility: Set(signature.visibility.clone()),
        labelled: Set(signatory.location_label.is_some()),
        iso3: Set(signatory.iso3.clone().unwrap_or_default()),
        delta: Set(delta),
        created_at: Set(now),
    };
    signature_count_delta::Entity::insert(row).exec_without_returning(txn).await?;
    enqueue(txn, jobs::fold(), now).await.map(drop)
}

/// Makes those who rewrite the counts wait for each other. Sign-ons do not wait: they need the weaker lock of a foreign key. SQLite has one
/// writer anyway.
async fn alone(txn: &impl ConnectionTrait) -> Result<(), DbErr> {
    campaign::Entity::find().order_by_asc(campaign::Column::Id).lock(LockType::NoKeyUpdate).all(txn).await.map(drop)
}

/// Folds all deltas into the counts. One transaction. What is added is what was deleted: two folds at once never add the same delta.
///
/// # Errors
/// When the database fails.
pub async fn fold(platform: &Platform) -> Result<(), DbErr> {
    let now = platform.clock.now();
    let txn = platform.database.begin().await?;
    alone(&txn).await?;
    let deltas = signature_count_delta::Entity::delete_many().exec_with_returning(&txn).await?;
    let mut sums: BTreeMap<(Uuid, Key), i32> = BTreeMap::new();
    for row in deltas {
        *sums.entry((row.campaign_id, (row.kind, row.visibility, row.iso3, row.labelled))).or_default() += row.delta;
    }
    for ((campaign_id, key), delta) in sums {
        let total = Expr::col((signature_count::Entity, signature_count::Column::Total)).add(delta);
        let on_conflict = OnConflict::columns([
            signature_count::Column::CampaignId,
            signature_count::Column::Kind,
            signature_count::Column::Visibility,
            signature_count::Column::Labelled,
            signature_count::Column::Iso3,
        ])
        .value(signature_count::Column::Total, total)
        .value(signature_count::Column::FoldedAt, now)
        .to_owned();
        signature_count::Entity::insert(count_row(campaign_id, key, delta, now))
            .on_conflict(on_conflict)
            .exec_without_returning(&txn)
            .await?;
    }
    txn.commit().await
}

fn count_row(campaign_id: Uuid, key: Key, total: i32, now: DateTime<Utc>) -> signature_count::ActiveModel {
    signature_count::ActiveModel {
        id: Set(Uuid::now_v7()),
        campaign_id: Set(campaign_id),
        kind: Set(key.0),
        visibility: Set(key.1),
        iso3: Set(key.2),
        labelled: Set(key.3),
        total: Set(total),
        folded_at: Set(now),
    }
}

#[derive(FromQueryResult)]
struct Counted {
    source: String,
    kind: String,
    visibility: String,
    iso3: String,
    labelled: bool,
    total: i64,
}

impl Counted {
    fn into_parts(self) -> (Key, i32) {
        ((self.kind, self.visibility, self.iso3, self.labelled), i32::try_from(self.total).unwrap_or(i32::MAX))
    }
}

/// Counts the signatures of the newest text and sets the counts right. Returns how many differed. One transaction.
///
/// # Errors
/// When the database fails.
pub async fn recount(platform: &Platform, campaign_id: Uuid) -> Result<usize, DbErr> {
    let txn = platform.database.begin().await?;
    let differed = recount_in(&txn, campaign_id, platform.clock.now()).await?;
    txn.commit().await?;
    Ok(differed)
}

/// The same inside a transaction: a new version of the text starts from its own signatures at once (R5).
///
/// Signatures, counts and deltas are read by one statement, thus at one moment. The deltas stay: the counts become what has to be there
/// before them, so a delta that arrives meanwhile is not lost.
///
/// # Errors
/// When the database fails.
pub async fn recount_in(txn: &impl ConnectionTrait, campaign_id: Uuid, now: DateTime<Utc>) -> Result<usize, DbErr> {
    alone(txn).await?;
    let mut query = held_query(campaign_id);
    query.union(UnionType::All, truth_query(campaign_id));
    let (mut truth, mut held, mut fresh) = (BTreeMap::<Key, i32>::new(), BTreeMap::<Key, i32>::new(), BTreeMap::<Key, i32>::new());
    for row in txn.query_all(&query).await? {
        let row = Counted::from_query_result(&row, "")?;
        let source = row.source.clone();
        let (key, total) = row.into_parts();
        match source.as_str() {
            TRUTH => *truth.entry(key).or_default() += total,
            FRESH => {
                *fresh.entry(key.clone()).or_default() += total;
                *held.entry(key).or_default() += total;
            }
            _ => *held.entry(key).or_default() += total,
        }
    }
    let of = |sums: &BTreeMap<Key, i32>, key: &Key| sums.get(key).copied().unwrap_or_default();
    let keys: BTreeSet<&Key> = truth.keys().chain(held.keys()).collect();
    let differed = keys.iter().filter(|key| of(&truth, key) != of(&held, key)).count();
    if differed > 0 {
        signature_count::Entity::delete_many().filter(signature_count::Column::CampaignId.eq(campaign_id)).exec(txn).await?;
        let before = keys.into_iter().map(|key| (key.clone(), of(&truth, key) - of(&fresh, key)));
        let rows: Vec<_> = before.filter(|(_, total)| *total != 0).map(|(key, total)| count_row(campaign_id, key, total, now)).collect();
        if !rows.is_empty() {
            signature_count::Entity::insert_many(rows).exec_without_returning(txn).await?;
        }
    }
    Ok(differed)
}

const FOLDED: &str = "folded";
const FRESH: &str = "fresh";
const TRUTH: &str = "truth";

/// Counts and deltas in one statement: a fold between two would show its numbers twice or not at all.
fn held_query(campaign_id: Uuid) -> SelectStatement {
    use {signature_count as folded, signature_count_delta as fresh};
    let mut query = Query::select()
        .expr_as(Expr::val(FOLDED), "source")
        .expr_as(Expr::col(folded::Column::Kind), "kind")
        .expr_as(Expr::col(folded::Column::Visibility), "visibility")
        .expr_as(Expr::col(folded::Column::Iso3), "iso3")
        .expr_as(Expr::col(folded::Column::Labelled), "labelled")
        .expr_as(Expr::col(folded::Column::Total).sum(), "total")
        .from(folded::Entity)
        .and_where(folded::Column::CampaignId.eq(campaign_id))
        .add_group_by([folded::Column::Kind, folded::Column::Visibility, folded::Column::Iso3, folded::Column::Labelled].map(Expr::col))
        .to_owned();
    let fresh = Query::select()
        .expr_as(Expr::val(FRESH), "source")
        .expr(Expr::col(fresh::Column::Kind))
        .expr(Expr::col(fresh::Column::Visibility))
        .expr(Expr::col(fresh::Column::Iso3))
        .expr(Expr::col(fresh::Column::Labelled))
        .expr(Expr::col(fresh::Column::Delta).sum())
        .from(fresh::Entity)
        .and_where(fresh::Column::CampaignId.eq(campaign_id))
        .add_group_by([fresh::Column::Kind, fresh::Column::Visibility, fresh::Column::Iso3, fresh::Column::Labelled].map(Expr::col))
        .to_owned();
    query.union(UnionType::All, fresh).to_owned()
}

fn labelled() -> Expr {
    Expr::col((signatory::Entity, signatory::Column::LocationLabel)).is_not_null()
}

/// The verified signatures of the newest version of the text.
fn truth_query(campaign_id: Uuid) -> SelectStatement {
    let newest = Query::select()
        .column(text_version::Column::Id)
        .from(text_version::Entity)
        .and_where(text_version::Column::CampaignId.eq(campaign_id))
        .order_by(text_version::Column::Number, Order::Desc)
        .limit(1)
        .to_owned();
    Query::select()
        .expr_as(Expr::val(TRUTH), "source")
        .expr(Expr::col((signatory::Entity, signatory::Column::Kind)))
        .expr(Expr::col((signature::Entity, signature::Column::Visibility)))
        .expr(Expr::col((signatory::Entity, signatory::Column::Iso3)).if_null(""))
        .expr(labelled())
        .expr(Expr::col((signature::Entity, signature::Column::Id)).count())
        .from(signature::Entity)
        .inner_join(signatory::Entity, signatory::Column::Id.into_expr().equals((signature::Entity, signature::Column::SignatoryId)))
        .and_where(signature::Column::CampaignId.eq(campaign_id))
        .and_where(signature::Column::State.eq(SignatureState::Verified.key()))
        .and_where(signature::Column::TextVersionId.in_subquery(newest))
        .group_by_col((signatory::Entity, signatory::Column::Kind))
        .group_by_col((signature::Entity, signature::Column::Visibility))
        .group_by_col((signatory::Entity, signatory::Column::Iso3))
        .add_group_by([labelled()])
        .to_owned()
}

/// The join from a signature to its signatory.
pub(super) fn of_signatory() -> RelationDef {
    use sea_orm::{EntityName, Identity};
    RelationDef {
        rel_type: RelationType::HasOne,
        from_tbl: signature::Entity.table_ref(),
        to_tbl: signatory::Entity.table_ref(),
        from_col: Identity::Unary(signature::Column::SignatoryId.into_iden()),
        to_col: Identity::Unary(signatory::Column::Id.into_iden()),
        is_owner: false,
        skip_fk: true,
        on_delete: None,
        on_update: None,
        on_condition: None,
        fk_name: None,
        condition_type: sea_orm::sea_query::ConditionType::All,
    }
}

/// The counts of now, by kind, visibility and country: folded and not yet folded together. One small query.
///
/// # Errors
/// When the database fails.
async fn rows(db: &impl ConnectionTrait, campaign_id: Uuid) -> Result<Vec<CountRow>, DbErr> {
    let mut sums: BTreeMap<Key, i32> = BTreeMap::new();
    for row in db.query_all(&held_query(campaign_id)).await? {
        let (key, total) = Counted::from_query_result(&row, "")?.into_parts();
        *sums.entry(key).or_default() += total;
    }
    let row = |((kind, visibility, iso3, labelled), total): (Key, i32)| {
        let (kind, visibility) = (kind.parse().ok()?, visibility.parse().ok()?);
        Some(CountRow { kind, visibility, labelled, iso3, total: u32::try_from(total).ok()? })
    };
    Ok(sums.into_iter().filter_map(row).collect())
}

/// The numbers pages show: one function for all (R10).
#[derive(Clone, Debug, Serialize)]
pub struct HeadlineView {
    /// Organisations and networks.
    pub organisations: u32,
    /// Of them, networks.
    pub networks: u32,
    /// Individuals.
    pub individuals: u32,
    /// Counted and not named.
    pub withheld: u32,
    /// Everybody.
    pub total: u32,
    /// Countries.
    pub countries: u32,
    /// Regions.
    pub regions: u32,
    /// When it was counted.
    pub as_of: DateTime<Utc>,
}

impl From<&Headline> for HeadlineView {
    fn from(headline: &Headline) -> Self {
        Self {
            organisations: headline.organisations,
            networks: headline.networks,
            individuals: headline.individuals,
            withheld: headline.withheld,
            total: headline.total,
            countries: headline.countries,
            regions: headline.regions,
            as_of: headline.as_of,
        }
    }
}

/// The counts of one moment.
#[derive(Clone, Debug)]
pub struct Counts {
    /// By kind, visibility and country.
    pub rows: Vec<CountRow>,
    /// The moment.
    pub as_of: DateTime<Utc>,
}

impl Counts {
    /// The counts of now. One query.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn read(platform: &Platform, campaign_id: Uuid) -> Result<Self, DbErr> {
        let as_of = platform.clock.now();
        Ok(Self { rows: rows(platform.database.read(), campaign_id).await?, as_of })
    }

    /// Their headline numbers.
    pub fn headline(&self, campaign: &Current, states: &Directory) -> Headline {
        headline::headline(&self.rows, |iso3| region_of(states, iso3), campaign.config.sign_on.smallest_cell(), self.as_of)
    }
}

/// The counts this process shows.
#[derive(Debug, Default)]
pub struct Register(Refreshed<Counts>);

impl Register {
    /// The counts, with the moment they are of. No query while the pages that show them may be kept.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn get(&self, platform: &Platform, campaign: &Current) -> Result<Arc<Counts>, DbErr> {
        self.0.get_with(&platform.pages, async || Counts::read(platform, campaign.id).await).await
    }
}

/// The headline numbers of a list that is being frozen.
pub(super) fn of_lines(lines: &[WaveLine], campaign: &Current, states: &Directory, as_of: DateTime<Utc>) -> Headline {
    let row = |line: &WaveLine| CountRow {
        kind: line.kind,
        visibility: line.visibility,
        labelled: line.location_label.is_some(),
        iso3: line.iso3.clone().unwrap_or_default(),
        total: 1,
    };
    Counts { rows: lines.iter().map(row).collect(), as_of }.headline(campaign, states)
}

fn region_of<'d>(states: &'d Directory, iso3: &str) -> Option<&'d str> {
    states.state(iso3).map(|state| state.region.as_str()).filter(|region| !region.is_empty())
}
