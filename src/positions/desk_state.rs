//! The desk page of one state: where it stands for the public and for staff, why, its whole ledger, and the forms that change it. Must hold
//! no rule.

use std::collections::{BTreeMap, HashMap};

use actix_web::{HttpResponse, http::StatusCode, web};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    desk::Dated,
    desk_form::{self, FormView},
    evidence::{self, Act, EvidenceError},
    item::Typed,
    keeping::deciding_of,
    store::{self, Audience, EvidenceItem, OVERALL},
};
use crate::{
    accounts::{self, Permission, SignedIn},
    campaigns::{self, Current},
    domain::{language::Language, position::NO_DATA},
    entities::position,
    platform::{
        Platform,
        http::{
            forms::{FormErrorView, FormErrors},
            frame::Frame,
            problem::Problem,
        },
        i18n,
    },
    replies::{
        grading::{self, AnswerRow},
        meetings::{self, OfState},
    },
    states,
};

/// What every page of the room is handed.
#[derive(Clone)]
pub(super) struct Registers {
    pub platform: web::Data<Platform>,
    pub campaigns: web::Data<campaigns::Register>,
    pub states: web::Data<states::Register>,
}

impl actix_web::FromRequest for Registers {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(request: &actix_web::HttpRequest, _: &mut actix_web::dev::Payload) -> Self::Future {
        let found = request
            .app_data::<web::Data<Platform>>()
            .zip(request.app_data::<web::Data<campaigns::Register>>())
            .zip(request.app_data::<web::Data<states::Register>>());
        let registers = found.map(|((platform, campaigns), states)| Self {
            platform: platform.clone(),
            campaigns: campaigns.clone(),
            states: states.clone(),
        });
        std::future::ready(registers.ok_or_else(|| anyhow::anyhow!("the registers are not composed").into()))
    }
}

#[derive(Serialize)]
struct StatePage<'a> {
    page: Frame<'a>,
    errors: Vec<FormErrorView>,
    iso3: String,
    name: String,
    public: StandingView,
    staff: StandingView,
    differs: bool,
    issues: Vec<IssueView>,
    ledger: Vec<LedgerLine>,
    /// Not for those who may not read answers (R41, R42).
    meetings: Option<OfState>,
    answers: Option<Vec<AnswerRow>>,
    form: Option<FormView>,
}

#[derive(Serialize)]
struct StandingView {
    stance: String,
    confidence: Option<String>,
    via_group: bool,
    since: Option<Dated>,
    deciding: usize,
}

#[derive(Serialize)]
struct IssueView {
    label: String,
    public: Option<String>,
    staff: String,
    confidence: String,
    via_group: bool,
    since: Option<Dated>,
}

#[derive(Serialize)]
struct LedgerLine {
    id: Uuid,
    date: NaiveDate,
    precision: String,
    kind: String,
    direction: Option<String>,
    summary: String,
    event: Option<String>,
    group: Option<String>,
    document: Option<String>,
    source_url: Option<String>,
    issues: Vec<IssueSaid>,
    scope: String,
    is_duplicate: bool,
    decides: bool,
    visibility: String,
    confidence: String,
    coder: String,
    recorded_at: DateTime<Utc>,
    recorded_by: Option<String>,
    ended_at: Option<DateTime<Utc>>,
    end_reason: Option<String>,
    is_superseded: bool,
    note: Option<String>,
}

#[derive(Serialize)]
struct IssueSaid {
    label: String,
    stance: String,
}

pub(super) async fn show(at: Registers, staff: SignedIn, path: web::Path<String>) -> Result<HttpResponse, Problem> {
    staff.require(Permission::ReadDesk)?;
    let typed = Typed {
        coder: staff.name.clone(),
        capacity: "national".into(),
        scope: "overall".into(),
        visibility: "public".into(),
        ..Typed::default()
    };
    state_page(&at, &staff, &path.into_inner(), typed, FormErrors::default(), StatusCode::OK).await
}

async fn state_page(
    at: &Registers,
    staff: &SignedIn,
    iso3: &str,
    typed: Typed,
    errors: FormErrors,
    status: StatusCode,
) -> Result<HttpResponse, Problem> {
    let (platform, language) = (&at.platform, staff.language);
    let (campaign, directory) = (at.campaigns.get(platform).await?, at.states.get(platform).await?);
    let state = directory.state(iso3).ok_or(Problem::NotFound)?;
    let db = platform.database.read();
    let seen = store::positions_of(db, campaign.id, Audience::Public, iso3).await?;
    let audience = Audience::of(staff.role);
    let known = store::positions_of(db, campaign.id, audience, iso3).await?;
    let names = accounts::store::names(db).await?;
    let ledger = store::ledger(db, campaign.id, audience, iso3).await?;
    let in_force = ledger.iter().map(|item| &item.row).filter(|row| row.ended_at.is_none() && row.precision != "day");
    let inexact = in_force.map(|row| ((row.iso3.clone(), row.occurred_on), row.precision.clone())).collect();
    let overall = |rows: &[position::Model]| rows.iter().find(|row| row.issue_code == OVERALL).cloned();
    let (public, all) = (overall(&seen), overall(&known));
    let deciding = all.as_ref().map_or_else(Vec::new, deciding_of);
    let issues = known.iter().filter(|row| row.issue_code != OVERALL).map(|row| IssueView {
        label: label(&campaign, &row.issue_code, language),
        public: seen.iter().find(|other| other.issue_code == row.issue_code).map(|other| other.stance.clone()),
        staff: row.stance.clone(),
        confidence: row.confidence.clone(),
        via_group: row.via_group,
        since: row.since.map(|day| Dated::of(iso3, day, &inexact)),
    });
    let may_code = staff.role.may(Permission::CodeEvidence);
    let name = state.forms.name(language).to_owned();
    let (public, all) = (standing(public, &inexact), standing(all, &inexact));
    let day = platform.clock.now().date_naive();
    let meetings = match staff.role.may(Permission::RecordReplies) {
        true => Some(meetings::of_state(db, (campaign.id, iso3), &names, (language, day)).await?),
        false => None,
    };
    let answers = match staff.role.may(Permission::RecordReplies) {
        true => Some(grading::of_state(db, campaign.id, iso3).await?),
        false => None,
    };
    let view = StatePage {
        meetings,
        answers,
        page: staff.frame_titled(platform, name.clone()),
        errors: errors.view(language),
        iso3: iso3.to_owned(),
        name,
        differs: public.stance != all.stance,
        public,
        staff: all,
        issues: issues.collect(),
        ledger: ledger.into_iter().map(|item| line(item, &campaign, &deciding, &names, language)).collect(),
        form: may_code.then(|| FormView::new(&campaign, language, format!("/desk/positions/{iso3}/evidence"), typed)),
    };
    Ok(platform.site.page(status, "positions/desk_state.html", language, &view)?)
}

fn standing(row: Option<position::Model>, inexact: &HashMap<(String, NaiveDate), String>) -> StandingView {
    StandingView {
        stance: row.as_ref().map_or(NO_DATA, |row| row.stance.as_str()).to_owned(),
        confidence: row.as_ref().map(|row| row.confidence.clone()),
        via_group: row.as_ref().is_some_and(|row| row.via_group),
        since: row.as_ref().and_then(|row| Some(Dated::of(&row.iso3, row.since?, inexact))),
        deciding: row.as_ref().map_or(0, |row| deciding_of(row).len()),
    }
}

fn label(campaign: &Current, code: &str, language: Language) -> String {
    campaign.config.issue(code).map_or(code, |issue| issue.label.get(language)).to_owned()
}

fn line(item: EvidenceItem, campaign: &Current, deciding: &[Uuid], names: &HashMap<Uuid, String>, language: Language) -> LedgerLine {
    let row = item.row;
    let event = row.event.as_deref().and_then(|key| campaign.event(key)).map(|event| event.names.get(language).to_owned());
    LedgerLine {
        decides: deciding.contains(&row.id),
        id: row.id,
        date: row.occurred_on,
        precision: row.precision,
        kind: row.kind,
        direction: row.direction,
        summary: row.summary,
        event: event.or_else(|| row.event_label.map(|label| campaign.config.meeting(&label).get(language).to_owned())),
        group: row.group_name,
        document: row.document,
        source_url: row.source_url,
        issues: item.issues.into_iter().map(|(code, stance)| IssueSaid { label: label(campaign, &code, language), stance }).collect(),
        scope: row.scope,
        is_duplicate: row.duplicate_of.is_some(),
        visibility: row.visibility,
        confidence: row.confidence,
        coder: row.coder,
        recorded_at: row.recorded_at,
        recorded_by: row.recorded_by.and_then(|id| names.get(&id).cloned()),
        is_superseded: row.superseded_by.is_some(),
        ended_at: row.ended_at,
        end_reason: row.end_reason,
        note: row.note,
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Extra {
    pub submission: Option<Uuid>,
    pub reason: String,
}

/// Reads the form of one item.
pub(super) fn read_item(staff: &SignedIn, body: &[u8], iso3: &str) -> Result<Typed, Problem> {
    let typed: Typed = staff.form(body)?;
    let fields: BTreeMap<String, String> = staff.form(body)?;
    Ok(Typed { iso3: iso3.to_owned(), ..desk_form::with_issues(typed, &fields) })
}

pub(super) async fn enter(at: Registers, staff: SignedIn, path: web::Path<String>, body: web::Bytes) -> Result<HttpResponse, Problem> {
    staff.require(Permission::CodeEvidence)?;
    let iso3 = path.into_inner();
    let typed = read_item(&staff, &body, &iso3)?;
    let extra: Extra = staff.form(&body)?;
    let campaign = at.campaigns.get(&at.platform).await?;
    let act = Act { campaign: &campaign, account: staff.id };
    match evidence::enter(&at.platform, act, &typed, extra.submission.unwrap_or_else(Uuid::now_v7)).await {
        Ok(_) => done(&at, &staff, &iso3, "positions-desk-entered").await,
        Err(EvidenceError::Faults(faults)) => {
            state_page(&at, &staff, &iso3, typed, desk_form::errors(&faults), StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(error) => Err(problem(error)),
    }
}

#[derive(Serialize)]
struct ItemPage<'a> {
    page: Frame<'a>,
    errors: Vec<FormErrorView>,
    iso3: String,
    name: String,
    summary: String,
    retract: String,
    reason: String,
    form: FormView,
}

pub(super) async fn show_item(at: Registers, staff: SignedIn, path: web::Path<(String, Uuid)>) -> Result<HttpResponse, Problem> {
    staff.require(Permission::CodeEvidence)?;
    let (iso3, id) = path.into_inner();
    item_page(&at, &staff, &iso3, id, None, String::new(), FormErrors::default(), StatusCode::OK).await
}

#[allow(clippy::too_many_arguments)]
async fn item_page(
    at: &Registers,
    staff: &SignedIn,
    iso3: &str,
    id: Uuid,
    typed: Option<Typed>,
    reason: String,
    errors: FormErrors,
    status: StatusCode,
) -> Result<HttpResponse, Problem> {
    let (platform, language) = (&at.platform, staff.language);
    let (campaign, directory) = (at.campaigns.get(platform).await?, at.states.get(platform).await?);
    let ledger = store::ledger(platform.database.read(), campaign.id, Audience::of(staff.role), iso3).await?;
    let item = ledger.into_iter().find(|item| item.row.id == id).ok_or(Problem::NotFound)?;
    if item.row.ended_at.is_some() {
        return Err(Problem::Gone);
    }
    let address = format!("/desk/positions/{iso3}/evidence/{id}");
    let typed = typed.unwrap_or_else(|| Typed::of(&item.row, &item.issues));
    let view = ItemPage {
        page: staff.frame(platform, "positions-desk-item-title"),
        errors: errors.view(language),
        iso3: iso3.to_owned(),
        name: directory.name(iso3, language).to_owned(),
        summary: item.row.summary,
        retract: format!("{address}/retract"),
        reason,
        form: FormView::new(&campaign, language, address, typed),
    };
    Ok(platform.site.page(status, "positions/desk_item.html", language, &view)?)
}

pub(super) async fn supersede(
    at: Registers,
    staff: SignedIn,
    path: web::Path<(String, Uuid)>,
    body: web::Bytes,
) -> Result<HttpResponse, Problem> {
    staff.require(Permission::CodeEvidence)?;
    let (iso3, id) = path.into_inner();
    let typed = read_item(&staff, &body, &iso3)?;
    let campaign = at.campaigns.get(&at.platform).await?;
    match evidence::supersede(&at.platform, Act { campaign: &campaign, account: staff.id }, id, &typed).await {
        Ok(_) => done(&at, &staff, &iso3, "positions-desk-corrected").await,
        Err(EvidenceError::Faults(faults)) => {
            let errors = desk_form::errors(&faults);
            item_page(&at, &staff, &iso3, id, Some(typed), String::new(), errors, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(error) => Err(problem(error)),
    }
}

pub(super) async fn retract(
    at: Registers,
    staff: SignedIn,
    path: web::Path<(String, Uuid)>,
    body: web::Bytes,
) -> Result<HttpResponse, Problem> {
    staff.require(Permission::CodeEvidence)?;
    let (iso3, id) = path.into_inner();
    let Extra { reason, .. } = staff.form(&body)?;
    let campaign = at.campaigns.get(&at.platform).await?;
    match evidence::retract(&at.platform, Act { campaign: &campaign, account: staff.id }, id, &reason).await {
        Ok(_) => done(&at, &staff, &iso3, "positions-desk-retracted").await,
        Err(EvidenceError::Faults(faults)) => {
            let errors = desk_form::errors(&faults);
            item_page(&at, &staff, &iso3, id, None, reason, errors, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(error) => Err(problem(error)),
    }
}

async fn done(at: &Registers, staff: &SignedIn, iso3: &str, key: &str) -> Result<HttpResponse, Problem> {
    Ok(staff.done(&at.platform, &format!("/desk/positions/{iso3}"), key, &i18n::Args::new()).await?)
}

/// Errors that are no form's.
pub(super) fn problem(error: EvidenceError) -> Problem {
    match error {
        EvidenceError::NotFound => Problem::NotFound,
        EvidenceError::Changed => Problem::Gone,
        EvidenceError::Unexpected(error) => error.into(),
        EvidenceError::Faults(_) => Problem::Bad("bad-form"),
    }
}
