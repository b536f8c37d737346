//! Shows less of a signature, down to nothing: by its signer's own link, a form that asks for less, a sheet, a withdrawal (R14, R15). Whatever asks, the
//! same tables are swept. Runs in its caller's transaction; must not decide who may ask.

use chrono::{DateTime, Utc};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use super::{correction, counts, duplicates, logos, names, store, vetting, waves};
use crate::{
    accounts::audit::{self, Entry},
    domain::signature::{SignatureOrigin, SignatureState, Visibility},
    entities::{signatory, signature},
    platform::crypto::Keys,
};

/// What stands behind a wish for less to be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    /// A form, which anybody can send: it reaches what nobody has confirmed.
    Form,
    /// The link in the mail: it reaches everything of its signer.
    Mailbox,
}

/// Carries out a wish for less to be shown on a signature sent before: it leaves lists and counts, nothing readable of it is left in any table,
/// frozen lists included, and none of its links is good. What is set aside stays for who looks into it, and is released without its name; a
/// tombstone stays one.
/// `false` when there was nothing to do. It is read again under its lock: what somebody confirmed or verified meanwhile does not escape.
///
/// # Errors
/// When the database fails or there is no randomness.
pub(super) async fn replace(
    txn: &DatabaseTransaction,
    keys: &Keys,
    id: Uuid,
    (by, wish): (Visibility, Wish),
    now: DateTime<Utc>,
) -> anyhow::Result<bool> {
    use SignatureState::{Confirmed, Pending, Quarantined, Verified, Withdrawn};
    let Some((signature, signatory)) = vetting::locked(txn, id).await? else { return Ok(false) };
    if signature.visibility.parse::<Visibility>().is_ok_and(|shown| shown >= by) {
        return Ok(false);
    }
    let case = vetting::case(&signature);
    if wish == Wish::Form && !vetting::is_confirmable(&signature) {
        return Ok(false);
    }
    let ends = matches!(case.state, Pending | Confirmed | Verified);
    if ends {
        vetting::move_to(txn, &signature, &signatory, Withdrawn, now).await?;
    }
    let mut hidden = signature::ActiveModel { visibility: Set(by.key().to_owned()), ..Default::default() };
    if case.state == Quarantined && signature.origin == SignatureOrigin::Form.key() {
        // A later form with the same name is another signature, not this one again.
        hidden.submission_key = Set(format!("hidden:{id}"));
    }
    signature::Entity::update_many().set(hidden).filter(signature::Column::Id.eq(id)).exec(txn).await?;
    forget_names(txn, keys, (id, &signatory), now).await?;
    audit::append(txn, Entry::of(None, "signature.replaced", "signature", id), now).await?;
    if case.state == SignatureState::Merged {
        hide_standing(txn, keys, id, by, now).await?;
    }
    Ok(true)
}

/// Whoever was merged speaks for the same signatory: a wish of theirs for less to be shown reaches the signature that stands for both.
///
/// # Errors
/// When the database fails or there is no randomness.
pub(super) async fn hide_standing(
    txn: &DatabaseTransaction,
    keys: &Keys,
    merged: Uuid,
    to: Visibility,
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    let standing = duplicates::standing_for(txn, merged).await?;
    if standing == merged { Ok(()) } else { hide(txn, keys, standing, to, now).await }
}

/// Shows less of a signature, and counts it where it then belongs. Its names are the caller's to take away.
pub(super) async fn show_less(
    txn: &impl ConnectionTrait,
    (signature, signatory): (&signature::Model, &signatory::Model),
    to: Visibility,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let mut change = signature::ActiveModel { visibility: Set(to.key().to_owned()), ..Default::default() };
    if signature.origin == SignatureOrigin::Form.key() {
        // To be named again takes another signature: it is not this one sent twice.
        change.submission_key = Set(format!("hidden:{}", signature.id));
    }
    signature::Entity::update_many().set(change).filter(signature::Column::Id.eq(signature.id)).exec(txn).await?;
    if signature.state.parse().is_ok_and(SignatureState::counts) {
        counts::append(txn, signature, signatory, -1, now).await?;
        let after = signature::Model { visibility: to.key().to_owned(), ..signature.clone() };
        counts::append(txn, &after, &signatory::Model { location_label: None, ..signatory.clone() }, 1, now).await?;
    }
    Ok(())
}

/// Shows less of a signature wherever it stands, because a sheet says so; a tombstone stays one. Whoever is shown that little already stays so.
///
/// # Errors
/// When the database fails or there is no randomness.
pub(super) async fn hide(txn: &DatabaseTransaction, keys: &Keys, id: Uuid, to: Visibility, now: DateTime<Utc>) -> anyhow::Result<()> {
    let Some((signature, signatory)) = vetting::locked(txn, id).await? else { return Ok(()) };
    let shown: Visibility = signature.visibility.parse()?;
    if shown >= to || signature.state.parse().is_ok_and(SignatureState::is_final) {
        return Ok(());
    }
    show_less(txn, (&signature, &signatory), to, now).await?;
    forget_names(txn, keys, (id, &signatory), now).await?;
    let entry = Entry::of(None, "signature.hidden", "signature", id).with(json!({ "from": shown.key(), "to": to.key() }));
    Ok(audit::append(txn, entry, now).await?)
}

/// Leaves nothing readable of a signature in any table, frozen lists included.
///
/// # Errors
/// When the database fails or there is no randomness.
pub(super) async fn forget_names(
    txn: &DatabaseTransaction,
    keys: &Keys,
    (id, signatory): (Uuid, &signatory::Model),
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    let sealed = names::withhold(keys, signatory)?;
    if sealed.is_changed() {
        signatory::Entity::update_many().set(sealed).filter(signatory::Column::Id.eq(signatory.id)).exec(txn).await?;
    }
    forget_traces(txn, id, now).await?;
    // The same signatory under other versions of the text: one name, hidden everywhere.
    for other in store::siblings(txn, id, signatory.id).await? {
        forget_traces(txn, other.id, now).await?;
        if other.visibility == Visibility::Named.key() {
            show_less(txn, (&other, signatory), Visibility::Withheld, now).await?;
        }
    }
    // Those it stands for are the same signatory, by their own names.
    for merged in duplicates::merged_into(txn, id).await? {
        if let Some((_, signatory)) = vetting::locked(txn, merged).await?.filter(|(_, signatory)| signatory.name.is_some()) {
            Box::pin(forget_names(txn, keys, (merged, &signatory), now)).await?;
        }
    }
    Ok(())
}

/// What tables beside the signatory's own say of a signature.
async fn forget_traces(txn: &DatabaseTransaction, id: Uuid, now: DateTime<Utc>) -> anyhow::Result<()> {
    correction::forget(txn, id).await?;
    duplicates::forget(txn, id).await?;
    logos::forget(txn, id).await?;
    Ok(waves::forget_names(txn, id, now).await?)
}
