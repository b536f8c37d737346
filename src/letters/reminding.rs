//! Whom a round of reminders writes to (R36, R41): whoever got a letter of the earlier round and has not answered, by any way. Must not write to anybody else.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use crate::{
    domain::letter::{DispatchState, LetterState, ReplyClass},
    entities::{dispatch, letter, reply},
};

/// An earlier letter that was not answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Earlier {
    /// The letter.
    pub letter: Uuid,
    /// Its reference.
    pub reference: String,
    /// When it left.
    pub left_on: NaiveDate,
}

/// The letters of a round that wait for an answer, by post. A bounced one reached nobody, and whoever answered in substance is not asked again, also when the answer was
/// typed in for the state alone. Three queries.
///
/// # Errors
/// When the database fails.
pub async fn unanswered(db: &impl ConnectionTrait, round: Uuid, campaign: Uuid) -> Result<HashMap<Uuid, Earlier>, DbErr> {
    let waiting = [LetterState::Sent, LetterState::Acknowledged].map(LetterState::key);
    let letters: Vec<(Uuid, Uuid, String, String)> = letter::Entity::find()
        .select_only()
        .columns([letter::Column::Id, letter::Column::PostId, letter::Column::Iso3, letter::Column::Reference])
        .filter(letter::Column::RoundId.eq(round))
        .filter(letter::Column::State.is_in(waiting))
        .into_tuple()
        .all(db)
        .await?;
    let of_round = letter::Entity::find().select_only().column(letter::Column::Id).filter(letter::Column::RoundId.eq(round));
    let left = [DispatchState::Accepted, DispatchState::Recorded].map(DispatchState::key);
    let left: HashMap<Uuid, NaiveDate> = dispatch::Entity::find()
        .filter(dispatch::Column::LetterId.in_subquery(sea_orm::QueryTrait::into_query(of_round)))
        .filter(dispatch::Column::State.is_in(left))
        .all(db)
        .await?
        .into_iter()
        .map(|dispatch| (dispatch.letter_id, dispatch.finished_at.unwrap_or(dispatch.created_at).date_naive()))
        .collect();
    let first = left.values().min().copied().unwrap_or_default();
    let answers = ReplyClass::ALL.iter().filter(|class| class.letter_state() == LetterState::Answered).map(|class| class.key());
    let answered: HashSet<String> = reply::Entity::find()
        .select_only()
        .column(reply::Column::Iso3)
        .filter(reply::Column::CampaignId.eq(campaign))
        .filter(reply::Column::Class.is_in(answers))
        .filter(reply::Column::ReceivedOn.gte(first))
        .into_tuple()
        .all(db)
        .await?
        .into_iter()
        .collect();
    let open = letters.into_iter().filter(|(_, _, iso3, _)| !answered.contains(iso3));
    Ok(open.filter_map(|(id, post, _, reference)| Some((post, Earlier { letter: id, reference, left_on: *left.get(&id)? }))).collect())
}
