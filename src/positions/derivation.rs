//! From evidence to positions: loads what an audience may know, applies the published rule of `domain`, and keeps the table in step. The same
//! evidence gives the same rows, byte for byte. A state without evidence has no row: "no data" is the absence of one, so no stance can stand
//! without evidence (R47). Must not decide what a fact means: that is the rule's.

use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, QueryFilter, QuerySelect,
    sea_query::{LockType, OnConflict},
};
use serde_json::json;
use uuid::Uuid;

use super::store::{self, Audience, OVERALL};
use crate::{
    domain::{
        campaign::{Campaign, parse_date},
        clock::to_micros,
        evidence::{CoderConfidence, Evidence, IssueStance},
        position::{self as rule, Confidence, NO_DATA, RULE_VERSION},
    },
    entities::{campaign, evidence, position, position_change, state},
};

/// Nothing was said though the matter was debated; only campaigns with a full record derive it.
pub const SILENT: &str = "silent";

/// Where a state stands, overall or on one issue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Key of a level or special value; on an issue one of supports, open, opposes, unclear.
    pub stance: String,
    /// How much weight it bears.
    pub confidence: Confidence,
    /// Only a group spoke.
    pub via_group: bool,
    /// Since when; on an issue, when it last spoke.
    pub since: Option<NaiveDate>,
    /// The deciding evidence, newest first.
    pub deciding: Vec<Uuid>,
}

/// Who stands where: by state and issue, the overall position under the issue [`OVERALL`]. A state that is not there has no data.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Board(pub BTreeMap<(String, String), Standing>);

impl Board {
    /// The overall position of a state.
    pub fn overall(&self, iso3: &str) -> Option<&Standing> {
        self.0.get(&(iso3.to_owned(), OVERALL.to_owned()))
    }

    /// The key of a state's overall stance; `no_data` where there is none.
    pub fn stance(&self, iso3: &str) -> &str {
        self.overall(iso3).map_or(NO_DATA, |standing| standing.stance.as_str())
    }

    /// The overall positions by state: every state once (R51).
    pub fn overalls(&self) -> impl Iterator<Item = (&str, &Standing)> {
        self.0.iter().filter(|((_, issue), _)| issue == OVERALL).map(|((iso3, _), standing)| (iso3.as_str(), standing))
    }
}

/// What the rule reads of a row.
#[derive(Debug, FromQueryResult)]
struct Row {
    id: Uuid,
    iso3: String,
    kind: String,
    direction: Option<String>,
    occurred_on: NaiveDate,
    capacity: String,
    scope: String,
    duplicate_of: Option<String>,
    confidence: String,
    visibility: String,
    recorded_at: DateTime<Utc>,
    ended_at: Option<DateTime<Utc>>,
}

/// The evidence an audience knew on a day: what had happened by `valid_on`, as recorded by `recorded_by` (R54). Two queries.
///
/// # Errors
/// When the database fails or a stored key is unknown to this program.
pub async fn evidence(
    db: &impl ConnectionTrait,
    campaign_id: Uuid,
    audience: Audience,
    valid_on: NaiveDate,
    recorded_by: DateTime<Utc>,
) -> Result<Vec<Evidence>, DbErr> {
    use evidence::Column as C;
    let condition = audience
        .condition()
        .add(C::CampaignId.eq(campaign_id))
        .add(C::OccurredOn.lte(valid_on))
        .add(C::RecordedAt.lte(recorded_by))
        .add(Condition::any().add(C::EndedAt.is_null()).add(C::EndedAt.gt(recorded_by)));
    let mut issues = store::issues_where(db, condition.clone()).await?;
    let columns = [
        C::Id,
        C::Iso3,
        C::Kind,
        C::Direction,
        C::OccurredOn,
        C::Capacity,
        C::Scope,
        C::DuplicateOf,
        C::Confidence,
        C::Visibility,
        C::RecordedAt,
        C::EndedAt,
    ];
    let rows = evidence::Entity::find().select_only().columns(columns).filter(condition).into_model::<Row>().all(db).await?;
    rows.into_iter().map(|row| fact(issues.remove(&row.id).unwrap_or_default(), row)).collect()
}

fn fact(issues: Vec<(String, String)>, row: Row) -> Result<Evidence, DbErr> {
    let unknown = |error: crate::domain::keyed::UnknownKey| DbErr::Custom(format!("evidence {}: {error}", row.id));
    let stances = issues.into_iter().map(|(code, stance)| Ok((code, stance.parse::<IssueStance>().map_err(unknown)?)));
    Ok(Evidence {
        id: row.id,
        kind: row.kind.parse().map_err(unknown)?,
        capacity: row.capacity.parse().map_err(unknown)?,
        scope: row.scope.parse().map_err(unknown)?,
        confidence: row.confidence.parse().map_err(unknown)?,
        visibility: row.visibility.parse().map_err(unknown)?,
        issues: stances.collect::<Result<_, DbErr>>()?,
        is_duplicate: row.duplicate_of.is_some(),
        iso3: row.iso3,
        direction: row.direction,
        occurred_on: row.occurred_on,
        recorded_at: row.recorded_at,
        ended_at: row.ended_at,
    })
}

/// Any board of any day: what had happened by `valid_on`, as recorded by `recorded_by`. Three queries at most, then memory.
///
/// # Errors
/// When the database fails.
pub async fn as_of(
    db: &impl ConnectionTrait,
    (campaign_id, config): (Uuid, &Campaign),
    audience: Audience,
    valid_on: NaiveDate,
    recorded_by: DateTime<Utc>,
) -> Result<Board, DbErr> {
    let known = evidence(db, campaign_id, audience, valid_on, to_micros(recorded_by)).await?;
    let silent: Vec<String> = if is_silence_telling(config, valid_on) {
        state::Entity::find().select_only().column(state::Column::Iso3).into_tuple().all(db).await?
    } else {
        Vec::new()
    };
    Ok(board(config, &known, silent, valid_on))
}

/// The board that follows from evidence, all of it known on `day`. `silent`: the states whose silence tells something.
pub fn board(config: &Campaign, known: &[Evidence], silent: impl IntoIterator<Item = String>, day: NaiveDate) -> Board {
    let mut by_state: BTreeMap<&str, Vec<&Evidence>> = BTreeMap::new();
    for item in known {
        by_state.entry(&item.iso3).or_default().push(item);
    }
    let mut board = Board::default();
    for iso3 in silent {
        let standing =
            Standing { stance: SILENT.to_owned(), confidence: Confidence::Low, via_group: false, since: None, deciding: Vec::new() };
        board.0.insert((iso3, OVERALL.to_owned()), standing);
    }
    for (iso3, items) in by_state {
        let overall = rule::overall(config, &items, day);
        if overall.stance != NO_DATA {
            let standing = Standing {
                stance: overall.stance,
                confidence: overall.confidence,
                via_group: overall.via_group,
                since: overall.since,
                deciding: overall.deciding,
            };
            board.0.insert((iso3.to_owned(), OVERALL.to_owned()), standing);
        }
        for (issue, spoken) in rule::by_issue(&items) {
            let newest = spoken.deciding.first().and_then(|id| items.iter().find(|item| item.id == *id));
            let standing = Standing {
                stance: spoken.stance.key().to_owned(),
                confidence: issue_confidence(config, newest.map(|item| item.confidence), spoken.via_group, day - spoken.last_spoke),
                via_group: spoken.via_group,
                since: Some(spoken.last_spoke),
                deciding: spoken.deciding,
            };
            board.0.insert((iso3.to_owned(), issue), standing);
        }
    }
    board
}

/// R58 for one issue: its own and recent words, coded without doubt, bear most.
fn issue_confidence(config: &Campaign, coder: Option<CoderConfidence>, via_group: bool, age: chrono::Duration) -> Confidence {
    let half_life = config.derivation.half_life_days;
    match (coder, via_group) {
        (None | Some(CoderConfidence::Low), _) => Confidence::Low,
        _ if age.num_days() >= 2 * half_life => Confidence::Low,
        (Some(CoderConfidence::High), false) if age.num_days() < half_life => Confidence::High,
        _ => Confidence::Medium,
    }
}

/// Whether saying nothing says something on `day`: the record is whole, and a debate lies within the configured number of finished sessions.
fn is_silence_telling(config: &Campaign, day: NaiveDate) -> bool {
    if config.derivation.partial_record {
        return false;
    }
    let mut begun: Vec<_> = config.session.iter().filter(|session| session.from <= day).collect();
    begun.sort_by_key(|session| std::cmp::Reverse(session.from));
    let finished = usize::try_from(config.derivation.silent_window_sessions).unwrap_or(0);
    let running = usize::from(begun.first().is_some_and(|session| session.until >= day));
    let window: HashSet<i32> = begun.iter().take(running + finished).map(|session| session.number).collect();
    config.event.iter().any(|event| {
        let last = parse_date(event.date_end.as_deref().unwrap_or(&event.date_start)).map(|(_, last, _)| last);
        event.kind == "debate" && event.session.is_some_and(|number| window.contains(&number)) && last.is_some_and(|last| last < day)
    })
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

/// Derives all positions of a campaign for both audiences and writes only what changed. Run it in a transaction: the campaign's row is locked
/// first, so that two derivations cannot overtake each other.
///
/// # Errors
/// When the database fails.
pub async fn derive(db: &impl ConnectionTrait, (campaign_id, config): (Uuid, &Campaign), now: DateTime<Utc>) -> Result<Derived, DbErr> {
    let now = to_micros(now);
    lock(db, campaign_id).await?;
    let mut done = Derived::default();
    for audience in Audience::ALL {
        let board = as_of(db, (campaign_id, config), audience, now.date_naive(), now).await?;
        write(db, campaign_id, audience, &board, now, &mut done).await?;
    }
    Ok(done)
}

async fn lock(db: &impl ConnectionTrait, campaign_id: Uuid) -> Result<(), DbErr> {
    // SQLite's transactions are alone already and know no such clause.
    if db.get_database_backend() == sea_orm::DbBackend::Postgres {
        campaign::Entity::find_by_id(campaign_id).lock(LockType::NoKeyUpdate).one(db).await?;
    }
    Ok(())
}

async fn write(
    db: &impl ConnectionTrait,
    campaign_id: Uuid,
    audience: Audience,
    board: &Board,
    now: DateTime<Utc>,
    done: &mut Derived,
) -> Result<(), DbErr> {
    let stored = store::all_positions(db, campaign_id, audience).await?;
    let mut stored: BTreeMap<(String, String), position::Model> =
        stored.into_iter().map(|row| ((row.iso3.clone(), row.issue_code.clone()), row)).collect();
    let (mut rows, mut moves) = (Vec::new(), Vec::new());
    let change = |iso3: &str, issue: &str, from: Option<String>, to: &str, evidence_id: Option<Uuid>| position_change::ActiveModel {
        id: Set(Uuid::now_v7()),
        campaign_id: Set(campaign_id),
        iso3: Set(iso3.to_owned()),
        audience: Set(audience.key().to_owned()),
        issue_code: Set(issue.to_owned()),
        from_stance: Set(from),
        to_stance: Set(to.to_owned()),
        evidence_id: Set(evidence_id),
        changed_at: Set(now),
    };
    for ((iso3, issue), standing) in &board.0 {
        let old = stored.remove(&(iso3.clone(), issue.clone()));
        let reasons = json!({ "evidence": standing.deciding });
        if old.as_ref().is_some_and(|old| is_same(old, standing, &reasons)) {
            continue;
        }
        if old.as_ref().is_none_or(|old| old.stance != standing.stance) {
            let before = old.as_ref().map_or_else(Vec::new, deciding_of);
            moves.push(change(
                iso3,
                issue,
                old.as_ref().map(|old| old.stance.clone()),
                &standing.stance,
                cause(&before, &standing.deciding),
            ));
        }
        rows.push(position::ActiveModel {
            id: Set(old.map_or_else(Uuid::now_v7, |old| old.id)),
            campaign_id: Set(campaign_id),
            iso3: Set(iso3.clone()),
            audience: Set(audience.key().to_owned()),
            issue_code: Set(issue.clone()),
            stance: Set(standing.stance.clone()),
            confidence: Set(standing.confidence.key().to_owned()),
            via_group: Set(standing.via_group),
            since: Set(standing.since),
            reasons: Set(reasons),
            rule_version: Set(RULE_VERSION),
            derived_at: Set(now),
        });
    }
    let gone: Vec<position::Model> = stored.into_values().collect();
    moves.extend(
        gone.iter().map(|old| change(&old.iso3, &old.issue_code, Some(old.stance.clone()), NO_DATA, cause(&deciding_of(old), &[]))),
    );
    (done.written, done.removed, done.moved) = (done.written + rows.len(), done.removed + gone.len(), done.moved + moves.len());
    for chunk in rows.chunks(store::BATCH) {
        use position::Column as C;
        let on_conflict = OnConflict::columns([C::CampaignId, C::Audience, C::IssueCode, C::Iso3])
            .update_columns([C::Stance, C::Confidence, C::ViaGroup, C::Since, C::Reasons, C::RuleVersion, C::DerivedAt])
            .to_owned();
        position::Entity::insert_many(chunk.to_vec()).on_conflict(on_conflict).exec_without_returning(db).await?;
    }
    for chunk in gone.chunks(store::BATCH) {
        let ids = chunk.iter().map(|row| row.id);
        position::Entity::delete_many().filter(position::Column::Id.is_in(ids)).exec(db).await?;
    }
    for chunk in moves.chunks(store::BATCH) {
        position_change::Entity::insert_many(chunk.to_vec()).exec_without_returning(db).await?;
    }
    Ok(())
}

fn is_same(old: &position::Model, new: &Standing, reasons: &serde_json::Value) -> bool {
    old.stance == new.stance
        && old.confidence == new.confidence.key()
        && old.via_group == new.via_group
        && old.since == new.since
        && old.rule_version == RULE_VERSION
        && old.reasons == *reasons
}

/// The evidence a stored position was decided by.
pub fn deciding_of(row: &position::Model) -> Vec<Uuid> {
    let ids = row.reasons.get("evidence").and_then(|ids| serde_json::from_value(ids.clone()).ok());
    ids.unwrap_or_default()
}

/// What moved a position: the newest evidence that decides now and did not before, else the one that does not any more, else only time.
pub(super) fn cause(before: &[Uuid], after: &[Uuid]) -> Option<Uuid> {
    let come = after.iter().find(|id| !before.contains(id));
    come.or_else(|| before.iter().find(|id| !after.contains(id))).copied()
}
