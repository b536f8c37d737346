//! Rows of evidence as the rule reads them: one reader for the public board, for derivation, and for any board of an earlier day. Must not decide
//! what a fact means: that is the rule's.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::store::{self, Audience};
use crate::{
    domain::{
        evidence::{Evidence, IssueStance},
        keyed::UnknownKey,
    },
    entities::evidence,
};

/// The cells of a row, in the order of [`known`]'s columns.
type Cells =
    (Uuid, String, String, Option<String>, NaiveDate, String, String, Option<String>, String, String, DateTime<Utc>, Option<DateTime<Utc>>);

/// What the rule reads of a row; the texts stay where they are.
#[derive(Debug)]
pub(super) struct Row {
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

impl From<Cells> for Row {
    fn from(cells: Cells) -> Self {
        let (id, iso3, kind, direction, occurred_on, capacity, scope, duplicate_of, confidence, visibility, recorded_at, ended_at) = cells;
        Self { id, iso3, kind, direction, occurred_on, capacity, scope, duplicate_of, confidence, visibility, recorded_at, ended_at }
    }
}

impl From<&evidence::Model> for Row {
    fn from(row: &evidence::Model) -> Self {
        Self {
            id: row.id,
            iso3: row.iso3.clone(),
            kind: row.kind.clone(),
            direction: row.direction.clone(),
            occurred_on: row.occurred_on,
            capacity: row.capacity.clone(),
            scope: row.scope.clone(),
            duplicate_of: row.duplicate_of.clone(),
            confidence: row.confidence.clone(),
            visibility: row.visibility.clone(),
            recorded_at: row.recorded_at,
            ended_at: row.ended_at,
        }
    }
}

/// The evidence an audience knew on a day: what had happened by `valid_on`, as recorded by `recorded_by` (R54). Two queries.
///
/// # Errors
/// When the database fails or a stored key is unknown to this program.
pub async fn known(
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
    // By place and not by name, which is looked up anew for every cell of every row.
    let rows: Vec<Cells> = evidence::Entity::find().select_only().columns(columns).filter(condition).into_tuple().all(db).await?;
    rows.into_iter().map(Row::from).map(|row| fact(issues.remove(&row.id).unwrap_or_default(), row)).collect()
}

/// One row with the issues it speaks to.
///
/// # Errors
/// When a stored key is unknown to this program: what it means would be guessed at.
pub(super) fn fact(issues: Vec<(String, String)>, row: Row) -> Result<Evidence, DbErr> {
    let unknown = |error: UnknownKey| DbErr::Custom(format!("evidence {}: {error}", row.id));
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
