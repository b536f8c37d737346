//! The append-only trail: who did what to what. Written in the same transaction as the change. Must never hold a signer's name, address or token.

use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, ConnectionTrait, DbErr, EntityTrait, QueryOrder, QuerySelect};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::entities::audit_entry;

/// One line to write.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    /// Who; nobody when the system or a visitor acted.
    pub account: Option<Uuid>,
    /// Room and verb: `signature.verified`.
    pub action: &'a str,
    /// What kind of thing.
    pub subject_kind: &'a str,
    /// Which one.
    pub subject_id: Option<String>,
    /// Before, after, counts.
    pub details: Value,
    /// Why, where a reason is asked for.
    pub reason: Option<String>,
}

impl<'a> Entry<'a> {
    /// A line about one thing.
    pub fn of(account: Option<Uuid>, action: &'a str, subject_kind: &'a str, subject_id: impl ToString) -> Self {
        Self { account, action, subject_kind, subject_id: Some(subject_id.to_string()), details: json!({}), reason: None }
    }

    /// With details.
    #[must_use]
    pub fn with(mut self, details: Value) -> Self {
        self.details = details;
        self
    }

    /// With a reason.
    #[must_use]
    pub fn because(mut self, reason: impl Into<String>) -> Self {
        self.reason = Some(reason.into());
        self
    }
}

/// Appends a line. One insert.
///
/// # Errors
/// When the database fails.
pub async fn append(db: &impl ConnectionTrait, entry: Entry<'_>, now: DateTime<Utc>) -> Result<(), DbErr> {
    append_all(db, [entry], now).await
}

/// Appends lines in their order. One insert; none for no line.
///
/// # Errors
/// When the database fails.
pub async fn append_all<'a>(
    db: &impl ConnectionTrait,
    entries: impl IntoIterator<Item = Entry<'a>>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let rows: Vec<_> = entries
        .into_iter()
        .map(|entry| audit_entry::ActiveModel {
            id: Set(Uuid::now_v7()),
            occurred_at: Set(now),
            account_id: Set(entry.account),
            action: Set(entry.action.to_owned()),
            subject_kind: Set(entry.subject_kind.to_owned()),
            subject_id: Set(entry.subject_id),
            details: Set(entry.details),
            reason: Set(entry.reason),
        })
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    audit_entry::Entity::insert_many(rows).exec_without_returning(db).await.map(drop)
}

/// The newest lines, page by page.
///
/// # Errors
/// When the database fails.
pub async fn newest(db: &impl ConnectionTrait, skip: u64, take: u64) -> Result<Vec<audit_entry::Model>, DbErr> {
    audit_entry::Entity::find()
        .order_by_desc(audit_entry::Column::OccurredAt)
        .order_by_desc(audit_entry::Column::Id)
        .offset(skip)
        .limit(take)
        .all(db)
        .await
}
