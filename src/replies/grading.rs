//! The grade of proof of an answer (R41): set when it is recorded, changed by a person for a reason that the trail keeps. Must not move a position, and
//! never says that something is held that is not.

use chrono::NaiveDate;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use crate::{
    accounts::audit::{self, Entry},
    domain::proof::{AnswerChannel, Behind, Proof},
    entities::reply,
    platform::Platform,
};

/// Answers that the page of a state lists.
const LISTED: u64 = 200;

/// What a person makes of an answer's proof.
#[derive(Clone, Debug)]
pub struct Graded {
    /// The grade.
    pub proof: Proof,
    /// Where the official record is.
    pub record_url: Option<String>,
    /// Why.
    pub because: String,
}

/// Why a grade was not changed.
#[derive(Debug, thiserror::Error)]
pub enum GradeError {
    /// Nothing of the kind is held.
    #[error("nothing of the kind is held")]
    NotHeld,
    /// Somebody else has changed it since the page was shown.
    #[error("changed meanwhile")]
    Changed,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbErr),
}

/// The grade of an answer before a person has looked; of one that is a mail, by whether its mailbox is known.
pub fn first(channel: AnswerChannel, has_file: bool, record_url: Option<&str>, sender_known: Option<bool>) -> Proof {
    Behind { channel, has_file, has_record: record_url.is_some(), is_stranger: sender_known == Some(false) }.proof()
}

/// Changes the grade of an answer that is still as `seen`. One transaction.
///
/// # Errors
/// See [`GradeError`].
pub async fn grade(platform: &Platform, row: &reply::Model, seen: &str, new: &Graded, account: Uuid) -> Result<(), GradeError> {
    if !new.proof.is_held(row.file_id.is_some(), new.record_url.is_some()) {
        return Err(GradeError::NotHeld);
    }
    let now = platform.clock.now();
    let txn = platform.database.begin().await?;
    let change =
        reply::ActiveModel { proof: Set(new.proof.key().to_owned()), record_url: Set(new.record_url.clone()), ..Default::default() };
    let before = match &row.record_url {
        Some(url) => reply::Column::RecordUrl.eq(url),
        None => reply::Column::RecordUrl.is_null(),
    };
    let query = reply::Entity::update_many().set(change).filter(reply::Column::Id.eq(row.id)).filter(reply::Column::Proof.eq(seen));
    if query.filter(before).exec(&txn).await?.rows_affected == 0 {
        return Err(GradeError::Changed);
    }
    let details = json!({ "iso3": row.iso3, "from": seen, "to": new.proof.key(), "record": new.record_url });
    audit::append(&txn, Entry::of(Some(account), "reply.graded", "reply", row.id).with(details).because(&new.because), now).await?;
    txn.commit().await?;
    Ok(())
}

/// An answer on the page of its state.
#[derive(Serialize)]
pub struct AnswerRow {
    href: String,
    received_on: NaiveDate,
    class: String,
    channel: String,
    proof: String,
}

/// The answers of a state, the newest first. One query.
///
/// # Errors
/// When the database fails.
pub async fn of_state(db: &impl ConnectionTrait, campaign_id: Uuid, iso3: &str) -> Result<Vec<AnswerRow>, DbErr> {
    let find = reply::Entity::find()
        .filter(reply::Column::CampaignId.eq(campaign_id))
        .filter(reply::Column::Iso3.eq(iso3))
        .order_by_desc(reply::Column::ReceivedOn)
        .order_by_desc(reply::Column::Id)
        .limit(LISTED);
    let view = |row: reply::Model| AnswerRow {
        href: format!("/desk/replies/{}", row.id),
        received_on: row.received_on,
        class: row.class.replace('_', "-"),
        channel: row.channel.replace('_', "-"),
        proof: row.proof,
    };
    Ok(find.all(db).await?.into_iter().map(view).collect())
}
