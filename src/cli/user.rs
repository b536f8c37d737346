//! `demarche user add`: a staff account; the password comes from a prompt or from standard input, never from the arguments.

use std::io::{IsTerminal, stdin};

use clap::Subcommand;

use crate::{
    accounts::{Role, service::NewAccount},
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
        #[arg(long, default_value = "en")]
        language: Language,
    },
}

pub(super) async fn run(config: &Config, command: Command) -> anyhow::Result<()> {
    let Command::Add { email, name, role, language } = command;
    let password = if stdin().is_terminal() {
        rpassword::prompt_password("Password (at least 12 characters): ")?
    } else {
        let mut line = String::new();
        stdin().read_line(&mut line)?;
        line.trim_end_matches(['\r', '\n']).to_owned()
    };
    let app = App::compose(config, false, Replaced::default()).await?;
    app.add_account(NewAccount { email, name, role, language, password: password.into() }).await?;
    eprintln!("The account is added.");
    Ok(())
}
