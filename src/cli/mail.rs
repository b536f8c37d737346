//! `demarche mail check`: whether receivers can believe our mail. `demarche mail receive`: a mail from standard input into the holding pen, as a mail server's pipe hands it over. Ends as such a pipe is to end
//! (sysexits): 0 kept or known, 75 come again, 65 no mail. Must lose nothing: whatever is no fault of the mail asks the server to come again.

use std::{
    io::{Read, stdin},
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use clap::Subcommand;

use super::WrongUsage;
use crate::{
    app::{App, Replaced},
    config::{Config, DkimConfig, MailConfig},
    domain::mail_health::Grade,
    platform::mail::{
        SmtpTransport,
        health::{self, Sender},
        resolver::Resolver,
    },
    replies::inbound::{self, InboundError, Received},
};

/// Bytes that are read; mail servers take far less.
const LARGEST_READ: u64 = 64 * 1024 * 1024;

/// What can be done with mail.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Keep a mail, read from standard input, for a person; repeatable.
    Receive,
    /// Ask DNS whether receivers can believe our mail: SPF, DKIM, DMARC and reverse DNS. Ends with 1 for faults, with 75 when something could not be asked.
    Check(CheckArguments),
}

#[derive(Debug, clap::Args)]
pub(super) struct CheckArguments {
    /// The server of names to ask, such as 127.0.0.1:53; otherwise those of the system.
    #[arg(long, value_name = "ADDRESS:PORT")]
    resolver: Option<SocketAddr>,
    /// The public address mail leaves from.
    #[arg(long, value_name = "ADDRESS")]
    sending_ip: Option<IpAddr>,
    /// How long to wait for an answer.
    #[arg(long, value_name = "SECONDS", default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=60))]
    timeout: u64,
}

/// How a check of the sender's domain ends that is not good.
#[derive(Debug, thiserror::Error)]
pub(super) enum CheckFailure {
    /// Something has to be set right.
    #[error("mail from this domain may be refused: see the lines marked FAULT")]
    Faults,
    /// Says nothing about the domain.
    #[error("not everything could be asked: try again, or name a server with --resolver")]
    NotAsked,
}

impl CheckFailure {
    /// 1 as any failure; 75 as in sysexits.h.
    pub(super) const fn code(&self) -> u8 {
        match self {
            Self::Faults => 1,
            Self::NotAsked => 75,
        }
    }
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
    match command {
        Command::Receive => pipe().await,
        Command::Check(arguments) => check(&Config::from_environment()?, &arguments).await,
    }
}

async fn check(config: &Config, arguments: &CheckArguments) -> anyhow::Result<()> {
    let domain = config.mail_from.rsplit_once('@').map_or("", |(_, domain)| domain);
    if domain.ends_with(".localdomain") || domain.ends_with(".localhost") {
        return Err(WrongUsage(format!("{domain} is nobody's domain: set DEMARCHE_MAIL_FROM to the address mails come from")).into());
    }
    let signer = config.dkim.as_ref().map(DkimConfig::signer).transpose()?;
    let resolver = match Resolver::new(arguments.resolver, Duration::from_secs(arguments.timeout)) {
        Ok(resolver) => resolver,
        Err(why) => {
            println!("{:<12} {:<9} no server of names: {why}", "resolver", Grade::NotAsked.key());
            return Err(CheckFailure::NotAsked.into());
        }
    };
    let server = match &config.mail {
        MailConfig::Smtp(url) => SmtpTransport::host(url),
        MailConfig::Directory(_) => None,
    };
    let address = arguments.sending_ip;
    let sender = Sender { email: &config.mail_from, signer: signer.as_ref(), address, server: server.as_deref() };
    let findings = health::examine(&resolver, sender).await;
    for finding in &findings {
        println!("{:<12} {:<9} {finding}", finding.check().key(), finding.grade().key());
    }
    let any = |grade: Grade| findings.iter().any(|finding| finding.grade() == grade);
    if any(Grade::Fault) {
        return Err(CheckFailure::Faults.into());
    }
    if any(Grade::NotAsked) {
        return Err(CheckFailure::NotAsked.into());
    }
    Ok(())
}

async fn pipe() -> anyhow::Result<()> {
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
