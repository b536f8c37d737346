//! R79: `demarche mail check` against a server of names on this machine: what a domain's records are told to be, and how the command ends.

use std::{
    collections::{HashMap, HashSet},
    io::{Read, Write},
    net::{IpAddr, SocketAddr, TcpListener, UdpSocket},
    sync::Arc,
    thread,
};

use demarche::config::DkimConfig;
use hickory_resolver::proto::{
    op::{Message, ResponseCode},
    rr::{
        Name, RData, Record, RecordType,
        rdata::{A, AAAA, PTR, TXT},
    },
};

use crate::{
    command_line::{demarche, told},
    signing,
    support::{Kind, Program},
};

/// The public half of the key that the unit tests sign with.
const PUBLIC: &str = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAugYgcHvWw7D/Xw1Dzjy1BqaNReC4F00q6289UwioIoALZdU4Cw9eL/7bHsJTjd10W7dlKwgS2gK7sMXspJXNublQJDxw8/bVmG9MxnBiJ0bdiN0drsAc6SWQF04xxCuK3Ag5LagS6mcALHyYMm74r5xKrt6S8vpy4TFLOTUYSVrHKHPX2irgDP/9MVsoh/evcvymuKRY2TuU7vJXzVEK0QYhNOjbIyNjbZ+GMlFXYeABpaKFama/n3OlAkTFSAx94GQMU7fRCS1P/KzgsJV3Ot8qb+ghRo+Q6l4V+EpSzoMl3oKzJBCcArLcj2yVMNQzUp5Vzq9Z0Wp4aXSG6VM2gQIDAQAB";
const KEY_FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/platform/mail/trial-rsa.pem");

/// What a server knows.
#[derive(Clone, Default)]
struct Zone {
    records: HashMap<(String, RecordType), Vec<RData>>,
    failing: HashSet<String>,
}

impl Zone {
    /// A domain with which all is well.
    fn healthy() -> Self {
        Self::default()
            .text("example.org", "v=spf1 ip4:192.0.2.0/28 include:relay.example -all")
            .text("example.org", "some-verification=1")
            .text("relay.example", "v=spf1 a:out.relay.example ~all")
            .text("s1._domainkey.example.org", &format!("v=DKIM1; k=rsa; p={PUBLIC}"))
            .text("_dmarc.example.org", "v=DMARC1; p=quarantine; rua=mailto:reports@example.org")
            .reverse("192.0.2.7", "mail.example.org")
            .address("mail.example.org", "192.0.2.7")
            .address("mail.example.org", "2001:db8::7")
            .address("out.relay.example", "198.51.100.1")
    }

    fn with(mut self, name: &str, data: RData) -> Self {
        self.records.entry((name.to_owned(), data.record_type())).or_default().push(data);
        self
    }

    /// A text, in parts of the length a record's part may have.
    fn text(self, name: &str, text: &str) -> Self {
        let parts = text.as_bytes().chunks(255).map(|part| String::from_utf8(part.to_vec()).unwrap()).collect();
        self.with(name, RData::TXT(TXT::new(parts)))
    }

    fn address(self, name: &str, address: &str) -> Self {
        match address.parse().unwrap() {
            IpAddr::V4(address) => self.with(name, RData::A(A(address))),
            IpAddr::V6(address) => self.with(name, RData::AAAA(AAAA(address))),
        }
    }

    fn reverse(self, address: &str, name: &str) -> Self {
        let at = Name::from(address.parse::<IpAddr>().unwrap()).to_ascii();
        self.with(at.trim_end_matches('.'), RData::PTR(PTR(Name::from_ascii(name).unwrap())))
    }

    fn without(mut self, name: &str) -> Self {
        self.records.retain(|(known, _), _| known != name);
        self
    }

    fn failing(mut self, name: &str) -> Self {
        self.failing.insert(name.to_owned());
        self
    }

    /// The answer to a question, cut short if it is longer than `room`.
    fn answer(&self, question: &[u8], room: usize) -> Vec<u8> {
        let asked = Message::from_vec(question).unwrap();
        let query = asked.queries[0].clone();
        let name = query.name().to_ascii().trim_end_matches('.').to_ascii_lowercase();
        let mut answer = Message::response(asked.metadata.id, asked.metadata.op_code);
        answer.metadata.recursion_desired = true;
        answer.metadata.recursion_available = true;
        answer.add_query(query.clone());
        if self.failing.contains(&name) {
            answer.metadata.response_code = ResponseCode::ServFail;
        } else if let Some(data) = self.records.get(&(name.clone(), query.query_type())) {
            answer.add_answers(data.iter().map(|data| Record::from_rdata(query.name().clone(), 60, data.clone())));
        } else if !self.records.keys().any(|(known, _)| *known == name) {
            answer.metadata.response_code = ResponseCode::NXDomain;
        }
        let bytes = answer.to_vec().unwrap();
        if bytes.len() <= room {
            return bytes;
        }
        answer.answers.clear();
        answer.metadata.truncation = true;
        answer.to_vec().unwrap()
    }

    /// Serves by UDP, and what does not fit by TCP, until the tests end.
    fn serve(self) -> SocketAddr {
        let (datagrams, streams) = (0..50)
            .find_map(|_| {
                let datagrams = UdpSocket::bind("127.0.0.1:0").unwrap();
                let streams = TcpListener::bind(datagrams.local_addr().unwrap()).ok()?;
                Some((datagrams, streams))
            })
            .unwrap();
        let at = datagrams.local_addr().unwrap();
        let (zone, same) = (Arc::new(self.clone()), Arc::new(self));
        thread::spawn(move || {
            let mut question = [0; 4096];
            while let Ok((length, from)) = datagrams.recv_from(&mut question) {
                drop(datagrams.send_to(&zone.answer(&question[..length], 512), from));
            }
        });
        thread::spawn(move || {
            for mut stream in streams.incoming().flatten() {
                let mut length = [0; 2];
                while stream.read_exact(&mut length).is_ok() {
                    let mut question = vec![0; usize::from(u16::from_be_bytes(length))];
                    stream.read_exact(&mut question).unwrap();
                    let answer = same.answer(&question, usize::from(u16::MAX));
                    let length = u16::try_from(answer.len()).unwrap().to_be_bytes();
                    drop(stream.write_all(&[&length[..], &answer].concat()));
                }
            }
        });
        at
    }
}

/// Runs the check against a server, with a key that signs and the address 192.0.2.7.
fn check(server: SocketAddr, more: &[(&str, &str)]) -> (i32, String, String) {
    let server = server.to_string();
    let settings = [
        ("DEMARCHE_MAIL_DIR", "unused"),
        ("DEMARCHE_SECRET_KEY", "a secret of the tests, long enough to be one"),
        ("DEMARCHE_MAIL_FROM", "secretariat@example.org"),
        ("DEMARCHE_DKIM_KEY_FILE", KEY_FILE),
        ("DEMARCHE_DKIM_SELECTOR", "s1"),
    ];
    let arguments = ["mail", "check", "--resolver", &server, "--sending-ip", "192.0.2.7", "--timeout", "1"];
    told(demarche(&arguments, &settings).envs(more.iter().copied()).output().unwrap())
}

fn checked(zone: Zone) -> (i32, String) {
    let (code, shown, said) = check(zone.serve(), &[]);
    (code, shown + &said)
}

/// Changes one thing about a healthy domain: the check ends with 1 and one line of a fault, which names what is wrong.
#[track_caller]
fn one_fault(zone: Zone, check: &str, words: &str) {
    let (code, shown) = checked(zone);
    let faults: Vec<&str> = shown.lines().filter(|line| line.contains(" FAULT ")).collect();
    assert_eq!((code, faults.len()), (1, 1), "{shown}");
    assert!(faults[0].starts_with(check) && faults[0].contains(words), "{words} in {shown}");
}

#[test]
fn r79_a_healthy_domain_is_good_in_every_line() {
    let (code, shown, said) = check(Zone::healthy().serve(), &[]);
    assert_eq!((code, said.as_str()), (0, ""), "{shown}");
    let lines: Vec<&str> = shown.lines().collect();
    assert_eq!(lines.len(), 5, "{shown}");
    assert!(lines.iter().all(|line| line.contains(" good ")), "{shown}");
    assert!(lines[0].starts_with("spf") && lines[0].contains("2 of 10 look-ups"), "{shown}");
    assert!(lines[1].contains("192.0.2.7 may send"), "{shown}");
    assert!(lines[2].starts_with("dkim") && lines[3].starts_with("dmarc") && lines[3].contains("quarantine"), "{shown}");
    assert!(lines[4].starts_with("reverse dns") && lines[4].contains("mail.example.org"), "{shown}");
}

#[test]
fn r79_no_record_two_records_and_a_record_for_everybody() {
    let (code, shown) = checked(Zone::healthy().without("example.org"));
    assert!(code == 1 && shown.contains("FAULT     example.org has no record: publish"), "{shown}");
    one_fault(Zone::healthy().text("example.org", "v=spf1 mx -all"), "spf", "2 records");
    one_fault(Zone::healthy().without("example.org").text("example.org", "v=spf1 +all"), "spf", "lets everybody send");
}

#[test]
fn r79_an_address_that_the_record_leaves_out() {
    one_fault(Zone::healthy().without("example.org").text("example.org", "v=spf1 ip4:192.0.2.8 ~all"), "spf", "192.0.2.7 may not send");
}

#[test]
fn r79_eleven_lookups_through_two_records_and_records_that_lead_back() {
    let own = format!("v=spf1 ip4:192.0.2.7 include:relay.example {}-all", "a:x.example ".repeat(9));
    one_fault(Zone::healthy().without("example.org").text("example.org", &own), "spf", "11 names");
    one_fault(
        Zone::healthy().without("relay.example").text("relay.example", "v=spf1 include:example.org -all"),
        "spf",
        "lead back to example.org",
    );
    one_fault(Zone::healthy().without("relay.example"), "spf", "relay.example is included and has no record");
}

#[test]
fn r79_a_key_of_another_pair_and_no_key() {
    let name = "s1._domainkey.example.org";
    let other = PUBLIC.replace("AugYgcHv", "AugYgcHw");
    assert_ne!(other, PUBLIC);
    let zone = Zone::healthy().without(name).text(name, &format!("v=DKIM1; k=rsa; p={other}"));
    one_fault(zone, "dkim", &format!("publish TXT \"v=DKIM1; k=rsa; p={PUBLIC}\""));
    one_fault(Zone::healthy().without(name), "dkim", "has no key");
}

#[test]
fn r79_mail_that_is_not_signed_is_told_and_a_signature_of_another_domain_is_a_fault() {
    let server = Zone::healthy().serve();
    let (code, shown, _) = check(server, &[("DEMARCHE_DKIM_KEY_FILE", ""), ("DEMARCHE_DKIM_SELECTOR", "")]);
    assert!(code == 0 && shown.contains("dkim         note      mails are not signed here"), "{shown}");
    let zone = Zone::healthy().text("s1._domainkey.relay.example", &format!("p={PUBLIC}"));
    let (code, shown, _) = check(zone.serve(), &[("DEMARCHE_DKIM_DOMAIN", "relay.example")]);
    assert!(code == 1 && shown.contains("signatures are of relay.example and mails of example.org"), "{shown}");
}

#[test]
fn r79_no_policy_one_of_the_domain_above_and_one_that_asks_for_nothing() {
    let at = "_dmarc.example.org";
    one_fault(Zone::healthy().without(at), "dmarc", "has no policy");
    let (code, shown) = checked(Zone::healthy().without(at).text(at, "v=DMARC1; p=none"));
    assert!(code == 0 && shown.contains("dmarc        note"), "{shown}");
    let zone = Zone::healthy()
        .text("mail.example.org", "v=spf1 ip4:192.0.2.7 -all")
        .text("s1._domainkey.mail.example.org", &format!("p={PUBLIC}"));
    let (code, shown, _) = check(zone.serve(), &[("DEMARCHE_MAIL_FROM", "secretariat@mail.example.org")]);
    assert!(code == 0 && shown.contains("_dmarc.example.org asks for quarantine"), "{shown}");
}

#[test]
fn r79_an_address_without_a_name_and_one_whose_name_does_not_come_back() {
    one_fault(Zone::healthy().without("7.2.0.192.in-addr.arpa"), "reverse dns", "has no name");
    let zone = Zone::healthy().without("mail.example.org").address("mail.example.org", "192.0.2.8");
    one_fault(zone, "reverse dns", "no name leads back");
}

/// Without an address the server that takes our mail is looked at; what is amiss there is a note, since it may hand mails on.
#[test]
fn r79_the_server_that_takes_our_mail_stands_in_for_an_address_that_was_not_given() {
    let of = |zone: Zone, smtp: &str| {
        let server = zone.serve().to_string();
        let settings = [
            ("DEMARCHE_SMTP_URL", smtp),
            ("DEMARCHE_SECRET_KEY", "a secret of the tests, long enough to be one"),
            ("DEMARCHE_MAIL_FROM", "secretariat@example.org"),
        ];
        let (code, shown, said) = told(demarche(&["mail", "check", "--resolver", &server], &settings).output().unwrap());
        assert_eq!(code, 0, "{shown}{said}");
        assert!(!shown.contains("hunter2"), "{shown}");
        shown.lines().find(|line| line.starts_with("reverse dns")).unwrap().to_owned()
    };
    let url = "smtp://user:hunter2@mail.example.org:587/?tls=required";
    assert!(of(Zone::healthy(), url).contains("good      192.0.2.7 is mail.example.org"));
    let unnamed =
        of(Zone::healthy().without("7.2.0.192.in-addr.arpa").without("mail.example.org").address("mail.example.org", "192.0.2.7"), url);
    assert!(unnamed.contains("note      no name of mail.example.org (192.0.2.7)"), "{unnamed}");
    for own in ["smtp://127.0.0.1:1025", "smtp://[::1]", "smtp://10.0.0.3", "smtp://nowhere.example"] {
        let line = of(Zone::healthy(), own);
        assert!(line.contains("note      the address mail leaves from is not known"), "{own}: {line}");
    }
}

#[test]
fn r79_what_a_server_cannot_say_is_no_fault_and_what_does_not_exist_is_one() {
    let at = "_dmarc.example.org";
    let (code, shown) = checked(Zone::healthy().failing(at));
    assert!(
        code == 75 && !shown.contains("FAULT ") && shown.contains("dmarc        not asked could not ask for _dmarc.example.org"),
        "{shown}"
    );
    let (code, shown) = checked(Zone::healthy().failing("relay.example"));
    assert!(code == 75 && shown.contains("could not ask for relay.example"), "{shown}");
    // A fault that is known stays one beside what could not be asked.
    let (code, shown) = checked(Zone::healthy().failing("relay.example").without(at));
    assert!(code == 1 && shown.contains("not asked"), "{shown}");
}

#[test]
fn r79_a_silent_server_is_told_in_time_and_says_nothing_about_the_domain() {
    let silent = UdpSocket::bind("127.0.0.1:0").unwrap();
    let start = std::time::Instant::now();
    let (code, shown, said) = check(silent.local_addr().unwrap(), &[]);
    assert_eq!(code, 75, "{shown}{said}");
    assert!(!shown.contains("FAULT") && shown.lines().filter(|line| line.contains(" not asked ")).count() == 4, "{shown}");
    assert!(said.contains("not everything could be asked") && said.lines().count() == 1, "{said}");
    assert!(start.elapsed().as_secs() < 30, "{:?}", start.elapsed());
}

#[test]
fn r79_nobodys_domain_is_wrong_usage() {
    let (code, _, said) = check("127.0.0.1:9".parse().unwrap(), &[("DEMARCHE_MAIL_FROM", "demarche@localhost.localdomain")]);
    assert!(code == 2 && said.contains("DEMARCHE_MAIL_FROM"), "{said}");
}

/// R79: with a key in the settings every mail leaves signed for the sender's domain.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r79_mails_leave_signed_once_there_is_a_key() {
    let key = std::fs::read_to_string(KEY_FILE).unwrap();
    for signed in [true, false] {
        let dkim = DkimConfig { domain: "example.org".into(), selector: "s1".into(), key: key.clone().into() };
        let program = Program::start_with(Kind::Sqlite, |config| config.dkim = signed.then_some(dkim)).await;
        let sent = signing::send(&program.browser(), "en", &signing::organisation("Lake Basin Forum", "ana@forum.example.org")).await;
        assert_eq!(sent.status, 303, "{}", sent.text());
        program.drain().await;
        let mails = program.mail.accepted();
        assert_eq!(mails.len(), 1);
        let mail = String::from_utf8_lossy(&mails[0].bytes).into_owned();
        let head = mail.split("\r\n\r\n").next().unwrap();
        assert_eq!(head.contains("DKIM-Signature:") && head.contains("d=example.org") && head.contains("s=s1"), signed, "{head}");
    }
}
