//! The desk's page about decisions (R59 to R61): what the rule of a body asks, what a vote comes to, and what one might come to by the positions on record and the
//! assumptions of the campaign. Internal and labelled so. Must keep nothing and hold no rule: those are in `domain::decision` and `domain::projection`.
//!
//! Cost: three queries and the draws of the projection, aside from the threads that answer.

use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use chrono::NaiveDate;
use serde::Serialize;

use super::{
    decision_form::{Asked, EARLIER, EarlierView, MOST_RUNS, RUNS, earlier, field_of, number, questions, runs, seed, steps},
    desk::{Choice, Dated},
    store::{self, Audience, OVERALL},
};
use crate::{
    accounts::{Permission, SignedIn},
    campaigns::{self, Current},
    domain::{
        campaign::Forum,
        decision::{self, Assembly, Branch, End, Question, Step, StepError, Tally},
        language::Language,
        position::{Confidence, NO_DATA},
        projection::{self, Projection, Range},
    },
    platform::{
        Platform,
        http::{
            forms::{self, FormErrorView, FormErrors},
            frame::Frame,
            problem::Problem,
        },
    },
    states::{self, Directory},
};

/// What the directory calls a state that is a member of the United Nations: the bodies that campaigns name so far are made of all of them.
const MEMBER: &str = "member";
/// Of those who swing a vote, so many are listed.
const SWINGS: usize = 15;

#[derive(Serialize)]
struct DecisionPage<'a> {
    page: Frame<'a>,
    errors: Vec<FormErrorView>,
    forum: String,
    forums: Vec<Choice>,
    name: String,
    source: String,
    note: String,
    members: u32,
    without_vote: String,
    yes: String,
    no: String,
    abstain: String,
    seed: String,
    runs: String,
    run_choices: Vec<Choice>,
    earlier: Vec<EarlierView>,
    questions: Vec<Choice>,
    branches: Vec<BranchView>,
    /// Under some reading the text would be another than states were asked about.
    asks_anew: bool,
    projection: Option<ProjectionView>,
    objectors: Vec<Objector>,
    assumptions: Vec<AssumptionView>,
    pull: u32,
}

#[derive(Serialize)]
struct BranchView {
    rule: String,
    status: &'static str,
    /// If every member that may vote does.
    needed: u32,
    blocking: u32,
    /// Once votes were typed.
    tally: Option<TallyView>,
    end: Option<String>,
    #[serde(skip)]
    asks_anew: bool,
}

#[derive(Serialize)]
struct TallyView {
    needed: u32,
    blocking: u32,
    margin: i64,
    outcome: String,
}

#[derive(Serialize)]
struct ProjectionView {
    runs: u32,
    yes: Range,
    no: Range,
    abstain: Range,
    branches: Vec<BranchProjectionView>,
    /// The rule under which states swing it: the last of the branches, which asks most.
    swing_rule: String,
    swing: Vec<Swing>,
}

#[derive(Serialize)]
struct BranchProjectionView {
    rule: String,
    status: &'static str,
    adopted: u32,
    margin: Range,
}

#[derive(Serialize)]
struct Swing {
    iso3: String,
    name: String,
    stance: String,
    /// Runs in a hundred.
    influence: i64,
}

#[derive(Serialize)]
struct Objector {
    iso3: String,
    name: String,
    stance: String,
    acts: usize,
    last: Option<Dated>,
}

#[derive(Serialize)]
struct AssumptionView {
    stance: String,
    yes: u32,
    no: u32,
    abstain: u32,
    absent: u32,
}

/// What a state is drawn by.
struct Known {
    iso3: String,
    stance: String,
    confidence: Confidence,
}

fn rule_key(branch: Branch) -> String {
    format!("decision-rule-{}", branch.rule.key().replace('_', "-"))
}

pub(super) async fn show(
    request: HttpRequest,
    platform: web::Data<Platform>,
    campaigns: web::Data<campaigns::Register>,
    states: web::Data<states::Register>,
    staff: SignedIn,
) -> Result<HttpResponse, Problem> {
    staff.require(Permission::ReadDesk)?;
    let asked: Asked = forms::query(&request)?;
    let (campaign, directory) = (campaigns.get(&platform).await?, states.get(&platform).await?);
    let (db, language, audience) = (platform.database.read(), staff.language, Audience::of(staff.role));
    let forum = chosen(&campaign, &asked.forum).ok_or(Problem::NotFound)?;
    let mut errors = FormErrors::default();
    let known = known(store::positions(db, campaign.id, audience, OVERALL).await?, &directory);
    let members = u32::try_from(known.len()).unwrap_or(u32::MAX);
    let without_vote = number(&mut errors, "without_vote", &asked.without_vote).unwrap_or_default().min(members);
    let assembly = Assembly { without_vote, ..Assembly::of(members) };
    let readings = decision::branches(&forum.decision_rule, forum.fallback_rule.as_deref(), &forum.rule_status);
    let steps = steps(&mut errors, &asked);
    let branches: Vec<BranchView> = readings.iter().map(|branch| worked_out(&mut errors, *branch, assembly, steps.as_deref())).collect();
    let objectors = objectors(&platform, &campaign, &directory, language, audience, &known).await?;
    let view = DecisionPage {
        page: staff.frame(&platform, "decision-title"),
        forum: forum.key.clone(),
        forums: campaign
            .config
            .forum
            .iter()
            .map(|other| Choice { value: other.key.clone(), text: other.name.get(language).to_owned() })
            .collect(),
        name: forum.name.get(language).to_owned(),
        source: forum.source.clone(),
        note: forum.note.clone(),
        members: members - without_vote,
        asks_anew: branches.iter().any(|branch| branch.asks_anew),
        branches,
        projection: drawn(&campaign, &directory, language, &asked, (readings, assembly), known).await?,
        objectors,
        assumptions: assumptions(&campaign),
        pull: campaign.config.projection.low_confidence_pull,
        earlier: EARLIER.map(|number| earlier(&asked, number)).into(),
        questions: questions(language),
        run_choices: [RUNS, MOST_RUNS].map(|runs| Choice { value: runs.to_string(), text: runs.to_string() }).into(),
        runs: runs(&asked).to_string(),
        seed: seed(&asked).to_string(),
        without_vote: asked.without_vote,
        yes: asked.yes,
        no: asked.no,
        abstain: asked.abstain,
        errors: errors.view(language),
    };
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(platform.site.page(status, "positions/decision.html", language, &view)?)
}

/// The body asked for, or the first in which states vote.
fn chosen<'c>(campaign: &'c Current, key: &str) -> Option<&'c Forum> {
    let forums = &campaign.config.forum;
    if key.is_empty() {
        let votes =
            |forum: &&Forum| !decision::branches(&forum.decision_rule, forum.fallback_rule.as_deref(), &forum.rule_status).is_empty();
        return forums.iter().find(votes).or_else(|| forums.first());
    }
    forums.iter().find(|forum| forum.key == key)
}

/// One reading of the rule: what it asks, and what the typed votes come to under it.
fn worked_out(errors: &mut FormErrors, branch: Branch, assembly: Assembly, steps: Option<&[Step]>) -> BranchView {
    let may = assembly.members.saturating_sub(assembly.without_vote);
    let mut view = BranchView {
        rule: rule_key(branch),
        status: branch.status.key(),
        needed: branch.rule.needed(may, assembly.members),
        blocking: branch.rule.blocking(may, assembly.members),
        tally: None,
        end: None,
        asks_anew: false,
    };
    match steps.map(|steps| (steps, decision::proceed(branch.rule, assembly, steps))) {
        Some((steps, Ok(done))) => {
            let whole = steps.last().is_some_and(|step| step.question == Question::Whole) && done.results.len() == steps.len();
            view.tally = done.results.last().filter(|_| whole).map(tally);
            view.end = (steps.len() > 1 || done.end != End::Open).then(|| done.end.key().replace('_', "-"));
            view.asks_anew = done.asks_anew;
        }
        Some((_, Err(StepError::OutOfOrder(at)))) => errors.add(field_of("question", &at), "decision-error-order"),
        Some((_, Err(StepError::TooMany(at, _)))) => errors.add(field_of("yes", &at), "decision-error-votes"),
        None => {}
    }
    view
}

fn tally(tally: &Tally) -> TallyView {
    TallyView {
        needed: tally.needed,
        blocking: tally.blocking,
        margin: tally.margin,
        outcome: format!("decision-outcome-{}", tally.outcome.key().replace('_', "-")),
    }
}

/// Every member with what is known of it.
fn known(positions: Vec<crate::entities::position::Model>, directory: &Directory) -> Vec<Known> {
    let mut by_state: BTreeMap<String, _> = positions.into_iter().map(|row| (row.iso3.clone(), row)).collect();
    let members = directory.states().iter().filter(|state| state.un_status == MEMBER);
    members
        .map(|state| match by_state.remove(&state.iso3) {
            Some(row) => Known { iso3: row.iso3, stance: row.stance, confidence: row.confidence.parse().unwrap_or(Confidence::Low) },
            None => Known { iso3: state.iso3.clone(), stance: NO_DATA.to_owned(), confidence: Confidence::Low },
        })
        .collect()
}

/// The projection; none where the campaign states no assumptions or nobody votes.
async fn drawn(
    campaign: &Current,
    directory: &Directory,
    language: Language,
    asked: &Asked,
    (readings, assembly): (Vec<Branch>, Assembly),
    known: Vec<Known>,
) -> Result<Option<ProjectionView>, Problem> {
    let stated = &campaign.config.projection;
    let odds: Option<Vec<_>> = known.iter().map(|state| stated.odds(&state.stance, state.confidence)).collect();
    let Some(odds) = odds.filter(|_| !readings.is_empty()) else { return Ok(None) };
    let (seed, runs) = (seed(asked), runs(asked));
    // Who has lost the vote that day is not named here: the body is taken as whole.
    let whole = Assembly::of(assembly.members);
    let projection = web::block(move || projection::project(&odds, &readings, whole, seed, runs)).await.map_err(anyhow::Error::from)?;
    Ok(Some(projected(directory, language, &projection, &known)))
}

fn projected(directory: &Directory, language: Language, projection: &Projection, known: &[Known]) -> ProjectionView {
    let hardest = projection.branches.last();
    let mut swing: Vec<Swing> = hardest
        .into_iter()
        .flat_map(|branch| known.iter().zip(&branch.influence))
        .map(|(state, influence)| Swing {
            iso3: state.iso3.clone(),
            name: directory.name(&state.iso3, language).to_owned(),
            stance: state.stance.clone(),
            // A share of one, and so far within the range of the number.
            #[allow(clippy::cast_possible_truncation)]
            influence: (influence * 100.0).round() as i64,
        })
        .filter(|swing| swing.influence > 0)
        .collect();
    swing.sort_by(|a, b| b.influence.cmp(&a.influence).then(a.iso3.cmp(&b.iso3)));
    swing.truncate(SWINGS);
    ProjectionView {
        runs: projection.runs,
        yes: projection.yes,
        no: projection.no,
        abstain: projection.abstain,
        branches: projection
            .branches
            .iter()
            .map(|branch| BranchProjectionView {
                rule: rule_key(branch.branch),
                status: branch.branch.status.key(),
                adopted: branch.adopted,
                margin: branch.margin,
            })
            .collect(),
        swing_rule: hardest.map(|branch| rule_key(branch.branch)).unwrap_or_default(),
        swing,
    }
}

/// States that stand against or ever acted against, those that stand against first. One query beside the positions.
async fn objectors(
    platform: &Platform,
    campaign: &Current,
    directory: &Directory,
    language: Language,
    audience: Audience,
    known: &[Known],
) -> Result<Vec<Objector>, Problem> {
    let against: Vec<&str> = campaign
        .config
        .stance
        .iter()
        .filter(|stance| stance.score.is_some_and(|score| score < 0))
        .map(|stance| stance.key.as_str())
        .collect();
    let mut acts: BTreeMap<String, (usize, Dated)> = BTreeMap::new();
    for act in store::acts_towards(platform.database.read(), campaign.id, audience, &against).await? {
        let last = || Dated { day: act.occurred_on, precision: act.precision.clone() };
        acts.entry(act.iso3.clone()).and_modify(|(count, _)| *count += 1).or_insert_with(|| (1, last()));
    }
    let stands = |state: &Known| against.contains(&state.stance.as_str());
    let mut found: Vec<(bool, NaiveDate, Objector)> = known
        .iter()
        .filter(|state| stands(state) || acts.contains_key(&state.iso3))
        .map(|state| {
            let (count, last) = acts.get(&state.iso3).cloned().map_or((0, None), |(count, last)| (count, Some(last)));
            let objector = Objector {
                iso3: state.iso3.clone(),
                name: directory.name(&state.iso3, language).to_owned(),
                stance: state.stance.clone(),
                acts: count,
                last,
            };
            (!stands(state), objector.last.as_ref().map_or(NaiveDate::MIN, |last| last.day), objector)
        })
        .collect();
    found.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)).then(a.2.iso3.cmp(&b.2.iso3)));
    Ok(found.into_iter().map(|(_, _, objector)| objector).collect())
}

fn assumptions(campaign: &Current) -> Vec<AssumptionView> {
    let stated = campaign.config.projection.chance.iter();
    stated
        .map(|chance| AssumptionView {
            stance: chance.stance.clone(),
            yes: chance.yes,
            no: chance.no,
            abstain: chance.abstain,
            absent: 100_u32.saturating_sub(chance.yes + chance.no + chance.abstain),
        })
        .collect()
}
