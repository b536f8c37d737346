//! Momentum: how many states stood where, session after session. Every figure says its window: all that is known up to the end of a session,
//! or one session alone (R53). Must not draw: templates do.

use serde::Serialize;

use super::board::{AsOf, Record};
use crate::{campaigns::Current, domain::language::Language};

/// What a column of the plot counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// Everything up to the end of the session.
    Cumulative,
    /// Only what was said in the session.
    Session,
}

/// States by stance, in the shape of the plots and tables.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[allow(missing_docs)]
pub struct Counts {
    pub strong_support: i64,
    pub support: i64,
    pub neutral: i64,
    pub oppose: i64,
    pub strong_oppose: i64,
    pub silent: i64,
    pub no_data: i64,
}

impl Counts {
    /// Counts one state.
    pub fn add(&mut self, stance: &str) {
        let field = match stance {
            "strong_support" => &mut self.strong_support,
            "support" => &mut self.support,
            "neutral" => &mut self.neutral,
            "oppose" => &mut self.oppose,
            "strong_oppose" => &mut self.strong_oppose,
            "silent" => &mut self.silent,
            _ => &mut self.no_data,
        };
        *field += 1;
    }

    /// As pairs, strongest support first.
    pub fn pairs(&self) -> [(&'static str, i64); 7] {
        [
            ("strong_support", self.strong_support),
            ("support", self.support),
            ("neutral", self.neutral),
            ("oppose", self.oppose),
            ("strong_oppose", self.strong_oppose),
            ("silent", self.silent),
            ("no_data", self.no_data),
        ]
    }
}

/// One column of the plot.
#[derive(Clone, Debug, Serialize)]
pub struct Column {
    /// The session's number.
    pub label: String,
    /// Its name.
    pub name: String,
    /// Its states.
    #[serde(flatten)]
    pub counts: Counts,
}

/// The sessions that had begun by `at.day`, for the states in `of`.
pub fn columns(campaign: &Current, record: &Record, of: &[&str], at: AsOf, window: Window, language: Language) -> Vec<Column> {
    let begun = campaign.config.session.iter().filter(|session| session.from <= at.day);
    let mut columns: Vec<_> = begun
        .map(|session| {
            let end = AsOf { day: session.until.min(at.day), ..at };
            let mut counts = Counts::default();
            match window {
                Window::Cumulative => {
                    record.standings(campaign, of.iter().copied(), end).iter().for_each(|s| counts.add(&s.position.stance))
                }
                Window::Session => of.iter().for_each(|iso3| counts.add(&record.stance_since(campaign, iso3, end, session.from))),
            }
            (session.from, Column { label: session.number.to_string(), name: session.label.get(language).to_owned(), counts })
        })
        .collect();
    columns.sort_by_key(|(from, _)| *from);
    columns.into_iter().map(|(_, column)| column).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// R49: silent, neutral and no data are three columns, never one.
    #[test]
    fn silence_missing_data_and_neutrality_are_counted_apart() {
        let mut counts = Counts::default();
        for stance in ["silent", "neutral", "no_data", "neutral"] {
            counts.add(stance);
        }
        assert_eq!((counts.silent, counts.neutral, counts.no_data), (1, 2, 1));
    }
}
