//! The evidence as a sheet in the columns of the shipped file, so that what goes out may come in again; and the board of a day as a sheet. No cell
//! runs as a formula. Must not decide who may have it: the audience does.

use std::{collections::HashMap, io};

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{ConnectionTrait, DbErr};
use uuid::Uuid;

use super::{
    derivation,
    item::{COLUMNS, Typed},
    store::{self, Audience, OVERALL},
};
use crate::{
    domain::{campaign::Campaign, language::Language, position::NO_DATA},
    platform::documents::csv::Sheet,
    states::Directory,
};

/// Why there is no sheet.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbErr),
    /// Writing failed.
    #[error(transparent)]
    Write(#[from] io::Error),
}

/// All evidence in force that an audience may see, oldest first, as a sheet.
///
/// # Errors
/// See [`ExportError`].
pub async fn evidence(db: &impl ConnectionTrait, campaign_id: Uuid, audience: Audience) -> Result<Vec<u8>, ExportError> {
    let mut items = store::evidence(db, campaign_id, audience).await?;
    items.reverse();
    let mut sheet = Sheet::new(false);
    sheet.row(COLUMNS)?;
    for item in items {
        sheet.row(Typed::of(&item.row, &item.issues).cells())?;
    }
    Ok(sheet.take()?)
}

/// Where every state stands on a day, from what had been recorded by an instant: each state's overall position, then the issues it spoke to. A state
/// without evidence has its line, which says so.
///
/// # Errors
/// See [`ExportError`].
pub async fn positions(
    db: &impl ConnectionTrait,
    campaign: (Uuid, &Campaign),
    states: &Directory,
    audience: Audience,
    (day, known): (NaiveDate, DateTime<Utc>),
) -> Result<Vec<u8>, ExportError> {
    let board = derivation::as_of(db, campaign, audience, day, known).await?;
    let keys: HashMap<Uuid, String> = store::import_keys(db, campaign.0, audience).await?;
    // A day must not look more exact than its source.
    let items = store::evidence(db, campaign.0, audience).await?.into_iter().map(|item| item.row);
    let exactness: HashMap<_, _> = items.map(|row| ((row.iso3, row.occurred_on), row.precision)).collect();
    let mut sheet = Sheet::new(false);
    sheet.row(["iso3", "state", "issue", "stance", "confidence", "via_group", "since", "since_precision", "evidence", "as_of"])?;
    let as_of = day.to_string();
    for state in states.states() {
        let name = state.forms.name(Language::En);
        if board.overall(&state.iso3).is_none() {
            sheet.row([&state.iso3, name, OVERALL, NO_DATA, "", "", "", "", "", &as_of])?;
        }
        for (issue, standing) in board.of(&state.iso3) {
            let evidence: Vec<&str> = standing.deciding.iter().filter_map(|id| keys.get(id).map(String::as_str)).collect();
            sheet.row([
                state.iso3.as_str(),
                name,
                issue,
                &standing.stance,
                standing.confidence.key(),
                if standing.via_group { "true" } else { "false" },
                &standing.since.map(|day| day.to_string()).unwrap_or_default(),
                standing.since.and_then(|day| exactness.get(&(state.iso3.clone(), day))).map_or("", String::as_str),
                &evidence.join(";"),
                &as_of,
            ])?;
        }
    }
    Ok(sheet.take()?)
}
