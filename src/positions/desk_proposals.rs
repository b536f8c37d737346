//! What replies and meetings suggest, for a person to decide: a list, one proposal with the evidence form filled in, accept, reject. Must hold no rule.

use actix_web::{HttpResponse, http::StatusCode, web};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::{
    desk_form::{self, FormView},
    desk_state::{Extra, Registers, problem, read_item},
    evidence::{self, Act, EvidenceError},
    item::Typed,
    proposed::{self, Proposed},
};
use crate::{
    accounts::{Permission, SignedIn},
    domain::evidence::ProposalState,
    platform::{
        http::{
            forms::{FormErrorView, FormErrors},
            frame::Frame,
            problem::Problem,
        },
        i18n,
    },
};

const LIST: &str = "/desk/positions/proposals";

#[derive(Serialize)]
struct ListPage<'a> {
    page: Frame<'a>,
    rows: Vec<ProposalRow>,
}

#[derive(Serialize)]
struct ProposalRow {
    id: Uuid,
    iso3: String,
    name: String,
    direction: Option<String>,
    summary: String,
    visibility: String,
    received_on: NaiveDate,
    /// reply or meeting.
    kind: &'static str,
    proof: &'static str,
    created_at: DateTime<Utc>,
}

pub(super) async fn list(at: Registers, staff: SignedIn) -> Result<HttpResponse, Problem> {
    staff.require(Permission::RecordReplies)?;
    let (campaign, directory) = (at.campaigns.get(&at.platform).await?, at.states.get(&at.platform).await?);
    let proposals = proposed::in_state(at.platform.database.read(), campaign.id, ProposalState::Proposed.key()).await?;
    let rows = proposals.into_iter().map(|Proposed { proposal, source }| ProposalRow {
        id: proposal.id,
        name: directory.name(&proposal.iso3, staff.language).to_owned(),
        iso3: proposal.iso3,
        direction: proposal.direction,
        summary: proposal.summary,
        visibility: proposal.visibility,
        received_on: source.day,
        kind: source.kind.key(),
        proof: source.proof.key(),
        created_at: proposal.created_at,
    });
    let view = ListPage { page: staff.frame(&at.platform, "positions-desk-proposals-title"), rows: rows.collect() };
    Ok(at.platform.site.page(StatusCode::OK, "positions/desk_proposals.html", staff.language, &view)?)
}

#[derive(Serialize)]
struct ProposalPage<'a> {
    page: Frame<'a>,
    errors: Vec<FormErrorView>,
    iso3: String,
    name: String,
    summary: String,
    received_on: NaiveDate,
    /// reply or meeting.
    kind: &'static str,
    proof: &'static str,
    /// The page of the answer or the meeting.
    href: String,
    reject: String,
    reason: String,
    form: FormView,
}

pub(super) async fn show(at: Registers, staff: SignedIn, path: web::Path<Uuid>) -> Result<HttpResponse, Problem> {
    staff.require(Permission::CodeEvidence)?;
    proposal_page(&at, &staff, path.into_inner(), None, String::new(), FormErrors::default(), StatusCode::OK).await
}

async fn proposal_page(
    at: &Registers,
    staff: &SignedIn,
    id: Uuid,
    typed: Option<Typed>,
    reason: String,
    errors: FormErrors,
    status: StatusCode,
) -> Result<HttpResponse, Problem> {
    let language = staff.language;
    let (campaign, directory) = (at.campaigns.get(&at.platform).await?, at.states.get(&at.platform).await?);
    let found = proposed::by_id(at.platform.database.read(), campaign.id, id).await?;
    let Proposed { proposal, source } = found.ok_or(Problem::NotFound)?;
    if proposal.state != ProposalState::Proposed.key() {
        return Err(Problem::Gone);
    }
    let typed = typed.unwrap_or_else(|| Typed {
        iso3: proposal.iso3.clone(),
        kind: source.kind.key().into(),
        direction: proposal.direction.clone().unwrap_or_default(),
        date: source.day.to_string(),
        confidence: source.proof.suggests().key().into(),
        source_url: source.record_url.clone().unwrap_or_default(),
        // The words are the person's own: what the state said in private is shown beside the form, and not in it.
        visibility: proposal.visibility.clone(),
        capacity: "national".into(),
        scope: "overall".into(),
        coder: staff.name.clone(),
        ..Typed::default()
    });
    let address = format!("{LIST}/{id}");
    let view = ProposalPage {
        page: staff.frame(&at.platform, "positions-desk-proposal-title"),
        errors: errors.view(language),
        name: directory.name(&proposal.iso3, language).to_owned(),
        iso3: proposal.iso3,
        summary: source.summary,
        received_on: source.day,
        kind: source.kind.key(),
        proof: source.proof.key(),
        href: source.href,
        reject: format!("{address}/reject"),
        reason,
        form: FormView::new(&campaign, language, format!("{address}/accept"), typed),
    };
    Ok(at.platform.site.page(status, "positions/desk_proposal.html", language, &view)?)
}

pub(super) async fn accept(at: Registers, staff: SignedIn, path: web::Path<Uuid>, body: web::Bytes) -> Result<HttpResponse, Problem> {
    staff.require(Permission::CodeEvidence)?;
    let id = path.into_inner();
    let campaign = at.campaigns.get(&at.platform).await?;
    let proposal = proposed::by_id(at.platform.database.read(), campaign.id, id).await?.ok_or(Problem::NotFound)?.proposal;
    let typed = read_item(&staff, &body, &proposal.iso3)?;
    match evidence::accept(&at.platform, Act { campaign: &campaign, account: staff.id }, id, &typed).await {
        Ok(_) => done(&at, &staff, "positions-desk-accepted").await,
        Err(EvidenceError::Faults(faults)) => {
            let errors = desk_form::errors(&faults);
            proposal_page(&at, &staff, id, Some(typed), String::new(), errors, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(error) => Err(problem(error)),
    }
}

pub(super) async fn reject(at: Registers, staff: SignedIn, path: web::Path<Uuid>, body: web::Bytes) -> Result<HttpResponse, Problem> {
    staff.require(Permission::CodeEvidence)?;
    let id = path.into_inner();
    let Extra { reason, .. } = staff.form(&body)?;
    let campaign = at.campaigns.get(&at.platform).await?;
    match evidence::reject(&at.platform, Act { campaign: &campaign, account: staff.id }, id, &reason).await {
        Ok(()) => done(&at, &staff, "positions-desk-rejected").await,
        Err(EvidenceError::Faults(faults)) => {
            let errors = desk_form::errors(&faults);
            proposal_page(&at, &staff, id, None, reason, errors, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(error) => Err(problem(error)),
    }
}

async fn done(at: &Registers, staff: &SignedIn, key: &str) -> Result<HttpResponse, Problem> {
    Ok(staff.done(&at.platform, LIST, key, &i18n::Args::new()).await?)
}
