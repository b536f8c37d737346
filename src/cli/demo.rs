//! `demarche demo`: the whole product at once on an embedded database in one folder. Nothing leaves the machine: mail becomes files there.
//! Starting it again keeps what was done.

use std::{
    fs,
    io::Write as _,
    net::{SocketAddr, TcpListener},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use anyhow::Context;
use secrecy::ExposeSecret;

use super::serve;
use crate::{
    accounts::{
        Role,
        service::{AccountError, NewAccount},
    },
    app::{self, App},
    config::{Config, ConfigError},
    domain::language::Language,
    platform::{crypto, jobs::queue},
};

/// What `demo` takes.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Where to listen.
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Folder of the database, the mailbox and the keys.
    #[arg(long, default_value = "demarche-data")]
    data: PathBuf,
}

/// Two coordinators, since one approves and another releases.
const STAFF: [(&str, &str, Role); 5] = [
    ("amina@demo.example.org", "Amina Demo", Role::Coordinator),
    ("bruno@demo.example.org", "Bruno Demo", Role::Coordinator),
    ("chen@demo.example.org", "Chen Demo", Role::Campaigner),
    ("dina@demo.example.org", "Dina Demo", Role::Moderator),
    ("eli@demo.example.org", "Eli Demo", Role::Reader),
];

pub(super) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let mail = arguments.data.join("mail");
    fs::create_dir_all(&mail).with_context(|| format!("cannot create {}", mail.display()))?;
    fs::set_permissions(&arguments.data, fs::Permissions::from_mode(0o700))?;
    // Held until the process ends, however it ends.
    let lock = fs::File::create(arguments.data.join("lock"))?;
    if let Err(fs::TryLockError::WouldBlock) = lock.try_lock() {
        anyhow::bail!(
            "another demo is running on {}: stop it first, or give this one a folder of its own with --data",
            arguments.data.display()
        );
    }
    let secret = kept_secret(&arguments.data.join("secret-key"))?;
    let password = kept_secret(&arguments.data.join("staff-password"))?;
    let listener = TcpListener::bind(arguments.listen).with_context(|| format!("cannot listen on {}", arguments.listen))?;
    let address = listener.local_addr()?;
    let config = settings(&arguments.data, address, &secret)?;
    eprintln!("Preparing the demo in {} …", arguments.data.display());
    let app = App::compose(&config, true, app::Replaced::default()).await?;
    queue::end_leases(app.platform.database.write()).await?;
    app::load_reference(&app.platform.database, "cah", app.platform.clock.now()).await?;
    app.load_demo().await?;
    for (email, name, role) in STAFF {
        let new =
            NewAccount { email: email.to_owned(), name: name.to_owned(), role, language: Language::En, password: password.clone().into() };
        match app.add_account(new).await {
            Ok(_) | Err(AccountError::Taken) => {}
            Err(error) => return Err(error.into()),
        }
    }
    app.refresh_identity().await?;
    println!("\nDemarche demo (fictitious signatories, real facts about states)\n");
    println!("  Public site   http://{address}/");
    println!("  Staff desk    http://{address}/desk");
    println!("  Mailbox       http://{address}/en/mailbox   (every mail the demo writes; files in {})\n", mail.display());
    println!("  Staff sign-ins, all with the password  {password}");
    for (email, name, role) in STAFF {
        println!("    {email:<26} {role:<12} {name}");
    }
    println!("\nStop with Ctrl-C. What you did stays in {}.", arguments.data.display());
    serve::serve_until_stopped(&app, listener, true).await
}

/// The settings of a demonstration that keeps everything in `folder`.
pub(super) fn settings(folder: &Path, address: SocketAddr, secret: &str) -> Result<Config, ConfigError> {
    Config::from_lookup(&|name| match name {
        "DATABASE_URL" => Some(format!("sqlite://{}", folder.join("demarche.sqlite").display())),
        "DEMARCHE_LISTEN" => Some(address.to_string()),
        "DEMARCHE_BASE_URL" => Some(format!("http://{address}")),
        "DEMARCHE_MAIL_DIR" => Some(folder.join("mail").display().to_string()),
        "DEMARCHE_MAIL_FROM" => Some("secretariat@demarche.example.org".to_owned()),
        "DEMARCHE_SECRET_KEY" => Some(secret.to_owned()),
        "DEMARCHE_DEMO" => Some("true".to_owned()),
        _ => None,
    })
}

/// A secret of this folder: made once, readable by its owner only.
fn kept_secret(path: &Path) -> anyhow::Result<String> {
    if let Ok(secret) = fs::read_to_string(path) {
        return Ok(secret.trim().to_owned());
    }
    let secret = crypto::new_secret()?.expose_secret().to_owned();
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    writeln!(file, "{secret}")?;
    file.sync_all()?;
    Ok(secret)
}
