//! The check of a sender's domain: asks for what the rules want and hands it to them (R79). Must hold no rule of its own.

use std::net::IpAddr;

use mail_auth::SpfResult;

use super::{Signer, resolver::Resolver};
use crate::domain::{
    mail_health::{Check, Finding, Grade, Unanswered, is_policy, judge_dkim, judge_dmarc, judge_reverse, policy_domains},
    spf::Walk,
};

/// Names of one address that are followed; real ones have one.
const NAMES_FOLLOWED: usize = 5;

/// Whose mail is looked at.
#[derive(Clone, Copy, Debug)]
pub struct Sender<'a> {
    /// The address in `From`.
    pub email: &'a str,
    /// What signs.
    pub signer: Option<&'a Signer>,
    /// Where mail leaves from, if that is known.
    pub address: Option<IpAddr>,
    /// The server mail is handed to, where it is handed to one: mail may leave from there.
    pub server: Option<&'a str>,
}

/// Everything that was found, check by check. Asks a bounded number of questions.
pub async fn examine(resolver: &Resolver, sender: Sender<'_>) -> Vec<Finding> {
    let domain = sender.email.rsplit_once('@').map_or(sender.email, |(_, domain)| domain).to_ascii_lowercase();
    let mut findings = spf(resolver, &domain).await;
    // Who said nothing about the record says nothing about an address of it.
    let is_asked = findings.iter().all(|finding| finding.grade() != Grade::NotAsked);
    if let Some(address) = sender.address.filter(|_| is_asked) {
        findings.extend(may_send(resolver, address, sender.email).await);
    }
    findings.extend(dkim(resolver, sender.signer).await);
    findings.extend(dmarc(resolver, &domain, sender.signer.map(Signer::domain)).await);
    findings.push(match (sender.address, sender.server) {
        (Some(address), _) => reverse(resolver, address).await,
        (None, Some(server)) => reverse_of_server(resolver, server).await,
        (None, None) => Finding::ReverseNotKnown,
    });
    findings
}

async fn spf(resolver: &Resolver, domain: &str) -> Vec<Finding> {
    let mut walk = Walk::start(domain);
    while let Some(name) = walk.wants().map(str::to_owned) {
        let answer = resolver.texts(&name).await;
        let asked_in_vain = answer.is_err();
        walk.give(answer);
        // Whoever does not answer once is not waited for again and again.
        if asked_in_vain {
            break;
        }
    }
    walk.findings()
}

/// Whether the address may send; nothing where the record itself says no more than that it is at fault.
async fn may_send(resolver: &Resolver, address: IpAddr, email: &str) -> Option<Finding> {
    let result = match resolver.spf(address, email).await {
        SpfResult::Pass => return Some(Finding::SpfLetsSend { address }),
        SpfResult::Fail => "fail",
        SpfResult::SoftFail => "softfail",
        SpfResult::Neutral => "neutral",
        SpfResult::TempError | SpfResult::PermError | SpfResult::None => return None,
    };
    Some(Finding::SpfStops { address, result })
}

async fn dkim(resolver: &Resolver, signer: Option<&Signer>) -> Vec<Finding> {
    let Some(signer) = signer else { return vec![Finding::DkimOff] };
    let mut findings = Vec::new();
    for key in signer.published() {
        let name = format!("{}._domainkey.{}", key.selector, signer.domain());
        findings.extend(judge_dkim(&name, resolver.texts(&name).await, key));
    }
    findings
}

async fn dmarc(resolver: &Resolver, domain: &str, signed_by: Option<&str>) -> Vec<Finding> {
    for at in policy_domains(domain) {
        let answer = resolver.texts(&format!("_dmarc.{at}")).await;
        let is_the_one = answer.as_ref().map_or(true, |records| records.iter().any(|record| is_policy(record)));
        if is_the_one {
            return judge_dmarc(domain, at, answer, signed_by);
        }
    }
    judge_dmarc(domain, domain, Ok(Vec::new()), signed_by)
}

/// The same for a server that takes our mail, which may hand it on to another: what is amiss there is no more than a hint.
async fn reverse_of_server(resolver: &Resolver, server: &str) -> Finding {
    let addresses = match server.parse::<IpAddr>() {
        Ok(address) => Ok(vec![address]),
        Err(_) => resolver.addresses(server).await,
    };
    let address = match addresses {
        Ok(addresses) => addresses.into_iter().find(|address| !is_local(*address)),
        Err(why) => return Finding::NotAsked { check: Check::ReverseDns, what: server.to_owned(), why },
    };
    let Some(address) = address else { return Finding::ReverseNotKnown };
    match reverse(resolver, address).await {
        Finding::ReverseNone { .. } | Finding::ReverseNotBack { .. } => Finding::ReverseOfServer { server: server.to_owned(), address },
        other => other,
    }
}

/// Whether an address is of this machine or a network of one's own, so that no receiver ever sees it.
const fn is_local(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_loopback() || address.is_private() || address.is_link_local() || address.is_unspecified(),
        IpAddr::V6(address) => {
            address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local() || address.is_unspecified()
        }
    }
}

async fn reverse(resolver: &Resolver, address: IpAddr) -> Finding {
    let not_asked = |what: String, why: Unanswered| Finding::NotAsked { check: Check::ReverseDns, what, why };
    match resolver.names(address).await {
        Err(why) => not_asked(address.to_string(), why),
        Ok(names) => {
            let mut with_addresses = Vec::new();
            for name in names.into_iter().take(NAMES_FOLLOWED) {
                let addresses = resolver.addresses(&name).await;
                with_addresses.push((name, addresses));
            }
            judge_reverse(address, with_addresses)
        }
    }
}
