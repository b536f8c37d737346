//! Delivery to an SMTP server: what it answers is sorted into accepted, refused for good, and not now.

use std::{
    error::Error as _,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Tokio1Executor,
    transport::smtp::{self, PoolConfig},
};
use secrecy::{ExposeSecret, SecretString};

use super::{Composed, Delivery, Transport};

type Pool = AsyncSmtpTransport<Tokio1Executor>;

/// The setting is not a usable address of a server; the words hold nothing of it, since it may hold a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an SMTP address: smtp://host:port, smtps://user:password@host, ?tls=required for STARTTLS")]
pub struct SmtpError;

/// Delivers over SMTP, keeping a few connections open. Clones share them.
#[derive(Clone)]
pub struct SmtpTransport(Arc<Inner>);

struct Inner {
    url: SecretString,
    timeout: Duration,
    connections: u32,
    /// Opened by the first delivery: lettre's pool can be made and dropped inside a tokio runtime only.
    pool: Mutex<Option<Pool>>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        let pool = self.pool.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        if tokio::runtime::Handle::try_current().is_err() {
            // The runtime is gone and its connections with it; dropping the pool now would abort the process.
            std::mem::forget(pool);
        }
    }
}

impl std::fmt::Debug for SmtpTransport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SmtpTransport(redacted)")
    }
}

impl SmtpTransport {
    /// `smtps://` is TLS from the start; `smtp://…?tls=required` is STARTTLS, `?tls=opportunistic` where offered; plain `smtp://` is for a
    /// server on this machine or network. `timeout` bounds the connection and, once more, the delivery of one mail.
    ///
    /// # Errors
    /// When the address is not one.
    pub fn from_url(url: SecretString, timeout: Duration, connections: u32) -> Result<Self, SmtpError> {
        Pool::from_url(url.expose_secret()).map_err(|_| SmtpError)?;
        Ok(Self(Arc::new(Inner { url, timeout, connections, pool: Mutex::new(None) })))
    }

    /// The server an address names, without what may be secret in it.
    pub fn host(url: &SecretString) -> Option<String> {
        let (_, rest) = url.expose_secret().split_once("://")?;
        let authority = rest.split(['/', '?', '#']).next()?;
        let server = authority.rsplit_once('@').map_or(authority, |(_, server)| server);
        let host = match server.strip_prefix('[') {
            Some(bracketed) => bracketed.split(']').next()?,
            None => server.split(':').next()?,
        };
        Some(host.to_ascii_lowercase()).filter(|host| !host.is_empty())
    }

    fn pool(&self) -> Result<Pool, smtp::Error> {
        let mut slot = self.0.pool.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pool) = slot.as_ref() {
            return Ok(pool.clone());
        }
        let builder = Pool::from_url(self.0.url.expose_secret())?.timeout(Some(self.0.timeout));
        let pool = builder.pool_config(PoolConfig::new().max_size(self.0.connections)).build();
        Ok(slot.insert(pool).clone())
    }

    /// Dropping a delivery half-way would put its connection back in the pool, where the next mail would read the answers meant for this one.
    /// So after a silence the whole pool is left behind.
    fn leave_pool(&self) {
        self.0.pool.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

#[async_trait]
impl Transport for SmtpTransport {
    async fn deliver(&self, mail: &Composed) -> Delivery {
        let (this, mail) = (self.clone(), mail.clone());
        // A task of its own: whoever asked for the delivery may go away (a lost lease), and that must not cut a conversation in two either.
        let conversation = tokio::spawn(async move {
            let pool = match this.pool() {
                Ok(pool) => pool,
                Err(error) => return sorted(&error, &mail),
            };
            match tokio::time::timeout(this.0.timeout.saturating_mul(2), pool.send_raw(&mail.envelope, &mail.bytes)).await {
                Ok(Ok(answer)) => {
                    Delivery::Accepted { answer: words(answer.code().into(), answer.message().collect::<Vec<_>>().join(" ")) }
                }
                Ok(Err(error)) => sorted(&error, &mail),
                Err(_) => {
                    this.leave_pool();
                    Delivery::Deferred { answer: "the mail server did not answer in time".to_owned() }
                }
            }
        });
        conversation.await.unwrap_or_else(|_| Delivery::Deferred { answer: "the delivery was interrupted".to_owned() })
    }

    async fn check(&self) -> Result<(), String> {
        match tokio::time::timeout(self.0.timeout, self.pool().map_err(|error| fault(&error))?.test_connection()).await {
            Ok(Ok(true)) => Ok(()),
            Ok(Ok(false)) => Err("the mail server does not answer NOOP".to_owned()),
            Ok(Err(error)) => Err(fault(&error)),
            Err(_) => {
                self.leave_pool();
                Err("the mail server did not answer in time".to_owned())
            }
        }
    }
}

/// 5xx is final, but for refusals of *our* sign-in: those say nothing about the addressee and end when the setting is mended.
fn sorted(error: &smtp::Error, mail: &Composed) -> Delivery {
    const OUR_SIGN_IN: [u16; 4] = [530, 534, 535, 538];
    let code = error.status().map(u16::from);
    match code {
        Some(code) if error.is_permanent() && !OUR_SIGN_IN.contains(&code) => {
            Delivery::Rejected { code: Some(code), answer: words(code, said(error)) }
        }
        Some(code) => Delivery::Deferred { answer: words(code, said(error)) },
        None if error.is_client() && mail.envelope.to().iter().any(|address| !AsRef::<str>::as_ref(address).is_ascii()) => {
            Delivery::Rejected { code: None, answer: "the mail server does not take addresses beyond ASCII".to_owned() }
        }
        None => Delivery::Deferred { answer: fault(error) },
    }
}

fn fault(error: &smtp::Error) -> String {
    match error.status() {
        Some(code) => words(code.into(), said(error)),
        None if error.is_timeout() => "the mail server did not answer in time".to_owned(),
        None if error.is_tls() => "no TLS with the mail server".to_owned(),
        None if error.is_response() => "the mail server answered in no known form".to_owned(),
        None if error.is_client() => format!("the mail server cannot be used: {}", said(error)),
        None => "no connection to the mail server".to_owned(),
    }
}

fn said(error: &smtp::Error) -> String {
    error.source().map(ToString::to_string).unwrap_or_default()
}

/// The server's own words with its code, made one line of bounded length.
fn words(code: u16, said: String) -> String {
    let line: String = format!("{code} {said}").split(char::is_control).collect::<Vec<_>>().join(" ");
    line.trim().chars().take(500).collect()
}
