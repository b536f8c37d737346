//! The published rule that derives a position from evidence. Deterministic: the order of the evidence does not matter. Whoever asks for the
//! public's view hands in public evidence only. Must not know where evidence is kept. `docs/method.md` says the same in words.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use uuid::Uuid;

use super::{
    campaign::{Campaign, Event, parse_date},
    evidence::{Evidence, IssueStance, Scope},
    keyed::keyed,
};

/// Version of the rule; stored with every position and named in the method note.
pub const RULE_VERSION: i32 = 1;
/// There is no evidence: not the same as silent, nor as neutral (R49).
pub const NO_DATA: &str = "no_data";
/// The matter was debated, the record of the debate is whole, and it holds nothing by the state or for it (R49).
pub const SILENT: &str = "silent";
/// Weight of a kind of act the campaign does not list.
const UNLISTED_KIND: f64 = 0.5;
/// Weight of a coder's confidence the campaign does not list.
const UNLISTED_CODER: f64 = 0.4;

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

keyed! {
    /// Why a position is what it is, in coded words for the page that explains it.
    Reason {
        /// What the state did itself decides.
        OwnActs = "own_acts",
        /// A group's word decides; the state did nothing of its own that counts.
        ViaGroup = "via_group",
        /// What groups said was set aside, because the state acted itself.
        GroupSetAside = "group_set_aside",
        /// One piece of evidence alone.
        SingleSource = "single_source",
        /// The evidence points both ways.
        Conflicting = "conflicting",
        /// The newest evidence is older than the half-life.
        Old = "old",
        /// There is evidence, but none on the matter as a whole.
        NotOverall = "not_overall",
        /// There is no evidence.
        NoEvidence = "no_evidence",
        /// It said nothing where the matter was debated.
        SaidNothing = "said_nothing",
    }
}

/// Where a state stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// Key of a level, [`SILENT`] or [`NO_DATA`].
    pub stance: String,
    /// How sure.
    pub confidence: Confidence,
    /// No act of its own decided, only a group's.
    pub via_group: bool,
    /// Day of the act with which this stance began.
    pub since: Option<NaiveDate>,
    /// The deciding evidence, newest first.
    pub deciding: Vec<Uuid>,
    /// Why.
    pub reasons: Vec<Reason>,
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
    fn without_level(stance: &str, reason: Reason) -> Self {
        Self {
            stance: stance.to_owned(),
            confidence: Confidence::Low,
            via_group: false,
            since: None,
            deciding: Vec::new(),
            reasons: vec![reason],
        }
    }
}

/// One act as the rule weighs it.
#[derive(Clone, Copy)]
struct Weighed<'e> {
    item: &'e Evidence,
    /// Weight of its kind times weight of the coder's confidence.
    solid: f64,
    /// The same, halved for every half-life of age.
    weight: f64,
    score: f64,
}

/// A running weighted mean.
#[derive(Clone, Copy, Default)]
struct Mean {
    score: f64,
    weight: f64,
}

impl Mean {
    fn add(&mut self, act: &Weighed<'_>) {
        self.score += act.weight * act.score;
        self.weight += act.weight;
    }

    /// Rounded far below any threshold, so that 1.5 is 1.5 however it was added up.
    fn value(self) -> Option<f64> {
        (self.weight > 0.0).then(|| (self.score / self.weight * 1e9).round() / 1e9)
    }
}

/// Where a state stands on `day`: its overall position, or silent where it has none and kept quiet since `silence`, the day
/// [`silence_since`] gives for the same `day`.
pub fn stand(campaign: &Campaign, evidence: &[&Evidence], day: NaiveDate, silence: Option<NaiveDate>) -> Position {
    let position = overall(campaign, evidence, day);
    let is_quiet = |since: NaiveDate| !evidence.iter().any(|item| item.scope != Scope::Reported && item.occurred_on >= since);
    if position.stance == NO_DATA && silence.is_some_and(is_quiet) {
        return Position::without_level(SILENT, Reason::SaidNothing);
    }
    position
}

/// The overall position on `day` from the evidence of one state, all of it known on that day. One pass and a sort.
pub fn overall(campaign: &Campaign, evidence: &[&Evidence], day: NaiveDate) -> Position {
    let mut acts: Vec<Weighed<'_>> =
        evidence.iter().copied().filter(|item| item.counts_overall()).filter_map(|item| weigh(campaign, item, day)).collect();
    // Oldest first, so that the history of the mean can be followed; the key makes sums independent of the order of rows.
    acts.sort_by_key(|act| (act.item.occurred_on, act.item.id));
    let prevails = campaign.derivation.own_statement_prevails;
    let scale = Scale::of(campaign);
    let (mut own, mut all) = (Mean::default(), Mean::default());
    let mut standing: Option<(&str, NaiveDate)> = None;
    for act in &acts {
        all.add(act);
        if act.item.is_own() {
            own.add(act);
        }
        // Age halves all weights alike, so the mean of the acts up to here is what it was on their day.
        let Some(mean) = own.value().filter(|_| prevails).or_else(|| all.value()) else { continue };
        let now = scale.level(mean);
        if standing.is_none_or(|(before, _)| before != now) {
            standing = Some((now, act.item.occurred_on));
        }
    }
    let Some((stance, since)) = standing else {
        return Position::without_level(NO_DATA, if evidence.is_empty() { Reason::NoEvidence } else { Reason::NotOverall });
    };
    let has_own = own.value().is_some();
    let total = acts.len();
    if has_own && prevails {
        acts.retain(|act| act.item.is_own());
    }
    let half_lives = acts.last().map_or(0.0, |newest| age_in_days(newest.item, day) / half_life(campaign));
    let conflicting = acts.iter().any(|act| act.score > 0.0) && acts.iter().any(|act| act.score < 0.0);
    let solid = acts.iter().map(|act| act.solid).sum();
    let mut reasons = vec![if has_own { Reason::OwnActs } else { Reason::ViaGroup }];
    reasons.extend((acts.len() < total).then_some(Reason::GroupSetAside));
    reasons.extend((acts.len() == 1).then_some(Reason::SingleSource));
    reasons.extend(conflicting.then_some(Reason::Conflicting));
    reasons.extend((half_lives >= 1.0).then_some(Reason::Old));
    Position {
        stance: stance.to_owned(),
        confidence: confidence(solid, has_own, conflicting, half_lives),
        via_group: !has_own,
        since: Some(since),
        deciding: acts.iter().rev().map(|act| act.item.id).collect(),
        reasons,
    }
}

/// `None` where the direction is no level of the campaign's scale, or the campaign gives the kind no weight.
fn weigh<'e>(campaign: &Campaign, item: &'e Evidence, day: NaiveDate) -> Option<Weighed<'e>> {
    let rule = &campaign.derivation;
    let score = campaign.stance(item.direction.as_deref()?)?.score?;
    let kind = rule.weight.get(item.kind.key()).copied().unwrap_or(UNLISTED_KIND);
    let coder = rule.confidence.get(item.confidence.key()).copied().unwrap_or(UNLISTED_CODER);
    let solid = kind * coder;
    let weight = solid * (-age_in_days(item, day) / half_life(campaign)).exp2();
    (weight > 0.0).then_some(Weighed { item, solid, weight, score: f64::from(score) })
}

/// R58: grows with the number, directness and quality of sources; falls one step for contradiction and one for every half-life of age.
/// A group's word alone never makes it high.
fn confidence(solid: f64, has_own: bool, conflicting: bool, half_lives: f64) -> Confidence {
    let steps = [solid < 1.5 || !has_own, solid < 0.6, conflicting, half_lives >= 1.0, half_lives >= 2.0];
    match steps.into_iter().filter(|step| *step).count() {
        0 => Confidence::High,
        1 => Confidence::Medium,
        _ => Confidence::Low,
    }
}

fn half_life(campaign: &Campaign) -> f64 {
    i32::try_from(campaign.derivation.half_life_days.max(1)).map_or(f64::MAX, f64::from)
}

fn age_in_days(item: &Evidence, day: NaiveDate) -> f64 {
    i32::try_from((day - item.occurred_on).num_days().max(0)).map_or(f64::MAX, f64::from)
}

/// The levels with the lowest mean that earns each, strongest support first: looked up once for a state, not once for each of its acts.
struct Scale<'c> {
    levels: Vec<(f64, &'c str)>,
    last: &'c str,
}

impl<'c> Scale<'c> {
    fn of(campaign: &'c Campaign) -> Self {
        let least = |key: &str| campaign.derivation.threshold.get(key).copied();
        Self {
            levels: campaign.levels().filter_map(|stance| Some((least(&stance.key)?, stance.key.as_str()))).collect(),
            last: campaign.levels().last().map_or(NO_DATA, |stance| stance.key.as_str()),
        }
    }

    /// The first level whose threshold the mean reaches; the last level needs none.
    fn level(&self, mean: f64) -> &'c str {
        self.levels.iter().find(|(least, _)| mean >= *least).map_or(self.last, |(_, key)| key)
    }
}

/// From which day on saying nothing says something on `day` (R49): the opening of the oldest session among the running one and the configured
/// number before it, if a debate was held since whose record is declared complete. Else silence tells nothing.
pub fn silence_since(campaign: &Campaign, day: NaiveDate) -> Option<NaiveDate> {
    let rule = &campaign.derivation;
    let complete = |event: &&Event| event.kind == "debate" && event.record_complete.unwrap_or(!rule.partial_record);
    let mut debates = campaign.event.iter().filter(complete).peekable();
    debates.peek()?;
    let mut begun: Vec<NaiveDate> = campaign.session.iter().map(|session| session.from).filter(|from| *from <= day).collect();
    begun.sort_unstable_by(|one, other| other.cmp(one));
    let running = campaign.session_on(day).is_some();
    let back = usize::try_from(rule.silent_window_sessions).unwrap_or(0) + usize::from(running);
    let opens = begun.into_iter().take(back).next_back()?;
    let held = |event: &Event| parse_date(event.date_end.as_deref().unwrap_or(&event.date_start)).map(|(_, last, _)| last);
    debates.any(|event| held(event).is_some_and(|last| opens <= last && last < day)).then_some(opens)
}

/// Where the state stands on each issue it, or a group for it, spoke to. Own words prevail, then the newest.
pub fn by_issue(evidence: &[&Evidence]) -> BTreeMap<String, IssuePosition> {
    let mut by_issue: BTreeMap<&str, Vec<(&Evidence, IssueStance)>> = BTreeMap::new();
    for item in evidence.iter().filter(|item| !item.is_duplicate && item.scope != Scope::Reported) {
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

#[cfg(test)]
#[path = "position_tests.rs"]
mod tests;
