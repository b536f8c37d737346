//! The command line: one file per command. Must hold no rules. Exit codes: 0 done, 1 failed, 2 wrong usage or settings;
//! those of `mail` are with it.

mod check;
mod demo;
mod export;
mod health;
mod import;
mod letters;
mod load;
mod mail;
mod rehearsal;
mod serve;
mod show_config;
mod user;
mod visit;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::{
    config::{Config, ConfigError},
    platform::telemetry,
};

#[derive(Debug, Parser)]
#[command(name = "demarche", version, about = "Joint statements, letters to governments and a sourced record of state positions")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Everything at once on an embedded database: reference data, the demo campaign, server and worker. No mail leaves.
    Demo(demo::Arguments),
    /// Serve pages, and run the worker unless told not to.
    Serve(serve::Arguments),
    /// Run the worker alone.
    Worker,
    /// Bring the database to this program's schema.
    Migrate,
    /// Load the reference facts and a campaign folder; repeatable.
    Load(load::Arguments),
    /// Check settings, database, mail and every template in every language.
    Check,
    /// Ask the server on this machine whether it is ready; for health checks.
    Health,
    /// Show all settings and where each came from; secrets masked.
    Config,
    /// Read a sheet into the database; repeatable.
    Import {
        #[command(subcommand)]
        command: import::Command,
    },
    /// Write a sheet to standard output.
    Export {
        #[command(subcommand)]
        command: export::Command,
    },
    /// Letters of a round.
    Letters {
        #[command(subcommand)]
        command: letters::Command,
    },
    /// Mail that comes in, and whether ours is believed.
    Mail {
        #[command(subcommand)]
        command: mail::Command,
    },
    /// Staff accounts.
    User {
        #[command(subcommand)]
        command: user::Command,
    },
}

/// An argument that names nothing there is.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct WrongUsage(String);

/// Reads the arguments, runs the command, says what went wrong in one line.
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error.into()),
    };
    telemetry::start();
    let done = runtime.block_on(async {
        match arguments.command {
            Command::Demo(arguments) => demo::run(arguments).await,
            Command::Serve(arguments) => serve::run(&Config::from_environment()?, arguments).await,
            Command::Worker => serve::work(&Config::from_environment()?).await,
            Command::Migrate => load::migrate(&Config::from_environment()?).await,
            Command::Load(arguments) => load::run(&Config::from_environment()?, &arguments).await,
            Command::Check => check::run(&Config::from_environment()?).await,
            Command::Health => health::run(&Config::from_environment()?).await,
            Command::Config => show_config::run(),
            Command::Import { command } => import::run(&Config::from_environment()?, command).await,
            Command::Export { command } => export::run(&Config::from_environment()?, command).await,
            Command::Letters { command } => letters::run(&Config::from_environment()?, command).await,
            Command::Mail { command } => mail::run(command).await,
            Command::User { command } => user::run(&Config::from_environment()?, command).await,
        }
    });
    // Blocking work that is still running must not hold the process.
    runtime.shutdown_timeout(std::time::Duration::from_secs(5));
    done.map_or_else(|error| failed(&error), |()| ExitCode::SUCCESS)
}

fn failed(error: &anyhow::Error) -> ExitCode {
    // Errors that pass another one's words on say the same twice; once is enough.
    let mut said: Vec<String> = Vec::new();
    for cause in error.chain().map(ToString::to_string) {
        if !said.iter().any(|words| words.contains(&cause)) {
            said.push(cause);
        }
    }
    eprintln!("demarche: {}", said.join(": "));
    if let Some(pipe) = error.downcast_ref::<mail::PipeFailure>() {
        return ExitCode::from(pipe.code());
    }
    if let Some(check) = error.downcast_ref::<mail::CheckFailure>() {
        return ExitCode::from(check.code());
    }
    if error.is::<ConfigError>() || error.is::<WrongUsage>() { ExitCode::from(2) } else { ExitCode::FAILURE }
}
