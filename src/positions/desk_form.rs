//! The form for one item of evidence, as three pages use it: a state's, an item's, a proposal's. Must hold no rule.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    desk::Choice,
    item::{Fault, Typed},
};
use crate::{
    campaigns::Current,
    domain::{
        campaign::Campaign,
        evidence::{Capacity, CoderConfidence, EvidenceKind, EvidenceVisibility, IssueStance, Scope},
        language::Language,
    },
    platform::{http::forms::FormErrors, i18n},
};

/// What the form shows: the choices of every field, and what was typed.
#[derive(Debug, Serialize)]
pub(super) struct FormView {
    pub action: String,
    pub submission: String,
    pub typed: Typed,
    kinds: Vec<Choice>,
    directions: Vec<Choice>,
    forums: Vec<Choice>,
    scopes: Vec<Choice>,
    capacities: Vec<Choice>,
    confidences: Vec<Choice>,
    visibilities: Vec<Choice>,
    issue_stances: Vec<Choice>,
    issues: Vec<IssueField>,
    any_issue: bool,
}

#[derive(Debug, Serialize)]
struct IssueField {
    name: String,
    label: String,
    value: String,
}

impl FormView {
    pub(super) fn new(campaign: &Current, language: Language, action: String, typed: Typed) -> Self {
        let config: &Campaign = &campaign.config;
        let words = |part: &str, keys: Vec<&'static str>| -> Vec<Choice> {
            let choice =
                |key: &'static str| Choice { value: key.to_owned(), text: i18n::word(language, &format!("positions-desk-{part}-{key}")) };
            keys.into_iter().map(choice).collect()
        };
        let coded: BTreeMap<&str, &str> = typed
            .issues
            .split(';')
            .filter(|entry| !entry.is_empty())
            .map(|entry| entry.split_once(':').unwrap_or((entry, "unclear")))
            .collect();
        let issues = config.issue.iter().map(|issue| IssueField {
            name: format!("issue-{}", issue.code),
            label: issue.label.get(language).to_owned(),
            value: coded.get(issue.code.as_str()).copied().unwrap_or_default().to_owned(),
        });
        let level =
            |stance: &crate::domain::campaign::Stance| Choice { value: stance.key.clone(), text: stance.label.get(language).to_owned() };
        Self {
            action,
            submission: uuid::Uuid::now_v7().to_string(),
            kinds: words("kind", EvidenceKind::ALL.iter().map(|key| key.key()).collect()),
            directions: config.levels().map(level).collect(),
            forums: config.forum.iter().map(|f| Choice { value: f.key.clone(), text: f.short_name.get(language).to_owned() }).collect(),
            scopes: words("scope", Scope::ALL.iter().map(|key| key.key()).collect()),
            capacities: words("capacity", Capacity::ALL.iter().map(|key| key.key()).collect()),
            confidences: words("confidence", CoderConfidence::ALL.iter().map(|key| key.key()).collect()),
            visibilities: words("visibility", EvidenceVisibility::ALL.iter().map(|key| key.key()).collect()),
            issue_stances: words("issue", IssueStance::ALL.iter().map(|key| key.key()).collect()),
            any_issue: !coded.is_empty(),
            issues: issues.collect(),
            typed,
        }
    }
}

/// Puts the chosen issues, one field each, where the file has them.
pub(super) fn with_issues(mut typed: Typed, fields: &BTreeMap<String, String>) -> Typed {
    let chosen = fields.iter().filter_map(|(name, stance)| {
        let code = name.strip_prefix("issue-")?;
        (!stance.is_empty()).then(|| format!("{code}:{stance}"))
    });
    typed.issues = chosen.collect::<Vec<_>>().join(";");
    typed
}

/// The faults beside their fields.
pub(super) fn errors(faults: &[Fault]) -> FormErrors {
    let mut errors = FormErrors::default();
    for fault in faults {
        let key = match fault.fault.key() {
            "empty" if fault.field == "reason" => "positions-desk-error-reason",
            "empty" => "positions-desk-error-empty",
            "date" => "positions-desk-error-date",
            "future" => "positions-desk-error-future",
            "address" => "positions-desk-error-address",
            "control" => "positions-desk-error-control",
            "long" => "positions-desk-error-long",
            "private" => "positions-desk-error-private",
            "unsourced" => "positions-desk-error-unsourced",
            _ => "positions-desk-error-unknown",
        };
        errors.add(fault.field, key);
    }
    errors
}
