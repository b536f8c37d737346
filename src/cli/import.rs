//! `demarche import …`: sheets into the tables, with the faulty lines named. Repeatable.

use std::{fs::File, io::Read, path::PathBuf};

use anyhow::Context;
use clap::{Args, Subcommand};

use crate::{
    app::{App, Replaced},
    config::Config,
    domain::{language::Language, signature::SignatureOrigin},
    platform::{
        documents::source::{self, SheetEncoding},
        i18n,
    },
    positions,
    signing::import::{self, Options},
    states,
};

/// What can be imported.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Signatories with their signatures. Known ones stay as they are; withdrawn ones stay withdrawn.
    Signatures(Sheet),
    /// What states said and did. A changed line takes the place of the earlier one, which stays for earlier boards.
    Evidence(Sheet),
    /// States, in the columns of the shipped file. All lines or none.
    States(Sheet),
    /// Who holds which post and how it is reached, in the columns `export addressees` writes. Nothing is taken away.
    Addressees(Sheet),
}

#[derive(Debug, Args)]
pub(super) struct Sheet {
    /// A CSV file in UTF-8, or in UTF-16 with its mark, or an XLSX workbook, of which the first sheet is read.
    file: PathBuf,
    /// utf-8, utf-16le, utf-16be, windows-1250, windows-1251, windows-1252 or windows-1256.
    #[arg(long)]
    encoding: Option<SheetEncoding>,
    /// Change nothing, only say what would happen.
    #[arg(long)]
    dry_run: bool,
}

pub(super) async fn run(config: &Config, command: Command) -> anyhow::Result<()> {
    let app = App::compose(config, false, Replaced::default()).await?;
    match command {
        Command::Signatures(sheet) => signatures(&app, &sheet).await,
        Command::Evidence(sheet) => evidence(&app, &sheet).await,
        Command::States(sheet) => states(&app, &sheet).await,
        Command::Addressees(sheet) => addressees(&app, &sheet).await,
    }
}

async fn signatures(app: &App, sheet: &Sheet) -> anyhow::Result<()> {
    let file = sheet.open()?;
    let (campaign, directory) = (app.campaigns.get(&app.platform).await?, app.states.get(&app.platform).await?);
    let options = Options { dry_run: sheet.dry_run, origin: SignatureOrigin::Import };
    let report = import::signatures(&app.platform, (&campaign, &directory), file, options, |lines| eprintln!("{lines} lines read")).await?;
    for reject in &report.rejects {
        eprintln!("line {}: {}", reject.line, reject.reason);
    }
    let verb = if sheet.dry_run { "would be added" } else { "added" };
    println!(
        "{} lines: {} {verb}, {} known, {} known and shown less from now on, {} withdrawn or declined before, {} rejected",
        report.lines, report.added, report.known, report.hidden, report.ended, report.rejected
    );
    anyhow::ensure!(report.rejected == 0, "{} lines were not taken", report.rejected);
    Ok(())
}

async fn evidence(app: &App, sheet: &Sheet) -> anyhow::Result<()> {
    let (file, campaign) = (sheet.whole()?, app.campaigns.get(&app.platform).await?);
    let progress = |report: &positions::import::Report| {
        let done = report.added + report.superseded + report.unchanged + report.rejected;
        eprintln!("{done} of {} lines", report.lines);
    };
    let of = (campaign.id, &campaign.config);
    let report = positions::import::evidence(&app.platform, of, &file, sheet.dry_run, None, progress).await?;
    for reject in &report.rejects {
        eprintln!("line {}: {}", reject.line, reject.reason);
    }
    println!(
        "{} lines: {} new, {} changed, {} known, {} rejected{}",
        report.lines,
        report.added,
        report.superseded,
        report.unchanged,
        report.rejected,
        dry(sheet)
    );
    if report.changes() && !sheet.dry_run {
        let derived = positions::keeping::derive(&app.platform.database, campaign.id, app.platform.clock.now()).await?;
        println!("{} positions written, {} taken away, {} stances moved", derived.written, derived.removed, derived.moved);
    }
    anyhow::ensure!(report.rejected == 0, "{} lines were not taken", report.rejected);
    Ok(())
}

async fn states(app: &App, sheet: &Sheet) -> anyhow::Result<()> {
    let file = sheet.whole()?;
    let txn = app.platform.database.begin().await?;
    let report = states::sheet::import(&txn, &file, &states::reference::tiles()?).await?;
    states::posts::ensure_for_all_states(&txn, app.platform.clock.now()).await?;
    if sheet.dry_run || !report.rejects.is_empty() {
        txn.rollback().await?;
    } else {
        txn.commit().await?;
    }
    for reject in &report.rejects {
        eprintln!("line {}: {}", reject.line, reject.reason);
    }
    for difference in &report.differences {
        println!("{} {}: {:?} becomes {:?}", difference.iso3, difference.column, difference.from, difference.to);
    }
    if !report.absent.is_empty() {
        eprintln!("not in the file, left as they are: {}", report.absent.join(" "));
    }
    println!("{} lines: {} new, {} changed{}", report.lines, report.added.len(), report.changed(), dry(sheet));
    anyhow::ensure!(report.rejects.is_empty(), "{} lines have faults; no line was taken", report.rejects.len());
    Ok(())
}

async fn addressees(app: &App, sheet: &Sheet) -> anyhow::Result<()> {
    let (file, directory) = (sheet.whole()?, app.states.get(&app.platform).await?);
    let report = states::register_sheet::import(&app.platform, &directory, &file, sheet.dry_run, None).await?;
    for reject in &report.rejects {
        eprintln!("line {}, {}: {}", reject.line, reject.field, i18n::word(Language::En, reject.code));
    }
    for change in &report.changes {
        println!("{} {}: {}", change.iso3, change.post, change.fields.join(", "));
    }
    println!("{} lines: {} new, {} known{}", report.lines, report.entered, report.unchanged, dry(sheet));
    anyhow::ensure!(report.rejects.is_empty(), "{} faults", report.rejects.len());
    Ok(())
}

impl Sheet {
    /// What stands in the file, as text.
    fn open(&self) -> anyhow::Result<Box<dyn Read + Send>> {
        let cannot = || format!("cannot read {}", self.file.display());
        let file = File::open(&self.file).with_context(cannot)?;
        source::open(file, self.encoding).with_context(cannot)
    }

    /// The same at once. Without an encoding what is no workbook stays as it is: whoever reads it whole says which byte is wrong.
    fn whole(&self) -> anyhow::Result<Vec<u8>> {
        let mut bytes = std::fs::read(&self.file).with_context(|| format!("cannot read {}", self.file.display()))?;
        if self.encoding.is_none() && !source::is_archive(&bytes) {
            return Ok(bytes);
        }
        bytes.clear();
        self.open()?.read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

fn dry(sheet: &Sheet) -> &'static str {
    if sheet.dry_run { " (dry run: nothing was changed)" } else { "" }
}
