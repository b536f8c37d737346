//! Asks a server of names for records. Must not judge them. Nothing is asked that is not needed, and nobody but the server of the system or of the
//! caller; what is not answered is told apart from what does not exist.

use std::{
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use hickory_resolver::{
    TokioResolver,
    config::{NameServerConfig, ResolveHosts, ResolverConfig},
    net::{DnsError, NetError, runtime::TokioRuntimeProvider},
    proto::rr::{Name, RData, RecordType},
};
use mail_auth::{MessageAuthenticator, SpfResult, spf::verify::SpfParameters};

use crate::domain::mail_health::{Answer, Unanswered};

/// Asks one server, or those of the system.
#[derive(Clone)]
pub struct Resolver(TokioResolver);

impl std::fmt::Debug for Resolver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Resolver")
    }
}

impl Resolver {
    /// Asks `server`, or the servers the system names when there is none. `patience` is for each question.
    ///
    /// # Errors
    /// When the system names no server that can be used.
    pub fn new(server: Option<SocketAddr>, patience: Duration) -> Result<Self, Unanswered> {
        let mut builder = match server {
            Some(server) => {
                let mut at = NameServerConfig::udp_and_tcp(server.ip());
                for connection in &mut at.connections {
                    connection.port = server.port();
                }
                let config = ResolverConfig::from_parts(None, Vec::new(), vec![at]);
                TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())
            }
            None => TokioResolver::builder_tokio().map_err(|error| told(&error))?,
        };
        let options = builder.options_mut();
        options.timeout = patience;
        options.attempts = 2;
        // What a file on this machine says is not what receivers see.
        options.use_hosts_file = ResolveHosts::Never;
        builder.build().map(Self).map_err(|error| told(&error))
    }

    /// The TXT records of a name, the parts of each put together.
    ///
    /// # Errors
    /// When nobody answers, or the answer is that there is none now.
    pub async fn texts(&self, name: &str) -> Answer<String> {
        self.ask(name, RecordType::TXT, |data| match data {
            RData::TXT(text) => Some(String::from_utf8_lossy(&text.txt_data.concat()).into_owned()),
            _ => None,
        })
        .await
    }

    /// The addresses of a name, of both kinds.
    ///
    /// # Errors
    /// As [`Self::texts`].
    pub async fn addresses(&self, name: &str) -> Answer<IpAddr> {
        let address = |data: &RData| match data {
            RData::A(address) => Some(IpAddr::V4(address.0)),
            RData::AAAA(address) => Some(IpAddr::V6(address.0)),
            _ => None,
        };
        let mut addresses = self.ask(name, RecordType::A, address).await?;
        addresses.extend(self.ask(name, RecordType::AAAA, address).await?);
        Ok(addresses)
    }

    /// The names of an address.
    ///
    /// # Errors
    /// As [`Self::texts`].
    pub async fn names(&self, address: IpAddr) -> Answer<String> {
        let name = Name::from(address).to_ascii();
        self.ask(&name, RecordType::PTR, |data| match data {
            RData::PTR(name) => Some(name.0.to_ascii().trim_end_matches('.').to_ascii_lowercase()),
            _ => None,
        })
        .await
    }

    /// What a receiver makes of a mail from `sender` that comes from `address`, by SPF.
    pub async fn spf(&self, address: IpAddr, sender: &str) -> SpfResult {
        let domain = sender.rsplit_once('@').map_or(sender, |(_, domain)| domain);
        let receiver = MessageAuthenticator(self.0.clone());
        receiver.verify_spf(SpfParameters::verify_mail_from(address, domain, "localhost", sender)).await.result()
    }

    async fn ask<T>(&self, name: &str, kind: RecordType, read: impl Fn(&RData) -> Option<T>) -> Answer<T> {
        // A name that cannot be one has no records.
        let Ok(mut name) = Name::from_ascii(name) else { return Ok(Vec::new()) };
        name.set_fqdn(true);
        match self.0.lookup(name, kind).await {
            Ok(found) => Ok(found.answers().iter().filter_map(|record| read(&record.data)).collect()),
            Err(error) if error.is_no_records_found() => Ok(Vec::new()),
            Err(error) => Err(told(&error)),
        }
    }
}

fn told(error: &NetError) -> Unanswered {
    match error {
        NetError::Timeout => Unanswered::InTime,
        NetError::Dns(DnsError::ResponseCode(code)) => Unanswered::Server(format!("the server of names answered {code}")),
        other => Unanswered::Server(other.to_string()),
    }
}
