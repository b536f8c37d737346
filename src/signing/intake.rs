//! Takes signatures in groups: what arrives while one transaction commits goes into the next, so that a burst costs a few commits a second and
//! not one each. Nobody is answered before the commit. Must not decide what a signature is: it gets finished rows.
//!
//! Cost of a group of up to [`MOST`]: the count for the networks, two selects, one more when somebody signs again, four inserts, one commit; on
//! PostgreSQL one statement more, which asks for plans that fit the tables as they are.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap, HashSet},
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

use chrono::{DateTime, Duration, Utc};
use sea_orm::{ActiveValue, ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, QueryFilter, QuerySelect};
use serde_json::json;
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

use super::{
    hiding::{self, Wish},
    jobs, store, vetting,
};
use crate::{
    accounts::audit::{self, Entry},
    domain::signature::{SignatureState, Visibility},
    entities::{signatory, signature},
    platform::{
        Platform,
        crypto::Keys,
        database::{Database, broken_unique},
        jobs::enqueue_all,
        throttle,
    },
};

/// Signatures in one transaction at most.
const MOST: usize = 128;
/// Signatures that wait at most; who comes then waits in line without having been taken.
const LINE: usize = 1024;

/// Groups that are committed at the same time on PostgreSQL.
const LANES: usize = 2;

/// Signatures one network may send in an hour: many people share an address behind Tor or a company's gate.
const PER_NETWORK: i32 = 300;

/// A signature as the tables will hold it.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// Who signs.
    pub signatory: signatory::ActiveModel,
    /// What is signed.
    pub signature: signature::ActiveModel,
    /// What the name is recognised by, however it was asked to be shown.
    pub name_marks: [String; 2],
    /// How it asks to be shown.
    pub visibility: Visibility,
    /// A keyed mark of the network it came from, if its share is limited.
    pub network: Option<String>,
    /// Who typed it in from a mail, and where that is kept.
    pub typed: Option<(Uuid, String)>,
    /// When it arrived.
    pub now: DateTime<Utc>,
}

/// Why it was not taken.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// The database refused this one.
    #[error(transparent)]
    Database(#[from] DbErr),
    /// Its network has sent its share.
    #[error("too many signatures from one network")]
    TooMany,
    /// The process is stopping.
    #[error("signatures are not taken any more: the process is stopping")]
    Stopped,
}

struct Waiting {
    arrival: Arrival,
    answer: oneshot::Sender<Result<(), IntakeError>>,
}

/// The way in. Cheap to clone; the work ends when the last one is dropped.
#[derive(Clone, Debug)]
pub struct Intake(Arc<[mpsc::Sender<Waiting>]>);

impl Intake {
    /// Starts the tasks that commit: one on SQLite, which has one writer; on PostgreSQL [`LANES`], so that one prepares its rows while the database
    /// works on another's. Call it inside the runtime that outlives the server.
    pub fn start(platform: &Platform) -> Self {
        let lanes = if platform.database.backend() == DbBackend::Sqlite { 1 } else { LANES };
        Self((0..lanes).map(|_| start_lane(platform)).collect())
    }

    /// Returns once the signature is committed, or was there already. Forms of one person go one after another, in the order they come.
    ///
    /// # Errors
    /// See [`IntakeError`].
    pub async fn take(&self, arrival: Arrival) -> Result<(), IntakeError> {
        let mut hasher = DefaultHasher::new();
        arrival.contact().hash(&mut hasher);
        let lane = usize::try_from(hasher.finish() % self.0.len().max(1) as u64).unwrap_or(0);
        let lane = self.0.get(lane).ok_or(IntakeError::Stopped)?;
        let (answer, committed) = oneshot::channel();
        lane.send(Waiting { arrival, answer }).await.map_err(|_| IntakeError::Stopped)?;
        committed.await.map_err(|_| IntakeError::Stopped)?
    }
}

fn start_lane(platform: &Platform) -> mpsc::Sender<Waiting> {
    let (sender, mut line) = mpsc::channel::<Waiting>(LINE);
    let (database, keys, bell) = (platform.database.clone(), Arc::clone(&platform.keys), platform.bell.clone());
    tokio::spawn(async move {
        let mut group = Vec::with_capacity(MOST);
        while line.recv_many(&mut group, MOST).await > 0 {
            // Of two forms of one person the later one finds the earlier one stored.
            while !group.is_empty() {
                let mut people = HashSet::new();
                let (now, later) =
                    std::mem::take(&mut group).into_iter().partition(|waiting: &Waiting| people.insert(waiting.arrival.contact()));
                group = later;
                commit(&database, &keys, now).await;
            }
            bell.ring();
        }
    });
    sender
}

impl Arrival {
    fn contact(&self) -> Option<String> {
        set(&self.signatory.contact_hash).flatten()
    }
}

/// All in one transaction; when that fails each in its own, so that one that cannot be stored takes no other with it.
async fn commit(database: &Database, keys: &Keys, group: Vec<Waiting>) {
    let arrivals: Vec<&Arrival> = group.iter().map(|waiting| &waiting.arrival).collect();
    let outcome = insert(database, keys, &arrivals).await;
    for (at, waiting) in group.into_iter().enumerate() {
        let outcome = match &outcome {
            Ok(refused) if refused.contains(&at) => Err(IntakeError::TooMany),
            Ok(_) => Ok(()),
            Err(_) => insert_alone(database, keys, &waiting.arrival).await,
        };
        // Whoever waited may have gone away; the signature stays.
        let _ = waiting.answer.send(outcome);
    }
}

/// Another process may have taken the same signature in between: then it is found now.
async fn insert_alone(database: &Database, keys: &Keys, arrival: &Arrival) -> Result<(), IntakeError> {
    let outcome = match insert(database, keys, &[arrival]).await {
        Err(error) if broken_unique(&error, &[("ux_signature_submission_key", "signature.submission_key")]).is_some() => {
            insert(database, keys, &[arrival]).await
        }
        outcome => outcome,
    };
    if outcome?.is_empty() { Ok(()) } else { Err(IntakeError::TooMany) }
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

/// Those that were not taken because their network had sent its share, by their place.
async fn insert(database: &Database, keys: &Keys, arrivals: &[&Arrival]) -> Result<HashSet<usize>, DbErr> {
    let txn = database.begin_on_growing_tables().await?;
    let refused = over_their_share(&txn, arrivals).await?;
    let taken: Vec<&Arrival> = arrivals.iter().enumerate().filter(|(at, _)| !refused.contains(at)).map(|(_, arrival)| *arrival).collect();
    if taken.is_empty() {
        txn.commit().await?;
        return Ok(refused);
    }
    let mut submitted = submitted_before(&txn, &taken).await?;
    let earlier = sent_before(&txn, &taken).await?;
    let mut signed = earlier.signed();
    let (mut signatories, mut signatures, mut lines, mut mails) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut replaced = Vec::new();
    let mut now = DateTime::<Utc>::MIN_UTC;
    for arrival in taken {
        now = now.max(arrival.now);
        let id = set(&arrival.signature.id).unwrap_or_default();
        let first = *submitted.entry(set(&arrival.signature.submission_key).unwrap_or_default()).or_insert(id);
        let first = if first == id { *signed.entry(identity(&arrival.signatory)).or_insert(id) } else { first };
        if first == id {
            signatories.push(arrival.signatory.clone());
            signatures.push(arrival.signature.clone());
            let late = set(&arrival.signature.late).unwrap_or_default();
            let mut line = Entry::of(None, "signature.received", "signature", id).with(json!({ "late": late }));
            if let Some((account, kept_at)) = &arrival.typed {
                line = Entry { account: Some(*account), ..line.because(kept_at) };
            }
            lines.push(line);
        }
        replaced.extend(earlier.replaced_by(arrival).map(|(signature, of)| {
            (of.contact_hash.clone(), Reverse(signature.visibility.parse::<Visibility>().ok()), signature.id, arrival.visibility)
        }));
        mails.push(jobs::confirmation_mail(first));
    }
    // In one order whoever locks them, the most hidden of a person first as a confirmation does: two processes never wait for each other's rows.
    replaced.sort_unstable();
    let hides = !replaced.is_empty();
    for (_, _, id, by) in replaced {
        // Nobody has shown yet that the mailbox is theirs: this reaches what was not confirmed, and nothing else.
        hiding::replace(&txn, keys, id, (by, Wish::Form), now).await.map_err(into_database_error)?;
    }
    if !signatures.is_empty() {
        signatory::Entity::insert_many(signatories).exec_without_returning(&txn).await?;
        signature::Entity::insert_many(signatures).exec_without_returning(&txn).await?;
        audit::append_all(&txn, lines, now).await?;
    }
    enqueue_all(&txn, mails, now).await?;
    txn.commit().await?;
    if hides {
        database.empty_log().await;
    }
    Ok(refused)
}

fn into_database_error(error: anyhow::Error) -> DbErr {
    error.downcast::<DbErr>().unwrap_or_else(|error| DbErr::Custom(error.to_string()))
}

/// Counts them for their networks. One statement.
async fn over_their_share(txn: &impl ConnectionTrait, arrivals: &[&Arrival]) -> Result<HashSet<usize>, DbErr> {
    let mut hits = BTreeMap::new();
    for network in arrivals.iter().filter_map(|arrival| arrival.network.as_ref()) {
        *hits.entry(format!("sign:{network}")).or_default() += 1;
    }
    let now = arrivals.iter().map(|arrival| arrival.now).max().unwrap_or(DateTime::<Utc>::MIN_UTC);
    let mut within = throttle::allow_many(txn, &hits, PER_NETWORK, Duration::hours(1), now).await?;
    let over = |(at, arrival): (usize, &&Arrival)| {
        let left = within.get_mut(&format!("sign:{}", arrival.network.as_ref()?))?;
        *left -= 1;
        (*left < 0).then_some(at)
    };
    Ok(arrivals.iter().enumerate().filter_map(over).collect())
}

/// The signatures that were sent before, by the key that makes each one of its kind.
async fn submitted_before(txn: &impl ConnectionTrait, arrivals: &[&Arrival]) -> Result<HashMap<String, Uuid>, DbErr> {
    let keys = arrivals.iter().filter_map(|arrival| set(&arrival.signature.submission_key));
    let found = signature::Entity::find().select_only().columns([signature::Column::SubmissionKey, signature::Column::Id]);
    Ok(found.filter(signature::Column::SubmissionKey.is_in(keys)).into_tuple().all(txn).await?.into_iter().collect())
}

/// What the same people sent before for the same text, under the same name, however it was to be shown.
struct Earlier(Vec<store::Signed>);

impl Earlier {
    /// By name and address. What was withdrawn is signed again.
    fn signed(&self) -> HashMap<NameAndAddress, Uuid> {
        let live = self.0.iter().filter(|(signature, _)| signature.state != SignatureState::Withdrawn.key());
        live.map(|(signature, of)| ((of.campaign_id, of.contact_hash.clone(), of.name_key.clone()), signature.id)).collect()
    }

    /// What nobody has confirmed and would show more than this asks for.
    fn replaced_by<'e>(&'e self, arrival: &'e Arrival) -> impl Iterator<Item = (&'e signature::Model, &'e signatory::Model)> {
        let contact = arrival.contact();
        let unconfirmed = self.0.iter().filter(|(signature, _)| vetting::is_confirmable(signature));
        unconfirmed
            .filter(move |(signature, of)| {
                of.contact_hash == contact
                    && of.name_key.as_ref().is_some_and(|key| arrival.name_marks.contains(key))
                    && signature.visibility.parse::<Visibility>().is_ok_and(|earlier| earlier < arrival.visibility)
            })
            .map(|(signature, of)| (signature, of))
    }
}

/// One query; one more when somebody signs again.
async fn sent_before(txn: &impl ConnectionTrait, arrivals: &[&Arrival]) -> Result<Earlier, DbErr> {
    let campaigns: HashSet<Uuid> = arrivals.iter().map(|arrival| identity(&arrival.signatory).0).collect();
    let names: HashSet<&String> = arrivals.iter().flat_map(|arrival| &arrival.name_marks).collect();
    let found = store::of_addresses(txn, arrivals.iter().filter_map(|arrival| arrival.contact())).await?;
    let same =
        |row: &signatory::Model| campaigns.contains(&row.campaign_id) && row.name_key.as_ref().is_some_and(|key| names.contains(key));
    let found = found.into_iter().filter(same).collect();
    let versions: HashSet<Uuid> = arrivals.iter().filter_map(|arrival| set(&arrival.signature.text_version_id)).collect();
    Ok(Earlier(store::signed_by(txn, found, versions).await?))
}
