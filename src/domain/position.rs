//! The published rule that derives a position from evidence. Deterministic: the order of the evidence does not matter. Whoever asks for the
//! public's view hands in public evidence only. Must not know where evidence is kept. `docs/method.md` says the same in words.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use uuid::Uuid;

use super::{
    campaign::Campaign,
    evidence::{CoderConfidence, Evidence, IssueStance},
    keyed::keyed,
};

/// Version of the rule; stored with every position and named in the method note.
pub const RULE_VERSION: i32 = 1;
/// There is no evidence: not the same as silent, nor as neutral (R49).
pub const NO_DATA: &str = "no_data";

keyed! {
    /// How much weight the evidence bears.
    Confidence {
        /// Recent, direct, coded with certainty.
        High = "high",
        /// Something between.
        Medium = "medium",
        /// Old, through a group only, or coded with doubt.
        Low = "low",
    }
}

/// Where a state stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// Key of a level, or [`NO_DATA`].
    pub stance: String,
    /// How sure.
    pub confidence: Confidence,
    /// No act of its own decided, only a group's.
    pub via_group: bool,
    /// Day of the earliest deciding act at this level without a break.
    pub since: Option<NaiveDate>,
    /// The deciding evidence, newest first.
    pub deciding: Vec<Uuid>,
}

/// Where a state stands on one issue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuePosition {
    /// What it said last.
    pub stance: IssueStance,
    /// Only a group spoke.
    pub via_group: bool,
    /// Day it last spoke.
    pub last_spoke: NaiveDate,
    /// The deciding evidence, newest first.
    pub deciding: Vec<Uuid>,
}

impl Position {
    fn no_data() -> Self {
        Self { stance: NO_DATA.to_owned(), confidence: Confidence::Low, via_group: false, since: None, deciding: Vec::new() }
    }
}

/// The overall position on `day` from the evidence of one state, all of it known on that day. One pass and a sort.
pub fn overall(campaign: &Campaign, evidence: &[&Evidence], day: NaiveDate) -> Position {
    let rule = &campaign.derivation;
    let mut counting: Vec<&Evidence> = evidence.iter().copied().filter(|item| item.counts_overall()).collect();
    let has_own = counting.iter().any(|item| item.is_own());
    if has_own && rule.own_statement_prevails {
        counting.retain(|item| item.is_own());
    }
    counting.sort_by(|a, b| b.occurred_on.cmp(&a.occurred_on).then(a.id.cmp(&b.id)));
    let (mut sum, mut total) = (0.0, 0.0);
    for item in &counting {
        let Some(score) = item.direction.as_deref().and_then(|key| campaign.stance(key)).and_then(|stance| stance.score) else { continue };
        let weight = weight(campaign, item, day);
        sum += weight * f64::from(score);
        total += weight;
    }
    if total <= 0.0 {
        return Position::no_data();
    }
    let stance = level(campaign, sum / total);
    let since = counting.iter().take_while(|item| item.direction.as_deref().is_some_and(|key| same_side(campaign, key, &stance))).last();
    Position {
        confidence: confidence(campaign, &counting, has_own, day),
        via_group: !has_own,
        since: since.or(counting.first()).map(|item| item.occurred_on),
        deciding: counting.iter().map(|item| item.id).collect(),
        stance,
    }
}

fn weight(campaign: &Campaign, item: &Evidence, day: NaiveDate) -> f64 {
    let rule = &campaign.derivation;
    let kind = rule.weight.get(item.kind.key()).copied().unwrap_or(0.5);
    let coder = rule.confidence.get(item.confidence.key()).copied().unwrap_or(0.4);
    kind * coder * 0.5_f64.powf(age_in_days(item, day) / half_life(campaign))
}

fn half_life(campaign: &Campaign) -> f64 {
    i32::try_from(campaign.derivation.half_life_days.max(1)).map_or(f64::MAX, f64::from)
}

fn age_in_days(item: &Evidence, day: NaiveDate) -> f64 {
    i32::try_from((day - item.occurred_on).num_days().max(0)).map_or(f64::MAX, f64::from)
}

/// The first level, strongest support first, whose threshold the mean reaches; the last level needs none.
fn level(campaign: &Campaign, mean: f64) -> String {
    let reached = campaign.levels().find(|stance| campaign.derivation.threshold.get(&stance.key).is_some_and(|least| mean >= *least));
    reached.or_else(|| campaign.levels().last()).map_or_else(|| NO_DATA.to_owned(), |stance| stance.key.clone())
}

fn same_side(campaign: &Campaign, a: &str, b: &str) -> bool {
    let side = |key: &str| campaign.stance(key).and_then(|stance| stance.score).map(i32::signum);
    side(a) == side(b)
}

/// R58: falls with age, with distance from the state's own words, and with the coder's doubt.
fn confidence(campaign: &Campaign, newest_first: &[&Evidence], has_own: bool, day: NaiveDate) -> Confidence {
    let Some(newest) = newest_first.first() else { return Confidence::Low };
    let halves = age_in_days(newest, day) / half_life(campaign);
    let coder = newest_first.iter().map(|item| item.confidence).min().unwrap_or(CoderConfidence::Low);
    match (has_own, coder) {
        (true, CoderConfidence::High) if halves < 1.0 => Confidence::High,
        (true, CoderConfidence::Low) | (_, _) if halves >= 2.0 => Confidence::Low,
        (false, CoderConfidence::Low) => Confidence::Low,
        _ => Confidence::Medium,
    }
}

/// Where the state stands on each issue it, or a group for it, spoke to. Own words prevail, then the newest.
pub fn by_issue(evidence: &[&Evidence]) -> BTreeMap<String, IssuePosition> {
    let mut by_issue: BTreeMap<&str, Vec<(&Evidence, IssueStance)>> = BTreeMap::new();
    for item in evidence.iter().filter(|item| !item.is_duplicate) {
        for (issue, stance) in &item.issues {
            by_issue.entry(issue).or_default().push((item, *stance));
        }
    }
    by_issue
        .into_iter()
        .filter_map(|(issue, mut spoken)| {
            let has_own = spoken.iter().any(|(item, _)| item.is_own());
            if has_own {
                spoken.retain(|(item, _)| item.is_own());
            }
            spoken.sort_by(|(a, _), (b, _)| b.occurred_on.cmp(&a.occurred_on).then(a.id.cmp(&b.id)));
            let newest = spoken.first()?;
            let clear = spoken.iter().find(|(_, stance)| *stance != IssueStance::Unclear).unwrap_or(newest);
            Some((
                issue.to_owned(),
                IssuePosition {
                    stance: clear.1,
                    via_group: !has_own,
                    last_spoke: newest.0.occurred_on,
                    deciding: spoken.iter().map(|(item, _)| item.id).collect(),
                },
            ))
        })
        .collect()
}
