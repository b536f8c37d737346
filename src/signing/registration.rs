//! The consultative status of a signatory with the United Nations, as staff found it: lists in the order of its documents need it (R22). Must not be
//! kept of a withheld one.

use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use super::vetting;
use crate::{
    accounts::audit::{self, Entry},
    domain::signature::UnStatus,
    entities::signatory,
    platform::Platform,
};

/// Keeps the status; `false` when there is no such signature, or it is not named. One transaction; frozen waves stay as they are.
///
/// # Errors
/// When the database fails.
pub(super) async fn set(platform: &Platform, signature: Uuid, status: Option<UnStatus>, account: Uuid) -> anyhow::Result<bool> {
    let now = platform.clock.now();
    let txn = platform.database.begin().await?;
    let Some((signature, of)) = vetting::locked(&txn, signature).await? else { return Ok(false) };
    if of.name.is_none() {
        return Ok(false);
    }
    let key = status.map(UnStatus::key);
    if of.un_status.as_deref() != key {
        let change = signatory::ActiveModel { un_status: Set(key.map(str::to_owned)), updated_at: Set(now), ..Default::default() };
        signatory::Entity::update_many().set(change).filter(signatory::Column::Id.eq(of.id)).exec(&txn).await?;
        let details = json!({ "from": of.un_status, "to": key });
        audit::append(&txn, Entry::of(Some(account), "signatory.status_set", "signature", signature.id).with(details), now).await?;
        txn.commit().await?;
    }
    Ok(true)
}
