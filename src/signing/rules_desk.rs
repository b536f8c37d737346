//! The desk's rules for many signatures at once: kept, counted, used, taken back. Must hold no rule of vetting, and lets nobody use what they have not
//! seen counted.

use actix_web::{HttpResponse, http::StatusCode, web};
use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    queue_desk::grade_word,
    rule_runs::{self, Refusal, RunState},
    rules::{self, RuleForm},
    signature_desk::RowView,
};
use crate::{
    accounts::{Permission, SignedIn},
    campaigns,
    domain::{
        authority::Authority,
        language::Language,
        signals::Signal,
        signature::{SignatoryKind, SignatureState},
    },
    entities::{vetting_rule, vetting_run},
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

const LIST: &str = "/desk/rules";
/// Rules of the list, the newest.
const LONGEST: u64 = 200;
/// Signatures shown of those a rule meets.
const SHOWN: u64 = 20;
/// Runs shown, the newest.
const RUNS: u64 = 20;

#[derive(Serialize)]
struct ListPage<'a> {
    page: Frame<'a>,
    rules: Vec<RuleView>,
    form: RuleForm,
    errors: Vec<FormErrorView>,
    decisions: Vec<Choice>,
    states: Vec<Choice>,
    kinds: Vec<Choice>,
    countries: Vec<Choice>,
    authorities: Vec<Choice>,
    signals: Vec<Choice>,
}

#[derive(Serialize)]
struct RuleView {
    id: Uuid,
    name: String,
    decision: String,
    /// What it asks for, in words.
    asks: Vec<String>,
    created_at: DateTime<Utc>,
}

#[derive(Serialize)]
struct RulePage<'a> {
    page: Frame<'a>,
    rule: RuleView,
    count: u64,
    counted_at: String,
    rows: Vec<RowView>,
    runs: Vec<RunView>,
    /// A run is under way: another one waits for it.
    busy: bool,
}

#[derive(Serialize)]
struct RunView {
    id: Uuid,
    state: String,
    /// As the bar of progress calls it.
    bar: &'static str,
    created_at: DateTime<Utc>,
    counted: i32,
    done: u64,
    progress: rule_runs::Progress,
    may_stop: bool,
    may_undo: bool,
}

fn signal_word(language: Language, signal: &str) -> String {
    i18n::word(language, &format!("roll-signal-{}", signal.replace('_', "-")))
}

fn view(rule: vetting_rule::Model, directory: &Directory, language: Language) -> RuleView {
    let word = |key: String| i18n::word(language, &key);
    let stands = |at: DateTime<Utc>| at.format("%Y-%m-%d %H:%M UTC").to_string();
    let asks = [
        Some(word(format!("roll-state-{}", rule.state))),
        rule.kind.map(|kind| word(format!("roll-kind-{kind}"))),
        rule.iso3.map(|iso3| directory.name(&iso3, language).to_owned()),
        rule.authority.and_then(|grade| grade.parse().ok()).map(|grade: Authority| grade_word(language, grade)),
        rule.signal.map(|signal| signal_word(language, &signal)),
        rule.name_part.map(|part| i18n::plain(language, "rule-desk-named", &i18n::args([("part", part.into())]))),
        rule.received_from.map(|at| i18n::plain(language, "rule-desk-from", &i18n::args([("at", stands(at).into())]))),
        rule.received_to.map(|at| i18n::plain(language, "rule-desk-to", &i18n::args([("at", stands(at).into())]))),
    ];
    RuleView {
        id: rule.id,
        name: rule.name,
        decision: rule.decision,
        asks: asks.into_iter().flatten().collect(),
        created_at: rule.created_at,
    }
}

pub(super) async fn list(
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: web::Data<campaigns::Register>,
    states: web::Data<states::Register>,
) -> Result<HttpResponse, Problem> {
    staff.require(Permission::VetSignatures)?;
    let form = RuleForm { decision: "quarantine".to_owned(), state: "confirmed".to_owned(), ..RuleForm::default() };
    list_page(&platform, &staff, (&campaigns, &states), form, None).await
}

async fn list_page(
    platform: &Platform,
    staff: &SignedIn,
    (campaigns, states): (&campaigns::Register, &states::Register),
    form: RuleForm,
    faults: Option<FormErrors>,
) -> Result<HttpResponse, Problem> {
    let language = staff.language;
    let (campaign, directory) = (campaigns.get(platform).await?, states.get(platform).await?);
    let kept = vetting_rule::Entity::find()
        .filter(vetting_rule::Column::CampaignId.eq(campaign.id))
        .order_by_desc(vetting_rule::Column::CreatedAt)
        .limit(LONGEST);
    let kept = kept.all(platform.database.read()).await?;
    let choice = |value: &str, text: String| Choice::new(value.to_owned(), text);
    let word = |prefix: &str, key: &str| choice(key, i18n::word(language, &format!("{prefix}-{key}")));
    let from = [SignatureState::Confirmed, SignatureState::Pending, SignatureState::Quarantined];
    let page = ListPage {
        page: staff.frame(platform, "rule-desk-title"),
        rules: kept.into_iter().map(|rule| view(rule, &directory, language)).collect(),
        errors: faults.as_ref().map(|faults| faults.view(language)).unwrap_or_default(),
        form,
        decisions: rules::DECISIONS.iter().map(|decision| word("roll-decision", decision.key())).collect(),
        states: from.iter().map(|state| word("roll-state", state.key())).collect(),
        kinds: SignatoryKind::ALL.iter().map(|kind| word("roll-kind", kind.key())).collect(),
        countries: directory.by_name(language).map(|state| choice(&state.iso3, state.forms.name(language).to_owned())).collect(),
        authorities: Authority::ALL.iter().map(|grade| choice(grade.key(), grade_word(language, *grade))).collect(),
        signals: Signal::ALL.iter().map(|signal| choice(signal.key(), signal_word(language, signal.key()))).collect(),
    };
    let status = if faults.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(platform.site.page(status, "signing/rules.html", language, &page)?)
}

pub(super) async fn keep(
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: web::Data<campaigns::Register>,
    states: web::Data<states::Register>,
    body: web::Bytes,
) -> Result<HttpResponse, Problem> {
    let form: RuleForm = staff.form(&body)?;
    staff.require(Permission::VetSignatures)?;
    let checked = form.check(campaigns.get(&platform).await?.id, &*states.get(&platform).await?);
    match checked {
        Err(faults) => list_page(&platform, &staff, (&campaigns, &states), form, Some(faults)).await,
        Ok(rule) => {
            let id = rules::keep(&platform, rule, staff.id).await?;
            Ok(staff.done(&platform, &format!("{LIST}/{id}"), "rule-desk-kept", &i18n::Args::new()).await?)
        }
    }
}

pub(super) async fn show(
    platform: web::Data<Platform>,
    staff: SignedIn,
    states: web::Data<states::Register>,
    id: web::Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    staff.require(Permission::VetSignatures)?;
    let db = platform.database.read();
    let rule = vetting_rule::Entity::find_by_id(*id).one(db).await?.ok_or(Problem::NotFound)?;
    let directory = states.get(&platform).await?;
    // Both databases keep microseconds: what stands in the form is what is stored.
    let counted_at = platform.clock.now();
    let (count, first) = rules::count(db, &rule, counted_at, SHOWN).await?;
    let runs = vetting_run::Entity::find().filter(vetting_run::Column::RuleId.eq(*id)).order_by_desc(vetting_run::Column::CreatedAt);
    let mut views = Vec::new();
    for run in runs.limit(RUNS).all(db).await? {
        let progress = rule_runs::progress(db, run.id).await?;
        let state = run.state.parse::<RunState>().ok();
        let bar = match state {
            Some(RunState::Running | RunState::Undoing) => "running",
            Some(RunState::Stopped) => "stopped",
            _ => "done",
        };
        let done = if state == Some(RunState::Undoing) { progress.undone } else { progress.moved + progress.passed };
        views.push(RunView {
            id: run.id,
            bar,
            created_at: run.created_at,
            counted: run.counted,
            done,
            progress,
            may_stop: state == Some(RunState::Running),
            may_undo: matches!(state, Some(RunState::Done | RunState::Stopped)) && progress.moved > 0,
            state: run.state,
        });
    }
    let busy = views.iter().any(|run| run.bar == "running");
    let title = rule.name.clone();
    let mut page = RulePage {
        page: staff.frame_titled(&platform, title),
        rule: view(rule, &directory, staff.language),
        count,
        counted_at: counted_at.to_rfc3339_opts(chrono::SecondsFormat::Micros, true),
        rows: first.into_iter().map(|(signature, of)| RowView::of(signature, of, &directory, staff.language)).collect(),
        runs: views,
        busy,
    };
    if busy {
        page.page.refresh = 3;
    }
    Ok(platform.site.page(StatusCode::OK, "signing/rule.html", staff.language, &page)?)
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct UseForm {
    counted: u64,
    counted_at: String,
}

pub(super) async fn begin(
    platform: web::Data<Platform>,
    staff: SignedIn,
    id: web::Path<Uuid>,
    body: web::Bytes,
) -> Result<HttpResponse, Problem> {
    let form: UseForm = staff.form(&body)?;
    staff.require(Permission::VetSignatures)?;
    let counted_at: DateTime<Utc> = form.counted_at.parse().map_err(|_| Problem::Bad("bad-form"))?;
    let begun = rule_runs::begin(&platform, *id, (form.counted, counted_at), staff.id).await?;
    told(&platform, &staff, *id, begun, "rule-desk-begun").await
}

pub(super) async fn stop(
    platform: web::Data<Platform>,
    staff: SignedIn,
    path: web::Path<(Uuid, Uuid)>,
    body: web::Bytes,
) -> Result<HttpResponse, Problem> {
    let _: UseForm = staff.form(&body)?;
    staff.require(Permission::VetSignatures)?;
    let stopped = rule_runs::stop(&platform, path.1, staff.id).await?;
    told(&platform, &staff, path.0, stopped, "rule-desk-stopped").await
}

pub(super) async fn undo(
    platform: web::Data<Platform>,
    staff: SignedIn,
    path: web::Path<(Uuid, Uuid)>,
    body: web::Bytes,
) -> Result<HttpResponse, Problem> {
    let _: UseForm = staff.form(&body)?;
    staff.require(Permission::VetSignatures)?;
    let undone = rule_runs::undo(&platform, path.1, staff.id).await?;
    told(&platform, &staff, path.0, undone, "rule-desk-undoing").await
}

async fn told(
    platform: &Platform,
    staff: &SignedIn,
    rule: Uuid,
    outcome: Result<(), Refusal>,
    good: &str,
) -> Result<HttpResponse, Problem> {
    let (to, none) = (format!("{LIST}/{rule}"), i18n::Args::new());
    let refused = match outcome {
        Ok(()) => return Ok(staff.done(platform, &to, good, &none).await?),
        Err(Refusal::Missing) => return Err(Problem::NotFound),
        Err(Refusal::OtherCount) => "rule-desk-other-count",
        Err(Refusal::NotNow) => "rule-desk-not-now",
    };
    Ok(staff.refused(platform, &to, refused, &none).await?)
}
