//! One signature at the desk, with its checklist, and the decisions on it. Must hold no rule.

use actix_web::{HttpResponse, http::StatusCode, web};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    checklist::{self, ItemView, Typed},
    contact, duplicates,
    logos_desk::LogoView,
    queue_desk, registration,
    reveals_desk::RevealView,
    signals, store,
    vetting::{self, Outcome, VettingError},
};
use crate::{
    accounts::{Permission, SignedIn},
    campaigns,
    domain::{
        authority::Authority,
        language::Language,
        signature::{SignatureState, UnStatus, VettingDecision, VettingRefusal},
    },
    entities::{signatory, signature},
    platform::{
        Platform,
        http::{
            forms::{Choice, FormErrorView, FormErrors},
            frame::Frame,
            problem::Problem,
        },
        i18n,
    },
    states::{self, Directory},
};

#[derive(Serialize)]
pub(super) struct RowView {
    pub(super) id: Uuid,
    /// Empty for a withheld signatory.
    pub(super) name: Option<String>,
    pub(super) kind: String,
    pub(super) country: String,
    pub(super) state: String,
    pub(super) visibility: String,
    pub(super) signed_at: DateTime<Utc>,
    pub(super) reference: String,
    pub(super) late: bool,
    /// How well it is known to be the signatory's own; empty before anybody looked.
    pub(super) authority: Option<String>,
}

impl RowView {
    pub(super) fn of(signature: signature::Model, of: signatory::Model, directory: &Directory, language: Language) -> Self {
        Self {
            id: signature.id,
            name: of.name,
            kind: of.kind,
            country: directory.name(of.iso3.as_deref().unwrap_or_default(), language).to_owned(),
            state: signature.state,
            visibility: signature.visibility,
            signed_at: signature.signed_at,
            reference: signature.reference,
            late: signature.late,
            authority: signature.authority.map(|grade| grade.replace('_', "-")),
        }
    }
}

#[derive(Serialize)]
struct SignaturePage<'a> {
    page: Frame<'a>,
    row: RowView,
    /// What the campaign asks for at least, where this is less.
    asked: Option<String>,
    second_person: String,
    /// What looks odd, by key.
    signals: Vec<String>,
    original_name: Option<String>,
    official_name: Option<String>,
    acronym: Option<String>,
    affiliation: Option<String>,
    website: Option<String>,
    un_status: Option<String>,
    un_statuses: Vec<Choice>,
    contact_domain: Option<String>,
    contact_role: Option<String>,
    items: Vec<ItemView>,
    answers: Vec<Choice>,
    /// As typed, after a fault.
    reason: String,
    errors: Vec<FormErrorView>,
    decisions: Vec<String>,
    open_decline: bool,
    may_second: bool,
    decline_reason: Option<String>,
    withheld: bool,
    logo: Option<LogoView>,
    /// What may be done to read the name; nothing where it is printed, or for those who may not.
    reveal: Option<RevealView>,
    /// Filled only in the answer to a reveal.
    revealed: Option<String>,
    final_state: bool,
    /// Pairs it is in that wait, or in which one stands for both.
    pairs: Vec<PairView>,
}

#[derive(Serialize)]
struct PairView {
    id: Uuid,
    state: String,
}

pub(super) async fn show(
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: web::Data<campaigns::Register>,
    states: web::Data<states::Register>,
    id: web::Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    staff.require(Permission::VetSignatures)?;
    signature_page(&platform, &staff, (&campaigns, &states), *id, Shown::default()).await
}

/// What a page shows beside what is stored.
#[derive(Default)]
pub(super) struct Shown {
    revealed: Option<String>,
    /// What came back with faults, and they.
    typed: Option<(Typed, String, FormErrors)>,
}

impl Shown {
    /// The answer to a reveal.
    pub(super) fn revealed(name: String) -> Self {
        Self { revealed: Some(name), ..Self::default() }
    }
}

/// What a page of a signature looks things up in.
pub(super) type Registers<'r> = (&'r campaigns::Register, &'r states::Register);

pub(super) async fn signature_page(
    platform: &Platform,
    staff: &SignedIn,
    (campaigns, states): Registers<'_>,
    id: Uuid,
    shown: Shown,
) -> Result<HttpResponse, Problem> {
    let db = platform.database.read();
    let (signature, of) = store::by_id(db, id).await?.ok_or(Problem::NotFound)?;
    let directory = states.get(platform).await?;
    let checks = vetting::checks(db, id).await?;
    let decline = vetting::open_decline(db, id).await?;
    let state = signature.state.parse::<SignatureState>().unwrap_or(SignatureState::Pending);
    // Staff see where the mailbox is and in what role it was used; the address itself stays sealed. Where the name is withheld the mailbox would
    // give it away.
    let opened = of.name.as_ref().and_then(|_| contact::of(&platform.keys, &of));
    let open_decline = decline.is_some() && state.step(SignatureState::Declined).is_ok();
    let possible = |decision: &&VettingDecision| match decision {
        VettingDecision::Verify => state == SignatureState::Confirmed,
        VettingDecision::Release => state == SignatureState::Quarantined,
        VettingDecision::Quarantine => state.step(SignatureState::Quarantined).is_ok(),
        VettingDecision::Decline => state.step(SignatureState::Declined).is_ok() && !open_decline,
        VettingDecision::AskMore => !state.is_final() && state != SignatureState::Merged,
    };
    let rules = campaigns.get(platform).await?.config.sign_on.clone();
    let minimum = rules.minimum_authority;
    let grade = signature.authority.as_deref().and_then(|grade| grade.parse::<Authority>().ok());
    let asked = grade.is_some_and(|grade| !grade.meets(minimum)).then(|| queue_desk::grade_word(staff.language, minimum));
    let signals = signals::read(&signature).into_iter().map(|signal| signal.key().replace('_', "-")).collect();
    let second_person = signature.second_person.clone();
    let withheld = signature.visibility != "named";
    let reveal = if withheld && of.sealed_names.is_some() { RevealView::read(platform, staff, &rules, id).await? } else { None };
    let title = of.name.clone().unwrap_or_else(|| i18n::word(staff.language, "roll-withheld-name"));
    let view = SignaturePage {
        page: staff.frame_titled(platform, title),
        row: RowView::of(signature, of.clone(), &directory, staff.language),
        asked,
        second_person,
        signals,
        original_name: of.original_name,
        official_name: of.official_name,
        acronym: of.acronym,
        affiliation: of.affiliation,
        website: of.website,
        un_status: of.un_status,
        un_statuses: UnStatus::ALL.iter().map(|status| choice(staff.language, status.key(), &format!("list-un-{status}"))).collect(),
        contact_domain: opened.as_ref().and_then(|contact| contact.domain().map(str::to_owned)),
        contact_role: opened.map(|contact| contact.role).filter(|role| !role.is_empty()),
        items: checklist::lines(&checks, shown.typed.as_ref().map(|(typed, ..)| typed)),
        answers: answers(staff.language),
        reason: shown.typed.as_ref().map(|(_, reason, _)| reason.clone()).unwrap_or_default(),
        errors: shown.typed.as_ref().map(|(.., errors)| errors.view(staff.language)).unwrap_or_default(),
        decisions: VettingDecision::ALL.iter().filter(possible).map(|decision| decision.key().to_owned()).collect(),
        may_second: decline.as_ref().is_some_and(|decline| decline.account_id != staff.id),
        decline_reason: decline.and_then(|decline| decline.reason),
        open_decline,
        withheld,
        logo: LogoView::read(platform, id).await?,
        reveal,
        revealed: shown.revealed,
        final_state: state.is_final() || state == SignatureState::Merged,
        pairs: duplicates::of_signature(db, id)
            .await?
            .into_iter()
            .filter(|pair| pair.state != duplicates::PairState::Apart.key())
            .map(|pair| PairView { id: pair.id, state: pair.state })
            .collect(),
    };
    let status = if shown.typed.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(platform.site.page(status, "signing/signature.html", staff.language, &view)?)
}

fn choice(language: Language, value: &'static str, key: &str) -> Choice {
    Choice::new(value, i18n::word(language, key))
}

fn answers(language: Language) -> Vec<Choice> {
    [("yes", "roll-yes"), ("no", "roll-no"), ("", "roll-unanswered")].map(|(value, key)| choice(language, value, key)).into()
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct DecisionForm {
    decision: String,
    reason: String,
    pub(super) ids: Vec<Uuid>,
}

/// The checklist goes with the decision: what was typed there is kept first.
pub(super) async fn decide(
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: web::Data<campaigns::Register>,
    states: web::Data<states::Register>,
    id: web::Path<Uuid>,
    body: web::Bytes,
) -> Result<HttpResponse, Problem> {
    let form: DecisionForm = staff.form(&body)?;
    staff.require(Permission::VetSignatures)?;
    let decision: VettingDecision = form.decision.parse().map_err(|_| Problem::Bad("bad-form"))?;
    if let Some(faults) = keep_checklist(&platform, &staff, (&campaigns, &states), *id, &body).await? {
        return Ok(faults);
    }
    let minimum = campaigns.get(&platform).await?.config.sign_on.minimum_authority;
    let outcome = vetting::decide(&platform, minimum, *id, decision, &form.reason, staff.id).await;
    answer(
        &platform,
        &staff,
        *id,
        outcome.map(|outcome| match outcome {
            Outcome::Moved(_) => "roll-done-decision",
            Outcome::AwaitsSecond => "roll-done-decline-proposed",
        }),
    )
    .await
}

/// Keeps what was sent of the checklist; the page with its faults when there are any.
async fn keep_checklist(
    platform: &Platform,
    staff: &SignedIn,
    registers: Registers<'_>,
    id: Uuid,
    body: &[u8],
) -> Result<Option<HttpResponse>, Problem> {
    let typed = Typed::of(staff.form(body)?);
    match typed.checked() {
        Ok(lines) if lines.is_empty() => {}
        Ok(lines) => {
            store::by_id(platform.database.read(), id).await?.ok_or(Problem::NotFound)?;
            vetting::check(platform, id, lines, staff.id).await?;
        }
        Err(errors) => {
            let reason = staff.form::<DecisionForm>(body)?.reason;
            let shown = Shown { typed: Some((typed, reason, errors)), ..Shown::default() };
            return signature_page(platform, staff, registers, id, shown).await.map(Some);
        }
    }
    Ok(None)
}

pub(super) async fn answer(
    platform: &Platform,
    staff: &SignedIn,
    id: Uuid,
    outcome: Result<&str, VettingError>,
) -> Result<HttpResponse, Problem> {
    let to = format!("/desk/signatures/{id}");
    let none = i18n::Args::new();
    let refused = match outcome {
        Ok(key) => return Ok(staff.done(platform, &to, key, &none).await?),
        Err(VettingError::Missing) => return Err(Problem::NotFound),
        Err(VettingError::Database(error)) => return Err(error.into()),
        Err(VettingError::Unexpected(error)) => return Err(error.into()),
        Err(VettingError::Overtaken) => "roll-refused-overtaken",
        Err(VettingError::DeclineOpen) => "roll-refused-decline-open",
        Err(VettingError::Refused(VettingRefusal::ReasonMissing)) => "roll-refused-reason",
        Err(VettingError::Refused(VettingRefusal::SamePerson)) => "roll-refused-same-person",
        Err(VettingError::Refused(VettingRefusal::SecondPersonAwaited)) => "roll-refused-second-awaited",
        Err(VettingError::Refused(VettingRefusal::AuthorityTooLow)) => "roll-refused-authority",
        Err(VettingError::Refused(VettingRefusal::Step(_))) => "roll-refused-step",
    };
    Ok(staff.refused(platform, &to, refused, &none).await?)
}

pub(super) async fn second(
    platform: web::Data<Platform>,
    staff: SignedIn,
    id: web::Path<Uuid>,
    body: web::Bytes,
) -> Result<HttpResponse, Problem> {
    let _: DecisionForm = staff.form(&body)?;
    staff.require(Permission::VetSignatures)?;
    let outcome = vetting::second_decline(&platform, *id, staff.id).await;
    answer(&platform, &staff, *id, outcome.map(|()| "roll-done-declined")).await
}

pub(super) async fn withdraw(
    platform: web::Data<Platform>,
    staff: SignedIn,
    id: web::Path<Uuid>,
    body: web::Bytes,
) -> Result<HttpResponse, Problem> {
    let form: DecisionForm = staff.form(&body)?;
    staff.require(Permission::VetSignatures)?;
    let outcome = vetting::withdraw(&platform, *id, &form.reason, staff.id).await;
    answer(&platform, &staff, *id, outcome.map(|()| "roll-done-withdrawn")).await
}

pub(super) async fn check(
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: web::Data<campaigns::Register>,
    states: web::Data<states::Register>,
    id: web::Path<Uuid>,
    body: web::Bytes,
) -> Result<HttpResponse, Problem> {
    staff.require(Permission::VetSignatures)?;
    match keep_checklist(&platform, &staff, (&campaigns, &states), *id, &body).await? {
        Some(faults) => Ok(faults),
        None => answer(&platform, &staff, *id, Ok("roll-done-check")).await,
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct StatusForm {
    un_status: String,
}

pub(super) async fn set_status(
    platform: web::Data<Platform>,
    staff: SignedIn,
    id: web::Path<Uuid>,
    body: web::Bytes,
) -> Result<HttpResponse, Problem> {
    let form: StatusForm = staff.form(&body)?;
    staff.require(Permission::VetSignatures)?;
    let status = match form.un_status.as_str() {
        "" => None,
        typed => Some(typed.parse().map_err(|_| Problem::Bad("bad-form"))?),
    };
    match registration::set(&platform, *id, status, staff.id).await? {
        true => answer(&platform, &staff, *id, Ok("roll-done-status")).await,
        false => Err(Problem::NotFound),
    }
}
