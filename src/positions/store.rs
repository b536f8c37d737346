//! Queries over evidence and positions. What the public may see is decided here, in the condition of the query, and nowhere above (R55).

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, RelationDef};
use uuid::Uuid;

use super::proposed;
use crate::{
    accounts::{Permission, Role},
    domain::evidence::{Evidence, EvidenceVisibility, Scope},
    entities::{evidence, evidence_issue, evidence_proposal, position, position_change, reply},
    letters,
};

/// Rows per statement that writes.
pub const BATCH: usize = 200;
/// The issue code of the overall position.
pub const OVERALL: &str = "";

/// For whom a board is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Audience {
    /// Everybody: from public evidence alone.
    Public,
    /// Staff: from all evidence.
    Staff,
}

impl Audience {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Public, Self::Staff];

    /// What a member of staff sees: all evidence, or, who handles no replies, what everybody sees.
    pub fn of(role: Role) -> Self {
        if role.may(Permission::RecordReplies) { Self::Staff } else { Self::Public }
    }

    /// As stored.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Staff => "staff",
        }
    }

    /// The same as [`Self::condition`] for a fact that was read already.
    pub fn may_see(self, fact: &Evidence) -> bool {
        match self {
            Self::Public => fact.visibility == EvidenceVisibility::Public,
            Self::Staff => true,
        }
    }

    /// What of the evidence it may be shown.
    pub fn condition(self) -> Condition {
        match self {
            Self::Public => Condition::all().add(evidence::Column::Visibility.eq(EvidenceVisibility::Public.key())),
            Self::Staff => Condition::all(),
        }
    }
}

/// A piece of evidence with the issues it speaks to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvidenceItem {
    /// The row.
    pub row: evidence::Model,
    /// Code and stance.
    pub issues: Vec<(String, String)>,
}

/// One row of evidence, in force or not.
///
/// # Errors
/// When the database fails.
pub async fn by_id(db: &impl ConnectionTrait, campaign_id: Uuid, id: Uuid) -> Result<Option<evidence::Model>, DbErr> {
    evidence::Entity::find_by_id(id).filter(evidence::Column::CampaignId.eq(campaign_id)).one(db).await
}

/// The row with this import key that is in force or was last.
///
/// # Errors
/// When the database fails.
pub async fn by_key(db: &impl ConnectionTrait, campaign_id: Uuid, key: &str) -> Result<Option<evidence::Model>, DbErr> {
    let query = evidence::Entity::find().filter(evidence::Column::CampaignId.eq(campaign_id)).filter(evidence::Column::ImportKey.eq(key));
    query.order_by_desc(evidence::Column::RecordedAt).order_by_desc(evidence::Column::Id).one(db).await
}

/// The import key of all evidence of an audience that has one, ended rows included. One query.
///
/// # Errors
/// When the database fails.
pub async fn import_keys(db: &impl ConnectionTrait, campaign_id: Uuid, audience: Audience) -> Result<HashMap<Uuid, String>, DbErr> {
    use evidence::Column as C;
    let condition = audience.condition().add(C::CampaignId.eq(campaign_id)).add(C::ImportKey.is_not_null());
    let rows: Vec<(Uuid, String)> =
        evidence::Entity::find().select_only().columns([C::Id, C::ImportKey]).filter(condition).into_tuple().all(db).await?;
    Ok(rows.into_iter().collect())
}

/// All positions of an audience: overall with [`OVERALL`], or on one issue. A state without evidence has no row. One query.
///
/// # Errors
/// When the database fails.
pub async fn positions(
    db: &impl ConnectionTrait,
    campaign_id: Uuid,
    audience: Audience,
    issue: &str,
) -> Result<Vec<position::Model>, DbErr> {
    position_query(campaign_id, audience).filter(position::Column::IssueCode.eq(issue)).all(db).await
}

/// All positions of an audience, overall and on every issue, in the order of state and issue. One query.
///
/// # Errors
/// When the database fails.
pub async fn all_positions(db: &impl ConnectionTrait, campaign_id: Uuid, audience: Audience) -> Result<Vec<position::Model>, DbErr> {
    position_query(campaign_id, audience).all(db).await
}

/// All positions of one state, overall first. One query.
///
/// # Errors
/// When the database fails.
pub async fn positions_of(
    db: &impl ConnectionTrait,
    campaign_id: Uuid,
    audience: Audience,
    iso3: &str,
) -> Result<Vec<position::Model>, DbErr> {
    position_query(campaign_id, audience).filter(position::Column::Iso3.eq(iso3)).all(db).await
}

fn position_query(campaign_id: Uuid, audience: Audience) -> sea_orm::Select<position::Entity> {
    position::Entity::find()
        .filter(position::Column::CampaignId.eq(campaign_id))
        .filter(position::Column::Audience.eq(audience.key()))
        .order_by_asc(position::Column::Iso3)
        .order_by_asc(position::Column::IssueCode)
}

/// The evidence of one state that is in force, newest first. Two queries.
///
/// # Errors
/// When the database fails.
pub async fn evidence_of(db: &impl ConnectionTrait, campaign_id: Uuid, audience: Audience, iso3: &str) -> Result<Vec<EvidenceItem>, DbErr> {
    let condition = in_force(campaign_id, audience).add(evidence::Column::Iso3.eq(iso3));
    items(db, condition).await
}

/// All evidence an audience may see that is in force, newest first. Two queries.
///
/// # Errors
/// When the database fails.
pub async fn evidence(db: &impl ConnectionTrait, campaign_id: Uuid, audience: Audience) -> Result<Vec<EvidenceItem>, DbErr> {
    items(db, in_force(campaign_id, audience)).await
}

/// What states did in one of these directions on the matter as a whole, as far as the audience may see it, newest first. One query.
///
/// # Errors
/// When the database fails.
pub async fn acts_towards(
    db: &impl ConnectionTrait,
    campaign_id: Uuid,
    audience: Audience,
    directions: &[&str],
) -> Result<Vec<evidence::Model>, DbErr> {
    let towards = in_force(campaign_id, audience)
        .add(evidence::Column::Direction.is_in(directions.iter().copied()))
        .add(evidence::Column::Scope.eq(Scope::Overall.key()))
        .add(evidence::Column::DuplicateOf.is_null());
    evidence::Entity::find().filter(towards).order_by_desc(evidence::Column::OccurredOn).order_by_asc(evidence::Column::Id).all(db).await
}

/// The whole ledger of one state, superseded and retracted rows included, newest first, as far as the audience may see it. Two queries.
///
/// # Errors
/// When the database fails.
pub async fn ledger(db: &impl ConnectionTrait, campaign_id: Uuid, audience: Audience, iso3: &str) -> Result<Vec<EvidenceItem>, DbErr> {
    let condition = audience.condition().add(evidence::Column::CampaignId.eq(campaign_id)).add(evidence::Column::Iso3.eq(iso3));
    items(db, condition).await
}

fn in_force(campaign_id: Uuid, audience: Audience) -> Condition {
    audience.condition().add(evidence::Column::CampaignId.eq(campaign_id)).add(evidence::Column::EndedAt.is_null())
}

async fn items(db: &impl ConnectionTrait, condition: Condition) -> Result<Vec<EvidenceItem>, DbErr> {
    let issues = issues_where(db, condition.clone()).await?;
    let query = evidence::Entity::find().filter(condition);
    let rows = query
        .order_by_desc(evidence::Column::OccurredOn)
        .order_by_desc(evidence::Column::RecordedAt)
        .order_by_asc(evidence::Column::Id)
        .all(db)
        .await?;
    let with_issues = rows.into_iter().map(|row| EvidenceItem { issues: issues.get(&row.id).cloned().unwrap_or_default(), row });
    Ok(with_issues.collect())
}

/// The issues of all evidence a condition on `evidence` chooses, in the order of their codes. One query.
pub(super) async fn issues_where(db: &impl ConnectionTrait, condition: Condition) -> Result<HashMap<Uuid, Vec<(String, String)>>, DbErr> {
    use evidence_issue::Column as C;
    let rows: Vec<(Uuid, String, String)> = evidence_issue::Entity::find()
        .select_only()
        .columns([C::EvidenceId, C::IssueCode, C::Stance])
        .join(JoinType::InnerJoin, to_evidence())
        .filter(condition)
        .order_by_asc(C::IssueCode)
        .into_tuple()
        .all(db)
        .await?;
    let mut issues: HashMap<Uuid, Vec<(String, String)>> = HashMap::new();
    for (id, code, stance) in rows {
        issues.entry(id).or_default().push((code, stance));
    }
    Ok(issues)
}

fn to_evidence() -> RelationDef {
    evidence_issue::Entity::belongs_to(evidence::Entity).from(evidence_issue::Column::EvidenceId).to(evidence::Column::Id).into()
}

/// Day of each state's newest evidence in force, for an audience. One query.
///
/// # Errors
/// When the database fails.
pub async fn last_evidence(db: &impl ConnectionTrait, campaign_id: Uuid, audience: Audience) -> Result<HashMap<String, NaiveDate>, DbErr> {
    let rows: Vec<(String, NaiveDate)> = evidence::Entity::find()
        .select_only()
        .column(evidence::Column::Iso3)
        .column_as(evidence::Column::OccurredOn.max(), "newest")
        .filter(in_force(campaign_id, audience))
        .group_by(evidence::Column::Iso3)
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}

/// The days that are known to the month or the year only, by state, with how exactly: a page must not show them as days. One query.
///
/// # Errors
/// When the database fails.
pub async fn inexact_days(
    db: &impl ConnectionTrait,
    campaign_id: Uuid,
    audience: Audience,
) -> Result<HashMap<(String, NaiveDate), String>, DbErr> {
    use evidence::Column as C;
    let rows: Vec<(String, NaiveDate, String)> = evidence::Entity::find()
        .select_only()
        .columns([C::Iso3, C::OccurredOn, C::Precision])
        .filter(in_force(campaign_id, audience).add(C::Precision.ne("day")))
        .distinct()
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|(iso3, day, precision)| ((iso3, day), precision)).collect())
}

/// A state among the sponsors of a draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cosponsor {
    /// The state.
    pub iso3: String,
    /// When it joined, or the first day we know that it had.
    pub joined: NaiveDate,
    /// When it left.
    pub left: Option<NaiveDate>,
}

/// The sponsors of every draft and revision, by document symbol, as far as the record names them: counted, never typed (R62). A dissociation
/// from the same document ends a sponsorship. One query.
///
/// # Errors
/// When the database fails.
pub async fn cosponsors(
    db: &impl ConnectionTrait,
    campaign_id: Uuid,
    audience: Audience,
) -> Result<BTreeMap<String, Vec<Cosponsor>>, DbErr> {
    use evidence::Column as C;
    let rows: Vec<(Option<String>, String, String, NaiveDate)> = evidence::Entity::find()
        .select_only()
        .columns([C::Document, C::Iso3, C::Kind, C::OccurredOn])
        .filter(in_force(campaign_id, audience))
        .filter(C::Kind.is_in(["cosponsorship", "dissociation"]))
        .filter(C::Document.is_not_null())
        .filter(C::DuplicateOf.is_null())
        .order_by_asc(C::OccurredOn)
        .order_by_asc(C::Iso3)
        .into_tuple()
        .all(db)
        .await?;
    let mut drafts: BTreeMap<String, Vec<Cosponsor>> = BTreeMap::new();
    for (document, iso3, kind, day) in rows {
        let Some(document) = document else { continue };
        let known = drafts.get_mut(&document).and_then(|draft| draft.iter_mut().rev().find(|sponsor| sponsor.iso3 == iso3));
        match (kind.as_str(), known) {
            ("dissociation", Some(sponsor)) if sponsor.left.is_none() => sponsor.left = Some(day),
            ("dissociation", _) => {}
            (_, Some(sponsor)) if sponsor.left.is_none() => {}
            _ => drafts.entry(document).or_default().push(Cosponsor { iso3, joined: day, left: None }),
        }
    }
    Ok(drafts)
}

/// The moves an audience may see since an instant, newest first. One query.
///
/// # Errors
/// When the database fails.
pub async fn changes_since(
    db: &impl ConnectionTrait,
    campaign_id: Uuid,
    audience: Audience,
    since: DateTime<Utc>,
) -> Result<Vec<position_change::Model>, DbErr> {
    use position_change::Column as C;
    position_change::Entity::find()
        .filter(C::CampaignId.eq(campaign_id))
        .filter(C::Audience.eq(audience.key()))
        .filter(C::ChangedAt.gte(since))
        .order_by_desc(C::ChangedAt)
        .order_by_desc(C::Id)
        .all(db)
        .await
}

/// What a state told us in private: in replies, in what they suggest, and at meetings. Four queries.
///
/// # Errors
/// When the database fails.
pub async fn private_words(db: &impl ConnectionTrait, campaign_id: Uuid, iso3: &str) -> Result<Vec<String>, DbErr> {
    let mut words: Vec<String> = reply::Entity::find()
        .select_only()
        .column(reply::Column::Summary)
        .filter(reply::Column::CampaignId.eq(campaign_id))
        .filter(reply::Column::Iso3.eq(iso3))
        .filter(reply::Column::Visibility.ne(EvidenceVisibility::Public.key()))
        .into_tuple()
        .all(db)
        .await?;
    let suggested = evidence_proposal::Entity::find()
        .select_only()
        .column(evidence_proposal::Column::Summary)
        .filter(proposed::of_campaign(campaign_id))
        .filter(evidence_proposal::Column::Iso3.eq(iso3))
        .filter(evidence_proposal::Column::Visibility.ne(EvidenceVisibility::Public.key()))
        .into_tuple::<String>();
    words.extend(suggested.all(db).await?);
    words.extend(letters::store::words_of_meetings(db, campaign_id, Some(iso3)).await?);
    Ok(words)
}
