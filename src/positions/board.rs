//! The public board: what public evidence says about every state on a day. The only way from the evidence table to a public page: it asks for
//! public rows and nothing else (R55). Must not hold a rule of its own: those are in `domain::position`.

use std::{collections::BTreeMap, sync::Arc};

use chrono::{DateTime, Days, NaiveDate, Utc};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::{
    facts,
    store::{self, Audience},
};
use crate::{
    campaigns::Current,
    domain::{
        evidence::Evidence,
        position::{self, IssuePosition, Position},
    },
    entities::evidence,
    platform::{Platform, refreshed::Refreshed},
};

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
    /// State and place in its list of every item that counts for an overall position, newest first.
    newest: Vec<(String, usize)>,
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
        let public = Audience::Public.condition().add(evidence::Column::CampaignId.eq(campaign_id));
        let mut issues = store::issues_where(db, public.clone()).await?;
        let mut record = Self::default();
        for row in evidence::Entity::find().filter(public).all(db).await? {
            let fact = facts::fact(issues.remove(&row.id).unwrap_or_default(), facts::Row::from(&row))?;
            record.by_state.entry(row.iso3.clone()).or_default().push(Item { fact, row });
        }
        for items in record.by_state.values_mut() {
            items.sort_by(|a, b| b.fact.occurred_on.cmp(&a.fact.occurred_on).then(a.fact.id.cmp(&b.fact.id)));
        }
        let mut newest: Vec<(&Evidence, usize)> = record
            .by_state
            .values()
            .flat_map(|items| items.iter().enumerate().map(|(at, item)| (&item.fact, at)))
            .filter(|(fact, _)| fact.counts_overall())
            .collect();
        newest.sort_by(|(a, _), (b, _)| b.occurred_on.cmp(&a.occurred_on).then(a.iso3.cmp(&b.iso3)).then(a.id.cmp(&b.id)));
        record.newest = newest.into_iter().map(|(fact, at)| (fact.iso3.clone(), at)).collect();
        Ok(record)
    }

    /// What is known of a state, newest first.
    pub fn known<'r>(&'r self, iso3: &str, at: AsOf) -> impl Iterator<Item = &'r Item> + use<'r> {
        self.by_state.get(iso3).into_iter().flatten().filter(move |item| item.fact.is_known(at.day, at.known))
    }

    /// Where one state stands.
    pub fn standing<'r>(&'r self, campaign: &Current, iso3: &'r str, at: AsOf) -> Standing<'r> {
        self.stand(campaign, iso3, at, position::silence_since(&campaign.config, at.day))
    }

    fn stand<'r>(&'r self, campaign: &Current, iso3: &'r str, at: AsOf, silence: Option<NaiveDate>) -> Standing<'r> {
        let items: Vec<&Item> = self.known(iso3, at).collect();
        let facts: Vec<&Evidence> = items.iter().map(|item| &item.fact).collect();
        let position = position::stand(&campaign.config, &facts, at.day, silence);
        let newest = position.deciding.first().and_then(|id| items.iter().copied().find(|item| item.fact.id == *id));
        Standing { iso3, position, newest }
    }

    /// The stance of one state by what it did from the day `since` on, and by nothing else.
    pub fn stance_since(&self, campaign: &Current, iso3: &str, at: AsOf, since: NaiveDate) -> String {
        let facts: Vec<&Evidence> = self.known(iso3, at).map(|item| &item.fact).filter(|fact| since <= fact.occurred_on).collect();
        position::overall(&campaign.config, &facts, at.day).stance
    }

    /// Where each of these states stands, in their order.
    pub fn standings<'r>(&'r self, campaign: &Current, of: impl IntoIterator<Item = &'r str>, at: AsOf) -> Vec<Standing<'r>> {
        let silence = position::silence_since(&campaign.config, at.day);
        of.into_iter().map(|iso3| self.stand(campaign, iso3, at, silence)).collect()
    }

    /// Where a state stands on each issue it spoke to.
    pub fn issues(&self, iso3: &str, at: AsOf) -> BTreeMap<String, IssuePosition> {
        let facts: Vec<&Evidence> = self.known(iso3, at).map(|item| &item.fact).collect();
        position::by_issue(&facts)
    }

    /// The newest moves: days on which a state's position was another than the day before, with the item that moved it (R63).
    pub fn moves(&self, campaign: &Current, at: AsOf, most: usize) -> Vec<Move<'_>> {
        let mut seen = None;
        let known = self.newest.iter().filter_map(|(iso3, place)| self.by_state.get(iso3)?.get(*place));
        let days = known.filter(|item| item.fact.is_known(at.day, at.known)).filter(|item| {
            let day = Some((item.fact.iso3.as_str(), item.fact.occurred_on));
            std::mem::replace(&mut seen, day) != day
        });
        let moved = days.filter_map(|item| {
            let before = AsOf { day: item.fact.occurred_on.checked_sub_days(Days::new(1))?, ..at };
            let after = AsOf { day: item.fact.occurred_on, ..at };
            let from = self.standing(campaign, &item.fact.iso3, before).position.stance;
            let to = self.standing(campaign, &item.fact.iso3, after).position.stance;
            (from != to).then_some(Move { item, from, to })
        });
        moved.take(most).collect()
    }
}

/// The record of this process.
#[derive(Debug, Default)]
pub struct Register(Refreshed<Record>);

impl Register {
    /// The record. No query while pages made of it may be kept; whoever changes evidence here has them forgotten, other processes follow when
    /// theirs are too old.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn get(&self, platform: &Platform, campaign: &Current) -> Result<Arc<Record>, DbErr> {
        self.0.get_with(&platform.pages, async || Record::read(platform.database.read(), campaign.id).await).await
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
