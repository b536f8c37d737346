//! R59, R60, R91: the arithmetic of votes, and votes on one text in their order.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use proptest::prelude::*;

use super::*;

fn ballot(yes: u32, no: u32, abstain: u32) -> Ballot {
    Ballot { yes, no, abstain }
}

/// R59: the check values of the requirements: how many yes are needed and how many no block.
#[test]
fn r59_the_numbers_are_those_of_the_rules() {
    for (voting, majority, two_thirds, blocking) in [(193, 97, 129, 65), (173, 87, 116, 58)] {
        assert_eq!(Rule::SimpleMajority.needed(voting, 193), majority, "{voting}");
        assert_eq!(Rule::TwoThirds.needed(voting, 193), two_thirds, "{voting}");
        assert_eq!(Rule::TwoThirds.blocking(voting, 193), blocking, "{voting}");
    }
    // Twenty abstentions of 193 leave 173 who vote.
    let tally = Rule::TwoThirds.decide(Assembly::of(193), ballot(116, 57, 20)).unwrap();
    assert_eq!((tally.voting, tally.needed, tally.blocking, tally.outcome, tally.margin), (173, 116, 58, Outcome::Adopted, 0));
    assert_eq!(Rule::TwoThirds.decide(Assembly::of(193), ballot(115, 58, 20)).unwrap().outcome, Outcome::Rejected);
    for (votes, members, needed, of) in [((79, 1, 19), 193, 54, 80), ((122, 1, 1), 193, 82, 123), ((120, 7, 21), 160, 85, 127)] {
        let tally = Rule::TwoThirds.decide(Assembly::of(members), ballot(votes.0, votes.1, votes.2)).unwrap();
        assert_eq!((tally.needed, tally.voting, tally.outcome), (needed, of, Outcome::Adopted), "{votes:?}");
    }
    // A body of 47, of whom ten abstain.
    assert_eq!(Rule::SimpleMajority.decide(Assembly::of(47), ballot(19, 18, 10)).unwrap().needed, 19);
    assert_eq!(Rule::AbsoluteMajority.needed(37, 47), 24);
    assert_eq!(Rule::TwoThirdsOfMembers.needed(37, 47), 32);
}

/// R59: a tie does not adopt, abstentions are no votes, members of all count whoever comes.
#[test]
fn r59_ties_abstentions_and_absences_count_as_each_rule_says() {
    let decide = |rule: Rule, yes, no, abstain| rule.decide(Assembly::of(193), ballot(yes, no, abstain)).unwrap().outcome;
    assert_eq!(decide(Rule::SimpleMajority, 60, 60, 20), Outcome::Tied);
    assert_eq!(decide(Rule::SimpleMajority, 2, 1, 150), Outcome::Adopted);
    assert_eq!(decide(Rule::AbsoluteMajority, 96, 0, 90), Outcome::Rejected);
    assert_eq!(decide(Rule::AbsoluteMajority, 97, 96, 0), Outcome::Adopted);
    assert_eq!(decide(Rule::TwoThirdsOfMembers, 128, 0, 60), Outcome::Rejected);
    assert_eq!(decide(Rule::SimpleMajority, 0, 0, 150), Outcome::Rejected, "who all abstain adopt nothing");
    assert_eq!(decide(Rule::Consensus, 0, 0, 150), Outcome::Adopted, "nobody objects");
    assert_eq!(decide(Rule::Consensus, 150, 3, 0), Outcome::Objected);
}

/// R59: below the quorum nothing is decided; a state in arrears may be there and does not vote.
#[test]
fn r59_quorum_and_arrears() {
    let assembly = Assembly { without_vote: 5, ..Assembly::of(193) };
    assert_eq!(Rule::SimpleMajority.decide(assembly, ballot(96, 0, 0)).unwrap().outcome, Outcome::NoQuorum);
    assert_eq!(Rule::SimpleMajority.decide(assembly, ballot(96, 0, 1)).unwrap().outcome, Outcome::Adopted);
    assert_eq!(Rule::SimpleMajority.decide(assembly, ballot(180, 9, 0)), Err(TooManyVotes { cast: 189, may: 188 }));
    assert_eq!(Rule::SimpleMajority.decide(assembly, ballot(u32::MAX, u32::MAX, u32::MAX)).unwrap_err().may, 188);
}

/// R91: what is not settled is worked out each way, and where no rule is known none is made up.
#[test]
fn r91_a_rule_that_is_not_settled_has_several_branches() {
    let read = |rule: &str, fallback: Option<&str>, status: &str| branches(rule, fallback, status);
    let branch = |rule, status| Branch { rule, status };
    assert_eq!(
        read("consensus_custom", Some("simple_majority"), "agreed"),
        [branch(Rule::Consensus, RuleStatus::Agreed), branch(Rule::SimpleMajority, RuleStatus::Agreed)]
    );
    assert_eq!(
        read("consensus", Some("two_thirds"), "disputed"),
        [branch(Rule::Consensus, RuleStatus::Disputed), branch(Rule::TwoThirds, RuleStatus::Disputed)]
    );
    assert_eq!(read("open", Some("two_thirds"), "open"), [branch(Rule::TwoThirds, RuleStatus::Open)]);
    assert!(read("open", None, "open").is_empty() && read("expert_body", None, "agreed").is_empty());
    assert_eq!(read("two_thirds", Some("two_thirds"), "agreed").len(), 1);
}

fn step(question: Question, name: &str, yes: u32, no: u32) -> Step {
    Step { question, name: name.to_owned(), operative: true, ballot: ballot(yes, no, 20) }
}

/// R60: a motion not to decide ends it; an amendment or a part that is dropped makes another text, about which states are asked anew.
#[test]
fn r60_votes_on_one_text_come_in_their_order() {
    let go = |steps: &[Step]| proceed(Rule::TwoThirds, Assembly::of(193), steps);
    let stopped = go(&[step(Question::NoAction, "motion", 80, 70), step(Question::Whole, "draft", 120, 10)]).unwrap();
    assert_eq!(
        (stopped.end, stopped.results.len()),
        (End::NotPut, 1),
        "a simple majority is enough to stop it, and nothing else is voted on"
    );
    let whole = go(&[step(Question::NoAction, "motion", 70, 80), step(Question::Whole, "draft", 120, 10)]).unwrap();
    assert_eq!((whole.end, whole.asks_anew), (End::Adopted, false));
    let amended = go(&[step(Question::Amendment, "L.9", 100, 40), step(Question::Whole, "draft", 120, 10)]).unwrap();
    assert_eq!((amended.end, amended.asks_anew), (End::AdoptedChanged, true));
    let refused = go(&[step(Question::Amendment, "L.9", 90, 50), step(Question::Whole, "draft", 120, 10)]).unwrap();
    assert_eq!((refused.end, refused.asks_anew), (End::Adopted, false), "ninety of 140 are no two thirds");
    let dropped = go(&[
        step(Question::Part, "paragraph 4", 80, 60),
        step(Question::Part, "paragraph 5", 130, 5),
        step(Question::Whole, "draft", 120, 10),
    ])
    .unwrap();
    assert_eq!((dropped.end, dropped.asks_anew), (End::AdoptedChanged, true));
    let emptied = go(&[step(Question::Part, "paragraph 4", 80, 60), step(Question::Whole, "draft", 120, 10)]).unwrap();
    assert_eq!((emptied.end, emptied.results.len()), (End::Rejected, 1), "nothing operative is left, so there is nothing to vote on");
    let recital = Step { operative: false, ..step(Question::Part, "recital", 80, 60) };
    assert_eq!(go(&[recital, step(Question::Whole, "draft", 120, 10)]).unwrap().end, End::AdoptedChanged);
    assert_eq!(go(&[step(Question::Amendment, "L.9", 100, 40)]).unwrap().end, End::Open);
    for wrong in [
        vec![step(Question::Whole, "draft", 120, 10), step(Question::Amendment, "L.9", 100, 40)],
        vec![step(Question::Part, "paragraph 4", 100, 40), step(Question::Amendment, "L.9", 100, 40)],
        vec![step(Question::Amendment, "L.9", 100, 40), step(Question::NoAction, "motion", 100, 40)],
        vec![step(Question::Whole, "draft", 120, 10), step(Question::Whole, "draft", 120, 10)],
    ] {
        assert!(matches!(go(&wrong), Err(StepError::OutOfOrder(_))), "{wrong:?}");
    }
    assert!(matches!(go(&[step(Question::Whole, "draft", 180, 10)]), Err(StepError::TooMany(..))));
}

proptest! {
    /// R59: as many yes as are needed adopt and one fewer does not; as many no as block do block, and with one fewer everybody else can adopt.
    #[test]
    fn r59_needed_and_blocking_are_the_edges(members in 3_u32..400, absent in 0_u32..100, rule in prop::sample::select(Rule::ALL)) {
        let voting = members.saturating_sub(absent).max(1);
        let assembly = Assembly { quorum: 0, ..Assembly::of(members) };
        let outcome = |no: u32| rule.decide(assembly, ballot(voting - no, no, 0)).unwrap().outcome;
        let (needed, blocking) = (rule.needed(voting, members), rule.blocking(voting, members));
        if rule != Rule::Consensus && needed <= voting {
            prop_assert_eq!(outcome(voting - needed), Outcome::Adopted);
            prop_assert_ne!(outcome(voting - needed + 1), Outcome::Adopted);
        }
        if blocking <= voting {
            prop_assert_ne!(outcome(blocking), Outcome::Adopted);
        }
        if blocking > 0 {
            prop_assert_eq!(outcome(blocking - 1), Outcome::Adopted);
        }
    }

    /// R59: one more yes never turns an adopted text into one that is not.
    #[test]
    fn r59_another_yes_never_hurts(yes in 0_u32..100, no in 0_u32..90, rule in prop::sample::select(Rule::ALL)) {
        let outcome = |yes| rule.decide(Assembly::of(193), ballot(yes, no, 0)).unwrap().outcome;
        prop_assert!(outcome(yes) != Outcome::Adopted || outcome(yes + 1) == Outcome::Adopted);
    }
}
