//! What is typed on the page about decisions: a body, votes, and the votes that came before. A form that is only asked and never kept. Must not work anything out.

use std::{borrow::Cow, collections::BTreeMap};

use serde::{Deserialize, Serialize};

use super::desk::Choice;
use crate::{
    domain::{
        decision::{Ballot, Question, Step},
        language::Language,
    },
    platform::{http::forms::FormErrors, i18n},
};

/// How many votes may come before the one on the whole.
pub(super) const EARLIER: [usize; 4] = [1, 2, 3, 4];
/// No body has more members; a number beyond is a slip of the hand.
const MOST: u32 = 1000;
/// Draws of a page, and of one that asks for more.
pub(super) const RUNS: u32 = 2000;
pub(super) const MOST_RUNS: u32 = 10_000;
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    pub(super) forum: String,
    pub(super) yes: String,
    pub(super) no: String,
    pub(super) abstain: String,
    pub(super) without_vote: String,
    pub(super) seed: String,
    pub(super) runs: String,
    /// Fields of the votes before it, `question-1`, `yes-1` and so on.
    #[serde(flatten)]
    pub(super) earlier: BTreeMap<String, String>,
}

#[derive(Serialize)]
pub(super) struct EarlierView {
    number: usize,
    question: String,
    yes: String,
    no: String,
    abstain: String,
}

pub(super) fn number(errors: &mut FormErrors, field: impl Into<Cow<'static, str>>, typed: &str) -> Option<u32> {
    let typed = typed.trim();
    if typed.is_empty() {
        return None;
    }
    let read = typed.parse().ok().filter(|number| *number <= MOST);
    if read.is_none() {
        errors.add(field, "decision-error-number");
    }
    read
}

pub(super) fn seed(asked: &Asked) -> u64 {
    asked.seed.trim().parse().unwrap_or(1)
}

pub(super) fn runs(asked: &Asked) -> u32 {
    if asked.runs == MOST_RUNS.to_string() { MOST_RUNS } else { RUNS }
}

fn field<'a>(asked: &'a Asked, name: &str, number: usize) -> &'a str {
    asked.earlier.get(&format!("{name}-{number}")).map_or("", String::as_str)
}

pub(super) fn earlier(asked: &Asked, number: usize) -> EarlierView {
    let of = |name: &str| field(asked, name, number).to_owned();
    EarlierView { number, question: of("question"), yes: of("yes"), no: of("no"), abstain: of("abstain") }
}

/// The votes that were typed, the one on the whole last; none where no vote was.
pub(super) fn steps(errors: &mut FormErrors, asked: &Asked) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    for at in EARLIER {
        let (question, operative) = match field(asked, "question", at) {
            "recital" => (Question::Part, false),
            other => match other.parse() {
                Ok(Question::Whole) | Err(_) => continue,
                Ok(question) => (question, true),
            },
        };
        let mut of = |name: &str| number(errors, format!("{name}-{at}"), field(asked, name, at)).unwrap_or_default();
        let ballot = Ballot { yes: of("yes"), no: of("no"), abstain: of("abstain") };
        steps.push(Step { question, name: at.to_string(), operative, ballot });
    }
    let whole = [("yes", &asked.yes), ("no", &asked.no), ("abstain", &asked.abstain)];
    let is_typed = whole.iter().any(|(_, typed)| !typed.trim().is_empty());
    let [yes, no, abstain] = whole.map(|(name, typed)| number(errors, name, typed).unwrap_or_default());
    if is_typed {
        steps.push(Step { question: Question::Whole, name: String::new(), operative: true, ballot: Ballot { yes, no, abstain } });
    }
    (!steps.is_empty()).then_some(steps)
}

/// Where a fault of a vote is shown; the vote on the whole has no number.
pub(super) fn field_of(name: &str, at: &str) -> String {
    if at.is_empty() { name.to_owned() } else { format!("{name}-{at}") }
}

pub(super) fn questions(language: Language) -> Vec<Choice> {
    let keys = Question::ALL.iter().filter(|question| **question != Question::Whole).map(|question| question.key()).chain(["recital"]);
    keys.map(|key| Choice { value: key.to_owned(), text: i18n::word(language, &format!("decision-question-{}", key.replace('_', "-"))) })
        .collect()
}
