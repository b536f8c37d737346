//! `demarche mail receive`: a mail from standard input into the holding pen, as a mail server's pipe hands it over. Ends as such a pipe is to end
//! (sysexits): 0 kept or known, 75 come again, 65 no mail. Must lose nothing: whatever is no fault of the mail asks the server to come again.

use std::io::{Read, stdin};

use clap::Subcommand;

use crate::{
    app::{App, Replaced},
    config::Config,
    replies::inbound::{self, InboundError, Received},
};

/// Bytes that are read; mail servers take far less.
const LARGEST_READ: u64 = 64 * 1024 * 1024;

/// What can be done with mail.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Keep a mail, read from standard input, for a person; repeatable.
    Receive,
}

/// How the pipe ends.
#[derive(Debug, thiserror::Error)]
pub(super) enum PipeFailure {
    /// The server is to try again.
    #[error("the mail could not be kept now: {0:#}")]
    ComeAgain(anyhow::Error),
    /// These bytes are no mail, and never will be.
    #[error("this is no mail")]
    NoMail,
}

impl PipeFailure {
    /// As in sysexits.h.
    pub(super) const fn code(&self) -> u8 {
        match self {
            Self::ComeAgain(_) => 75,
            Self::NoMail => 65,
        }
    }
}

pub(super) async fn run(command: Command) -> anyhow::Result<()> {
    let Command::Receive = command;
    let mut raw = Vec::new();
    stdin().lock().take(LARGEST_READ).read_to_end(&mut raw).map_err(|error| PipeFailure::ComeAgain(error.into()))?;
    let received = match receive(&raw).await {
        Ok(received) => received?,
        Err(error) => return Err(PipeFailure::ComeAgain(error).into()),
    };
    match received {
        Received::New(id) => println!("kept as {id}"),
        Received::Known => println!("known"),
    }
    Ok(())
}

async fn receive(raw: &[u8]) -> anyhow::Result<Result<Received, PipeFailure>> {
    let app = App::compose(&Config::from_environment()?, false, Replaced::default()).await?;
    let campaign = app.campaigns.get(&app.platform).await?;
    match inbound::receive(&app.platform, &campaign, raw).await {
        Ok(received) => Ok(Ok(received)),
        Err(InboundError::NoMail) => Ok(Err(PipeFailure::NoMail)),
        Err(error) => Err(error.into()),
    }
}
