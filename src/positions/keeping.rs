//! Keeps the table of positions in step with the evidence. Reading and weighing happen outside any write transaction; what came of it is written in
//! a short one, and only if nothing it rests on has changed since. Must not decide what a fact means: that is the rule's.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{LockType, OnConflict},
};
use serde_json::json;
use uuid::Uuid;

use super::{
    derivation::{self, Board, Standing, cause},
    facts, jobs,
    store::{self, Audience},
};
use crate::{
    domain::{
        campaign::Campaign,
        clock::to_micros,
        evidence::Evidence,
        position::{NO_DATA, RULE_VERSION, silence_since},
    },
    entities::{campaign, evidence, position, position_change},
    platform::database::Database,
};

/// How often a derivation begins again because evidence came in meanwhile.
const ATTEMPTS: usize = 5;

/// Why positions could not be derived.
#[derive(Debug, thiserror::Error)]
pub enum KeepError {
    /// There is no such campaign.
    #[error("the campaign is not there any more")]
    Gone,
    /// Its configuration is none this program can read.
    #[error("the campaign's configuration cannot be read: {0}")]
    Configuration(#[from] serde_json::Error),
    /// Evidence kept coming in. Whoever brought it asked for a derivation of its own.
    #[error("evidence keeps coming in")]
    Overtaken,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbErr),
}

/// What a derivation did to the table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Derived {
    /// Rows written, new or changed.
    pub written: usize,
    /// Rows taken away: no evidence is left.
    pub removed: usize,
    /// Stances that moved.
    pub moved: usize,
}

/// What a derivation rests on. Evidence is never overwritten, only added and ended, so two counts tell of every change.
#[derive(Debug, PartialEq, Eq)]
struct Ground {
    config_hash: String,
    evidence: Counted,
    positions: Vec<(Uuid, String, DateTime<Utc>)>,
}

#[derive(Debug, PartialEq, Eq, FromQueryResult)]
struct Counted {
    added: i64,
    ended: i64,
}

/// What has to be written for the table to follow from the evidence, and what that rests on.
#[derive(Debug)]
pub struct Draft {
    campaign_id: Uuid,
    now: DateTime<Utc>,
    ground: Ground,
    rows: Vec<position::ActiveModel>,
    gone: Vec<Uuid>,
    moves: Vec<position_change::ActiveModel>,
}

/// Derives all positions of a campaign for both audiences and writes only what changed. Begins again when evidence came in meanwhile.
///
/// # Errors
/// See [`KeepError`].
pub async fn derive(database: &Database, campaign_id: Uuid, now: DateTime<Utc>) -> Result<Derived, KeepError> {
    for _ in 0..ATTEMPTS {
        let draft = draft(database, campaign_id, now).await?;
        if let Some(derived) = keep(database, draft).await? {
            return Ok(derived);
        }
    }
    Err(KeepError::Overtaken)
}

/// Reads and weighs, and writes nothing. Takes no lock.
///
/// # Errors
/// See [`KeepError`].
pub async fn draft(database: &Database, campaign_id: Uuid, now: DateTime<Utc>) -> Result<Draft, KeepError> {
    let (db, now) = (database.read(), to_micros(now));
    // Before everything else: what changes from here on is noticed.
    let ground = ground(db, campaign_id).await?;
    let row = campaign::Entity::find_by_id(campaign_id).one(db).await?.ok_or(KeepError::Gone)?;
    let config: Campaign = serde_json::from_value(row.config)?;
    let known = facts::known(db, campaign_id, Audience::Staff, now.date_naive(), now).await?;
    let states = if silence_since(&config, now.date_naive()).is_some() { derivation::states(db).await? } else { Vec::new() };
    let mut stored = Vec::with_capacity(Audience::ALL.len());
    for audience in Audience::ALL {
        stored.push((audience, store::all_positions(db, campaign_id, audience).await?));
    }
    let mut draft = Draft { campaign_id, now, ground, rows: Vec::new(), gone: Vec::new(), moves: Vec::new() };
    // A hundred thousand facts take a while to weigh: not on a thread that serves pages.
    let weighed = tokio::task::spawn_blocking(move || {
        for (audience, stored) in stored {
            let seen = known.iter().filter(|item: &&Evidence| audience.may_see(item));
            let board = derivation::board(&config, seen, &states, now.date_naive());
            draft.compare(audience, &board, stored);
        }
        draft
    });
    weighed.await.map_err(|error| DbErr::Custom(format!("weighing was broken off: {error}")).into())
}

/// Writes a draft, unless what it rests on has changed: then nothing, and `None`.
///
/// # Errors
/// See [`KeepError`].
pub async fn keep(database: &Database, draft: Draft) -> Result<Option<Derived>, KeepError> {
    let txn = database.begin().await?;
    // SQLite's write transactions are alone already and know no such clause. Evidence may still come in.
    if txn.get_database_backend() == sea_orm::DbBackend::Postgres {
        campaign::Entity::find_by_id(draft.campaign_id).lock(LockType::NoKeyUpdate).one(&txn).await?;
    }
    if ground(&txn, draft.campaign_id).await? != draft.ground {
        txn.rollback().await?;
        return Ok(None);
    }
    let derived = Derived { written: draft.rows.len(), removed: draft.gone.len(), moved: draft.moves.len() };
    jobs::tomorrow(&txn, draft.campaign_id, draft.now).await?;
    draft.write(&txn).await?;
    txn.commit().await?;
    Ok(Some(derived))
}

/// Three queries, none of which reads a text of the evidence.
async fn ground(db: &impl ConnectionTrait, campaign_id: Uuid) -> Result<Ground, KeepError> {
    use evidence::Column as E;
    use position::Column as P;
    let config_hash: Option<String> =
        campaign::Entity::find_by_id(campaign_id).select_only().column(campaign::Column::ConfigHash).into_tuple().one(db).await?;
    let counted = evidence::Entity::find()
        .select_only()
        .column_as(E::Id.count(), "added")
        .column_as(E::EndedAt.count(), "ended")
        .filter(E::CampaignId.eq(campaign_id))
        .into_model()
        .one(db)
        .await?;
    let positions = position::Entity::find()
        .select_only()
        .columns([P::Id, P::Stance, P::DerivedAt])
        .filter(P::CampaignId.eq(campaign_id))
        .order_by_asc(P::Id)
        .into_tuple()
        .all(db)
        .await?;
    Ok(Ground { config_hash: config_hash.ok_or(KeepError::Gone)?, evidence: counted.unwrap_or(Counted { added: 0, ended: 0 }), positions })
}

impl Draft {
    /// Notes in what a board differs from the stored rows of its audience.
    fn compare(&mut self, audience: Audience, board: &Board, stored: Vec<position::Model>) {
        let mut stored: BTreeMap<(String, String), position::Model> =
            stored.into_iter().map(|row| ((row.iso3.clone(), row.issue_code.clone()), row)).collect();
        for (key, standing) in &board.0 {
            let old = stored.remove(key);
            let before = old.as_ref().map_or_else(Vec::new, deciding_of);
            if old.as_ref().is_some_and(|old| is_same(old, standing) && before == standing.deciding) {
                continue;
            }
            if old.as_ref().is_none_or(|old| old.stance != standing.stance) {
                let from = old.as_ref().map(|old| old.stance.clone());
                self.moved(audience, key, from, &standing.stance, cause(&before, &standing.deciding));
            }
            self.rows.push(position::ActiveModel {
                id: Set(old.map_or_else(Uuid::now_v7, |old| old.id)),
                campaign_id: Set(self.campaign_id),
                iso3: Set(key.0.clone()),
                audience: Set(audience.key().to_owned()),
                issue_code: Set(key.1.clone()),
                stance: Set(standing.stance.clone()),
                confidence: Set(standing.confidence.key().to_owned()),
                via_group: Set(standing.via_group),
                since: Set(standing.since),
                reasons: Set(json!({ "evidence": standing.deciding })),
                rule_version: Set(RULE_VERSION),
                derived_at: Set(self.now),
            });
        }
        for (key, old) in stored {
            let cause = cause(&deciding_of(&old), &[]);
            self.gone.push(old.id);
            self.moved(audience, &key, Some(old.stance), NO_DATA, cause);
        }
    }

    fn moved(&mut self, audience: Audience, (iso3, issue): &(String, String), from: Option<String>, to: &str, cause: Option<Uuid>) {
        self.moves.push(position_change::ActiveModel {
            id: Set(Uuid::now_v7()),
            campaign_id: Set(self.campaign_id),
            iso3: Set(iso3.clone()),
            audience: Set(audience.key().to_owned()),
            issue_code: Set(issue.clone()),
            from_stance: Set(from),
            to_stance: Set(to.to_owned()),
            evidence_id: Set(cause),
            changed_at: Set(self.now),
        });
    }

    async fn write(self, db: &impl ConnectionTrait) -> Result<(), DbErr> {
        for chunk in self.rows.chunks(store::BATCH) {
            use position::Column as C;
            let on_conflict = OnConflict::columns([C::CampaignId, C::Audience, C::IssueCode, C::Iso3])
                .update_columns([C::Stance, C::Confidence, C::ViaGroup, C::Since, C::Reasons, C::RuleVersion, C::DerivedAt])
                .to_owned();
            position::Entity::insert_many(chunk.to_vec()).on_conflict(on_conflict).exec_without_returning(db).await?;
        }
        for chunk in self.gone.chunks(store::BATCH) {
            position::Entity::delete_many().filter(position::Column::Id.is_in(chunk.iter().copied())).exec(db).await?;
        }
        for chunk in self.moves.chunks(store::BATCH) {
            position_change::Entity::insert_many(chunk.to_vec()).exec_without_returning(db).await?;
        }
        Ok(())
    }
}

fn is_same(old: &position::Model, new: &Standing) -> bool {
    old.stance == new.stance
        && old.confidence == new.confidence.key()
        && old.via_group == new.via_group
        && old.since == new.since
        && old.rule_version == RULE_VERSION
}

/// The evidence a stored position was decided by.
pub fn deciding_of(row: &position::Model) -> Vec<Uuid> {
    let ids = row.reasons.get("evidence").and_then(|ids| serde::Deserialize::deserialize(ids).ok());
    ids.unwrap_or_default()
}
