//! Takes signatures in groups: what arrives while one transaction commits goes into the next, so that a burst costs a few commits a second and
//! not one each. Nobody is answered before the commit. Must not decide what a signature is: it gets finished rows.
//!
//! Cost of a group of up to [`MOST`]: two selects, one more when somebody signs again, four inserts, one commit.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect};
use serde_json::json;
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

use super::{jobs, store};
use crate::{
    accounts::audit::{self, Entry},
    entities::{signatory, signature},
    platform::{
        Platform,
        database::{Database, broken_unique},
        jobs::enqueue_all,
    },
};

/// Signatures in one transaction at most.
const MOST: usize = 128;
/// Signatures that wait at most; who comes then waits in line without having been taken.
const LINE: usize = 1024;

/// A signature as the tables will hold it.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// Who signs.
    pub signatory: signatory::ActiveModel,
    /// What is signed.
    pub signature: signature::ActiveModel,
    /// When it arrived.
    pub now: DateTime<Utc>,
}

/// Why it was not taken.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// The database refused this one.
    #[error(transparent)]
    Database(#[from] DbErr),
    /// The process is stopping.
    #[error("signatures are not taken any more: the process is stopping")]
    Stopped,
}

struct Waiting {
    arrival: Arrival,
    answer: oneshot::Sender<Result<(), DbErr>>,
}

/// The way in. Cheap to clone; the work ends when the last one is dropped.
#[derive(Clone, Debug)]
pub struct Intake(mpsc::Sender<Waiting>);

impl Intake {
    /// Starts the task that commits. Call it inside the runtime that outlives the server.
    pub fn start(platform: &Platform) -> Self {
        let (sender, mut line) = mpsc::channel::<Waiting>(LINE);
        let (database, bell) = (platform.database.clone(), platform.bell.clone());
        tokio::spawn(async move {
            let mut group = Vec::with_capacity(MOST);
            while line.recv_many(&mut group, MOST).await > 0 {
                commit(&database, std::mem::take(&mut group)).await;
                bell.ring();
            }
        });
        Self(sender)
    }

    /// Returns once the signature is committed, or was there already.
    ///
    /// # Errors
    /// See [`IntakeError`].
    pub async fn take(&self, arrival: Arrival) -> Result<(), IntakeError> {
        let (answer, committed) = oneshot::channel();
        self.0.send(Waiting { arrival, answer }).await.map_err(|_| IntakeError::Stopped)?;
        Ok(committed.await.map_err(|_| IntakeError::Stopped)??)
    }
}

/// All in one transaction; when that fails each in its own, so that one that cannot be stored takes no other with it.
async fn commit(database: &Database, group: Vec<Waiting>) {
    let arrivals: Vec<&Arrival> = group.iter().map(|waiting| &waiting.arrival).collect();
    let outcome = insert(database, &arrivals).await;
    for waiting in group {
        let outcome = match &outcome {
            Ok(()) => Ok(()),
            Err(_) => insert_alone(database, &waiting.arrival).await,
        };
        // Whoever waited may have gone away; the signature stays.
        let _ = waiting.answer.send(outcome);
    }
}

/// Another process may have taken the same signature in between: then it is found now.
async fn insert_alone(database: &Database, arrival: &Arrival) -> Result<(), DbErr> {
    match insert(database, &[arrival]).await {
        Err(error) if broken_unique(&error, &[("ux_signature_submission_key", "signature.submission_key")]).is_some() => {
            insert(database, &[arrival]).await
        }
        outcome => outcome,
    }
}

pub(super) type NameAndAddress = (Uuid, Option<String>, Option<String>);

fn set<T: Into<sea_orm::Value> + Clone>(value: &ActiveValue<T>) -> Option<T> {
    match value {
        ActiveValue::Set(value) | ActiveValue::Unchanged(value) => Some(value.clone()),
        ActiveValue::NotSet => None,
    }
}

/// What recognises a repeated signature: the campaign, the keyed hash of the address, the name as it is kept.
pub(super) fn identity(row: &signatory::ActiveModel) -> NameAndAddress {
    (set(&row.campaign_id).unwrap_or_default(), set(&row.contact_hash).flatten(), set(&row.name_key).flatten())
}

async fn insert(database: &Database, arrivals: &[&Arrival]) -> Result<(), DbErr> {
    let txn = database.begin().await?;
    let mut submitted = submitted_before(&txn, arrivals).await?;
    let mut signed = signed_before(&txn, arrivals).await?;
    let (mut signatories, mut signatures, mut lines, mut mails) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut now = DateTime::<Utc>::MIN_UTC;
    for arrival in arrivals {
        now = now.max(arrival.now);
        let id = set(&arrival.signature.id).unwrap_or_default();
        let first = *submitted.entry(set(&arrival.signature.submission_key).unwrap_or_default()).or_insert(id);
        let first = if first == id { *signed.entry(identity(&arrival.signatory)).or_insert(id) } else { first };
        if first == id {
            signatories.push(arrival.signatory.clone());
            signatures.push(arrival.signature.clone());
            let late = set(&arrival.signature.late).unwrap_or_default();
            lines.push(Entry::of(None, "signature.received", "signature", id).with(json!({ "late": late })));
        }
        mails.push(jobs::confirmation_mail(first));
    }
    if !signatures.is_empty() {
        signatory::Entity::insert_many(signatories).exec_without_returning(&txn).await?;
        signature::Entity::insert_many(signatures).exec_without_returning(&txn).await?;
        audit::append_all(&txn, lines, now).await?;
    }
    enqueue_all(&txn, mails, now).await?;
    txn.commit().await
}

/// The signatures that were sent before, by the key that makes each one of its kind.
async fn submitted_before(txn: &impl ConnectionTrait, arrivals: &[&Arrival]) -> Result<HashMap<String, Uuid>, DbErr> {
    let keys = arrivals.iter().filter_map(|arrival| set(&arrival.signature.submission_key));
    let found = signature::Entity::find().select_only().columns([signature::Column::SubmissionKey, signature::Column::Id]);
    Ok(found.filter(signature::Column::SubmissionKey.is_in(keys)).into_tuple().all(txn).await?.into_iter().collect())
}

/// The signatures of the same name by the same contact for the same version of the text.
async fn signed_before(txn: &impl ConnectionTrait, arrivals: &[&Arrival]) -> Result<HashMap<NameAndAddress, Uuid>, DbErr> {
    let identities: HashSet<NameAndAddress> = arrivals.iter().map(|arrival| identity(&arrival.signatory)).collect();
    let hashes = identities.iter().filter_map(|(_, hash, _)| hash.clone());
    let campaigns = identities.iter().map(|(campaign, ..)| *campaign);
    let found = signatory::Entity::find()
        .filter(signatory::Column::CampaignId.is_in(campaigns))
        .filter(signatory::Column::ContactHash.is_in(hashes))
        .all(txn)
        .await?;
    let found: HashMap<Uuid, NameAndAddress> = found
        .into_iter()
        .map(|row| (row.id, (row.campaign_id, row.contact_hash, row.name_key)))
        .filter(|(_, identity)| identities.contains(identity))
        .collect();
    if found.is_empty() {
        return Ok(HashMap::new());
    }
    let versions: HashSet<Uuid> = arrivals.iter().filter_map(|arrival| set(&arrival.signature.text_version_id)).collect();
    let signed = store::of_signatories(txn, found.keys().copied(), versions).await?;
    Ok(signed.into_iter().filter_map(|row| Some((found.get(&row.signatory_id)?.clone(), row.id))).collect())
}
