//! Watches what arrives: notes with each signature what looks odd, and sets a burst aside (R13). Whoever signs sees no difference, and a moderator can
//! release it. Must refuse nothing, and keeps the mark of a network no longer than [`KEPT`].
//!
//! Cost of a look: three queries; seven more and a statement for each signature a hundred that nobody has looked at, two for each burst.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, Duration, Utc};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    sea_query::{Expr, ExprTrait, OnConflict},
};
use serde_json::json;
use uuid::Uuid;

use super::{
    contact,
    store::{self, Signed},
    vetting,
};
use crate::{
    accounts::audit::{self, Entry},
    campaigns::Current,
    domain::{
        language::Language,
        name::name_key,
        signals::{self, Said, Signal},
        signature::{SignatoryKind, SignatureState},
    },
    entities::{signatory, signature, signature_mark},
    platform::{Platform, crypto::Keys},
    states::Directory,
};

/// Signatures of one transaction.
const BATCH: u64 = 100;
/// How far back bursts are sought: what came before was looked at before.
const LOOK_BACK: Duration = Duration::hours(2);
/// How long the mark of a network stays with a signature (R73).
const KEPT: Duration = Duration::hours(48);
/// From so many of one day on, those of one network are told to be.
const MANY: i64 = 3;

const OPEN: [SignatureState; 2] = [SignatureState::Pending, SignatureState::Confirmed];

/// What is noted of a signature.
pub(super) fn read(signature: &signature::Model) -> Vec<Signal> {
    signature.signals.as_deref().unwrap_or_default().split(' ').filter_map(|key| key.parse().ok()).collect()
}

fn written(signals: &[Signal]) -> String {
    Signal::ALL.iter().filter(|signal| signals.contains(signal)).map(|signal| signal.key()).collect::<Vec<_>>().join(" ")
}

/// Notes one more thing.
///
/// # Errors
/// When the database fails.
pub(super) async fn raise(db: &impl ConnectionTrait, signature: &signature::Model, signal: Signal) -> Result<(), DbErr> {
    let mut signals = read(signature);
    signals.push(signal);
    note(db, signature.id, &signals).await
}

/// Notes what staff found of its web domain, or that it is otherwise.
///
/// # Errors
/// When the database fails.
pub(super) async fn note_domain(db: &impl ConnectionTrait, signature: &signature::Model, is_old: bool) -> Result<(), DbErr> {
    let mut signals = read(signature);
    signals.retain(|signal| *signal != Signal::NewDomain);
    signals.extend((!is_old).then_some(Signal::NewDomain));
    note(db, signature.id, &signals).await
}

async fn note(db: &impl ConnectionTrait, id: Uuid, signals: &[Signal]) -> Result<(), DbErr> {
    let change = signature::ActiveModel { signals: Set(Some(written(signals))), ..Default::default() };
    signature::Entity::update_many().set(change).filter(signature::Column::Id.eq(id)).exec(db).await.map(drop)
}

/// Looks at whatever arrived since the last look.
///
/// # Errors
/// When the database fails.
pub(super) async fn watch(platform: &Platform, campaign: &Current, states: &Directory) -> Result<(), vetting::VettingError> {
    while look_at_new(platform, campaign, states).await? {}
    set_bursts_aside(platform, campaign).await?;
    let old = signature::Column::SignedAt.lt(platform.clock.now() - KEPT);
    let forget = signature::Entity::update_many().col_expr(signature::Column::Network, Expr::value(None::<String>));
    forget.filter(signature::Column::Network.is_not_null()).filter(old).exec(platform.database.write()).await?;
    Ok(())
}

/// Those that nobody has looked at, whatever was noted meanwhile; `false` when none was left. What has ended is let be.
async fn look_at_new(platform: &Platform, campaign: &Current, states: &Directory) -> Result<bool, DbErr> {
    let new = signature::Entity::find()
        .filter(signature::Column::CampaignId.eq(campaign.id))
        .filter(signature::Column::LookedAt.is_null())
        .order_by_desc(signature::Column::SignedAt)
        .limit(BATCH);
    let txn = platform.database.begin().await?;
    let new = store::with_signatories(&txn, new.all(&txn).await?).await?;
    if new.is_empty() {
        return Ok(false);
    }
    let (ended, new): (Vec<_>, Vec<_>) =
        new.into_iter().partition(|(signature, _)| signature.state.parse().is_ok_and(SignatureState::is_final));
    let contacts = same_contacts(&txn, &platform.keys, &new).await?;
    for (signature, of) in &new {
        let mut signals = read(signature);
        let found = of_itself(&platform.keys, states, signature, of);
        let found = found.into_iter().chain(contacts.contains(&signature.id).then_some(Signal::SameContact));
        signals.extend(found.filter(|found| !signals.contains(found)).collect::<Vec<_>>());
        note(&txn, signature.id, &signals).await?;
    }
    let looked = signature::Entity::update_many().col_expr(signature::Column::LookedAt, Expr::value(platform.clock.now()));
    looked.filter(signature::Column::Id.is_in(new.iter().chain(&ended).map(|(signature, _)| signature.id))).exec(&txn).await?;
    txn.commit().await?;
    Ok(true)
}

/// Those whose contact is also that of a signatory by another name. Keeps a keyed mark of each contact, which goes when a name is hidden. Four queries.
async fn same_contacts(txn: &DatabaseTransaction, keys: &Keys, new: &[Signed]) -> Result<HashSet<Uuid>, DbErr> {
    let marked = |(signature, of): &Signed| {
        let named = of.name.is_some() && of.kind != SignatoryKind::Individual.key();
        let mark = contact::mark(keys, signature.text_version_id, &contact::of(keys, of).filter(|_| named)?)?;
        Some((signature.id, mark))
    };
    let marks: HashMap<Uuid, String> = new.iter().filter_map(marked).collect();
    if marks.is_empty() {
        return Ok(HashSet::new());
    }
    let rows = marks.iter().map(|(id, mark)| signature_mark::ActiveModel { mark: Set(mark.clone()), signature_id: Set(*id) });
    let once = OnConflict::columns([signature_mark::Column::Mark, signature_mark::Column::SignatureId]).do_nothing().to_owned();
    signature_mark::Entity::insert_many(rows).on_conflict(once).exec_without_returning(txn).await?;
    let sharing = signature_mark::Entity::find().filter(signature_mark::Column::Mark.is_in(marks.values())).limit(BATCH * BATCH);
    let sharing = sharing.all(txn).await?;
    let called: HashMap<Uuid, String> = store::by_ids(txn, sharing.iter().map(|row| row.signature_id).collect())
        .await?
        .into_iter()
        .filter_map(|(signature, of)| Some((signature.id, name_key(&of.name?))))
        .collect();
    let mut names: HashMap<&str, HashSet<&str>> = HashMap::new();
    for row in &sharing {
        names.entry(&row.mark).or_default().extend(called.get(&row.signature_id).map(String::as_str));
    }
    Ok(marks.iter().filter(|(_, mark)| names.get(mark.as_str()).is_some_and(|names| names.len() > 1)).map(|(id, _)| *id).collect())
}

fn of_itself(keys: &Keys, states: &Directory, signature: &signature::Model, of: &signatory::Model) -> Vec<Signal> {
    if of.kind == SignatoryKind::Individual.key() {
        return Vec::new();
    }
    let contact = contact::of(keys, of);
    let state = of.iso3.as_deref().and_then(|iso3| states.state(iso3));
    signals::of_one(Said {
        mailbox: contact.as_ref().and_then(contact::Contact::domain),
        website: of.website.as_deref(),
        language: Language::of_interface(&signature.language).unwrap_or_default(),
        official: state.map(|state| state.languages.as_slice()).unwrap_or_default(),
    })
}

type OfNetwork = BTreeMap<String, Vec<(Uuid, DateTime<Utc>)>>;

async fn by_network(platform: &Platform, campaign: &Current) -> Result<OfNetwork, DbErr> {
    use signature::Column as C;
    let since = platform.clock.now() - LOOK_BACK;
    let recent = || {
        signature::Entity::find()
            .select_only()
            .filter(C::CampaignId.eq(campaign.id))
            .filter(C::State.is_in(SignatureState::ALL.iter().map(|state| state.key())))
            .filter(C::SignedAt.gte(since))
            .filter(C::Network.is_not_null())
    };
    // A rush at the deadline comes from everywhere: only networks of several are read.
    let busy = recent().column(C::Network).group_by(C::Network).having(ExprTrait::gte(C::Id.count(), MANY));
    let recent = recent().columns([C::Network, C::Id, C::SignedAt]).filter(C::Network.in_subquery(busy.into_query()));
    let recent = recent.order_by_asc(C::SignedAt).order_by_asc(C::Id);
    let mut of_network = OfNetwork::new();
    for (network, id, at) in recent.into_tuple::<(String, Uuid, DateTime<Utc>)>().all(platform.database.read()).await? {
        of_network.entry(network).or_default().push((id, at));
    }
    Ok(of_network)
}

/// A burst is set aside as a whole, those that were confirmed too: a moderator looks at it as one. What is verified already was seen by somebody, and
/// what was released once is not set aside again.
async fn set_bursts_aside(platform: &Platform, campaign: &Current) -> Result<(), vetting::VettingError> {
    let rules = &campaign.config.sign_on;
    let window = Duration::minutes(i64::from(rules.burst_minutes));
    for arrivals in by_network(platform, campaign).await?.into_values() {
        let burst = signals::in_bursts(&arrivals, usize::from(rules.burst_size), window);
        let signals: HashMap<Uuid, Signal> =
            arrivals.iter().map(|(id, _)| (*id, Signal::SameNetwork)).chain(burst.into_iter().map(|id| (id, Signal::Burst))).collect();
        let unmarked = signature::Entity::find()
            .filter(signature::Column::Id.is_in(signals.keys().copied()))
            .filter(signature::Column::State.is_in(OPEN.map(SignatureState::key)));
        let mut unmarked = unmarked.all(platform.database.read()).await?;
        unmarked.retain(|row| signals.get(&row.id).is_some_and(|signal| !read(row).contains(signal)));
        for row in unmarked {
            set_aside(platform, row.id, signals.get(&row.id).copied().unwrap_or(Signal::SameNetwork)).await?;
        }
    }
    Ok(())
}

async fn set_aside(platform: &Platform, id: Uuid, signal: Signal) -> Result<(), vetting::VettingError> {
    let now = platform.clock.now();
    let txn = platform.database.begin().await?;
    // Under its lock: it may have been decided on meanwhile.
    let Some((signature, signatory)) = vetting::locked(&txn, id).await? else { return Ok(()) };
    let is_open = signature.state.parse().is_ok_and(|state| OPEN.contains(&state));
    if !is_open || read(&signature).contains(&signal) {
        return Ok(());
    }
    raise(&txn, &signature, signal).await?;
    if signal == Signal::Burst {
        vetting::move_to(&txn, &signature, &signatory, SignatureState::Quarantined, now).await?;
        let entry = Entry::of(None, "signature.set_aside", "signature", id).with(json!({ "from": signature.state, "to": "quarantined" }));
        audit::append(&txn, entry, now).await?;
    }
    txn.commit().await?;
    Ok(())
}
