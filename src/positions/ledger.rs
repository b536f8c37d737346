//! What is written into the ledger of evidence: rows come in and rows end, none is changed or deleted. Must not read; `store` does.

use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::{item::Item, store::BATCH};
use crate::entities::{evidence, evidence_issue};

/// A checked item with its place among the rows of its key.
#[derive(Clone, Debug)]
pub struct NewRow {
    /// Key that recognises it when it comes again.
    pub import_key: Option<String>,
    /// The content.
    pub item: Item,
    /// How many rows had the key before.
    pub revision: usize,
    /// The row it takes the place of.
    pub supersedes: Option<Uuid>,
}

/// Stores items and ends those they take the place of. Two statements per two hundred rows, one more per superseded row.
///
/// # Errors
/// When the database fails; a key with the same content breaks `ux_evidence_import`.
pub async fn add(
    db: &impl ConnectionTrait,
    campaign_id: Uuid,
    rows: Vec<NewRow>,
    account: Option<Uuid>,
    now: DateTime<Utc>,
) -> Result<Vec<Uuid>, DbErr> {
    let (mut ids, mut items, mut issues) = (Vec::with_capacity(rows.len()), Vec::with_capacity(rows.len()), Vec::new());
    for new in rows {
        let id = Uuid::now_v7();
        ids.push(id);
        if let Some(old) = new.supersedes {
            end(db, old, now, "superseded", Some(id)).await?;
        }
        issues.extend(new.item.issues.iter().map(|(code, stance)| evidence_issue::ActiveModel {
            id: Set(Uuid::now_v7()),
            evidence_id: Set(id),
            issue_code: Set(code.clone()),
            stance: Set(stance.key().to_owned()),
        }));
        items.push(active(new, id, campaign_id, account, now));
    }
    for chunk in items.chunks(BATCH) {
        evidence::Entity::insert_many(chunk.to_vec()).exec_without_returning(db).await?;
    }
    for chunk in issues.chunks(BATCH) {
        evidence_issue::Entity::insert_many(chunk.to_vec()).exec_without_returning(db).await?;
    }
    Ok(ids)
}

fn active(new: NewRow, id: Uuid, campaign_id: Uuid, account: Option<Uuid>, now: DateTime<Utc>) -> evidence::ActiveModel {
    let content_hash = new.item.content_hash(new.revision);
    let item = new.item;
    evidence::ActiveModel {
        id: Set(id),
        campaign_id: Set(campaign_id),
        import_key: Set(new.import_key),
        iso3: Set(item.iso3),
        kind: Set(item.kind.key().to_owned()),
        direction: Set(item.direction),
        occurred_on: Set(item.occurred_on),
        precision: Set(item.precision),
        forum: Set(item.forum),
        session: Set(item.session),
        event: Set(item.event),
        event_label: Set(item.event_label),
        document: Set(item.document),
        source_url: Set(item.source_url),
        source_kind: Set(item.source_kind),
        scope: Set(item.scope.key().to_owned()),
        duplicate_of: Set(item.duplicate_of),
        capacity: Set(item.capacity.key().to_owned()),
        group_code: Set(item.group_code),
        group_name: Set(item.group_name),
        summary: Set(item.summary),
        language: Set(item.language),
        coder: Set(item.coder),
        confidence: Set(item.confidence.key().to_owned()),
        visibility: Set(item.visibility.key().to_owned()),
        note: Set(item.note),
        recorded_at: Set(now),
        recorded_by: Set(account),
        ended_at: Set(None),
        end_reason: Set(None),
        superseded_by: Set(None),
        content_hash: Set(content_hash),
    }
}

/// Ends a row that is still in force. `false`: it was ended already.
///
/// # Errors
/// When the database fails.
pub async fn end(db: &impl ConnectionTrait, id: Uuid, now: DateTime<Utc>, reason: &str, by: Option<Uuid>) -> Result<bool, DbErr> {
    let change = evidence::ActiveModel {
        ended_at: Set(Some(now)),
        end_reason: Set(Some(reason.to_owned())),
        superseded_by: Set(by),
        ..Default::default()
    };
    let query = evidence::Entity::update_many().set(change).filter(evidence::Column::Id.eq(id)).filter(evidence::Column::EndedAt.is_null());
    Ok(query.exec(db).await?.rows_affected > 0)
}
