//! R61: the same seed gives the same result, results are ranges, and assumptions that make no sense are refused.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use super::*;
use crate::domain::{
    campaign::Words,
    decision::{RuleStatus, branches},
};

fn odds(yes: f64, no: f64, abstain: f64) -> Odds {
    Odds { yes, no, abstain }
}

fn readings() -> Vec<Branch> {
    branches("simple_majority", Some("two_thirds"), "disputed")
}

/// A body in which some are sure, some are against and some are open.
fn body() -> Vec<Odds> {
    let mut all = vec![odds(0.95, 0.0, 0.03); 100];
    all.extend(vec![odds(0.0, 0.9, 0.05); 35]);
    all.extend(vec![odds(0.3, 0.2, 0.3); 60]);
    all
}

#[test]
fn r61_the_same_seed_gives_the_same_result_and_another_another() {
    let run = |seed| project(&body(), &readings(), Assembly::of(195), seed, 2000);
    assert_eq!(run(7), run(7));
    assert_ne!(run(7), run(8));
    let drawn = run(7);
    // What a machine of another kind must draw too: a number that moves means that old papers can no longer be worked out again.
    assert_eq!((drawn.yes, drawn.no), (Range { low: 106, middle: 113, high: 120 }, Range { low: 38, middle: 44, high: 50 }));
}

#[test]
fn r61_what_is_certain_has_no_range_and_what_is_not_has_one() {
    let certain = project(&vec![odds(1.0, 0.0, 0.0); 130], &readings(), Assembly::of(193), 1, 100);
    assert_eq!((certain.yes, certain.branches[1].adopted), (Range { low: 130, middle: 130, high: 130 }, 100));
    let open = project(&body(), &readings(), Assembly::of(195), 1, 2000);
    assert!(open.yes.low < open.yes.middle && open.yes.middle < open.yes.high);
    assert!(open.branches[0].adopted == 2000 && (1..2000).contains(&open.branches[1].adopted), "two thirds are harder than a majority");
}

#[test]
fn r61_those_who_are_open_swing_it_and_those_who_are_sure_do_not() {
    let mut edge = vec![odds(0.95, 0.0, 0.03); 90];
    edge.extend(vec![odds(0.0, 0.9, 0.05); 40]);
    edge.extend(vec![odds(0.3, 0.2, 0.3); 65]);
    let open = project(&edge, &readings(), Assembly::of(195), 3, 10_000);
    let mean = |of: std::ops::Range<usize>| open.branches[1].influence[of.clone()].iter().sum::<f64>() / of.len() as f64;
    assert!(mean(130..195) > 0.03 && mean(90..130) == 0.0, "{} {}", mean(130..195), mean(90..130));
    let never = project(&[odds(0.0, 1.0, 0.0), odds(1.0, 0.0, 0.0)], &readings(), Assembly::of(2), 3, 50);
    assert_eq!(never.branches[0].influence, [0.0, 0.0], "who never or always votes yes is never seen otherwise");
}

/// R61: ten thousand votes of 195 states; the limit of the requirement is two seconds, this build is not optimised.
#[test]
fn r61_ten_thousand_votes_take_no_time_to_speak_of() {
    let started = std::time::Instant::now();
    let drawn = project(&body(), &readings(), Assembly::of(195), 5, 10_000);
    println!("10,000 votes of 195 states: {:?}", started.elapsed());
    assert_eq!(drawn.runs, 10_000);
}

#[test]
fn r61_low_confidence_pulls_towards_not_knowing() {
    let chance = |stance: &str, yes, no, abstain| Chance { stance: stance.to_owned(), yes, no, abstain };
    let stated = Assumptions { chance: vec![chance("support", 90, 0, 5), chance(NO_DATA, 40, 10, 20)], low_confidence_pull: 50 };
    assert_eq!(stated.odds("support", Confidence::High).unwrap(), odds(0.9, 0.0, 0.05));
    assert_eq!(stated.odds("support", Confidence::Low).unwrap(), odds(0.65, 0.05, 0.125));
    assert_eq!(stated.odds("unheard-of", Confidence::High), None);
    let stance = |key: &str| Stance {
        key: key.to_owned(),
        score: None,
        sign: String::new(),
        label: Words::untranslated(key),
        meaning: None,
        special: false,
    };
    assert!(
        stated.faults(&[stance("support"), stance(NO_DATA)]).is_empty() && Assumptions::default().faults(&[stance("support")]).is_empty()
    );
    let wrong = Assumptions { chance: vec![chance("support", 90, 10, 5), chance("other", 1, 1, 1)], low_confidence_pull: 101 };
    assert_eq!(wrong.faults(&[stance("support"), stance(NO_DATA)]).len(), 4);
}

#[test]
fn r61_one_objector_is_enough_where_nobody_may_be_outvoted() {
    let mut all = vec![odds(1.0, 0.0, 0.0); 190];
    all.push(odds(0.0, 0.5, 0.5));
    let both = project(&all, &branches("consensus", Some("two_thirds"), "disputed"), Assembly::of(193), 9, 1000);
    assert!((400..600).contains(&both.branches[0].adopted), "{}", both.branches[0].adopted);
    assert_eq!(both.branches[1].adopted, 1000);
    let stop = |at: usize| both.branches[at].branch.rule.blocking(191, 193);
    assert!(stop(0) == 1 && stop(1) > 1, "one alone stops it under the first reading only");
    assert_eq!(both.branches[0].branch.status, RuleStatus::Disputed);
}
