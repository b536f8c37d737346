//! What moved between two days, and why: the difference of two boards, each rebuilt as it was known then (R63). Must not read the log of
//! changes: the two are held against each other in a test.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr};
use uuid::Uuid;

use super::{
    derivation::{Board, as_of, cause},
    store::Audience,
};
use crate::domain::{campaign::Campaign, position::NO_DATA};

/// One moved position.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// The state.
    pub iso3: String,
    /// Code of the issue; empty: overall.
    pub issue: String,
    /// Where it stood; `no_data` when it had no position.
    pub from: String,
    /// Where it stands.
    pub to: String,
    /// The evidence that caused it; none when it only aged.
    pub cause: Option<Uuid>,
}

/// The moves between two instants, each board as it was known at its instant.
///
/// # Errors
/// When the database fails.
pub async fn between(
    db: &impl ConnectionTrait,
    campaign: (Uuid, &Campaign),
    audience: Audience,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Result<Vec<Change>, DbErr> {
    let before = as_of(db, campaign, audience, from.date_naive(), from).await?;
    let after = as_of(db, campaign, audience, to.date_naive(), to).await?;
    Ok(difference(&before, &after))
}

/// The moves from one board to another, by state and issue.
pub fn difference(before: &Board, after: &Board) -> Vec<Change> {
    let keys: BTreeSet<_> = before.0.keys().chain(after.0.keys()).collect();
    let moved = keys.into_iter().filter_map(|key| {
        let (old, new) = (before.0.get(key), after.0.get(key));
        let from = old.map_or(NO_DATA, |standing| standing.stance.as_str());
        let to = new.map_or(NO_DATA, |standing| standing.stance.as_str());
        let deciding = |standing: Option<&super::derivation::Standing>| standing.map_or_else(Vec::new, |s| s.deciding.clone());
        (from != to).then(|| Change {
            iso3: key.0.clone(),
            issue: key.1.clone(),
            from: from.to_owned(),
            to: to.to_owned(),
            cause: cause(&deciding(old), &deciding(new)),
        })
    });
    moved.collect()
}
