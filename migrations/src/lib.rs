//! The schema of Demarche: hand-written migrations, one per room, each up and down on SQLite and PostgreSQL.
//!
//! Names of constraints are part of the contract: the application turns a broken `ux_…` into a field error.

mod m0001_platform;
mod m0002_accounts;
mod m0003_campaigns;
mod m0004_states;
mod m0005_signing;
mod m0006_letters;
mod m0007_replies;
mod m0008_positions;
mod m0009_audit;
mod m0010_labels;
mod m0011_letters;
mod m0013_corrections;
mod m0014_duplicates;
mod m0015_authority;
mod m0016_rules;
mod m0017_revisions;
mod m0018_imports;
mod m0019_deadlines;
mod m0020_publication;
mod m0021_invitations;
mod m0022_details;
mod m0023_reveals;
mod m0024_logos;
mod m0025_looks;
mod m0026_register;
mod m0027_inbound;
mod m0028_reports;
mod m0029_plan;
mod m0030_meetings;
mod m0031_edits;
mod m0032_sending;
mod m0033_templates;
mod m0036_openings;
mod m0037_proofs;
mod m0038_event_days;
mod statements;

pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::{MigrationTrait, async_trait};

/// Brings a database to the schema this program expects.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_platform::Platform),
            Box::new(m0002_accounts::Accounts),
            Box::new(m0003_campaigns::Campaigns),
            Box::new(m0004_states::States),
            Box::new(m0005_signing::Signing),
            Box::new(m0006_letters::Letters),
            Box::new(m0007_replies::Replies),
            Box::new(m0008_positions::Positions),
            Box::new(m0009_audit::Audit),
            Box::new(m0010_labels::Labels),
            Box::new(m0011_letters::LetterWays),
            Box::new(m0013_corrections::Corrections),
            Box::new(m0014_duplicates::Duplicates),
            Box::new(m0015_authority::Authority),
            Box::new(m0016_rules::Rules),
            Box::new(m0017_revisions::Revisions),
            Box::new(m0018_imports::Imports),
            Box::new(m0019_deadlines::Deadlines),
            Box::new(m0020_publication::Publication),
            Box::new(m0021_invitations::Invitations),
            Box::new(m0022_details::Details),
            Box::new(m0023_reveals::Reveals),
            Box::new(m0024_logos::Logos),
            Box::new(m0025_looks::Looks),
            Box::new(m0026_register::Register),
            Box::new(m0027_inbound::Inbound),
            Box::new(m0028_reports::Reports),
            Box::new(m0029_plan::Plan),
            Box::new(m0030_meetings::Meetings),
            Box::new(m0031_edits::Edits),
            Box::new(m0032_sending::Sending),
            Box::new(m0033_templates::Templates),
            Box::new(m0036_openings::Openings),
            Box::new(m0037_proofs::Proofs),
            Box::new(m0038_event_days::EventDays),
        ]
    }
}
