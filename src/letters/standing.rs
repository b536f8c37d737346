//! How far a round is and how it ended, for its board: n of N, how long it has run, what a person may do when it is over. Must not change anything.

use chrono::{DateTime, Duration, Utc};
use serde::Serialize;

use super::{service::Options, store::BoardLetter};
use crate::{
    domain::{
        checks::Finding,
        language::Language,
        letter::{DispatchState, LetterState, RoundState},
    },
    entities::letter_round,
    platform::i18n,
};

/// Work that has not moved for so long wants a person's eye.
const STALLED: i64 = 10;

/// How a round that is closed ended, and what a person may do next.
#[derive(Serialize)]
pub(super) struct EndView {
    /// left, rehearsed or stopped.
    pub key: &'static str,
    /// Letters held back, of a round that was stopped.
    pub held: usize,
    /// Letters that came back and may leave again, of one that is over.
    pub bounced: usize,
}

/// Work in progress: n of N, how long it has run, about how long it will.
#[derive(Serialize)]
pub(super) struct StepView {
    pub key: &'static str,
    done: usize,
    total: usize,
    /// running, done or stopped.
    pub state: &'static str,
    elapsed: String,
    left: String,
    problem: String,
}

/// Whether a letter is still to leave, or to be rehearsed.
pub(super) fn is_held(round: &letter_round::Model, letter: &BoardLetter) -> bool {
    letter.state.parse().is_ok_and(|state: LetterState| state.is_held(round.rehearsal && letter.file_id.is_some()))
}

/// Whether a letter of a round that is being sent is typeset and moves no further without a person: it is to be delivered by hand, or its address is
/// gone since it was approved.
pub(super) fn waits_for_person(round: &letter_round::Model, letter: &BoardLetter) -> bool {
    let is_sending = round.state == RoundState::Sending.key() && !round.rehearsal;
    is_sending && letter.state == LetterState::Approved.key() && letter.file_id.is_some()
}

/// A round that was never released, or leaves letters behind, was stopped by a person; one that is over closed by itself.
pub(super) fn end(round: &letter_round::Model, letters: &[(BoardLetter, Vec<Finding>)]) -> EndView {
    let held = letters.iter().filter(|(letter, _)| is_held(round, letter)).count();
    let key = match (round.released_at.is_none() || held > 0, round.rehearsal) {
        (true, _) => "stopped",
        (false, true) => "rehearsed",
        (false, false) => "left",
    };
    let bounced = letters.iter().filter(|(letter, _)| key == "left" && letter.state == LetterState::Bounced.key()).count();
    EndView { key, held, bounced }
}

pub(super) fn steps(
    round: &letter_round::Model,
    state: RoundState,
    letters: &[(BoardLetter, Vec<Finding>)],
    attempts: &[(String, i64)],
    language: Language,
    now: DateTime<Utc>,
) -> Vec<StepView> {
    let total = Options::of(round).total;
    let drafting = state == RoundState::Draft;
    let mut steps =
        vec![step("drafted", letters.len(), if drafting { total } else { letters.len() }, drafting, round.created_at, language, now)];
    if let Some(released_at) = round.released_at {
        let going: Vec<&BoardLetter> = letters
            .iter()
            .map(|(letter, _)| letter)
            .filter(|letter| letter.state != LetterState::Closed.key() || letter.file_id.is_some())
            .collect();
        let runs = state == RoundState::Sending;
        let typeset = going.iter().filter(|letter| letter.file_id.is_some()).count();
        steps.push(step("typeset", typeset, going.len(), runs, released_at, language, now));
        let rehearsed = attempts.iter().find(|(state, _)| state == DispatchState::Rehearsed.key()).map_or(0, |(_, count)| *count);
        let is_through =
            |letter: &&&BoardLetter| letter.state.parse().is_ok_and(LetterState::has_left) || letter.state == LetterState::Closed.key();
        let left = if round.rehearsal { usize::try_from(rehearsed).unwrap_or(0) } else { going.iter().filter(is_through).count() };
        // What only a person can move is no work in progress.
        let moving = going.len() - going.iter().filter(|letter| waits_for_person(round, letter)).count();
        steps.push(step(
            if round.rehearsal { "rehearsed" } else { "left" },
            left,
            moving,
            runs && round.paused_at.is_none(),
            released_at,
            language,
            now,
        ));
    }
    steps
}

fn step(
    key: &'static str,
    done: usize,
    total: usize,
    runs: bool,
    since: DateTime<Utc>,
    language: Language,
    now: DateTime<Utc>,
) -> StepView {
    let state = if done >= total {
        "done"
    } else if runs {
        "running"
    } else {
        "stopped"
    };
    let elapsed = now - since;
    let running = state == "running";
    // An estimate from fewer letters than these would jump about.
    let left =
        (running && done >= 5).then(|| elapsed * i32::try_from(total - done).unwrap_or(i32::MAX) / i32::try_from(done).unwrap_or(i32::MAX));
    let stalled = running && done == 0 && elapsed > Duration::minutes(STALLED);
    StepView {
        key,
        done,
        total,
        state,
        elapsed: if running { time(language, elapsed) } else { String::new() },
        left: left.map_or_else(String::new, |left| time(language, left)),
        problem: if stalled { i18n::word(language, "letters-stalled") } else { String::new() },
    }
}

fn time(language: Language, duration: Duration) -> String {
    let seconds = duration.num_seconds().max(0);
    i18n::text(language, "letters-time", &i18n::args([("minutes", (seconds / 60).into()), ("seconds", (seconds % 60).into())]))
}
