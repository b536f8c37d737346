//! Waves: a frozen list with its counts, its time and its hash (R9). A later withdrawal changes the current list, never a wave.

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, JoinType, QueryFilter, QueryOrder,
    QuerySelect, sea_query::LockType,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::{
    counts::{self, of_signatory},
    extension,
};
use crate::{
    accounts::audit::{self, Entry},
    campaigns::Current,
    domain::{
        collation::NameOrder,
        headline::Headline,
        signature::{SignatureState, Visibility},
        wave::{WaveHead, WaveLine, wave_hash},
    },
    entities::{signatory, signature, wave, wave_entry},
    platform::{
        Platform,
        database::broken_unique,
        jobs::{Job, enqueue},
    },
    states::Directory,
};

/// Why a wave could not be frozen.
#[derive(Debug, thiserror::Error)]
pub enum WaveError {
    /// Nothing is verified yet.
    #[error("there is nothing to freeze")]
    Empty,
    /// Somebody froze the same wave at the same moment.
    #[error("the wave was frozen meanwhile")]
    Overtaken,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbErr),
    /// A fault of ours.
    #[error(transparent)]
    Unexpected(#[from] anyhow::Error),
}

/// All waves, newest first.
///
/// # Errors
/// When the database fails.
pub async fn all(db: &impl ConnectionTrait, campaign_id: Uuid) -> Result<Vec<wave::Model>, DbErr> {
    wave::Entity::find().filter(wave::Column::CampaignId.eq(campaign_id)).order_by_desc(wave::Column::Number).all(db).await
}

/// Those everybody may read, newest first.
///
/// # Errors
/// When the database fails.
pub(super) async fn published(db: &impl ConnectionTrait, campaign_id: Uuid) -> Result<Vec<wave::Model>, DbErr> {
    Ok(all(db, campaign_id).await?.into_iter().filter(|wave| wave.published_at.is_some()).collect())
}

/// The wave with this number.
///
/// # Errors
/// When the database fails.
pub async fn by_number(db: &impl ConnectionTrait, campaign_id: Uuid, number: i32) -> Result<Option<wave::Model>, DbErr> {
    wave::Entity::find().filter(wave::Column::CampaignId.eq(campaign_id)).filter(wave::Column::Number.eq(number)).one(db).await
}

/// The lines of a wave in their order.
///
/// # Errors
/// When the database fails.
pub async fn lines(db: &impl ConnectionTrait, wave_id: Uuid) -> Result<Vec<WaveLine>, DbErr> {
    let rows = wave_entry::Entity::find()
        .filter(wave_entry::Column::WaveId.eq(wave_id))
        .order_by_asc(wave_entry::Column::Position)
        .all(db)
        .await?;
    Ok(rows.into_iter().filter_map(line_of_entry).collect())
}

fn line_of_entry(row: wave_entry::Model) -> Option<WaveLine> {
    Some(WaveLine {
        signature_id: row.signature_id,
        kind: row.kind.parse().ok()?,
        visibility: row.visibility.parse().ok()?,
        printed_name: row.printed_name,
        original_name: row.original_name,
        affiliation: row.affiliation,
        location_label: row.location_label,
        iso3: row.iso3,
        un_status: row.un_status.and_then(|status| status.parse().ok()),
        official_name: row.official_name,
    })
}

/// The job that sets the letters anew that carry a list, once a name is taken out of it (R15). It belongs to the room of letters, which reads this
/// one; here it is only asked for, in the transaction that takes the name out.
pub const REISSUE: &str = "letters.reissue";

/// What [`REISSUE`] works on.
#[derive(Debug, Serialize, Deserialize)]
pub struct Reissue {
    /// The wave.
    pub wave: Uuid,
}

/// Takes what tells who it was out of all lists that were frozen with a signature: who reads them from now on, a letter too, reads no name (R14
/// before R9). That it was named, the counts and the hash stay as they were. The caller holds the signature, so that no list is frozen meanwhile.
///
/// # Errors
/// When the database fails.
pub(super) async fn forget_names(txn: &DatabaseTransaction, signature: Uuid, now: DateTime<Utc>) -> Result<(), DbErr> {
    use sea_orm::sea_query::{Expr, ExprTrait};
    let lists: Vec<Uuid> = wave_entry::Entity::find()
        .select_only()
        .column(wave_entry::Column::WaveId)
        .filter(wave_entry::Column::SignatureId.eq(signature))
        .filter(wave_entry::Column::PrintedName.is_not_null())
        .order_by_asc(wave_entry::Column::WaveId)
        .into_tuple()
        .all(txn)
        .await?;
    if lists.is_empty() {
        return Ok(());
    }
    wave::Entity::update_many()
        .col_expr(wave::Column::NamesRemoved, Expr::col(wave::Column::NamesRemoved).add(1))
        .filter(wave::Column::Id.is_in(lists.iter().copied()))
        .exec(txn)
        .await?;
    let nameless = wave_entry::ActiveModel {
        printed_name: Set(None),
        original_name: Set(None),
        affiliation: Set(None),
        location_label: Set(None),
        official_name: Set(None),
        un_status: Set(None),
        ..Default::default()
    };
    wave_entry::Entity::update_many().set(nameless).filter(wave_entry::Column::SignatureId.eq(signature)).exec(txn).await?;
    for wave in lists {
        enqueue(txn, Job::new(REISSUE, &Reissue { wave }).coalesce(&format!("{REISSUE}:{wave}")), now).await?;
    }
    Ok(())
}

/// The counts a wave froze.
pub fn frozen_counts(wave: &wave::Model) -> Option<Headline> {
    serde_json::from_value(wave.counts.clone()).ok()
}

/// What would be frozen now: verified signatures, ordered in the authoritative language. Withheld ones carry no name. With each, whether it came
/// late.
async fn current_lines(db: &DatabaseTransaction, campaign: &Current) -> Result<Vec<(WaveLine, bool)>, DbErr> {
    let signatures: Vec<(signature::Model, signatory::Model)> = {
        let signed = signature::Entity::find()
            .filter(signature::Column::CampaignId.eq(campaign.id))
            .filter(signature::Column::TextVersionId.eq(campaign.text.id))
            .filter(signature::Column::State.eq(SignatureState::Verified.key()))
            .order_by_asc(signature::Column::Id)
            // Whoever hides a name meanwhile does so before the list is read, or after it is written and in it.
            .lock(LockType::Share)
            .all(db)
            .await?;
        let mut signatories: std::collections::HashMap<Uuid, signatory::Model> = signatory::Entity::find()
            .join_rev(JoinType::InnerJoin, of_signatory())
            .filter(signature::Column::CampaignId.eq(campaign.id))
            .filter(signature::Column::State.eq(SignatureState::Verified.key()))
            .all(db)
            .await?
            .into_iter()
            .map(|row| (row.id, row))
            .collect();
        signed.into_iter().filter_map(|row| signatories.remove(&row.signatory_id).map(|signatory| (row, signatory))).collect()
    };
    let mut lines: Vec<(WaveLine, bool)> = signatures
        .into_iter()
        .filter_map(|(signature, signatory)| {
            let visibility: Visibility = signature.visibility.parse().ok()?;
            let named = visibility.shows_name();
            let public = |value: Option<String>| value.filter(|_| named);
            let line = WaveLine {
                signature_id: signature.id,
                kind: signatory.kind.parse().ok()?,
                visibility,
                printed_name: public(signatory.name),
                original_name: public(signatory.original_name),
                affiliation: public(signatory.affiliation),
                location_label: public(signatory.location_label),
                iso3: signatory.iso3,
                un_status: public(signatory.un_status).and_then(|status| status.parse().ok()),
                official_name: public(signatory.official_name),
            };
            Some((line, signature.late))
        })
        .collect();
    if let Ok(order) = NameOrder::new(campaign.config.authoritative.code(), true) {
        order.sort_by(&mut lines, |(line, _)| line.printed_name.as_deref().unwrap_or("\u{10ffff}"));
    }
    Ok(lines)
}

/// Leaves late signatures out where they have to wait (R8): they belong to the first wave frozen after the deadline's own, which is the first
/// one of this text frozen after the grace. Where nobody was in time, there is nothing to wait for.
fn without_those_who_wait(waves: &[wave::Model], text: Uuid, end: DateTime<Utc>, lines: Vec<(WaveLine, bool)>) -> Vec<WaveLine> {
    let past = waves.iter().any(|wave| wave.text_version_id == text && wave.frozen_at > end);
    let nobody_in_time = lines.iter().all(|(_, late)| *late);
    lines.into_iter().filter(|(_, late)| past || nobody_in_time || !late).map(|(line, _)| line).collect()
}

/// Freezes the next wave, if that is still `number`: a second press freezes nothing more. One transaction.
///
/// # Errors
/// See [`WaveError`].
pub async fn freeze(
    platform: &Platform,
    campaign: &Current,
    states: &Directory,
    number: i32,
    account: Option<Uuid>,
) -> Result<wave::Model, WaveError> {
    let now = platform.clock.now();
    let txn = platform.database.begin().await?;
    let waves = all(&txn, campaign.id).await?;
    if number != waves.first().map_or(1, |wave| wave.number + 1) {
        return Err(WaveError::Overtaken);
    }
    let end = extension::in_force(&txn, campaign).await?.end_of_grace();
    let lines = without_those_who_wait(&waves, campaign.text.id, end, current_lines(&txn, campaign).await?);
    if lines.is_empty() {
        return Err(WaveError::Empty);
    }
    let counts = counts::of_lines(&lines, campaign, states, now);
    let text_hash = campaign.text.translations.get(&campaign.config.authoritative).map_or("", |text| text.content_hash.as_str());
    let head = WaveHead { campaign: &campaign.config.slug, number, text_hash, counts: &counts };
    let row = wave::Model {
        id: Uuid::now_v7(),
        campaign_id: campaign.id,
        text_version_id: campaign.text.id,
        number,
        counts: serde_json::to_value(&counts).map_err(anyhow::Error::from)?,
        content_hash: wave_hash(head, &lines),
        frozen_at: now,
        frozen_by: account,
        names_removed: 0,
        published_at: None,
        published_by: None,
    };
    if let Err(error) = wave::Entity::insert(wave::ActiveModel::from(row.clone())).exec_without_returning(&txn).await {
        let overtaken = broken_unique(&error, &[("ux_wave_number", "wave.number")]).is_some();
        return Err(if overtaken { WaveError::Overtaken } else { error.into() });
    }
    let count = lines.len();
    let mut entries = (1..).zip(lines).map(|(position, line)| wave_entry::ActiveModel {
        id: Set(Uuid::now_v7()),
        wave_id: Set(row.id),
        position: Set(position),
        signature_id: Set(line.signature_id),
        kind: Set(line.kind.key().to_owned()),
        visibility: Set(line.visibility.key().to_owned()),
        printed_name: Set(line.printed_name),
        original_name: Set(line.original_name),
        affiliation: Set(line.affiliation),
        location_label: Set(line.location_label),
        iso3: Set(line.iso3),
        un_status: Set(line.un_status.map(|status| status.key().to_owned())),
        official_name: Set(line.official_name),
    });
    loop {
        let chunk: Vec<_> = entries.by_ref().take(500).collect();
        if chunk.is_empty() {
            break;
        }
        wave_entry::Entity::insert_many(chunk).exec_without_returning(&txn).await?;
    }
    let details = json!({ "number": number, "lines": count, "hash": row.content_hash });
    audit::append(&txn, Entry::of(account, "wave.frozen", "wave", row.id).with(details), now).await?;
    txn.commit().await?;
    Ok(row)
}
