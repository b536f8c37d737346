//! The register of addressees: who holds a post, how it is reached, since when and where that is known from (R27). Entries are added, never changed,
//! so that the history of a post is what was entered; only the day of the last check moves. Must not ship persons, and writes to nobody.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, QueryOrder,
    TryIntoModel, sea_query::OnConflict,
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    accounts::audit::{self, Entry as Line},
    domain::{
        addressee::{Entry, TypedEntry},
        email::EmailAddress,
        letter::PostKind,
    },
    entities::{addressee, post},
    platform::Platform,
};

/// What became of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entered {
    /// It is the newest of its post.
    New,
    /// The newest says the same: it was checked.
    Checked,
}

/// Why it was not taken.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// Somebody else has entered something since the form was shown.
    #[error("somebody else changed the entry meanwhile")]
    Overtaken,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbErr),
}

/// The offices the register has; an observer's is the representative's.
pub fn kinds() -> impl Iterator<Item = PostKind> {
    PostKind::ALL.iter().copied().filter(|kind| *kind != PostKind::PermanentObserver)
}

/// Everything that was entered for a post, the newest first.
///
/// # Errors
/// When the database fails.
pub async fn history(db: &impl ConnectionTrait, post: Uuid) -> Result<Vec<addressee::Model>, DbErr> {
    addressee::Entity::find()
        .filter(addressee::Column::PostId.eq(post))
        .order_by_desc(addressee::Column::CreatedAt)
        .order_by_desc(addressee::Column::Id)
        .all(db)
        .await
}

/// Enters what is known of a post, in one transaction. `seen` is the entry the person looked at; with another one there, theirs might undo it.
///
/// # Errors
/// See [`RegisterError`]; nothing is changed then.
pub async fn enter(
    platform: &Platform,
    (iso3, kind): (&str, PostKind),
    entry: &Entry,
    seen: Option<Uuid>,
    account: Uuid,
) -> Result<Entered, RegisterError> {
    let now = platform.clock.now();
    let txn = platform.database.begin().await?;
    let post = post_of(&txn, iso3, kind, now).await?;
    let newest = history(&txn, post).await?.into_iter().next();
    if newest.as_ref().map(|newest| newest.id) != seen {
        return Err(RegisterError::Overtaken);
    }
    let entered = keep(&txn, post, newest.as_ref(), entry, now, now, Some(account)).await?;
    txn.commit().await?;
    Ok(entered)
}

/// Notes that the newest entry of a post was checked and still holds.
///
/// # Errors
/// See [`RegisterError`].
pub async fn confirm(platform: &Platform, post: Uuid, seen: Uuid, account: Uuid) -> Result<(), RegisterError> {
    let now = platform.clock.now();
    let txn = platform.database.begin().await?;
    let newest = history(&txn, post).await?.into_iter().next();
    if newest.is_none_or(|newest| newest.id != seen) {
        return Err(RegisterError::Overtaken);
    }
    check(&txn, (post, seen), now, Some(account), now).await?;
    txn.commit().await?;
    Ok(())
}

/// The key of a post, made where a state has none of the kind yet. Holds the row, so that two entries of one post come one after the other.
pub(super) async fn post_of(txn: &DatabaseTransaction, iso3: &str, kind: PostKind, now: DateTime<Utc>) -> Result<Uuid, DbErr> {
    let row =
        post::ActiveModel { id: Set(Uuid::now_v7()), iso3: Set(iso3.to_owned()), kind: Set(kind.key().to_owned()), created_at: Set(now) };
    // Writes its kind again where it is there: that locks it, on either database.
    let again = OnConflict::columns([post::Column::Iso3, post::Column::Kind]).update_column(post::Column::Kind).to_owned();
    post::Entity::insert(row).on_conflict(again).exec_without_returning(txn).await?;
    let found = post::Entity::find().filter(post::Column::Iso3.eq(iso3)).filter(post::Column::Kind.eq(kind.key())).one(txn).await?;
    found.map(|post| post.id).ok_or_else(|| DbErr::RecordNotFound("post".to_owned()))
}

/// Adds the entry, or moves the day of the check where the newest says the same.
pub(super) async fn keep(
    txn: &DatabaseTransaction,
    post: Uuid,
    newest: Option<&addressee::Model>,
    entry: &Entry,
    checked_at: DateTime<Utc>,
    now: DateTime<Utc>,
    account: Option<Uuid>,
) -> Result<Entered, DbErr> {
    let changed = changed_fields(newest, entry);
    if let Some(newest) = newest
        && changed.is_empty()
    {
        if newest.checked_at.is_none_or(|before| before < checked_at) {
            check(txn, (post, newest.id), checked_at, account, now).await?;
        }
        return Ok(Entered::Checked);
    }
    addressee::Entity::insert(row(post, entry, checked_at, now, account)).exec_without_returning(txn).await?;
    // Which fields, not what stands in them: the trail is kept longer than a person's entry.
    audit::append(txn, Line::of(account, "addressee.entered", "post", post).with(json!({ "fields": changed })), now).await?;
    Ok(Entered::New)
}

async fn check(
    txn: &DatabaseTransaction,
    (post, entry): (Uuid, Uuid),
    checked_at: DateTime<Utc>,
    account: Option<Uuid>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let change = addressee::ActiveModel { checked_at: Set(Some(checked_at)), ..Default::default() };
    addressee::Entity::update_many().set(change).filter(addressee::Column::Id.eq(entry)).exec(txn).await?;
    audit::append(txn, Line::of(account, "addressee.checked", "post", post), now).await
}

fn row(post: Uuid, entry: &Entry, checked_at: DateTime<Utc>, now: DateTime<Utc>, account: Option<Uuid>) -> addressee::ActiveModel {
    addressee::ActiveModel {
        id: Set(Uuid::now_v7()),
        post_id: Set(post),
        holder_name: Set(entry.holder_name.clone()),
        title: Set(entry.title.clone()),
        rank: Set(entry.rank.map(|rank| rank.key().to_owned())),
        honorific: Set(entry.honorific.clone()),
        gender: Set(entry.gender.map(|gender| gender.key().to_owned())),
        language: Set(entry.language.map(|language| language.code().to_owned())),
        email: Set(entry.email.as_ref().map(|email| email.as_str().to_owned())),
        other_emails: Set(entry.other_emails()),
        salutation: Set(entry.salutation.clone()),
        closing: Set(entry.closing.clone()),
        postal_address: Set(entry.postal_address.clone()),
        starts_on: Set(entry.starts_on),
        ends_on: Set(entry.ends_on),
        source_url: Set(Some(entry.source.clone())),
        checked_at: Set(Some(checked_at)),
        entered_by: Set(account),
        created_at: Set(now),
    }
}

/// Names of the fields in which an entry differs from the newest one.
pub(super) fn changed_fields(newest: Option<&addressee::Model>, entry: &Entry) -> Vec<&'static str> {
    let Ok(now) = row(Uuid::nil(), entry, DateTime::UNIX_EPOCH, DateTime::UNIX_EPOCH, None).try_into_model() else {
        return FIELDS.to_vec();
    };
    let (before, now) = (cells(&newest.map(typed).unwrap_or_default()), cells(&typed(&now)));
    FIELDS.into_iter().zip(before.into_iter().zip(now)).filter(|(_, (before, now))| before != now).map(|(field, _)| field).collect()
}

/// The fields of an entry, in the order of forms and sheets.
pub const FIELDS: [&str; 14] = [
    "holder_name",
    "honorific",
    "title",
    "rank",
    "gender",
    "language",
    "email",
    "other_emails",
    "postal_address",
    "salutation",
    "closing",
    "starts_on",
    "ends_on",
    "source",
];

/// What stands in them.
pub(super) fn cells(typed: &TypedEntry) -> [String; FIELDS.len()] {
    let fields = serde_json::to_value(typed).unwrap_or_default();
    FIELDS.map(|field| fields.get(field).and_then(Value::as_str).unwrap_or_default().to_owned())
}

/// The entry whose fields hold this.
pub(super) fn typed_of(cells: [String; FIELDS.len()]) -> TypedEntry {
    let fields = FIELDS.into_iter().map(str::to_owned).zip(cells.into_iter().map(Value::String));
    serde_json::from_value(Value::Object(fields.collect())).unwrap_or_default()
}

/// A stored entry as it would be typed.
pub fn typed(row: &addressee::Model) -> TypedEntry {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let day = |value: Option<NaiveDate>| value.map(|day| day.to_string()).unwrap_or_default();
    TypedEntry {
        holder_name: text(&row.holder_name),
        honorific: text(&row.honorific),
        title: text(&row.title),
        rank: text(&row.rank),
        gender: text(&row.gender),
        language: text(&row.language),
        email: text(&row.email),
        other_emails: text(&row.other_emails),
        postal_address: text(&row.postal_address),
        salutation: text(&row.salutation),
        closing: text(&row.closing),
        starts_on: day(row.starts_on),
        ends_on: day(row.ends_on),
        source: text(&row.source_url),
    }
}

/// Takes over what a letter was sent again to: who holds the post and which language the office wants stay what they were.
///
/// # Errors
/// When the database fails.
pub async fn correct_mailbox(
    txn: &DatabaseTransaction,
    post: Uuid,
    email: &EmailAddress,
    account: Uuid,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let newest = history(txn, post).await?.into_iter().next();
    let mut row: addressee::ActiveModel = newest.map(Into::into).unwrap_or_default();
    row.id = Set(Uuid::now_v7());
    row.post_id = Set(post);
    row.email = Set(Some(email.as_str().to_owned()));
    row.source_url = Set(None);
    row.checked_at = Set(Some(now));
    row.entered_by = Set(Some(account));
    row.created_at = Set(now);
    addressee::Entity::insert(row.reset_all()).exec_without_returning(txn).await.map(drop)
}

/// How long an entry may go unchecked before letters to it stop, in days, unless a person says why they may leave all the same (R27).
pub const DAYS_UNCHECKED: u32 = 90;

/// When somebody last looked at an entry: checked it, or else entered it.
pub fn looked_at(entry: &addressee::Model) -> DateTime<Utc> {
    entry.checked_at.unwrap_or(entry.created_at)
}

/// Whether that is longer ago than the limit.
pub fn is_stale(entry: &addressee::Model, today: NaiveDate) -> bool {
    (today - looked_at(entry).date_naive()).num_days() > i64::from(DAYS_UNCHECKED)
}

/// The newest entry of every post, by post. One query.
pub(super) async fn newest_of_all(db: &impl ConnectionTrait) -> Result<HashMap<Uuid, addressee::Model>, DbErr> {
    let all = addressee::Entity::find().order_by_asc(addressee::Column::CreatedAt).order_by_asc(addressee::Column::Id).all(db).await?;
    Ok(all.into_iter().map(|entry| (entry.post_id, entry)).collect())
}

/// Posts there are, by state and kind. One query.
pub(super) async fn all_posts(db: &impl ConnectionTrait) -> Result<Vec<post::Model>, DbErr> {
    post::Entity::find().order_by_asc(post::Column::Iso3).order_by_asc(post::Column::Kind).all(db).await
}

/// The posts of a state and everything entered for them, each post's newest first. Two queries.
pub(super) async fn of_state(
    db: &impl ConnectionTrait,
    iso3: &str,
) -> Result<(Vec<post::Model>, HashMap<Uuid, Vec<addressee::Model>>), DbErr> {
    let posts = post::Entity::find().filter(post::Column::Iso3.eq(iso3)).all(db).await?;
    let entries = addressee::Entity::find()
        .filter(addressee::Column::PostId.is_in(posts.iter().map(|post| post.id)))
        .order_by_desc(addressee::Column::CreatedAt)
        .order_by_desc(addressee::Column::Id)
        .all(db)
        .await?;
    let mut of_post: HashMap<Uuid, Vec<addressee::Model>> = HashMap::new();
    for entry in entries {
        of_post.entry(entry.post_id).or_default().push(entry);
    }
    Ok((posts, of_post))
}

/// The newest entry of a post; none where nothing was ever entered, or the state has no such post.
///
/// # Errors
/// When the database fails.
pub async fn newest(db: &impl ConnectionTrait, iso3: &str, kind: PostKind) -> Result<Option<addressee::Model>, DbErr> {
    let post = post::Entity::find().filter(post::Column::Iso3.eq(iso3)).filter(post::Column::Kind.eq(kind.key())).one(db).await?;
    match post {
        Some(post) => Ok(history(db, post.id).await?.into_iter().next()),
        None => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// R27: no field is forgotten between forms, sheets and what is kept.
    #[test]
    fn every_field_of_an_entry_is_one_of_the_list() {
        let marked = FIELDS.map(|field| format!("what stands in {field}"));
        assert_eq!(cells(&typed_of(marked.clone())), marked);
        let fields = serde_json::to_value(TypedEntry::default()).unwrap_or_default();
        assert_eq!(fields.as_object().map(serde_json::Map::len), Some(FIELDS.len()));
    }
}
