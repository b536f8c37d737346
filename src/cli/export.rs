//! `demarche export …`: sheets to standard output. No contact and no withheld name is in any of them.

use std::io;

use clap::Subcommand;

use crate::{
    app::{App, Replaced},
    config::Config,
    signing::export,
};

/// What can be exported.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// All signatures of the newest text, in any state.
    Signatures,
}

pub(super) async fn run(config: &Config, command: Command) -> anyhow::Result<()> {
    let app = App::compose(config, false, Replaced::default()).await?;
    match command {
        Command::Signatures => {
            let campaign = app.campaigns.get(&app.platform).await?;
            let written = export::signatures_csv(&app.platform, &campaign, io::stdout().lock()).await?;
            eprintln!("{written} signatures written");
        }
    }
    Ok(())
}
