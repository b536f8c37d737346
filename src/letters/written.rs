//! Who wrote to whom: letters of our rounds that reached somebody and letters that others say they sent. Must not change anything.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
};
use uuid::Uuid;

use crate::{
    domain::{
        collision::{ReportState, Writing},
        letter::{DispatchState, LetterState},
    },
    entities::{dispatch, letter, letter_report, letter_round},
};

/// One letter that somebody wrote to one post.
#[derive(Clone, Debug)]
pub struct Written {
    /// State written to.
    pub iso3: String,
    /// Kind of post.
    pub post: String,
    /// The day it left.
    pub on: NaiveDate,
    /// mail, post, hand or portal.
    pub way: String,
    /// Whose it is.
    pub origin: Origin,
}

/// Whose a letter is.
#[derive(Clone, Debug)]
pub enum Origin {
    /// Of a round of ours, no rehearsal.
    Ours {
        /// The round.
        round: Uuid,
        /// The letter.
        letter: Uuid,
        /// Its reference.
        reference: String,
        /// Where it stands.
        state: String,
    },
    /// Somebody says so, and a person accepted it.
    Reported {
        /// The report.
        id: Uuid,
        /// Who says so.
        organisation: String,
        /// Whether a proof came with it.
        has_proof: bool,
    },
}

impl Written {
    /// As far as it can meet another.
    pub fn writing(&self) -> Writing<'_> {
        Writing { iso3: &self.iso3, post: &self.post, on: self.on }
    }

    /// Whether it is of this round.
    pub fn is_of(&self, of: Uuid) -> bool {
        matches!(&self.origin, Origin::Ours { round, .. } if *round == of)
    }
}

/// The attempts by which letters of rounds that are no rehearsals reached somebody, since a day if one is given. A letter that came back reached nobody.
fn attempts(campaign: Uuid, since: Option<NaiveDate>) -> Select<dispatch::Entity> {
    let rounds = letter_round::Entity::find()
        .select_only()
        .column(letter_round::Column::Id)
        .filter(letter_round::Column::CampaignId.eq(campaign))
        .filter(letter_round::Column::Rehearsal.eq(false));
    let letters = letter::Entity::find()
        .select_only()
        .column(letter::Column::Id)
        .filter(letter::Column::RoundId.in_subquery(rounds.into_query()))
        .filter(letter::Column::State.ne(LetterState::Bounced.key()));
    let left = [DispatchState::Accepted, DispatchState::Recorded].map(DispatchState::key);
    let found = dispatch::Entity::find()
        .filter(dispatch::Column::LetterId.in_subquery(letters.into_query()))
        .filter(dispatch::Column::State.is_in(left));
    match since {
        Some(day) => found.filter(dispatch::Column::FinishedAt.gte(day.and_time(NaiveTime::MIN).and_utc())),
        None => found,
    }
}

/// What is read of an attempt: not the server's words.
#[derive(FromQueryResult)]
struct Left {
    letter_id: Uuid,
    channel: String,
    finished_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
}

/// Everything that was written, by state, post and day; since a day if one is given. `kinds` says what post a key is. Three queries.
///
/// # Errors
/// When the database fails.
pub async fn all(
    db: &impl ConnectionTrait,
    campaign: Uuid,
    kinds: &BTreeMap<Uuid, String>,
    since: Option<NaiveDate>,
) -> Result<Vec<Written>, DbErr> {
    use dispatch::Column as D;
    let mut left: HashMap<Uuid, (NaiveDate, String)> = HashMap::new();
    let rows = attempts(campaign, since)
        .select_only()
        .columns([D::LetterId, D::Channel, D::FinishedAt, D::CreatedAt])
        .order_by_asc(D::CreatedAt)
        .into_model::<Left>()
        .all(db)
        .await?;
    for row in rows {
        // Of several attempts the last is the one it reached somebody by.
        left.insert(row.letter_id, (row.finished_at.unwrap_or(row.created_at).date_naive(), row.channel));
    }
    use letter::Column as L;
    let of_attempts = attempts(campaign, since).select_only().column(D::LetterId);
    let letters: Vec<(Uuid, Uuid, String, Uuid, String, String)> = letter::Entity::find()
        .select_only()
        .columns([L::Id, L::RoundId, L::Iso3, L::PostId, L::Reference, L::State])
        .filter(L::Id.in_subquery(of_attempts.into_query()))
        .into_tuple()
        .all(db)
        .await?;
    let mut reports = letter_report::Entity::find()
        .filter(letter_report::Column::CampaignId.eq(campaign))
        .filter(letter_report::Column::State.eq(ReportState::Accepted.key()));
    if let Some(day) = since {
        reports = reports.filter(letter_report::Column::SentOn.gte(day));
    }
    let ours = letters.into_iter().filter_map(|(letter, round, iso3, post, reference, state)| {
        let (on, way) = left.remove(&letter)?;
        let post = kinds.get(&post).cloned().unwrap_or_default();
        Some(Written { iso3, post, on, way, origin: Origin::Ours { round, letter, reference, state } })
    });
    let mut written: Vec<Written> = ours.collect();
    written.extend(reports.all(db).await?.into_iter().map(|row| Written {
        iso3: row.iso3,
        post: row.post,
        on: row.sent_on,
        way: row.channel,
        origin: Origin::Reported { id: row.id, organisation: row.organisation, has_proof: row.file_id.is_some() },
    }));
    written.sort_by(|one, other| one.writing().cmp(&other.writing()));
    Ok(written)
}

/// Reports that wait for a person, the oldest first, and whether there are more of them than these. One query.
///
/// # Errors
/// When the database fails.
pub async fn waiting(db: &impl ConnectionTrait, campaign: Uuid, most: usize) -> Result<(Vec<letter_report::Model>, bool), DbErr> {
    let mut rows = letter_report::Entity::find()
        .filter(letter_report::Column::CampaignId.eq(campaign))
        .filter(letter_report::Column::State.eq(ReportState::Waiting.key()))
        .order_by_asc(letter_report::Column::CreatedAt)
        .order_by_asc(letter_report::Column::Id)
        .limit(most as u64 + 1)
        .all(db)
        .await?;
    let has_more = rows.len() > most;
    rows.truncate(most);
    Ok((rows, has_more))
}
