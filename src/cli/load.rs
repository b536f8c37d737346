//! `demarche migrate` and `demarche load`: the schema, the reference facts, a campaign. Repeatable.

use secrecy::ExposeSecret;

use crate::{
    app,
    config::Config,
    domain::clock::Clock,
    platform::{clock::SystemClock, database::Database},
};

/// What `load` takes.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// A campaign folder: one of the shipped ones by name, or a path.
    #[arg(long, default_value = "cah")]
    campaign: String,
}

pub(super) async fn migrate(config: &Config) -> anyhow::Result<()> {
    Database::open(config.database_url.expose_secret(), 1, true).await?.close().await?;
    eprintln!("The database has this program's schema.");
    Ok(())
}

pub(super) async fn run(config: &Config, arguments: &Arguments) -> anyhow::Result<()> {
    let database = Database::open(config.database_url.expose_secret(), 1, true).await?;
    app::load_reference(&database, &arguments.campaign, SystemClock.now()).await?;
    database.close().await?;
    eprintln!("Reference facts and the campaign {} are loaded.", arguments.campaign);
    Ok(())
}
