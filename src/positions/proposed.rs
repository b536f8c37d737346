//! What answers and meetings suggest, with what is known of where it comes from. Must not decide anything.

use std::collections::HashMap;

use chrono::NaiveDate;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};
use uuid::Uuid;

use crate::{
    domain::{evidence::EvidenceKind, proof::Proof},
    entities::{evidence_proposal, meeting, reply},
};

/// A proposal with its source.
#[derive(Debug)]
pub struct Proposed {
    /// The proposal.
    pub proposal: evidence_proposal::Model,
    /// Where it comes from.
    pub source: Source,
}

/// An answer or a meeting.
#[derive(Debug)]
pub struct Source {
    /// What kind of evidence it would be.
    pub kind: EvidenceKind,
    /// Its day.
    pub day: NaiveDate,
    /// What was said, in private.
    pub summary: String,
    /// What stands behind it.
    pub proof: Proof,
    /// Where the official record of it is.
    pub record_url: Option<String>,
    /// Its page.
    pub href: String,
}

impl Source {
    fn of_reply(row: &reply::Model) -> Self {
        Self {
            kind: EvidenceKind::Reply,
            day: row.received_on,
            summary: row.summary.clone(),
            proof: row.proof.parse().unwrap_or(Proof::Report),
            record_url: row.record_url.clone(),
            href: format!("/desk/replies/{}", row.id),
        }
    }

    /// A meeting is always somebody's account of it.
    fn of_meeting(row: &meeting::Model, proposal: &evidence_proposal::Model) -> Self {
        Self {
            kind: EvidenceKind::Meeting,
            day: row.met_on.unwrap_or_else(|| row.created_at.date_naive()),
            summary: proposal.summary.clone(),
            proof: Proof::Report,
            record_url: None,
            href: format!("/desk/meetings/{}", row.id),
        }
    }
}

/// The proposals of a campaign, of whatever source.
pub fn of_campaign(campaign_id: Uuid) -> Condition {
    let replies = reply::Entity::find().select_only().column(reply::Column::Id).filter(reply::Column::CampaignId.eq(campaign_id));
    let meetings = meeting::Entity::find().select_only().column(meeting::Column::Id).filter(meeting::Column::CampaignId.eq(campaign_id));
    Condition::any()
        .add(evidence_proposal::Column::ReplyId.in_subquery(replies.into_query()))
        .add(evidence_proposal::Column::MeetingId.in_subquery(meetings.into_query()))
}

/// Proposals of a campaign with their sources, oldest first. Three queries.
///
/// # Errors
/// When the database fails.
pub async fn in_state(db: &impl ConnectionTrait, campaign_id: Uuid, state: &str) -> Result<Vec<Proposed>, DbErr> {
    let rows = evidence_proposal::Entity::find()
        .filter(of_campaign(campaign_id))
        .filter(evidence_proposal::Column::State.eq(state))
        .order_by_asc(evidence_proposal::Column::CreatedAt)
        .all(db)
        .await?;
    with_sources(db, rows).await
}

/// One proposal with its source. Three queries.
///
/// # Errors
/// When the database fails.
pub async fn by_id(db: &impl ConnectionTrait, campaign_id: Uuid, id: Uuid) -> Result<Option<Proposed>, DbErr> {
    let row = evidence_proposal::Entity::find_by_id(id).filter(of_campaign(campaign_id)).all(db).await?;
    Ok(with_sources(db, row).await?.pop())
}

async fn with_sources(db: &impl ConnectionTrait, rows: Vec<evidence_proposal::Model>) -> Result<Vec<Proposed>, DbErr> {
    let replies = reply::Entity::find().filter(reply::Column::Id.is_in(rows.iter().filter_map(|row| row.reply_id))).all(db).await?;
    let replies: HashMap<Uuid, reply::Model> = replies.into_iter().map(|row| (row.id, row)).collect();
    let meetings = meeting::Entity::find().filter(meeting::Column::Id.is_in(rows.iter().filter_map(|row| row.meeting_id))).all(db).await?;
    let meetings: HashMap<Uuid, meeting::Model> = meetings.into_iter().map(|row| (row.id, row)).collect();
    let found = rows.into_iter().filter_map(|proposal| {
        let reply = proposal.reply_id.and_then(|id| replies.get(&id)).map(Source::of_reply);
        let source = reply.or_else(|| Some(Source::of_meeting(meetings.get(&proposal.meeting_id?)?, &proposal)))?;
        Some(Proposed { proposal, source })
    });
    Ok(found.collect())
}
