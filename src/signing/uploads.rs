//! Sheets of signatories uploaded at the desk: kept sealed, read the way somebody said, tried before they are taken, stopped between two batches (R17).
//! What they hold of people goes once they are read. Owns its transactions; never HTTP.

use std::io::Cursor;

use actix_web::web::Data;
use async_trait::async_trait;
use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::Duration;
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, UpdateMany,
    sea_query::{Expr, ExprTrait},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::{
    import::{self, Options, Reject, Watcher},
    kept_sheet::{CONTENT, REJECTS, open_bytes},
    reading::{Mapping, Reading, Shown},
};
use crate::{
    accounts::audit::{self, Entry},
    campaigns,
    domain::{keyed::keyed, signature::SignatureOrigin},
    entities::signature_import,
    platform::{
        Platform,
        crypto::Keys,
        documents::{csv::Sheet, source},
        jobs::{Attempt, Handler, Job, JobError, enqueue},
    },
    states,
};

const READ: &str = "signing.read_sheet";
/// Bytes of a sheet.
pub(super) const LARGEST: usize = 16 * 1024 * 1024;
/// How long an upload nobody finishes is kept.
const KEPT: Duration = Duration::days(14);

keyed! {
    /// Where an upload stands.
    UploadState {
        /// Kept; nobody has said how it is read, or it was changed since it was tried.
        Uploaded = "uploaded",
        /// It is tried: nothing is written.
        Trying = "trying",
        /// Tried; it can be taken.
        Tried = "tried",
        /// It is taken.
        Running = "running",
        /// Somebody stopped it; what was taken stays.
        Stopped = "stopped",
        /// All of it is taken.
        Done = "done",
        /// It could not be read.
        Failed = "failed",
    }
}

/// How many of what an import met.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Counts {
    pub(super) lines: u64,
    pub(super) added: u64,
    pub(super) known: u64,
    pub(super) hidden: u64,
    pub(super) ended: u64,
    pub(super) rejected: u64,
}

/// Keeps a sheet and guesses how it is read: like the last one with the same head, else by what its columns are called.
///
/// # Errors
/// When the database fails or there is no randomness.
pub(super) async fn keep(
    platform: &Platform,
    campaign: Uuid,
    (file_name, encoding): (String, Option<String>),
    (content, shown): (&[u8], &Shown),
    account: Uuid,
) -> anyhow::Result<Uuid> {
    let (now, id) = (platform.clock.now(), Uuid::now_v7());
    let head = serde_json::to_string(&shown.head)?;
    let head_mark = campaigns::load::content_hash(&head);
    let txn = platform.database.begin().await?;
    use signature_import::Column as C;
    let before = signature_import::Entity::find()
        .filter(C::CampaignId.eq(campaign))
        .filter(C::HeadMark.eq(&head_mark))
        .filter(C::Mapping.is_not_null())
        .order_by_desc(C::CreatedAt)
        .select_only()
        .column(C::Mapping);
    let mapping = match before.into_tuple::<Option<String>>().one(&txn).await?.flatten() {
        Some(mapping) => mapping,
        None => serde_json::to_string(&Mapping::guessed(&shown.head, &shown.lines))?,
    };
    let row = signature_import::ActiveModel {
        id: Set(id),
        campaign_id: Set(campaign),
        file_name: Set(file_name.chars().take(200).collect()),
        encoding: Set(encoding),
        sealed_content: Set(Some(platform.keys.seal(CONTENT, id, &STANDARD.encode(content))?)),
        head: Set(head),
        head_mark: Set(head_mark),
        mapping: Set(Some(mapping)),
        state: Set(UploadState::Uploaded.key().to_owned()),
        lines_read: Set(0),
        report: Set(None),
        sealed_rejects: Set(None),
        account_id: Set(account),
        created_at: Set(now),
        finished_at: Set(None),
    };
    signature_import::Entity::insert(row).exec_without_returning(&txn).await?;
    audit::append(&txn, Entry::of(Some(account), "sheet.uploaded", "sheet", id), now).await?;
    txn.commit().await?;
    Ok(id)
}

/// Moves what is being read on, or leaves it where it is; `false` when it was stopped, or begun anew in another way.
async fn step_reading(
    db: &impl ConnectionTrait,
    row: &signature_import::Model,
    (from, to): (UploadState, UploadState),
    change: signature_import::ActiveModel,
) -> Result<bool, DbErr> {
    let update = stepped(row.id, &[from], to, change).filter(signature_import::Column::Mapping.eq(row.mapping.clone()));
    Ok(update.exec(db).await?.rows_affected == 1)
}

/// Moves an upload from one of these states; `false` when it stands elsewhere.
async fn step(
    db: &impl ConnectionTrait,
    id: Uuid,
    from: &[UploadState],
    to: UploadState,
    change: signature_import::ActiveModel,
) -> Result<bool, DbErr> {
    Ok(stepped(id, from, to, change).exec(db).await?.rows_affected == 1)
}

fn stepped(
    id: Uuid,
    from: &[UploadState],
    to: UploadState,
    mut change: signature_import::ActiveModel,
) -> UpdateMany<signature_import::Entity> {
    change.state = Set(to.key().to_owned());
    let standing = signature_import::Column::State.is_in(from.iter().map(|state| state.key()));
    signature_import::Entity::update_many().set(change).filter(signature_import::Column::Id.eq(id)).filter(standing)
}

/// Tries a sheet the way somebody says; `false` when it is read already, or gone.
///
/// # Errors
/// When the database fails.
pub(super) async fn begin_trial(platform: &Platform, id: Uuid, mapping: &Mapping) -> anyhow::Result<bool> {
    use UploadState::{Failed, Stopped, Tried, Uploaded};
    let mapping = Set(Some(serde_json::to_string(mapping)?));
    let change =
        signature_import::ActiveModel { mapping, lines_read: Set(0), report: Set(None), sealed_rejects: Set(None), ..Default::default() };
    begin(platform, id, &[Uploaded, Tried, Stopped, Failed], UploadState::Trying, change, None).await
}

/// Takes a sheet the way it was tried; `false` when it was not tried, or is taken already.
///
/// # Errors
/// When the database fails.
pub(super) async fn begin_import(platform: &Platform, id: Uuid, account: Uuid) -> anyhow::Result<bool> {
    let change = signature_import::ActiveModel { lines_read: Set(0), ..Default::default() };
    begin(platform, id, &[UploadState::Tried], UploadState::Running, change, Some(account)).await
}

async fn begin(
    platform: &Platform,
    id: Uuid,
    from: &[UploadState],
    to: UploadState,
    change: signature_import::ActiveModel,
    taken_by: Option<Uuid>,
) -> anyhow::Result<bool> {
    let now = platform.clock.now();
    let txn = platform.database.begin().await?;
    if !step(&txn, id, from, to, change).await? {
        return Ok(false);
    }
    enqueue(&txn, Job::new(READ, &Payload { upload: id }).coalesce(&format!("{READ}:{id}")), now).await?;
    if taken_by.is_some() {
        audit::append(&txn, Entry::of(taken_by, "sheet.taken", "sheet", id), now).await?;
    }
    txn.commit().await?;
    platform.bell.ring();
    Ok(true)
}

/// Stops the reading of a sheet; what was taken stays.
///
/// # Errors
/// When the database fails.
pub(super) async fn stop(platform: &Platform, id: Uuid, account: Uuid) -> Result<bool, DbErr> {
    let now = platform.clock.now();
    let txn = platform.database.begin().await?;
    let change = signature_import::ActiveModel { finished_at: Set(Some(now)), ..Default::default() };
    if !step(&txn, id, &[UploadState::Trying, UploadState::Running], UploadState::Stopped, change).await? {
        return Ok(false);
    }
    audit::append(&txn, Entry::of(Some(account), "sheet.stopped", "sheet", id), now).await?;
    txn.commit().await?;
    Ok(true)
}

/// Forgets what uploads hold of people that nobody finished.
///
/// # Errors
/// When the database fails.
pub async fn forget_old(platform: &Platform) -> Result<(), DbErr> {
    use signature_import::Column as C;
    let nothing = || Expr::value(None::<Vec<u8>>);
    let forget = signature_import::Entity::update_many().col_expr(C::SealedContent, nothing()).col_expr(C::SealedRejects, nothing());
    let forget = forget.filter(C::CreatedAt.lt(platform.clock.now() - KEPT));
    forget.filter(C::SealedContent.is_not_null().or(C::SealedRejects.is_not_null())).exec(platform.database.write()).await.map(drop)
}

#[derive(Serialize, Deserialize)]
struct Payload {
    upload: Uuid,
}

/// Writes down how far it is, and stops where the row says so.
struct Row<'a> {
    platform: &'a Platform,
    row: &'a signature_import::Model,
    state: UploadState,
}

#[async_trait]
impl Watcher for Row<'_> {
    async fn lines(&self, read: u64) -> Result<bool, DbErr> {
        let lines_read = Set(i32::try_from(read).unwrap_or(i32::MAX));
        let change = signature_import::ActiveModel { lines_read, ..Default::default() };
        step_reading(self.platform.database.write(), self.row, (self.state, self.state), change).await
    }
}

/// Reads an uploaded sheet: tries it, or takes it.
pub(super) struct ReadSheet {
    pub(super) platform: Platform,
    pub(super) campaigns: Data<campaigns::Register>,
    pub(super) states: Data<states::Register>,
}

#[async_trait]
impl Handler for ReadSheet {
    fn kind(&self) -> &'static str {
        READ
    }

    async fn run(&self, payload: serde_json::Value, _: Attempt) -> Result<(), JobError> {
        let payload: Payload = serde_json::from_value(payload).map_err(|error| JobError::payload(&error))?;
        let (platform, db) = (&self.platform, self.platform.database.write());
        let Some(row) = signature_import::Entity::find_by_id(payload.upload).one(db).await? else { return Ok(()) };
        let state = match row.state.parse() {
            Ok(state @ (UploadState::Trying | UploadState::Running)) => state,
            _ => return Ok(()),
        };
        let campaign = self.campaigns.for_work(platform).await?;
        let directory = self.states.get(platform).await?;
        let outcome = self.read(&row, state, (&campaign, &directory)).await;
        let now = platform.clock.now();
        let report = match outcome {
            Ok(report) => report,
            Err(import::ImportError::Database(error)) => return Err(error.into()),
            Err(_) => {
                let failed = signature_import::ActiveModel { finished_at: Set(Some(now)), ..Default::default() };
                step_reading(db, &row, (state, UploadState::Failed), failed).await?;
                return Ok(());
            }
        };
        if report.stopped {
            return Ok(());
        }
        let counts = Counts {
            lines: report.lines,
            added: report.added,
            known: report.known,
            hidden: report.hidden,
            ended: report.ended,
            rejected: report.rejected,
        };
        let head: Vec<String> = serde_json::from_str(&row.head).unwrap_or_default();
        let mut change = signature_import::ActiveModel {
            report: Set(Some(json!(counts).to_string())),
            sealed_rejects: Set(
                sealed_rejects(&platform.keys, row.id, head, &report.rejects).map_err(|error| JobError::Fail(error.to_string()))?
            ),
            finished_at: Set(Some(now)),
            ..Default::default()
        };
        let to = if state == UploadState::Trying { UploadState::Tried } else { UploadState::Done };
        if to == UploadState::Done {
            change.sealed_content = Set(None);
        }
        step_reading(db, &row, (state, to), change).await?;
        Ok(())
    }
}

impl ReadSheet {
    async fn read(
        &self,
        row: &signature_import::Model,
        state: UploadState,
        within: (&campaigns::Current, &states::Directory),
    ) -> Result<import::Report, import::ImportError> {
        let unreadable = || import::ImportError::Unexpected(anyhow::anyhow!("the sheet cannot be read"));
        let content = open_bytes(&self.platform.keys, CONTENT, row.id, row.sealed_content.as_deref().unwrap_or_default());
        let content = content.ok_or_else(unreadable)?;
        let encoding = row.encoding.as_deref().and_then(|name| name.parse().ok());
        let mapping: Mapping = row.mapping.as_deref().and_then(|mapping| serde_json::from_str(mapping).ok()).ok_or_else(unreadable)?;
        let source = source::open(Cursor::new(content), encoding).map_err(|_| unreadable())?;
        let options = Options { dry_run: state == UploadState::Trying, origin: SignatureOrigin::Import };
        let reading = Reading::mapped(mapping, within.1);
        import::read(&self.platform, within, source, options, Some(reading), &Row { platform: &self.platform, row, state }).await
    }
}

/// The lines as they came, with their number and what is wrong, for whoever sent the sheet. Formulas are text (R18).
fn sealed_rejects(keys: &Keys, id: Uuid, head: Vec<String>, rejects: &[Reject]) -> anyhow::Result<Option<Vec<u8>>> {
    if rejects.is_empty() {
        return Ok(None);
    }
    let mut writer = Sheet::new(true);
    writer.row(["line".to_owned(), "reason".to_owned()].into_iter().chain(head))?;
    for reject in rejects {
        writer.row([reject.line.to_string(), reject.reason.clone()].into_iter().chain(reject.cells.iter().cloned()))?;
    }
    Ok(Some(keys.seal(REJECTS, id, &STANDARD.encode(writer.take()?))?))
}
