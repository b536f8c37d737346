//! What conditions of blocks may speak of. A condition that names a group or a stance that does not exist never holds, and nobody would see why: it is a
//! fault when it is saved, not when letters are drafted (R30). Must not know where the names come from.

use std::collections::BTreeSet;

use super::blocks::Condition;

/// The names that exist.
#[derive(Clone, Debug, Default)]
pub struct Vocabulary {
    /// Levels and special values of the campaign's scale.
    pub stances: BTreeSet<String>,
    /// Regional groups.
    pub regions: BTreeSet<String>,
    /// All groups.
    pub groups: BTreeSet<String>,
    /// Standings in the organisation.
    pub un_statuses: BTreeSet<String>,
    /// Offices as conditions know them.
    pub posts: BTreeSet<String>,
    /// The campaign's issues.
    pub issues: BTreeSet<String>,
}

impl Vocabulary {
    /// What a condition names that does not exist: the key of the condition and the name.
    pub fn unknown<'a>(&self, condition: &'a Condition) -> Vec<(&'static str, &'a str)> {
        let lists = [
            ("stance", &condition.stance, &self.stances),
            ("region", &condition.region, &self.regions),
            ("group", &condition.group, &self.groups),
            ("un_status", &condition.un_status, &self.un_statuses),
            ("post", &condition.post, &self.posts),
        ];
        let listed = lists
            .into_iter()
            .flat_map(|(key, named, known)| named.iter().filter(|name| !known.contains(*name)).map(move |name| (key, name.as_str())));
        let issues = [
            ("issue_position", condition.issue_position.as_ref().map(|on| on.issue.as_str())),
            ("issue_silent", condition.issue_silent.as_deref()),
        ];
        let issues = issues.into_iter().filter_map(|(key, issue)| Some((key, issue.filter(|issue| !self.issues.contains(*issue))?)));
        listed.chain(issues).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{blocks::IssueCondition, evidence::IssueStance};

    /// R30
    #[test]
    fn a_condition_that_can_never_hold_is_told() {
        let one = |name: &str| BTreeSet::from([name.to_owned()]);
        let known = Vocabulary { stances: one("support"), groups: one("african_group"), issues: one("gender"), ..Vocabulary::default() };
        let issue = |issue: &str| IssueCondition { issue: issue.into(), is: vec![IssueStance::Supports] };
        let right = Condition {
            stance: vec!["support".into()],
            group: vec!["african_group".into()],
            issue_position: Some(issue("gender")),
            issue_silent: Some("gender".into()),
            ..Condition::default()
        };
        assert!(known.unknown(&right).is_empty());
        let wrong = Condition {
            stance: vec!["support".into(), "suport".into()],
            region: vec!["africa".into()],
            issue_position: Some(issue("genders")),
            issue_silent: Some("no".into()),
            ..right
        };
        assert_eq!(
            known.unknown(&wrong),
            [("stance", "suport"), ("region", "africa"), ("issue_position", "genders"), ("issue_silent", "no")]
        );
    }
}
