//! Counts of verified signatures: changed by appending, folded by the worker, set right every night by a recount. A page never counts a table.

use std::collections::BTreeMap;

use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, JoinType, QueryFilter, QuerySelect, RelationDef, RelationType,
    sea_query::{IntoIden, OnConflict},
};
use serde::Serialize;
use uuid::Uuid;

use super::jobs;
use crate::{
    campaigns::Current,
    domain::{
        headline::{self, CountRow, Headline},
        signature::SignatureState,
    },
    entities::{signatory, signature, signature_count, signature_count_delta},
    platform::{Platform, jobs::enqueue},
    states::Directory,
};

type Key = (String, String, String);

/// Appends a change of the counts; in the transaction of the change itself.
///
/// # Errors
/// When the database fails.
pub async fn append(
    txn: &impl ConnectionTrait,
    signature: &signature::Model,
    signatory: &signatory::Model,
    delta: i32,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<(), DbErr> {
    let row = signature_count_delta::ActiveModel {
        id: Set(Uuid::now_v7()),
        campaign_id: Set(signature.campaign_id),
        kind: Set(signatory.kind.clone()),
        visibility: Set(signature.visibility.clone()),
        iso3: Set(signatory.iso3.clone().unwrap_or_default()),
        delta: Set(delta),
        created_at: Set(now),
    };
    signature_count_delta::Entity::insert(row).exec_without_returning(txn).await?;
    enqueue(txn, jobs::fold(), now).await.map(drop)
}

/// Folds all deltas into the counts. One transaction.
///
/// # Errors
/// When the database fails.
pub async fn fold(platform: &Platform) -> Result<(), DbErr> {
    let txn = platform.database.begin().await?;
    let deltas = signature_count_delta::Entity::find().all(&txn).await?;
    if deltas.is_empty() {
        return txn.commit().await;
    }
    let ids: Vec<Uuid> = deltas.iter().map(|row| row.id).collect();
    let mut sums: BTreeMap<(Uuid, Key), i32> = BTreeMap::new();
    for row in deltas {
        *sums.entry((row.campaign_id, (row.kind, row.visibility, row.iso3))).or_default() += row.delta;
    }
    for ((campaign_id, key), delta) in sums {
        use sea_orm::sea_query::{Expr, ExprTrait};
        let now = platform.clock.now();
        let total = Expr::col((signature_count::Entity, signature_count::Column::Total)).add(delta);
        let on_conflict = OnConflict::columns([
            signature_count::Column::CampaignId,
            signature_count::Column::Kind,
            signature_count::Column::Visibility,
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
    for chunk in ids.chunks(500) {
        signature_count_delta::Entity::delete_many()
            .filter(signature_count_delta::Column::Id.is_in(chunk.iter().copied()))
            .exec(&txn)
            .await?;
    }
    txn.commit().await
}

fn count_row(campaign_id: Uuid, key: Key, total: i32, now: chrono::DateTime<chrono::Utc>) -> signature_count::ActiveModel {
    signature_count::ActiveModel {
        id: Set(Uuid::now_v7()),
        campaign_id: Set(campaign_id),
        kind: Set(key.0),
        visibility: Set(key.1),
        iso3: Set(key.2),
        total: Set(total),
        folded_at: Set(now),
    }
}

#[derive(FromQueryResult)]
struct Counted {
    kind: String,
    visibility: String,
    iso3: Option<String>,
    total: i64,
}

/// Counts the signatures themselves and sets the counts right. Returns how many differed. One transaction.
///
/// # Errors
/// When the database fails.
pub async fn recount(platform: &Platform, campaign_id: Uuid) -> Result<usize, DbErr> {
    let now = platform.clock.now();
    let txn = platform.database.begin().await?;
    let counted: Vec<Counted> = signature::Entity::find()
        .join(JoinType::InnerJoin, of_signatory())
        .filter(signature::Column::CampaignId.eq(campaign_id))
        .filter(signature::Column::State.eq(SignatureState::Verified.key()))
        .select_only()
        .column_as(signatory::Column::Kind, "kind")
        .column_as(signature::Column::Visibility, "visibility")
        .column_as(signatory::Column::Iso3, "iso3")
        .column_as(signature::Column::Id.count(), "total")
        .group_by(signatory::Column::Kind)
        .group_by(signature::Column::Visibility)
        .group_by(signatory::Column::Iso3)
        .into_model()
        .all(&txn)
        .await?;
    let truth: BTreeMap<Key, i32> = counted
        .into_iter()
        .map(|row| ((row.kind, row.visibility, row.iso3.unwrap_or_default()), i32::try_from(row.total).unwrap_or(i32::MAX)))
        .collect();
    let mut held: BTreeMap<Key, i32> = BTreeMap::new();
    for row in held_rows(&txn, campaign_id).await? {
        *held.entry((row.0, row.1, row.2)).or_default() += row.3;
    }
    held.retain(|_, total| *total != 0);
    let differed = truth.iter().filter(|(key, total)| held.get(*key) != Some(*total)).count()
        + held.keys().filter(|key| !truth.contains_key(*key)).count();
    if differed > 0 {
        signature_count_delta::Entity::delete_many().filter(signature_count_delta::Column::CampaignId.eq(campaign_id)).exec(&txn).await?;
        signature_count::Entity::delete_many().filter(signature_count::Column::CampaignId.eq(campaign_id)).exec(&txn).await?;
        let rows: Vec<_> = truth.into_iter().map(|(key, total)| count_row(campaign_id, key, total, now)).collect();
        if !rows.is_empty() {
            signature_count::Entity::insert_many(rows).exec_without_returning(&txn).await?;
        }
    }
    txn.commit().await?;
    Ok(differed)
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

async fn held_rows(db: &impl ConnectionTrait, campaign_id: Uuid) -> Result<Vec<(String, String, String, i32)>, DbErr> {
    let folded = signature_count::Entity::find().filter(signature_count::Column::CampaignId.eq(campaign_id)).all(db).await?;
    let fresh = signature_count_delta::Entity::find().filter(signature_count_delta::Column::CampaignId.eq(campaign_id)).all(db).await?;
    let folded = folded.into_iter().map(|row| (row.kind, row.visibility, row.iso3, row.total));
    Ok(folded.chain(fresh.into_iter().map(|row| (row.kind, row.visibility, row.iso3, row.delta))).collect())
}

/// The counts of now, by kind, visibility and country: folded and not yet folded together. Two small queries.
///
/// # Errors
/// When the database fails.
pub async fn rows(db: &impl ConnectionTrait, campaign_id: Uuid) -> Result<Vec<CountRow>, DbErr> {
    let mut sums: BTreeMap<Key, i32> = BTreeMap::new();
    for (kind, visibility, iso3, total) in held_rows(db, campaign_id).await? {
        *sums.entry((kind, visibility, iso3)).or_default() += total;
    }
    let row = |((kind, visibility, iso3), total): (Key, i32)| {
        Some(CountRow { kind: kind.parse().ok()?, visibility: visibility.parse().ok()?, iso3, total: u32::try_from(total).ok()? })
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
    pub as_of: chrono::DateTime<chrono::Utc>,
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

/// The headline numbers of now.
///
/// # Errors
/// When the database fails.
pub async fn headline(platform: &Platform, campaign: &Current, states: &Directory) -> Result<Headline, DbErr> {
    let rows = rows(platform.database.read(), campaign.id).await?;
    Ok(headline::headline(&rows, |iso3| region_of(states, iso3), platform.clock.now()))
}

/// The headline numbers of a list that is being frozen, from its sums by kind, visibility and country.
pub(super) fn of_lines(sums: &BTreeMap<(&str, &str, &str), u32>, states: &Directory, as_of: chrono::DateTime<chrono::Utc>) -> Headline {
    let rows: Vec<CountRow> = sums
        .iter()
        .filter_map(|((kind, visibility, iso3), total)| {
            Some(CountRow { kind: kind.parse().ok()?, visibility: visibility.parse().ok()?, iso3: (*iso3).to_owned(), total: *total })
        })
        .collect();
    headline::headline(&rows, |iso3| region_of(states, iso3), as_of)
}

fn region_of<'d>(states: &'d Directory, iso3: &str) -> Option<&'d str> {
    states.state(iso3).map(|state| state.region.as_str()).filter(|region| !region.is_empty())
}
