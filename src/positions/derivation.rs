//! From evidence to a board: who stands where on a day, by the published rule of `domain`. The same evidence gives the same board, whatever the
//! order of its rows. Must not decide what a fact means, which is the rule's, and must not write: that is for `keeping`.

use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, QuerySelect};
use uuid::Uuid;

use super::{
    facts,
    store::{Audience, OVERALL},
};
use crate::{
    domain::{
        campaign::Campaign,
        clock::to_micros,
        evidence::{CoderConfidence, Evidence},
        position::{self as rule, Confidence, NO_DATA},
    },
    entities::state,
};

/// Where a state stands, overall or on one issue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Key of a level or special value; on an issue one of supports, open, opposes, unclear.
    pub stance: String,
    /// How much weight it bears.
    pub confidence: Confidence,
    /// Only a group spoke.
    pub via_group: bool,
    /// Since when; on an issue, when it last spoke.
    pub since: Option<NaiveDate>,
    /// The deciding evidence, newest first.
    pub deciding: Vec<Uuid>,
}

/// Who stands where: by state and issue, the overall position under the issue [`OVERALL`]. A state that is not there has no data.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Board(pub BTreeMap<(String, String), Standing>);

impl Board {
    /// The overall position of a state.
    pub fn overall(&self, iso3: &str) -> Option<&Standing> {
        self.0.get(&(iso3.to_owned(), OVERALL.to_owned()))
    }

    /// All positions of a state by issue, the overall one first.
    pub fn of<'b>(&'b self, iso3: &'b str) -> impl Iterator<Item = (&'b str, &'b Standing)> {
        let from = (iso3.to_owned(), OVERALL.to_owned());
        self.0.range(from..).take_while(move |((state, _), _)| *state == iso3).map(|((_, issue), standing)| (issue.as_str(), standing))
    }

    /// The key of a state's overall stance; `no_data` where there is none.
    pub fn stance(&self, iso3: &str) -> &str {
        self.overall(iso3).map_or(NO_DATA, |standing| standing.stance.as_str())
    }

    /// The overall positions by state: every state once (R51).
    pub fn overalls(&self) -> impl Iterator<Item = (&str, &Standing)> {
        self.0.iter().filter(|((_, issue), _)| issue == OVERALL).map(|((iso3, _), standing)| (iso3.as_str(), standing))
    }
}

/// Any board of any day: what had happened by `valid_on`, as recorded by `recorded_by`. Three queries at most, then memory.
///
/// # Errors
/// When the database fails.
pub async fn as_of(
    db: &impl ConnectionTrait,
    (campaign_id, config): (Uuid, &Campaign),
    audience: Audience,
    valid_on: NaiveDate,
    recorded_by: DateTime<Utc>,
) -> Result<Board, DbErr> {
    let known = facts::known(db, campaign_id, audience, valid_on, to_micros(recorded_by)).await?;
    let states = if rule::silence_since(config, valid_on).is_some() { states(db).await? } else { Vec::new() };
    Ok(board(config, &known, &states, valid_on))
}

/// The codes of all states. One query.
pub(super) async fn states(db: &impl ConnectionTrait) -> Result<Vec<String>, DbErr> {
    state::Entity::find().select_only().column(state::Column::Iso3).into_tuple().all(db).await
}

/// The board that follows from evidence, all of it known on `day`. `states`: all of them where silence may tell something; those that evidence
/// names need not be among them.
pub fn board<'e>(config: &Campaign, known: impl IntoIterator<Item = &'e Evidence>, states: &[String], day: NaiveDate) -> Board {
    let silence = rule::silence_since(config, day);
    let mut by_state: BTreeMap<&str, Vec<&Evidence>> = states.iter().map(|iso3| (iso3.as_str(), Vec::new())).collect();
    for item in known {
        by_state.entry(&item.iso3).or_default().push(item);
    }
    let mut board = Board::default();
    for (iso3, items) in by_state {
        let position = rule::stand(config, &items, day, silence);
        if position.stance != NO_DATA {
            let standing = Standing {
                stance: position.stance,
                confidence: position.confidence,
                via_group: position.via_group,
                since: position.since,
                deciding: position.deciding,
            };
            board.0.insert((iso3.to_owned(), OVERALL.to_owned()), standing);
        }
        for (issue, spoken) in rule::by_issue(&items) {
            let newest = spoken.deciding.first().and_then(|id| items.iter().find(|item| item.id == *id));
            let standing = Standing {
                stance: spoken.stance.key().to_owned(),
                confidence: issue_confidence(config, newest.map(|item| item.confidence), spoken.via_group, day - spoken.last_spoke),
                via_group: spoken.via_group,
                since: Some(spoken.last_spoke),
                deciding: spoken.deciding,
            };
            board.0.insert((iso3.to_owned(), issue), standing);
        }
    }
    board
}

/// R58 for one issue: its own and recent words, coded without doubt, bear most.
fn issue_confidence(config: &Campaign, coder: Option<CoderConfidence>, via_group: bool, age: chrono::Duration) -> Confidence {
    let half_life = config.derivation.half_life_days;
    match (coder, via_group) {
        (None | Some(CoderConfidence::Low), _) => Confidence::Low,
        _ if age.num_days() >= 2 * half_life => Confidence::Low,
        (Some(CoderConfidence::High), false) if age.num_days() < half_life => Confidence::High,
        _ => Confidence::Medium,
    }
}

/// What moved a position: the newest evidence that decides now and did not before, else the one that does not any more, else only time.
pub(super) fn cause(before: &[Uuid], after: &[Uuid]) -> Option<Uuid> {
    let not_among = |one: &[Uuid], others: &[Uuid]| {
        let others: HashSet<Uuid> = others.iter().copied().collect();
        one.iter().find(|id| !others.contains(id)).copied()
    };
    not_among(after, before).or_else(|| not_among(before, after))
}
