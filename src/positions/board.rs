//! The public board: what public evidence says about every state on a day. The only way from the evidence table to a public page: it asks for
//! public rows and nothing else (R55). Must not hold a rule of its own: those are in `domain::position`.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, Utc};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect, QueryTrait};
use uuid::Uuid;

use crate::{
    campaigns::Current,
    domain::{
        evidence::{Evidence, EvidenceVisibility},
        position::{self, IssuePosition, NO_DATA, Position},
    },
    entities::{evidence, evidence_issue},
    states::Directory,
};

/// The matter was debated and the state has said nothing: not the same as neutral, nor as no data (R49).
const SILENT: &str = "silent";

/// One public fact: what the rule needs of it, and what a reader checks it by.
#[derive(Clone, Debug)]
pub struct Item {
    /// For the rule.
    pub fact: Evidence,
    /// As recorded.
    pub row: evidence::Model,
}

/// All public evidence of a campaign, by state.
#[derive(Clone, Debug, Default)]
pub struct Record {
    by_state: BTreeMap<String, Vec<Item>>,
}

/// The two times of a board (R54).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AsOf {
    /// What had happened by then.
    pub day: NaiveDate,
    /// What had been recorded by then.
    pub known: DateTime<Utc>,
}

/// Where one state stands, with the evidence that decides.
#[derive(Clone, Debug)]
pub struct Standing<'r> {
    /// The state.
    pub iso3: &'r str,
    /// The position.
    pub position: Position,
    /// The newest deciding item.
    pub newest: Option<&'r Item>,
}

impl Record {
    /// Reads the public evidence of a campaign. Two queries.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn read(db: &impl ConnectionTrait, campaign_id: Uuid) -> Result<Self, DbErr> {
        let public = evidence::Entity::find()
            .filter(evidence::Column::CampaignId.eq(campaign_id))
            .filter(evidence::Column::Visibility.eq(EvidenceVisibility::Public.key()));
        let ids = public.clone().select_only().column(evidence::Column::Id).into_query();
        let mut issues: HashMap<Uuid, Vec<_>> = HashMap::new();
        for row in evidence_issue::Entity::find().filter(evidence_issue::Column::EvidenceId.in_subquery(ids)).all(db).await? {
            if let Ok(stance) = row.stance.parse() {
                issues.entry(row.evidence_id).or_default().push((row.issue_code, stance));
            }
        }
        let mut record = Self::default();
        for row in public.all(db).await? {
            let spoken_to = issues.remove(&row.id).unwrap_or_default();
            let Some(fact) = fact(&row, spoken_to) else { continue };
            record.by_state.entry(row.iso3.clone()).or_default().push(Item { fact, row });
        }
        for items in record.by_state.values_mut() {
            items.sort_by(|a, b| b.fact.occurred_on.cmp(&a.fact.occurred_on).then(a.fact.id.cmp(&b.fact.id)));
        }
        Ok(record)
    }

    /// What is known of a state, newest first.
    pub fn known<'r>(&'r self, iso3: &str, at: AsOf) -> impl Iterator<Item = &'r Item> + use<'r> {
        self.by_state.get(iso3).into_iter().flatten().filter(move |item| item.fact.is_known(at.day, at.known))
    }

    /// Everything known of every state.
    pub fn all(&self, at: AsOf) -> impl Iterator<Item = &Item> {
        self.by_state.values().flatten().filter(move |item| item.fact.is_known(at.day, at.known))
    }

    /// Where one state stands.
    pub fn standing<'r>(&'r self, campaign: &Current, iso3: &'r str, at: AsOf) -> Standing<'r> {
        self.standing_since(campaign, iso3, at, None)
    }

    /// Where one state stands by what it did from the day `since` on.
    pub fn standing_since<'r>(&'r self, campaign: &Current, iso3: &'r str, at: AsOf, since: Option<NaiveDate>) -> Standing<'r> {
        let items: Vec<&Item> = self.known(iso3, at).filter(|item| since.is_none_or(|since| since <= item.fact.occurred_on)).collect();
        let facts: Vec<&Evidence> = items.iter().map(|item| &item.fact).collect();
        let mut position = position::overall(&campaign.config, &facts, at.day);
        if position.stance == NO_DATA && since.is_none() && is_silent(campaign, &facts, at.day) {
            SILENT.clone_into(&mut position.stance);
        }
        let newest = position.deciding.first().and_then(|id| items.iter().copied().find(|item| item.fact.id == *id));
        Standing { iso3, position, newest }
    }

    /// Where every state stands, in the order of their codes.
    pub fn standings<'r>(&'r self, campaign: &Current, states: &'r Directory, at: AsOf) -> Vec<Standing<'r>> {
        states.states().iter().map(|state| self.standing(campaign, &state.iso3, at)).collect()
    }

    /// Where a state stands on each issue it spoke to.
    pub fn issues(&self, iso3: &str, at: AsOf) -> BTreeMap<String, IssuePosition> {
        let facts: Vec<&Evidence> = self.known(iso3, at).map(|item| &item.fact).collect();
        position::by_issue(&facts)
    }

    /// The newest moves: days on which a state's position was another than the day before, with the item that moved it (R63).
    pub fn moves(&self, campaign: &Current, at: AsOf, most: usize) -> Vec<Move<'_>> {
        let mut items: Vec<&Item> = self.all(at).filter(|item| item.fact.counts_overall()).collect();
        items.sort_by(|a, b| {
            b.fact.occurred_on.cmp(&a.fact.occurred_on).then(a.fact.iso3.cmp(&b.fact.iso3)).then(a.fact.id.cmp(&b.fact.id))
        });
        items.dedup_by(|a, b| a.fact.iso3 == b.fact.iso3 && a.fact.occurred_on == b.fact.occurred_on);
        let moved = items.into_iter().filter_map(|item| {
            let before = AsOf { day: item.fact.occurred_on.checked_sub_days(Days::new(1))?, ..at };
            let after = AsOf { day: item.fact.occurred_on, ..at };
            let from = self.standing(campaign, &item.fact.iso3, before).position.stance;
            let to = self.standing(campaign, &item.fact.iso3, after).position.stance;
            (from != to).then_some(Move { item, from, to })
        });
        moved.take(most).collect()
    }
}

/// A position that moved.
#[derive(Clone, Debug)]
pub struct Move<'r> {
    /// What moved it.
    pub item: &'r Item,
    /// The level before.
    pub from: String,
    /// The level since.
    pub to: String,
}

/// A row the rule cannot read is left out: it would be guessed at.
fn fact(row: &evidence::Model, issues: Vec<(String, crate::domain::evidence::IssueStance)>) -> Option<Evidence> {
    Some(Evidence {
        id: row.id,
        iso3: row.iso3.clone(),
        kind: row.kind.parse().ok()?,
        direction: row.direction.clone(),
        occurred_on: last_day(row.occurred_on, &row.precision),
        capacity: row.capacity.parse().ok()?,
        scope: row.scope.parse().ok()?,
        is_duplicate: row.duplicate_of.is_some(),
        confidence: row.confidence.parse().ok()?,
        visibility: row.visibility.parse().ok()?,
        issues,
        recorded_at: row.recorded_at,
        ended_at: row.ended_at,
    })
}

/// The last day something can have happened: only then is it sure.
fn last_day(day: NaiveDate, precision: &str) -> NaiveDate {
    let first_of_next = match precision {
        "year" => NaiveDate::from_ymd_opt(day.year() + 1, 1, 1),
        "month" => day.with_day(1).and_then(|first| first.checked_add_months(Months::new(1))),
        _ => return day,
    };
    first_of_next.and_then(|next| next.pred_opt()).unwrap_or(day)
}

/// Silence tells something only where the record of a finished debate is complete, and the state did not speak to the matter at all.
fn is_silent(campaign: &Current, facts: &[&Evidence], day: NaiveDate) -> bool {
    let rule = &campaign.config.derivation;
    if rule.partial_record || campaign.config.stance(SILENT).is_none() {
        return false;
    }
    let window = usize::try_from(rule.silent_window_sessions.max(1)).unwrap_or(1);
    let mut finished: Vec<_> = campaign.config.session.iter().filter(|session| session.until < day).collect();
    finished.sort_by_key(|session| std::cmp::Reverse(session.until));
    let Some(from) = finished.into_iter().take(window).next_back().map(|session| session.from) else { return false };
    let debated = campaign.events.iter().any(|event| event.kind == "debate" && event.starts_on >= from && event.last_day() <= day);
    debated && !facts.iter().any(|fact| fact.occurred_on >= from)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_inexact_day_counts_from_when_it_is_sure() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(last_day(day("2024-02-01"), "month"), day("2024-02-29"));
        assert_eq!(last_day(day("2024-02-29"), "month"), day("2024-02-29"), "and stays there");
        assert_eq!(last_day(day("2024-01-01"), "year"), day("2024-12-31"));
        assert_eq!(last_day(day("2024-11-22"), "day"), day("2024-11-22"));
    }
}
