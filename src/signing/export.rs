//! Writes the signatures of the newest text as a sheet for the secretariat. Must hold no contact, and nothing of a withheld signatory that is not
//! public: neither name nor place, nor the language it was written to in (R14).

use std::{collections::HashMap, io::Write};

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::{
    campaigns::Current,
    domain::signature::Visibility,
    entities::{signatory, signature},
    platform::{Platform, documents::csv::Sheet},
};

const BATCH: u64 = 500;

/// The columns, in those of an import as far as they may leave the house.
pub const COLUMNS: [&str; 19] = [
    "id",
    "reference",
    "kind",
    "name",
    "original_name",
    "latin_name",
    "official_name",
    "acronym",
    "un_status",
    "affiliation",
    "location_label",
    "iso3",
    "website",
    "language",
    "visibility",
    "network_mode",
    "network_members",
    "signed_at",
    "state",
];

/// Writes all signatures, oldest first, reading a few hundred at a time. Returns how many.
///
/// # Errors
/// When the database fails or `out` takes no more.
pub async fn signatures_csv(platform: &Platform, campaign: &Current, mut out: impl Write) -> anyhow::Result<u64> {
    let mut sheet = Sheet::new(true);
    sheet.row(COLUMNS)?;
    let (mut after, mut written) = (Uuid::nil(), 0);
    loop {
        let batch = signature::Entity::find()
            .filter(signature::Column::CampaignId.eq(campaign.id))
            .filter(signature::Column::TextVersionId.eq(campaign.text.id))
            .filter(signature::Column::Id.gt(after))
            .order_by_asc(signature::Column::Id)
            .limit(BATCH)
            .all(platform.database.read())
            .await?;
        let Some(last) = batch.last() else { break };
        after = last.id;
        let signatories = signatory::Entity::find()
            .filter(signatory::Column::Id.is_in(batch.iter().map(|row| row.signatory_id)))
            .all(platform.database.read())
            .await?;
        let mut signatories: HashMap<Uuid, signatory::Model> = signatories.into_iter().map(|row| (row.id, row)).collect();
        for row in batch {
            let Some(of) = signatories.remove(&row.signatory_id) else { continue };
            sheet.row(cells(row, of))?;
            written += 1;
        }
        out.write_all(&sheet.take()?)?;
    }
    out.write_all(&sheet.take()?)?;
    out.flush()?;
    Ok(written)
}

fn cells(row: signature::Model, of: signatory::Model) -> [String; 19] {
    let named = row.visibility.parse().is_ok_and(Visibility::shows_name);
    let public = |cell: Option<String>| cell.filter(|_| named).unwrap_or_default();
    [
        row.submission_key,
        row.reference,
        of.kind,
        public(of.name),
        public(of.original_name),
        public(of.latin_name),
        public(of.official_name),
        public(of.acronym),
        public(of.un_status),
        public(of.affiliation),
        public(of.location_label),
        public(of.iso3),
        public(of.website),
        public(Some(row.language)),
        row.visibility,
        public(of.network_mode),
        public(of.network_members.map(|members| members.to_string())),
        row.signed_at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
        row.state,
    ]
}
