//! Letters that others say they sent (R45): taken in once, however often they are reported, and kept from everybody but staff. Must not believe them:
//! a person does, or does not.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, sea_query::OnConflict};
use serde_json::json;
use uuid::Uuid;

use crate::{
    accounts::audit::{self, Entry},
    domain::{collision::ReportState, letter::Channel, name::name_key},
    entities::letter_report,
    platform::{
        Platform,
        files::{self, NewFile},
    },
};

/// What somebody says.
#[derive(Debug)]
pub struct NewReport<'a> {
    /// State written to.
    pub iso3: &'a str,
    /// Kinds of post.
    pub posts: Vec<&'static str>,
    /// Who wrote.
    pub organisation: &'a str,
    /// When.
    pub sent_on: NaiveDate,
    /// How.
    pub channel: Channel,
    /// Proof, known to be of a kind we keep.
    pub proof: Option<NewFile<'a>>,
}

/// Keeps a report, one row for each post; what is known already, decided or not, stays as it is. Returns how many were new.
///
/// # Errors
/// When the database fails.
pub async fn keep(platform: &Platform, campaign: Uuid, report: &NewReport<'_>) -> Result<usize, DbErr> {
    let now = platform.clock.now();
    let folded = name_key(report.organisation);
    let marked = |post: &'static str| {
        let said = format!("{campaign} {} {post} {} {folded}", report.iso3, report.sent_on);
        (post, platform.keys.mark("letter-report", &said))
    };
    let marks: Vec<(&str, String)> = report.posts.iter().copied().map(marked).collect();
    let txn = platform.database.begin().await?;
    let known: Vec<String> = letter_report::Entity::find()
        .filter(letter_report::Column::CampaignId.eq(campaign))
        .filter(letter_report::Column::Mark.is_in(marks.iter().map(|(_, mark)| mark.as_str())))
        .all(&txn)
        .await?
        .into_iter()
        .map(|row| row.mark)
        .collect();
    let new: Vec<(&str, String)> = marks.into_iter().filter(|(_, mark)| !known.contains(mark)).collect();
    if new.is_empty() {
        return Ok(0);
    }
    let file = match report.proof {
        Some(proof) => Some(files::keep(&txn, proof, now).await?.id),
        None => None,
    };
    let mut kept = 0;
    for (post, mark) in new {
        let id = Uuid::now_v7();
        let row = letter_report::ActiveModel {
            id: Set(id),
            campaign_id: Set(campaign),
            iso3: Set(report.iso3.to_owned()),
            post: Set(post.to_owned()),
            organisation: Set(report.organisation.to_owned()),
            sent_on: Set(report.sent_on),
            channel: Set(report.channel.key().to_owned()),
            state: Set(ReportState::Waiting.key().to_owned()),
            mark: Set(mark),
            file_id: Set(file),
            created_at: Set(now),
            decided_by: Set(None),
            decided_at: Set(None),
        };
        let once = OnConflict::columns([letter_report::Column::CampaignId, letter_report::Column::Mark]).do_nothing().to_owned();
        // The other of two clicks may have come first.
        if letter_report::Entity::insert(row).on_conflict(once).exec_without_returning(&txn).await? > 0 {
            kept += 1;
            let details = json!({ "iso3": report.iso3, "channel": report.channel.key() });
            audit::append(&txn, Entry::of(None, "letter_report.received", "letter_report", id).with(details), now).await?;
        }
    }
    txn.commit().await?;
    Ok(kept)
}

/// Accepts a report or sets it aside. `false` where that is not possible any more.
///
/// # Errors
/// When the database fails.
pub async fn decide(platform: &Platform, campaign: Uuid, id: Uuid, to: ReportState, account: Uuid) -> Result<bool, DbErr> {
    let now = platform.clock.now();
    let txn = platform.database.begin().await?;
    let decided = move_to(&txn, (campaign, id), to, account, now).await?;
    if decided {
        let action = if to == ReportState::Accepted { "letter_report.accepted" } else { "letter_report.set_aside" };
        audit::append(&txn, Entry::of(Some(account), action, "letter_report", id), now).await?;
    }
    txn.commit().await?;
    Ok(decided)
}

async fn move_to(
    txn: &impl ConnectionTrait,
    (campaign, id): (Uuid, Uuid),
    to: ReportState,
    account: Uuid,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let from = ReportState::ALL.iter().filter(|state| state.next().contains(&to)).map(|state| state.key());
    let change = letter_report::ActiveModel {
        state: Set(to.key().to_owned()),
        decided_by: Set(Some(account)),
        decided_at: Set(Some(now)),
        ..Default::default()
    };
    let moved = letter_report::Entity::update_many()
        .set(change)
        .filter(letter_report::Column::Id.eq(id))
        .filter(letter_report::Column::CampaignId.eq(campaign))
        .filter(letter_report::Column::State.is_in(from))
        .exec(txn)
        .await?;
    Ok(moved.rows_affected > 0)
}
