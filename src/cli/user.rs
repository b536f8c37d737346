//! `demarche user add`: a staff account; the password comes from a prompt or from standard input, never from the arguments.

use std::io::{BufRead as _, IsTerminal, Read as _, stdin};

use clap::Subcommand;
use secrecy::SecretString;

use crate::{
    accounts::{
        Role,
        passwords::{self, SHORTEST},
        service::NewAccount,
    },
    app::{App, Replaced},
    config::Config,
    domain::language::Language,
};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Add an account.
    Add {
        /// Sign-in address.
        #[arg(long)]
        email: String,
        /// As colleagues see it.
        #[arg(long)]
        name: String,
        /// coordinator, campaigner, moderator or reader.
        #[arg(long)]
        role: Role,
        /// Language of the desk.
        #[arg(long, default_value = "en", value_parser = Language::of_interface)]
        language: Language,
    },
}

pub(super) async fn run(config: &Config, command: Command) -> anyhow::Result<()> {
    let Command::Add { email, name, role, language } = command;
    // Before the password is asked for: typing it twice for nothing is no pleasure.
    let app = App::compose(config, false, Replaced::default()).await?;
    let password = SecretString::from(if stdin().is_terminal() { prompted(&email)? } else { piped()? });
    app.add_account(NewAccount { email, name, role, language, password }).await?;
    eprintln!("The account is added.");
    Ok(())
}

/// Asks twice, since nobody sees what is typed; a weak one is refused before the second time.
fn prompted(email: &str) -> anyhow::Result<String> {
    let password = rpassword::prompt_password(format!("Password (at least {SHORTEST} characters): "))?;
    if let Some(weakness) = passwords::weakness(&password.clone().into(), email) {
        return Err(weakness.into());
    }
    let again = rpassword::prompt_password("The same once more: ")?;
    anyhow::ensure!(password == again, "the two are not the same; nothing was added");
    Ok(password)
}

/// The first line of standard input. No more than a line is read: what follows may belong to somebody else.
fn piped() -> anyhow::Result<String> {
    let mut line = String::new();
    stdin().lock().take(8 * 1024).read_line(&mut line)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
