//! `demarche import …`: sheets into the tables, with the faulty lines named. Repeatable.

use std::{fs::File, path::PathBuf};

use anyhow::Context;
use clap::{Args, Subcommand};

use crate::{
    app::{App, Replaced},
    config::Config,
    domain::signature::SignatureOrigin,
    signing::import::{self, Options},
    states,
};

/// What can be imported.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Signatories with their signatures. Known ones stay as they are; withdrawn ones stay withdrawn.
    Signatures(Sheet),
    /// States, in the columns of the shipped file.
    States(Sheet),
}

#[derive(Debug, Args)]
pub(super) struct Sheet {
    /// A CSV file in UTF-8.
    file: PathBuf,
    /// Change nothing, only say what would happen.
    #[arg(long)]
    dry_run: bool,
}

pub(super) async fn run(config: &Config, command: Command) -> anyhow::Result<()> {
    let app = App::compose(config, false, Replaced::default()).await?;
    match command {
        Command::Signatures(sheet) => signatures(&app, &sheet).await,
        Command::States(sheet) => states(&app, &sheet).await,
    }
}

async fn signatures(app: &App, sheet: &Sheet) -> anyhow::Result<()> {
    let file = File::open(&sheet.file).with_context(|| format!("cannot read {}", sheet.file.display()))?;
    let (campaign, directory) = (app.campaigns.get(&app.platform).await?, app.states.get(&app.platform).await?);
    let options = Options { dry_run: sheet.dry_run, origin: SignatureOrigin::Import };
    let report = import::signatures(&app.platform, (&campaign, &directory), file, options, |lines| eprintln!("{lines} lines read")).await?;
    for reject in &report.rejects {
        eprintln!("line {}: {}", reject.line, reject.reason);
    }
    let verb = if sheet.dry_run { "would be added" } else { "added" };
    println!(
        "{} lines: {} {verb}, {} known, {} withdrawn or declined before, {} rejected",
        report.lines, report.added, report.known, report.ended, report.rejected
    );
    anyhow::ensure!(report.rejected == 0, "{} lines were not taken", report.rejected);
    Ok(())
}

async fn states(app: &App, sheet: &Sheet) -> anyhow::Result<()> {
    let text = std::fs::read(&sheet.file).with_context(|| format!("cannot read {}", sheet.file.display()))?;
    let name = sheet.file.display().to_string();
    let txn = app.platform.database.begin().await?;
    let loaded = states::reference::load_states(&txn, &name, states::reference::rows(&name, &text)?).await?;
    states::posts::ensure_for_all_states(&txn, app.platform.clock.now()).await?;
    if sheet.dry_run {
        txn.rollback().await?;
    } else {
        txn.commit().await?;
    }
    let verb = if sheet.dry_run { "would be added" } else { "added" };
    println!("{} states read, {} {verb}", loaded.read, loaded.added);
    Ok(())
}
