//! Whether a receiver can believe that mail comes from the domain it names: what SPF, DKIM, DMARC and reverse DNS say, judged from records that were
//! asked for elsewhere (R79). Must not ask anybody. The walk through SPF is in [`super::spf`].

use std::net::IpAddr;

use base64::{Engine, engine::general_purpose::STANDARD};

use super::keyed::keyed;

keyed! {
    /// What is looked at.
    Check {
        /// Who may send for the domain (RFC 7208).
        Spf = "spf",
        /// The key that signs its mails (RFC 6376).
        Dkim = "dkim",
        /// What receivers do with mail that proves nothing (RFC 7489).
        Dmarc = "dmarc",
        /// The name of the address mail leaves from.
        ReverseDns = "reverse dns",
    }
}

keyed! {
    /// How much it matters.
    Grade {
        /// As it should be.
        Good = "good",
        /// Mail arrives, and it could be better.
        Note = "note",
        /// Mail is refused or lands among the unwanted.
        Fault = "FAULT",
        /// Nobody answered; says nothing about the domain.
        NotAsked = "not asked",
    }
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unanswered {
    /// Nothing came before the time was over.
    #[error("no answer in time")]
    InTime,
    /// A server of names could not say.
    #[error("{0}")]
    Server(String),
}

/// Records of one kind under one name; none when the name or the kind does not exist.
pub type Answer<T> = Result<Vec<T>, Unanswered>;

/// One line of the check, and what is to be done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs)] // Each says itself.
pub enum Finding {
    #[error("{domain} says who may send for it; {lookups} of 10 look-ups")]
    SpfGood { domain: String, lookups: usize },
    #[error("{domain} has no record: publish a TXT record that begins with v=spf1 and names the servers mail leaves from")]
    SpfNone { domain: String },
    #[error("{domain} has {count} records, so that none counts: join them into one")]
    SpfSeveral { domain: String, count: usize },
    #[error("the record of {domain} lets everybody send: end it with ~all or -all, and name no network of all addresses")]
    SpfAllowsAll { domain: String },
    #[error("receivers would have to look up {count} names and give up after 10: name fewer by include, a, mx, exists and redirect")]
    SpfTooManyLookups { count: usize },
    #[error("the records lead back to {domain}: take the include or redirect out")]
    SpfLoop { domain: String },
    #[error("{domain} is included and has no record of its own: take it out, or correct the name")]
    SpfLeadsNowhere { domain: String },
    #[error("the record of {domain} holds {term:?}, which no receiver understands: correct it")]
    SpfMalformed { domain: String, term: String },
    #[error("the record says nothing of all other servers: end it with ~all or -all")]
    SpfOpenEnd,
    #[error("{domain} depends on each mail and was not followed")]
    SpfNotFollowed { domain: String },
    #[error("{address} may send for the domain")]
    SpfLetsSend { address: IpAddr },
    #[error("{address} may not send for the domain ({result}): add it to the record")]
    SpfStops { address: IpAddr, result: &'static str },
    #[error("mails are not signed here (DEMARCHE_DKIM_KEY_FILE is not set): set a key, unless your mail server signs")]
    DkimOff,
    #[error("{name} holds the key that signs")]
    DkimGood { name: String },
    #[error("{name} has no key: publish TXT {publish}")]
    DkimNone { name: String, publish: String },
    #[error("{name} has {count} keys, so that none counts: leave one")]
    DkimSeveral { name: String, count: usize },
    #[error("{name} holds the key of another pair, so that every signature fails: publish TXT {publish}")]
    DkimOtherKey { name: String, publish: String },
    #[error("the key under {name} was withdrawn (p= is empty): publish TXT {publish}")]
    DkimWithdrawn { name: String, publish: String },
    #[error("the key under {name} is marked as a trial (t=y): take the mark out once mails arrive")]
    DkimTrial { name: String },
    #[error("{at} asks for {policy}")]
    DmarcGood { at: String, policy: String },
    #[error("{domain} has no policy: publish a TXT record \"v=DMARC1; p=quarantine; rua=mailto:…\" under _dmarc.{domain}")]
    DmarcNone { domain: String },
    #[error("{at} has {count} policies, so that none counts: leave one")]
    DmarcSeveral { at: String, count: usize },
    #[error("{at} names no policy that receivers know: say p=none, p=quarantine or p=reject")]
    DmarcMalformed { at: String },
    #[error("{at} asks for nothing (p=none): change it to p=quarantine or p=reject once the reports are good")]
    DmarcWatchesOnly { at: String },
    #[error("signatures are of {dkim} and mails of {from}: they do not count for the policy. Set DEMARCHE_DKIM_DOMAIN to the sender's")]
    DmarcNotAligned { from: String, dkim: String },
    #[error("without signatures of ours the policy rests on SPF alone, which forwarded mail fails")]
    DmarcRestsOnSpf,
    #[error("the address mail leaves from is not known: give it with --sending-ip")]
    ReverseNotKnown,
    #[error("no name of {server} ({address}) leads back to it: if mail leaves from another address, give that with --sending-ip")]
    ReverseOfServer { server: String, address: IpAddr },
    #[error("{address} is {name}, and {name} is {address}")]
    ReverseGood { address: IpAddr, name: String },
    #[error("{address} has no name: have its PTR record set by whoever runs the network")]
    ReverseNone { address: IpAddr },
    #[error("{address} is named {}, and no name leads back to it: set the name's address, or the PTR record", .names.join(", "))]
    ReverseNotBack { address: IpAddr, names: Vec<String> },
    #[error("could not ask for {what}: {why}")]
    NotAsked { check: Check, what: String, why: Unanswered },
}

impl Finding {
    /// What it is about.
    pub const fn check(&self) -> Check {
        match self {
            Self::NotAsked { check, .. } => *check,
            Self::DkimOff
            | Self::DkimGood { .. }
            | Self::DkimNone { .. }
            | Self::DkimSeveral { .. }
            | Self::DkimOtherKey { .. }
            | Self::DkimWithdrawn { .. }
            | Self::DkimTrial { .. } => Check::Dkim,
            Self::DmarcGood { .. }
            | Self::DmarcNone { .. }
            | Self::DmarcSeveral { .. }
            | Self::DmarcMalformed { .. }
            | Self::DmarcWatchesOnly { .. }
            | Self::DmarcNotAligned { .. }
            | Self::DmarcRestsOnSpf => Check::Dmarc,
            Self::ReverseNotKnown
            | Self::ReverseOfServer { .. }
            | Self::ReverseGood { .. }
            | Self::ReverseNone { .. }
            | Self::ReverseNotBack { .. } => Check::ReverseDns,
            _ => Check::Spf,
        }
    }

    /// How much it matters.
    pub const fn grade(&self) -> Grade {
        match self {
            Self::SpfGood { .. } | Self::SpfLetsSend { .. } | Self::DkimGood { .. } | Self::DmarcGood { .. } | Self::ReverseGood { .. } => {
                Grade::Good
            }
            Self::SpfOpenEnd
            | Self::SpfNotFollowed { .. }
            | Self::DkimOff
            | Self::DkimTrial { .. }
            | Self::DmarcWatchesOnly { .. }
            | Self::DmarcRestsOnSpf
            | Self::ReverseNotKnown
            | Self::ReverseOfServer { .. } => Grade::Note,
            Self::NotAsked { .. } => Grade::NotAsked,
            _ => Grade::Fault,
        }
    }
}

/// The public half of a key that signs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    /// Under which name it is published, in front of `._domainkey.`.
    pub selector: String,
    /// `rsa` or `ed25519`, as in the record.
    pub kind: &'static str,
    /// As it is published: for RSA a `SubjectPublicKeyInfo`, for Ed25519 the 32 bytes.
    pub bytes: Vec<u8>,
    /// Another form that receivers read as well: for RSA the bare key.
    pub bare: Vec<u8>,
}

impl PublicKey {
    /// The record to publish.
    pub fn record(&self) -> String {
        format!("\"v=DKIM1; k={}; p={}\"", self.kind, STANDARD.encode(&self.bytes))
    }
}

/// `tag=value; tag=value`, as DKIM and DMARC write it; the first of a tag counts.
fn tag<'a>(record: &'a str, name: &str) -> Option<&'a str> {
    record.split(';').filter_map(|part| part.split_once('=')).find(|(tag, _)| tag.trim() == name).map(|(_, value)| value.trim())
}

/// Judges the TXT records under a key's name.
pub fn judge_dkim(name: &str, answer: Answer<String>, key: &PublicKey) -> Vec<Finding> {
    let name = name.to_owned();
    let records = match answer {
        Ok(records) => records,
        Err(why) => return vec![Finding::NotAsked { check: Check::Dkim, what: name, why }],
    };
    let mut records = records.iter().filter(|record| tag(record, "p").is_some());
    let (record, others) = (records.next(), records.count());
    let publish = key.record();
    let Some(record) = record else { return vec![Finding::DkimNone { name, publish }] };
    if others > 0 {
        return vec![Finding::DkimSeveral { name, count: others + 1 }];
    }
    let published: String = tag(record, "p").unwrap_or_default().chars().filter(|c| !c.is_whitespace()).collect();
    if published.is_empty() {
        return vec![Finding::DkimWithdrawn { name, publish }];
    }
    let bytes = STANDARD.decode(published).unwrap_or_default();
    let version_sound = tag(record, "v").is_none_or(|version| version == "DKIM1");
    if !version_sound || tag(record, "k").unwrap_or("rsa") != key.kind || (bytes != key.bytes && bytes != key.bare) {
        return vec![Finding::DkimOtherKey { name, publish }];
    }
    if tag(record, "t").is_some_and(|flags| flags.split(':').any(|flag| flag.trim() == "y")) {
        return vec![Finding::DkimTrial { name }];
    }
    vec![Finding::DkimGood { name }]
}

/// Where a policy may stand for mail of a domain, nearest first: its own, then those of the domains it lies under, but for the last label.
pub fn policy_domains(domain: &str) -> Vec<&str> {
    let above = domain.match_indices('.').filter_map(|(at, _)| domain.get(at + 1..));
    std::iter::once(domain).chain(above.filter(|parent| parent.contains('.'))).collect()
}

/// Whether a TXT record is a policy.
pub fn is_policy(record: &str) -> bool {
    record.trim_start().split(';').next().is_some_and(|first| first.split_whitespace().collect::<String>() == "v=DMARC1")
}

/// Judges the TXT records under `_dmarc.{found_at}`, which is the sender's domain or the nearest above it that has any. Without a list of registries one
/// domain counts as another's when it lies under it, or both under the one whose policy it is.
pub fn judge_dmarc(from: &str, found_at: &str, answer: Answer<String>, dkim: Option<&str>) -> Vec<Finding> {
    let at = format!("_dmarc.{found_at}");
    let records = match answer {
        Ok(records) => records,
        Err(why) => return vec![Finding::NotAsked { check: Check::Dmarc, what: at, why }],
    };
    let mut policies = records.iter().filter(|record| is_policy(record));
    let (record, others) = (policies.next(), policies.count());
    let Some(record) = record else { return vec![Finding::DmarcNone { domain: from.to_owned() }] };
    if others > 0 {
        return vec![Finding::DmarcSeveral { at, count: others + 1 }];
    }
    let of_lower = tag(record, "sp").filter(|_| from != found_at);
    let policy = of_lower.or_else(|| tag(record, "p")).unwrap_or_default().to_ascii_lowercase();
    let mut findings = match policy.as_str() {
        "none" => vec![Finding::DmarcWatchesOnly { at }],
        "quarantine" | "reject" => vec![Finding::DmarcGood { at, policy }],
        _ => vec![Finding::DmarcMalformed { at }],
    };
    let strict = tag(record, "adkim").is_some_and(|mode| mode.eq_ignore_ascii_case("s"));
    match dkim {
        None => findings.push(Finding::DmarcRestsOnSpf),
        Some(dkim) if dkim == from => {}
        Some(dkim) => {
            let under = |lower: &str, upper: &str| lower.strip_suffix(upper).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
            let same_owner = under(dkim, from) || under(from, dkim) || (under(dkim, found_at) && under(from, found_at));
            if strict || !same_owner {
                findings.push(Finding::DmarcNotAligned { from: from.to_owned(), dkim: dkim.to_owned() });
            }
        }
    }
    findings
}

/// Judges the names of an address, each with the addresses it has itself.
pub fn judge_reverse(address: IpAddr, names: Vec<(String, Answer<IpAddr>)>) -> Finding {
    if names.is_empty() {
        return Finding::ReverseNone { address };
    }
    let back = names.iter().find(|(_, addresses)| addresses.as_ref().is_ok_and(|addresses| addresses.contains(&address)));
    if let Some((name, _)) = back {
        return Finding::ReverseGood { address, name: name.clone() };
    }
    let unanswered = names.iter().find_map(|(name, addresses)| addresses.as_ref().err().map(|why| (name.clone(), why.clone())));
    match unanswered {
        Some((what, why)) => Finding::NotAsked { check: Check::ReverseDns, what, why },
        None => Finding::ReverseNotBack { address, names: names.into_iter().map(|(name, _)| name).collect() },
    }
}
