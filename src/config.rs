//! Typed settings from the environment, validated once. Must not be read below floor 5: rooms get plain values.

use std::{collections::BTreeSet, fmt::Write as _, net::SocketAddr, ops::RangeInclusive, path::PathBuf, time::Duration};

use secrecy::SecretString;

use crate::{
    domain::email::EmailAddress,
    platform::mail::{DkimError, Signer, SmtpTransport},
};

/// Names of our variables start with this; one that is not a setting is a slip of the pen, and is not passed over in silence.
const PREFIX: &str = "DEMARCHE_";
/// Variables of the tests, not of the program.
const OF_TESTS: &str = "DEMARCHE_TEST_";

/// Everything a process needs to know before it starts.
#[derive(Clone, Debug)]
pub struct Config {
    /// `sqlite://…` or `postgres://…`.
    pub database_url: SecretString,
    /// Where the server listens.
    pub listen: SocketAddr,
    /// The address people see, without a slash at the end.
    pub base_url: String,
    /// How mail leaves.
    pub mail: MailConfig,
    /// Sender of all mails.
    pub mail_from: String,
    /// What signs them, if anything does.
    pub dkim: Option<DkimConfig>,
    /// From which all keys are derived; at least 32 characters.
    pub secret_key: SecretString,
    /// Slug of the campaign this installation shows.
    pub campaign: Option<String>,
    /// Database connections.
    pub pool: u32,
    /// Server threads.
    pub threads: usize,
    /// How long a finished public page is kept.
    pub page_cache: Duration,
    /// Letters a minute to one mail host.
    pub letters_per_minute: i32,
    /// Proxies of our own in front, each of which adds to `X-Forwarded-For`.
    pub proxies: usize,
    /// A banner on every page, and a mailbox in the browser.
    pub demo: bool,
}

/// How mail leaves.
#[derive(Clone, Debug)]
pub enum MailConfig {
    /// `smtp://…` or `smtps://…`.
    Smtp(SecretString),
    /// Every mail becomes a file here and nothing leaves.
    Directory(PathBuf),
}

/// What signs mails.
#[derive(Clone, Debug)]
pub struct DkimConfig {
    /// The domain signatures are of.
    pub domain: String,
    /// The key's name in DNS, in front of `._domainkey.`.
    pub selector: String,
    /// The private key, as PEM.
    pub key: SecretString,
}

impl DkimConfig {
    /// What signs with it.
    ///
    /// # Errors
    /// When the key cannot be read.
    pub fn signer(&self) -> Result<Signer, DkimError> {
        Signer::new(&self.domain, &self.selector, &self.key)
    }
}

/// One line of `demarche config`.
#[derive(Clone, Debug)]
pub struct Setting {
    /// Name of the environment variable.
    pub name: &'static str,
    /// Its value; secrets masked.
    pub value: String,
    /// `environment` or `default`.
    pub origin: &'static str,
}

/// All that is wrong with the settings, in one message.
#[derive(Debug, thiserror::Error)]
#[error("the settings have faults:\n{0}")]
pub struct ConfigError(String);

/// Reads settings one by one, keeping every fault and every origin.
struct Reader<'a> {
    lookup: &'a dyn Fn(&str) -> Option<String>,
    faults: String,
    origins: &'a mut Vec<Setting>,
}

impl Reader<'_> {
    fn read(&mut self, name: &'static str, default: &str, secret: bool) -> String {
        let given = (self.lookup)(name).filter(|value| !value.trim().is_empty());
        let origin = if given.is_some() { "environment" } else { "default" };
        let value = given.unwrap_or_else(|| default.to_owned());
        let shown = if secret { masked(&value) } else { value.clone() };
        self.origins.push(Setting { name, value: shown, origin });
        value
    }

    fn fault(&mut self, name: &str, what: &str) {
        let _ = writeln!(self.faults, "  {name}: {what}");
    }

    fn parsed<T: std::str::FromStr>(&mut self, name: &'static str, default: &str, what: &str) -> Option<T> {
        let value = self.read(name, default, false).trim().parse().ok();
        if value.is_none() {
            self.fault(name, what);
        }
        value
    }

    fn number<T: std::str::FromStr + PartialOrd + std::fmt::Display>(
        &mut self,
        name: &'static str,
        default: &str,
        what: &str,
        range: RangeInclusive<T>,
    ) -> Option<T> {
        let value = self.read(name, default, false).trim().parse().ok().filter(|value| range.contains(value));
        if value.is_none() {
            self.fault(name, &format!("{what}, from {} to {}", range.start(), range.end()));
        }
        value
    }

    /// A key that signs, if a file is named; `from` is the sender of all mails.
    fn dkim(&mut self, from: &str) -> Option<DkimConfig> {
        let file = self.read("DEMARCHE_DKIM_KEY_FILE", "", false);
        let selector = self.read("DEMARCHE_DKIM_SELECTOR", "", false).trim().to_ascii_lowercase();
        let of_sender = from.rsplit_once('@').map_or("", |(_, domain)| domain);
        let domain = self.read("DEMARCHE_DKIM_DOMAIN", of_sender, false).trim().to_ascii_lowercase();
        if file.is_empty() {
            if !selector.is_empty() {
                self.fault("DEMARCHE_DKIM_KEY_FILE", "a selector without a key; name the file of the private key");
            }
            return None;
        }
        let is_name = |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
        for (setting, name) in [("DEMARCHE_DKIM_SELECTOR", &selector), ("DEMARCHE_DKIM_DOMAIN", &domain)] {
            if !is_name(name) {
                self.fault(setting, "a name in DNS");
            }
        }
        let key = match std::fs::read_to_string(&file) {
            Ok(key) => SecretString::from(key),
            Err(error) => {
                self.fault("DEMARCHE_DKIM_KEY_FILE", &format!("the file cannot be read: {error}"));
                return None;
            }
        };
        let dkim = DkimConfig { domain, selector, key };
        if let Err(error) = dkim.signer() {
            self.fault("DEMARCHE_DKIM_KEY_FILE", &error.to_string());
        }
        Some(dkim)
    }

    /// Faults for variables that look like ours and that nothing reads.
    fn refuse_unknown(&mut self, names: impl Iterator<Item = String>) {
        let known: BTreeSet<&str> = self.origins.iter().map(|setting| setting.name).collect();
        let unknown: BTreeSet<String> =
            names.filter(|name| name.starts_with(PREFIX) && !name.starts_with(OF_TESTS) && !known.contains(name.as_str())).collect();
        for name in unknown {
            self.fault(&name, "there is no such setting; `demarche config` lists all");
        }
    }
}

/// A URL without its password, any other secret as its length.
fn masked(value: &str) -> String {
    if value.is_empty() {
        return "(not set)".to_owned();
    }
    match (value.find("://"), value.rfind('@')) {
        (Some(scheme), Some(at)) if at > scheme => {
            format!("{}://***{}", value.get(..scheme).unwrap_or_default(), value.get(at..).unwrap_or_default())
        }
        (Some(_), _) => value.to_owned(),
        _ => format!("({} characters)", value.chars().count()),
    }
}

impl Config {
    /// Reads the process's environment.
    ///
    /// # Errors
    /// One error that lists all faults.
    pub fn from_environment() -> Result<Self, ConfigError> {
        Self::read_all(&environment, names_in_environment(), &mut Vec::new())
    }

    /// All settings for a person to read, and what is wrong with them.
    pub fn listing() -> (Vec<Setting>, Option<ConfigError>) {
        let mut origins = Vec::new();
        let outcome = Self::read_all(&environment, names_in_environment(), &mut origins);
        (origins, outcome.err())
    }

    /// Reads settings by name from anywhere.
    ///
    /// # Errors
    /// One error that lists all faults.
    pub fn from_lookup(lookup: &dyn Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        Self::read_all(lookup, std::iter::empty(), &mut Vec::new())
    }

    fn read_all(
        lookup: &dyn Fn(&str) -> Option<String>,
        given: impl Iterator<Item = String>,
        origins: &mut Vec<Setting>,
    ) -> Result<Self, ConfigError> {
        let mut reader = Reader { lookup, faults: String::new(), origins };
        let database_url = reader.read("DATABASE_URL", "sqlite://demarche.sqlite", true);
        if !(database_url.starts_with("sqlite:") || database_url.starts_with("postgres:") || database_url.starts_with("postgresql:")) {
            reader.fault("DATABASE_URL", "starts with sqlite:// or postgres://");
        }
        let listen = reader.parsed("DEMARCHE_LISTEN", "127.0.0.1:8080", "an address and a port, such as 127.0.0.1:8080");
        let base_url = reader.read("DEMARCHE_BASE_URL", "http://127.0.0.1:8080", false).trim().trim_end_matches('/').to_owned();
        if !is_address_of_a_site(&base_url) {
            reader.fault("DEMARCHE_BASE_URL", "http:// or https:// and a host, nothing after it");
        }
        let smtp = reader.read("DEMARCHE_SMTP_URL", "", true);
        let directory = reader.read("DEMARCHE_MAIL_DIR", "", false);
        let mail = match (smtp.as_str(), directory.as_str()) {
            ("", "") => {
                reader.fault("DEMARCHE_SMTP_URL", "give smtp://… or smtps://…, or DEMARCHE_MAIL_DIR to keep all mail in a directory");
                None
            }
            ("", directory) => Some(MailConfig::Directory(directory.into())),
            (url, "") => {
                let url = SecretString::from(url.to_owned());
                let fault = SmtpTransport::from_url(url.clone(), Duration::ZERO, 1).err();
                if let Some(fault) = fault {
                    reader.fault("DEMARCHE_SMTP_URL", &fault.to_string());
                }
                fault.is_none().then_some(MailConfig::Smtp(url))
            }
            _ => {
                reader.fault("DEMARCHE_MAIL_DIR", "give this or DEMARCHE_SMTP_URL, not both");
                None
            }
        };
        let mail_from = reader.read("DEMARCHE_MAIL_FROM", "demarche@localhost.localdomain", false);
        if EmailAddress::parse(&mail_from).is_err() {
            reader.fault("DEMARCHE_MAIL_FROM", "one e-mail address without a name");
        }
        let dkim = reader.dkim(&mail_from);
        let secret_key = reader.read("DEMARCHE_SECRET_KEY", "", true);
        if secret_key.chars().count() < 32 {
            reader.fault("DEMARCHE_SECRET_KEY", "at least 32 characters from a random source; it has no default");
        }
        let campaign = Some(reader.read("DEMARCHE_CAMPAIGN", "", false)).filter(|slug| !slug.is_empty());
        let pool = reader.number("DEMARCHE_DATABASE_POOL", "8", "a number of connections", 1..=500);
        let threads = reader.number("DEMARCHE_THREADS", "2", "a number of threads", 1..=256);
        let page_cache = reader.number("DEMARCHE_PAGE_CACHE_MS", "2000", "milliseconds", 0..=60_000);
        let letters_per_minute = reader.number("DEMARCHE_LETTERS_PER_MINUTE", "30", "a number of letters to one mail host", 1..=100_000);
        let proxies = reader.number("DEMARCHE_PROXIES", "0", "how many proxies of your own stand in front", 0..=8);
        let demo = reader.parsed("DEMARCHE_DEMO", "false", "true or false");
        reader.refuse_unknown(given);
        let (
            Some(listen),
            Some(mail),
            Some(pool),
            Some(threads),
            Some(page_cache),
            Some(letters_per_minute),
            Some(proxies),
            Some(demo),
            true,
        ) = (listen, mail, pool, threads, page_cache, letters_per_minute, proxies, demo, reader.faults.is_empty())
        else {
            return Err(ConfigError(reader.faults));
        };
        Ok(Self {
            database_url: database_url.into(),
            listen,
            base_url,
            mail,
            mail_from,
            dkim,
            secret_key: secret_key.into(),
            campaign,
            pool,
            threads,
            page_cache: Duration::from_millis(page_cache),
            letters_per_minute,
            proxies,
            demo,
        })
    }
}

fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn names_in_environment() -> impl Iterator<Item = String> {
    std::env::vars_os().filter_map(|(name, _)| name.into_string().ok())
}

/// Scheme and host, with a port perhaps: links in mails are made by appending a path.
fn is_address_of_a_site(url: &str) -> bool {
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    host.is_some_and(|host| !host.is_empty() && !host.contains(|c: char| c.is_whitespace() || c.is_control() || "/?#@\\\"'<>".contains(c)))
}

#[cfg(test)]
#[path = "config_tests.rs"]
mod tests;
