//! Finds signatures that may be of one signatory: gives each its keyed marks, and scores those that share one (R11). Runs in the background. Must not
//! decide anything, and must keep nothing of a signature whose name is hidden.
//!
//! Cost: seven queries a batch, whatever the number of signatures; a mark that many share leads nowhere.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, LockType, OnConflict},
};
use uuid::Uuid;

use super::{
    contact::{self, Contact},
    duplicates,
    store::{self, Signed},
};
use crate::{
    campaigns::Current,
    domain::{
        identity::{self, Facts, Identity},
        language::Language,
        resemblance::compare,
        signature::{SignatoryKind, SignatureState},
    },
    entities::{duplicate_pair, signatory, signature, signature_mark},
    platform::{Platform, crypto::Keys},
    states::Directory,
};

/// Signatures of one transaction.
const BATCH: u64 = 100;
/// A mark that more share says nothing: "the words of half the list".
const MOST_SHARED: i64 = 60;
/// Values of one statement; both databases take more.
const VALUES: usize = 4000;

/// Those that are compared, and whose marks lead to them.
const COMPARED: [SignatureState; 3] = [SignatureState::Confirmed, SignatureState::Verified, SignatureState::Quarantined];

/// Compares the next batch; `false` when nothing was left.
///
/// # Errors
/// When the database fails.
pub(super) async fn compare_batch(platform: &Platform, campaign: &Current, states: &Directory) -> Result<bool, DbErr> {
    let waiting = signature::Entity::find()
        .select_only()
        .column(signature::Column::Id)
        .filter(signature::Column::CampaignId.eq(campaign.id))
        .filter(signature::Column::State.is_in(COMPARED.map(SignatureState::key)))
        .filter(signature::Column::ComparedBy.lt(identity::RULE))
        .limit(BATCH);
    let ids: Vec<Uuid> = waiting.into_tuple().all(platform.database.read()).await?;
    if ids.is_empty() {
        return Ok(false);
    }
    let now = platform.clock.now();
    let txn = platform.database.begin_on_growing_tables().await?;
    // Held until the marks are written: a name is hidden before, and has none, or after, and they go with it.
    let held = signature::Entity::find().filter(signature::Column::Id.is_in(ids)).order_by_asc(signature::Column::Id);
    let held = store::with_signatories(&txn, held.lock(LockType::NoKeyUpdate).all(&txn).await?).await?;
    let compared: Vec<Uuid> = held.iter().map(|(signature, _)| signature.id).collect();
    let batch = recognisable(&platform.keys, states, held);
    signature_mark::Entity::delete_many().filter(signature_mark::Column::SignatureId.is_in(compared.iter().copied())).exec(&txn).await?;
    let rows: Vec<_> = batch
        .values()
        .flat_map(|found| {
            found.marks.iter().map(|mark| signature_mark::ActiveModel { mark: Set(mark.clone()), signature_id: Set(found.id) })
        })
        .collect();
    for rows in rows.chunks(VALUES) {
        signature_mark::Entity::insert_many(rows.iter().cloned()).exec_without_returning(&txn).await?;
    }
    let pairs = pairs(&txn, &platform.keys, states, &batch).await?;
    keep(&txn, campaign.id, pairs, now).await?;
    signature::Entity::update_many()
        .col_expr(signature::Column::ComparedBy, Expr::value(identity::RULE))
        .filter(signature::Column::Id.is_in(compared))
        .exec(&txn)
        .await?;
    txn.commit().await?;
    Ok(true)
}

/// A signature as it is compared.
struct Recognised {
    id: Uuid,
    text: Uuid,
    identity: Identity,
    marks: BTreeSet<String>,
}

/// Those whose names are not hidden.
fn recognisable(keys: &Keys, states: &Directory, signed: Vec<Signed>) -> BTreeMap<Uuid, Recognised> {
    signed.into_iter().filter_map(|(signature, of)| Some((signature.id, recognised(keys, states, &signature, &of)?))).collect()
}

fn recognised(keys: &Keys, states: &Directory, signature: &signature::Model, of: &signatory::Model) -> Option<Recognised> {
    let name = of.name.as_deref()?;
    let others = [&of.original_name, &of.latin_name, &of.official_name].into_iter().filter_map(|name| name.as_deref());
    let names: Vec<&str> = std::iter::once(name).chain(others).collect();
    let state = of.iso3.as_deref().and_then(|iso3| states.state(iso3));
    let countries: Vec<&str> =
        state.iter().flat_map(|state| Language::INTERFACE.iter().map(|language| state.forms.name(*language))).collect();
    let contact = contact::of(keys, of);
    let identity = Identity::of(&Facts {
        kind: of.kind.parse().unwrap_or(SignatoryKind::Organisation),
        names: &names,
        acronym: of.acronym.as_deref(),
        website: of.website.as_deref(),
        mail_domain: contact.as_ref().and_then(Contact::domain),
        iso3: of.iso3.as_deref(),
        country_names: &countries,
    });
    // One organisation may sign two texts: only who signed the same one may have signed it twice.
    let text = signature.text_version_id;
    let mark = |key: String| contact::short_mark(keys, "signature.resembles", &format!("{text} {key}"));
    let by_contact = contact.as_ref().and_then(|contact| contact::mark(keys, text, contact));
    let marks = identity.keys().into_iter().map(mark).chain(by_contact).collect();
    Some(Recognised { id: signature.id, text, identity, marks })
}

struct Pair {
    ids: (Uuid, Uuid),
    score: i32,
    reasons: String,
}

/// Whoever shares a mark with one of the batch and looks like it.
async fn pairs(txn: &DatabaseTransaction, keys: &Keys, states: &Directory, batch: &BTreeMap<Uuid, Recognised>) -> Result<Vec<Pair>, DbErr> {
    let marks: BTreeSet<&String> = batch.values().flat_map(|found| &found.marks).collect();
    let marks: Vec<&String> = marks.into_iter().collect();
    let mut sharing: HashMap<String, Vec<Uuid>> = HashMap::new();
    for marks in marks.chunks(VALUES) {
        let telling: Vec<String> = signature_mark::Entity::find()
            .select_only()
            .column(signature_mark::Column::Mark)
            .filter(signature_mark::Column::Mark.is_in(marks.iter().copied()))
            .group_by(signature_mark::Column::Mark)
            .having(ExprTrait::between(signature_mark::Column::SignatureId.count(), 2, MOST_SHARED))
            .into_tuple()
            .all(txn)
            .await?;
        for row in signature_mark::Entity::find().filter(signature_mark::Column::Mark.is_in(telling)).all(txn).await? {
            sharing.entry(row.mark).or_default().push(row.signature_id);
        }
    }
    let others: HashSet<Uuid> = sharing.values().flatten().copied().filter(|id| !batch.contains_key(id)).collect();
    let others: Vec<Uuid> = others.into_iter().collect();
    let mut met = BTreeMap::new();
    let mut merged = HashSet::new();
    for ids in others.chunks(VALUES) {
        let rows = signature::Entity::find().filter(signature::Column::Id.is_in(ids.iter().copied())).all(txn).await?;
        let is_met = |row: &signature::Model| {
            row.state.parse().is_ok_and(|state: SignatureState| COMPARED.contains(&state) || state == SignatureState::Merged)
        };
        let rows: Vec<_> = rows.into_iter().filter(is_met).collect();
        merged.extend(rows.iter().filter(|row| row.state == SignatureState::Merged.key()).map(|row| row.id));
        met.extend(recognisable(keys, states, store::with_signatories(txn, rows).await?));
    }
    let mut seen: BTreeMap<(Uuid, Uuid), Pair> = BTreeMap::new();
    for one in batch.values() {
        let ids: BTreeSet<Uuid> =
            one.marks.iter().filter_map(|mark| sharing.get(mark)).flatten().copied().filter(|id| *id != one.id).collect();
        for other in ids.iter().filter_map(|id| batch.get(id).or_else(|| met.get(id))) {
            let found = compare(&one.identity, &other.identity);
            if one.text != other.text || !found.is_proposed() {
                continue;
            }
            // Whoever looks like one that was merged looks like the one that stands for it.
            let stands = if merged.contains(&other.id) { duplicates::standing_for(txn, other.id).await? } else { other.id };
            if stands == one.id {
                continue;
            }
            let ids = duplicates::ordered(one.id, stands);
            let reasons: Vec<&str> = found.reasons.iter().map(|reason| reason.key()).collect();
            let pair = Pair { ids, score: found.score, reasons: reasons.join(" ") };
            let best = seen.entry(ids).or_insert_with(|| Pair { ids, score: i32::MIN, reasons: String::new() });
            if best.score < pair.score {
                *best = pair;
            }
        }
    }
    Ok(seen.into_values().collect())
}

/// Writes pairs down. What people decided stays decided; of one that waits the score is made anew.
async fn keep(txn: &DatabaseTransaction, campaign: Uuid, pairs: Vec<Pair>, now: DateTime<Utc>) -> Result<(), DbErr> {
    use duplicate_pair::Column as C;
    let rows = pairs.into_iter().map(|pair| duplicate_pair::ActiveModel {
        id: Set(Uuid::now_v7()),
        campaign_id: Set(campaign),
        one_id: Set(pair.ids.0),
        other_id: Set(pair.ids.1),
        score: Set(pair.score),
        reasons: Set(pair.reasons),
        state: Set(duplicates::PairState::Open.key().to_owned()),
        kept_id: Set(None),
        state_before: Set(None),
        filled: Set(None),
        created_at: Set(now),
        decided_by: Set(None),
        decided_at: Set(None),
    });
    let rows: Vec<_> = rows.collect();
    for rows in rows.chunks(VALUES / 13) {
        let again = OnConflict::columns([C::OneId, C::OtherId]).update_columns([C::Score, C::Reasons]).to_owned();
        duplicate_pair::Entity::insert_many(rows.iter().cloned()).on_conflict(again).exec_without_returning(txn).await?;
    }
    Ok(())
}
