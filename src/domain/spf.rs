//! What is wrong with a domain's SPF record (RFC 7208), told without asking anybody: whoever walks with it gives the records it wants. Counts what a
//! receiver would have to look up at worst, and must not decide whether one address may send.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::mail_health::{Answer, Check, Finding};

/// Look-ups a receiver makes before it gives up (RFC 7208, 4.6.4).
pub const MOST_LOOKUPS: usize = 10;
/// Records that are asked for before a walk ends; past this the count is over the limit several times.
const MOST_RECORDS: usize = 40;

/// A record that is still to be read, and how it was come by.
#[derive(Clone, Debug)]
struct Step {
    domain: String,
    /// The domains whose records led here.
    path: Vec<String>,
    /// Whether what matches in it lets a mail pass.
    passes: bool,
}

/// A walk through a record and those it names.
#[derive(Debug)]
pub struct Walk {
    domain: String,
    open: Vec<Step>,
    lookups: usize,
    records: usize,
    findings: Vec<Finding>,
}

/// What a record says, of the parts that matter here.
#[derive(Debug, Default)]
struct Record {
    lookups: usize,
    includes: Vec<(String, bool)>,
    redirect: Option<String>,
    /// The qualifier of `all`.
    all: Option<char>,
    /// A network as large as the whole of the Internet.
    everyone: bool,
}

impl Walk {
    /// Begins at the domain of a sender.
    pub fn start(domain: &str) -> Self {
        let first = Step { domain: domain.to_ascii_lowercase(), path: Vec::new(), passes: true };
        Self { domain: first.domain.clone(), open: vec![first], lookups: 0, records: 0, findings: Vec::new() }
    }

    /// The domain whose TXT records are wanted next; none when the walk is over.
    pub fn wants(&self) -> Option<&str> {
        self.open.last().map(|step| step.domain.as_str())
    }

    /// Takes the TXT records of the domain that was wanted.
    pub fn give(&mut self, answer: Answer<String>) {
        let Some(step) = self.open.pop() else { return };
        self.records += 1;
        let texts = match answer {
            Ok(texts) => texts,
            Err(why) => {
                self.findings.push(Finding::NotAsked { check: Check::Spf, what: step.domain, why });
                return;
            }
        };
        let mut records = texts.iter().filter(|text| is_spf(text));
        match (records.next(), records.count()) {
            (None, _) if step.path.is_empty() => self.findings.push(Finding::SpfNone { domain: step.domain }),
            (None, _) => self.findings.push(Finding::SpfLeadsNowhere { domain: step.domain }),
            (Some(text), 0) => match read(text) {
                Ok(record) => self.follow(&step, record),
                Err(term) => self.findings.push(Finding::SpfMalformed { domain: step.domain, term }),
            },
            (Some(_), others) => self.findings.push(Finding::SpfSeveral { domain: step.domain, count: others + 1 }),
        }
    }

    fn follow(&mut self, step: &Step, record: Record) {
        self.lookups += record.lookups;
        if step.passes && (record.all == Some('+') || record.everyone) {
            self.findings.push(Finding::SpfAllowsAll { domain: step.domain.clone() });
        }
        let ends_open = record.redirect.is_none() && matches!(record.all, None | Some('?'));
        if step.path.is_empty() && ends_open && !record.everyone {
            self.findings.push(Finding::SpfOpenEnd);
        }
        let mut path = step.path.clone();
        path.push(step.domain.clone());
        let redirect = record.redirect.map(|domain| (domain, true));
        for (domain, passes) in record.includes.into_iter().chain(redirect) {
            if domain.contains('%') {
                self.findings.push(Finding::SpfNotFollowed { domain });
            } else if path.contains(&domain) {
                self.findings.push(Finding::SpfLoop { domain });
            } else if self.records + self.open.len() < MOST_RECORDS {
                self.open.push(Step { domain, path: path.clone(), passes: step.passes && passes });
            }
        }
    }

    /// What was found; one line says so when nothing was.
    pub fn findings(mut self) -> Vec<Finding> {
        if self.lookups > MOST_LOOKUPS {
            self.findings.push(Finding::SpfTooManyLookups { count: self.lookups });
        }
        if self.findings.is_empty() {
            self.findings.push(Finding::SpfGood { domain: self.domain, lookups: self.lookups });
        }
        self.findings
    }
}

fn is_spf(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    text == "v=spf1" || text.starts_with("v=spf1 ")
}

/// Reads a record; the term that is none otherwise. What stands behind `all` is never reached and not counted.
fn read(text: &str) -> Result<Record, String> {
    let mut record = Record::default();
    for term in text.split_ascii_whitespace().skip(1) {
        let small = term.to_ascii_lowercase();
        let fault = || term.chars().take(80).collect::<String>();
        if let Some((name, value)) =
            small.split_once('=').filter(|(name, _)| name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c)))
        {
            match (name, value) {
                ("redirect", "") => return Err(fault()),
                ("redirect", value) if record.redirect.is_none() => record.redirect = Some(without_dot(value)),
                ("redirect", _) => return Err(fault()),
                _ => {}
            }
            continue;
        }
        let (qualifier, mechanism) = match small.chars().next() {
            Some(sign @ ('+' | '-' | '~' | '?')) => (sign, small.get(1..).unwrap_or_default()),
            _ => ('+', small.as_str()),
        };
        let end = mechanism.find([':', '/']).unwrap_or(mechanism.len());
        let (name, rest) = mechanism.split_at_checked(end).unwrap_or((mechanism, ""));
        let argument = rest.strip_prefix(':').filter(|argument| !argument.is_empty());
        let everyone = match (name, argument) {
            _ if record.all.is_some() => false,
            ("all", None) if rest.is_empty() => {
                record.all = Some(qualifier);
                false
            }
            ("include", Some(domain)) => {
                record.lookups += 1;
                record.includes.push((without_dot(domain), qualifier == '+'));
                false
            }
            ("exists", Some(_)) | ("a" | "mx" | "ptr", _) if rest != ":" => {
                record.lookups += 1;
                false
            }
            ("ip4", Some(network)) => network_length::<Ipv4Addr>(network, 32).ok_or_else(fault)? == 0,
            ("ip6", Some(network)) => network_length::<Ipv6Addr>(network, 128).ok_or_else(fault)? == 0,
            _ => return Err(fault()),
        };
        record.everyone |= everyone && qualifier == '+';
    }
    if record.all.is_some() {
        record.redirect = None;
    } else if record.redirect.is_some() {
        record.lookups += 1;
    }
    Ok(record)
}

/// How many bits of an address are fixed.
fn network_length<Address: std::str::FromStr>(network: &str, most: u8) -> Option<u8> {
    let (address, length) = match network.split_once('/') {
        Some((address, length)) => (address, length.parse().ok().filter(|length| *length <= most)?),
        None => (network, most),
    };
    address.parse::<Address>().ok().map(|_| length)
}

fn without_dot(domain: &str) -> String {
    domain.trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    //! Records as domains have them, given by hand.
    #![allow(clippy::unwrap_used)]
    use std::collections::BTreeMap;

    use super::*;
    use crate::domain::mail_health::Unanswered;

    /// Walks from example.org through records given by name.
    fn walked(records: &[(&str, &str)]) -> Vec<Finding> {
        let mut of: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (name, text) in records {
            of.entry(name).or_default().push((*text).to_owned());
        }
        let mut walk = Walk::start("Example.ORG");
        while let Some(name) = walk.wants() {
            let answer = of.get(name).cloned().unwrap_or_default();
            walk.give(Ok(answer));
        }
        walk.findings()
    }

    fn alone(record: &str) -> Vec<Finding> {
        walked(&[("example.org", record), ("example.org", "site-verification=1"), ("a.example", "v=spf1 -all")])
    }

    #[test]
    fn r79_one_sound_record_is_good_and_its_lookups_are_counted_through_what_it_names() {
        let records = [
            ("example.org", "v=spf1 a mx:mail.example.org include:a.example ip4:192.0.2.0/24 exists:%{i}.b.example redirect=c.example"),
            ("a.example", "v=spf1 ip6:2001:db8::/32 mx -all a:never.example"),
            ("c.example", "V=SPF1 PTR ~ALL"),
        ];
        assert_eq!(walked(&records), [Finding::SpfGood { domain: "example.org".into(), lookups: 7 }]);
        assert_eq!(alone("v=spf1 -all redirect=nowhere.example"), [Finding::SpfGood { domain: "example.org".into(), lookups: 0 }]);
    }

    #[test]
    fn r79_none_several_and_everybody_are_faults() {
        assert_eq!(walked(&[("example.org", "v=spf10 -all")]), [Finding::SpfNone { domain: "example.org".into() }]);
        let two = walked(&[("example.org", "v=spf1 -all"), ("example.org", "v=spf1 mx -all")]);
        assert_eq!(two, [Finding::SpfSeveral { domain: "example.org".into(), count: 2 }]);
        for record in ["v=spf1 +all", "v=spf1 mx all", "v=spf1 ip4:0.0.0.0/0 -all", "v=spf1 ip6:::/0 -all"] {
            assert_eq!(alone(record), [Finding::SpfAllowsAll { domain: "example.org".into() }], "{record}");
        }
        let through = walked(&[("example.org", "v=spf1 include:a.example -all"), ("a.example", "v=spf1 +all")]);
        assert_eq!(through, [Finding::SpfAllowsAll { domain: "a.example".into() }]);
        let not_through = walked(&[("example.org", "v=spf1 -include:a.example -all"), ("a.example", "v=spf1 +all")]);
        assert_eq!(not_through, [Finding::SpfGood { domain: "example.org".into(), lookups: 1 }]);
    }

    #[test]
    fn r79_ten_lookups_are_good_and_eleven_are_a_fault() {
        let record = |a: usize| format!("v=spf1 {} -all", "a:x.example ".repeat(a));
        assert_eq!(alone(&record(10)), [Finding::SpfGood { domain: "example.org".into(), lookups: 10 }]);
        assert_eq!(alone(&record(11)), [Finding::SpfTooManyLookups { count: 11 }]);
        // One include and its ten.
        let (first, second) = ("v=spf1 include:a.example -all", record(10));
        assert_eq!(walked(&[("example.org", first), ("a.example", &second)]), [Finding::SpfTooManyLookups { count: 11 }]);
    }

    #[test]
    fn r79_a_loop_an_include_without_a_record_and_a_slip_of_the_pen_are_told() {
        let records = [("example.org", "v=spf1 include:a.example -all"), ("a.example", "v=spf1 include:example.org. -all")];
        assert_eq!(walked(&records), [Finding::SpfLoop { domain: "example.org".into() }]);
        let nowhere = walked(&[("example.org", "v=spf1 include:gone.example -all")]);
        assert_eq!(nowhere, [Finding::SpfLeadsNowhere { domain: "gone.example".into() }]);
        for term in ["ip4:192.0.2.0/33", "ip4:mail.example.org", "include:", "include", "all:x", "mail", "redirect=", "a:"] {
            let record = format!("v=spf1 {term} -all");
            assert_eq!(alone(&record), [Finding::SpfMalformed { domain: "example.org".into(), term: term.into() }], "{term}");
        }
        assert_eq!(alone("v=spf1 include:%{d}.a.example -all"), [Finding::SpfNotFollowed { domain: "%{d}.a.example".into() }]);
        assert_eq!(alone("v=spf1 mx"), [Finding::SpfOpenEnd]);
        assert_eq!(alone("v=spf1 mx ?all"), [Finding::SpfOpenEnd]);
    }

    #[test]
    fn r79_what_nobody_answered_is_no_fault_of_the_domain() {
        let mut walk = Walk::start("example.org");
        walk.give(Err(Unanswered::InTime));
        assert!(walk.wants().is_none());
        let not_asked = Finding::NotAsked { check: Check::Spf, what: "example.org".into(), why: Unanswered::InTime };
        assert_eq!(walk.findings(), [not_asked]);
    }

    #[test]
    fn r79_records_that_name_ever_more_records_end() {
        let mut walk = Walk::start("0.example");
        let mut asked = 0;
        while let Some(name) = walk.wants().map(str::to_owned) {
            asked += 1;
            let include = |n: usize| format!("include:{n}.{name} ");
            walk.give(Ok(vec![format!("v=spf1 {}-all", (0..30).map(include).collect::<String>())]));
            assert!(asked < 100);
        }
        assert!(matches!(walk.findings().as_slice(), [Finding::SpfTooManyLookups { count }] if *count > 1_000));
    }
}
