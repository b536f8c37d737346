//! The demonstration's signatories: fictitious, marked as such in every name. Repeatable: what a person did to one of them stays. Must not read a
//! sheet in its own way: the import does.

use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

use super::import::{self, Options};
use crate::{campaigns::Current, domain::signature::SignatureOrigin, entities::signature, platform::Platform, states::Directory};

static FILE: &[u8] = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/demo/signatories.csv"));

/// Loads those that are not there yet. Returns how many were added.
///
/// # Errors
/// When the shipped file has faults or the database fails.
pub async fn load(platform: &Platform, of: (&Current, &Directory)) -> anyhow::Result<u64> {
    let present = signature::Entity::find()
        .filter(signature::Column::CampaignId.eq(of.0.id))
        .filter(signature::Column::Origin.eq(SignatureOrigin::Demo.key()))
        .count(platform.database.read())
        .await?;
    // Fewer only where an earlier load was broken off: then the rest follows, and what is there stays as it is.
    if present >= csv::Reader::from_reader(FILE).into_records().count() as u64 {
        return Ok(0);
    }
    let options = Options { dry_run: false, origin: SignatureOrigin::Demo };
    let report = import::signatures(platform, of, FILE, options, |_| {}).await?;
    if let Some(reject) = report.rejects.first() {
        anyhow::bail!("the demonstration's signatories, line {}: {}", reject.line, reject.reason);
    }
    Ok(report.added)
}
