//! Records judged by hand: keys, policies and names of addresses. SPF has its tests beside it.
#![allow(clippy::unwrap_used)]

use std::net::IpAddr;

use super::mail_health::{
    Answer, Check, Finding, Grade, PublicKey, Unanswered, is_policy, judge_dkim, judge_dmarc, judge_reverse, policy_domains,
};

const NAME: &str = "s1._domainkey.example.org";

fn key() -> PublicKey {
    PublicKey { selector: "s1".into(), kind: "rsa", bytes: vec![1, 2, 3], bare: vec![2, 3] }
}

fn dkim(records: &[&str]) -> Vec<Finding> {
    judge_dkim(NAME, Ok(records.iter().map(|record| (*record).to_owned()).collect()), &key())
}

fn dmarc(from: &str, at: &str, record: &str, dkim: Option<&str>) -> Vec<Finding> {
    judge_dmarc(from, at, Ok(vec!["other".into(), record.into()]), dkim)
}

#[test]
fn r79_the_published_key_is_the_public_half_in_either_form() {
    let good = [Finding::DkimGood { name: NAME.into() }];
    for record in ["v=DKIM1; k=rsa; p=AQID", "p=AQID", "v=DKIM1; p=AQ ID;", "v=DKIM1;k=rsa;t=s;p=AgM="] {
        assert_eq!(dkim(&[record, "unrelated"]), good, "{record}");
    }
    let publish = key().record();
    assert_eq!(publish, "\"v=DKIM1; k=rsa; p=AQID\"");
    for record in ["v=DKIM1; p=AQIE", "v=DKIM1; k=ed25519; p=AQID", "v=DKIM2; p=AQID", "p=!!!"] {
        assert_eq!(dkim(&[record]), [Finding::DkimOtherKey { name: NAME.into(), publish: publish.clone() }], "{record}");
    }
    assert_eq!(dkim(&["v=DKIM1; p="]), [Finding::DkimWithdrawn { name: NAME.into(), publish: publish.clone() }]);
    assert_eq!(dkim(&["v=DKIM1; t=y:s; p=AQID"]), [Finding::DkimTrial { name: NAME.into() }]);
    assert_eq!(dkim(&["p=AQID", "p=AQID"]), [Finding::DkimSeveral { name: NAME.into(), count: 2 }]);
    assert_eq!(dkim(&[]), [Finding::DkimNone { name: NAME.into(), publish }]);
}

#[test]
fn r79_a_policy_is_looked_for_from_the_domain_upwards_and_never_at_a_registry() {
    assert_eq!(policy_domains("mail.example.org"), ["mail.example.org", "example.org"]);
    assert_eq!(policy_domains("example.org"), ["example.org"]);
    assert!(is_policy("v=DMARC1; p=none") && is_policy(" v = DMARC1 ;p=none") && !is_policy("v=DMARC12; p=none") && !is_policy("p=none"));
}

#[test]
fn r79_policies_are_judged_and_signatures_have_to_be_of_the_senders_domain() {
    let good = |at: &str, policy: &str| Finding::DmarcGood { at: at.into(), policy: policy.into() };
    let own = "_dmarc.example.org";
    assert_eq!(dmarc("example.org", "example.org", "v=DMARC1; p=Reject", Some("example.org")), [good(own, "reject")]);
    let watching = dmarc("example.org", "example.org", "v=DMARC1; p=none", Some("example.org"));
    assert_eq!(watching, [Finding::DmarcWatchesOnly { at: own.into() }]);
    assert_eq!(watching.first().map(Finding::grade), Some(Grade::Note));
    let lower = dmarc("mail.example.org", "example.org", "v=DMARC1; p=none; sp=quarantine", Some("mail.example.org"));
    assert_eq!(lower, [good(own, "quarantine")]);
    for record in ["v=DMARC1", "v=DMARC1; p=", "v=DMARC1; p=discard"] {
        assert_eq!(
            dmarc("example.org", "example.org", record, Some("example.org")),
            [Finding::DmarcMalformed { at: own.into() }],
            "{record}"
        );
    }
    assert_eq!(judge_dmarc("example.org", "example.org", Ok(vec![]), None), [Finding::DmarcNone { domain: "example.org".into() }]);
    let twice = judge_dmarc("example.org", "example.org", Ok(vec!["v=DMARC1; p=none".into(), "v=DMARC1; p=reject".into()]), None);
    assert_eq!(twice, [Finding::DmarcSeveral { at: own.into(), count: 2 }]);
    let unsigned = dmarc("example.org", "example.org", "v=DMARC1; p=reject", None);
    assert_eq!(unsigned, [good(own, "reject"), Finding::DmarcRestsOnSpf]);

    let apart = |from: &str, dkim: &str| Finding::DmarcNotAligned { from: from.into(), dkim: dkim.into() };
    let strict = "v=DMARC1; p=reject; adkim=s";
    assert_eq!(dmarc("example.org", "example.org", "v=DMARC1; p=reject", Some("mail.example.org")), [good(own, "reject")]);
    assert_eq!(dmarc("a.example.org", "example.org", "v=DMARC1; p=reject", Some("b.example.org")), [good(own, "reject")]);
    assert_eq!(
        dmarc("example.org", "example.org", strict, Some("mail.example.org")),
        [good(own, "reject"), apart("example.org", "mail.example.org")]
    );
    assert_eq!(
        dmarc("example.org", "example.org", "v=DMARC1; p=reject", Some("badexample.org")),
        [good(own, "reject"), apart("example.org", "badexample.org")]
    );
}

#[test]
fn r79_the_name_of_an_address_has_to_lead_back_to_it() {
    let address: IpAddr = "192.0.2.7".parse().unwrap();
    let named = |name: &str, back: Answer<IpAddr>| (name.to_owned(), back);
    assert_eq!(judge_reverse(address, vec![]), Finding::ReverseNone { address });
    let other = named("host.example", Ok(vec!["192.0.2.8".parse().unwrap()]));
    let right = named("mail.example.org", Ok(vec![address]));
    assert_eq!(judge_reverse(address, vec![other.clone(), right]), Finding::ReverseGood { address, name: "mail.example.org".into() });
    assert_eq!(judge_reverse(address, vec![other.clone()]), Finding::ReverseNotBack { address, names: vec!["host.example".into()] });
    let silent = named("mail.example.org", Err(Unanswered::InTime));
    let told = judge_reverse(address, vec![other, silent]);
    assert_eq!((told.grade(), told.check()), (Grade::NotAsked, Check::ReverseDns));
}
