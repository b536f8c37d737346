//! What the report of a meeting suggests of its state's position (R42): one proposal a meeting, for a person to decide as those of answers. It stays with the
//! core group, is somebody's account, and must not become evidence by itself.

use actix_web::{HttpResponse, web};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::{
    form::LONGEST_SUMMARY,
    meeting_form::PromiseForm,
    meetings_desk::{Forms, meeting_of, meeting_page, new_key},
};
use crate::{
    accounts::{
        Permission, SignedIn,
        audit::{self, Entry},
    },
    campaigns,
    domain::{
        campaign::Campaign,
        evidence::{EvidenceVisibility, ProposalState},
        meeting::MeetingStatus,
        prose,
    },
    entities::{evidence_proposal, meeting},
    platform::{
        Platform,
        database::broken_unique,
        http::{forms::FormErrors, problem::Problem},
        i18n,
    },
    states,
};

/// What was typed. A wrong value comes back as typed.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct SuggestForm {
    /// A level of the scale.
    pub direction: String,
    /// What they said of the matter, in words of ours.
    pub summary: String,
}

/// The same without a fault.
struct Suggestion {
    direction: String,
    summary: String,
}

impl SuggestForm {
    fn check(&self, campaign: &Campaign) -> Result<Suggestion, FormErrors> {
        let mut errors = FormErrors::default();
        if !campaign.levels().any(|level| level.key == self.direction) {
            errors.add("direction", "meeting-error-direction");
        }
        let summary = prose::clean(&self.summary);
        match summary.as_deref() {
            Some("") => errors.add("summary", "replies-error-summary-empty"),
            Some(summary) if summary.chars().count() <= LONGEST_SUMMARY => {}
            _ => errors.add("summary", "replies-error-summary-long"),
        }
        match summary {
            Some(summary) if errors.is_empty() => Ok(Suggestion { direction: self.direction.clone(), summary }),
            _ => Err(errors),
        }
    }
}

/// What a meeting has suggested. One query.
pub(super) async fn of_meeting(db: &impl ConnectionTrait, meeting: Uuid) -> Result<Option<evidence_proposal::Model>, DbErr> {
    evidence_proposal::Entity::find().filter(evidence_proposal::Column::MeetingId.eq(meeting)).one(db).await
}

/// Keeps what a meeting that was held suggests; a meeting suggests once. One transaction. The trail names the level and none of the words.
async fn suggest(platform: &Platform, id: Uuid, new: &Suggestion, account: Uuid) -> Result<(), DbErr> {
    let now = platform.clock.now();
    let txn = platform.database.begin().await?;
    let Some(at) = meeting::Entity::find_by_id(id).one(&txn).await?.filter(|at| at.status == MeetingStatus::Held.key()) else {
        return Ok(());
    };
    let row = evidence_proposal::ActiveModel {
        id: Set(Uuid::now_v7()),
        reply_id: Set(None),
        meeting_id: Set(Some(id)),
        iso3: Set(at.iso3.clone()),
        direction: Set(Some(new.direction.clone())),
        summary: Set(new.summary.clone()),
        visibility: Set(EvidenceVisibility::Core.key().to_owned()),
        state: Set(ProposalState::Proposed.key().to_owned()),
        created_at: Set(now),
        ..Default::default()
    };
    if let Err(error) = evidence_proposal::Entity::insert(row).exec_without_returning(&txn).await {
        let known = [("ux_evidence_proposal_meeting_id", "evidence_proposal.meeting_id")];
        return if broken_unique(&error, &known).is_some() { Ok(()) } else { Err(error) };
    }
    let details = json!({ "iso3": at.iso3, "proposes": new.direction });
    audit::append(&txn, Entry::of(Some(account), "meeting.proposed", "meeting", id).with(details), now).await?;
    txn.commit().await
}

pub(super) async fn propose(
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: web::Data<campaigns::Register>,
    states: web::Data<states::Register>,
    id: web::Path<Uuid>,
    body: web::Bytes,
) -> Result<HttpResponse, Problem> {
    let form: SuggestForm = staff.form(&body)?;
    staff.require(Permission::RecordReplies)?;
    let (campaign, directory) = (campaigns.get(&platform).await?, states.get(&platform).await?);
    let row = meeting_of(&platform, &campaign, *id).await?;
    let (to, none) = (format!("/desk/meetings/{}", row.id), i18n::Args::new());
    if row.status != MeetingStatus::Held.key() {
        return Ok(staff.refused(&platform, &to, "meeting-error-not-held", &none).await?);
    }
    match form.check(&campaign.config) {
        Ok(new) => {
            suggest(&platform, row.id, &new, staff.id).await?;
            Ok(staff.done(&platform, &to, "meeting-suggested", &none).await?)
        }
        Err(errors) => {
            let promise = PromiseForm { submission_key: new_key()?, ..PromiseForm::default() };
            let forms = Forms { promise: &promise, suggest: Some(form) };
            meeting_page(&platform, &staff, (&campaign, &directory), row, forms, &errors).await
        }
    }
}
