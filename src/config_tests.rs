//! Settings as an operator writes them, right and wrong.

#![allow(clippy::unwrap_used)]
use super::*;

fn lookup(name: &str) -> Option<String> {
    match name {
        "DATABASE_URL" => Some("postgres://demarche:hunter2@db/demarche".into()),
        "DEMARCHE_SMTP_URL" => Some("smtps://user:hunter2@mail.example.org".into()),
        "DEMARCHE_SECRET_KEY" => Some("0123456789abcdef0123456789abcdef".into()),
        _ => None,
    }
}

#[test]
fn secrets_are_masked_in_the_listing() {
    let mut origins = Vec::new();
    let config = Config::read_all(&lookup, std::iter::empty(), &mut origins).unwrap();
    let listing = format!("{origins:?} {config:?}");
    assert!(!listing.contains("hunter2") && !listing.contains("0123456789"), "{listing}");
    assert!(listing.contains("postgres://***@db/demarche"));
}

#[test]
fn a_misspelt_setting_is_a_fault_and_the_tests_own_are_none() {
    let given = ["DEMARCHE_SMPT_URL", "DEMARCHE_TEST_POSTGRES", "PATH", "DEMARCHE_LISTEN"].map(str::to_owned);
    let error = Config::read_all(&lookup, given.into_iter(), &mut Vec::new()).unwrap_err().to_string();
    assert!(error.contains("DEMARCHE_SMPT_URL") && error.lines().count() == 2, "{error}");
}

#[test]
fn the_public_address_is_a_host_and_nothing_after_it() {
    assert!(is_address_of_a_site("https://sign.example.org") && is_address_of_a_site("http://127.0.0.1:8080"));
    for bad in ["", "https://", "ftp://x", "https://x/y", "https://x?y", "https://u:p@x", "https://x y", "https://x\"y"] {
        assert!(!is_address_of_a_site(bad), "{bad}");
    }
}

#[test]
fn r79_a_key_that_signs_is_read_from_its_file_and_every_slip_is_a_fault() {
    let folder = tempfile::tempdir().unwrap();
    let (key, nonsense) = (folder.path().join("key.pem"), folder.path().join("nonsense.pem"));
    std::fs::write(&key, include_str!("platform/mail/trial-rsa.pem")).unwrap();
    std::fs::write(&nonsense, "nonsense").unwrap();
    let read = |file: &std::path::Path, selector: &'static str| {
        Config::from_lookup(&|name| match name {
            "DEMARCHE_DKIM_KEY_FILE" => Some(file.display().to_string()),
            "DEMARCHE_DKIM_SELECTOR" => Some(selector.to_owned()),
            "DEMARCHE_MAIL_FROM" => Some("secretariat@example.org".to_owned()),
            _ => lookup(name),
        })
    };
    let config = read(&key, "s1").unwrap();
    let dkim = config.dkim.unwrap();
    assert_eq!((dkim.domain.as_str(), dkim.selector.as_str()), ("example.org", "s1"));
    assert!(!format!("{dkim:?}").contains("PRIVATE"));
    assert_eq!(dkim.signer().unwrap().published().len(), 1);
    for (file, selector, name) in [
        (folder.path().join("gone.pem").as_path(), "s1", "DEMARCHE_DKIM_KEY_FILE"),
        (&nonsense, "s1", "DEMARCHE_DKIM_KEY_FILE"),
        (&key, "", "DEMARCHE_DKIM_SELECTOR"),
        (&key, "s 1", "DEMARCHE_DKIM_SELECTOR"),
        (std::path::Path::new(""), "s1", "DEMARCHE_DKIM_KEY_FILE"),
    ] {
        let error = read(file, selector).unwrap_err().to_string();
        assert!(error.contains(name), "{error}");
    }
}

#[test]
fn numbers_out_of_their_range_are_faults() {
    for (name, value) in
        [("DEMARCHE_THREADS", "0"), ("DEMARCHE_DATABASE_POOL", "0"), ("DEMARCHE_LETTERS_PER_MINUTE", "0"), ("DEMARCHE_PAGE_CACHE_MS", "-1")]
    {
        let error = Config::from_lookup(&|asked| if asked == name { Some(value.to_owned()) } else { lookup(asked) }).unwrap_err();
        assert!(error.to_string().contains(name), "{error}");
    }
}

#[test]
fn one_message_lists_all_faults() {
    let error = Config::from_lookup(&|name| match name {
        "DATABASE_URL" => Some("mysql://x".into()),
        "DEMARCHE_LISTEN" => Some("nowhere".into()),
        "DEMARCHE_DATABASE_POOL" => Some("many".into()),
        _ => None,
    })
    .unwrap_err()
    .to_string();
    for name in ["DATABASE_URL", "DEMARCHE_LISTEN", "DEMARCHE_SMTP_URL", "DEMARCHE_SECRET_KEY", "DEMARCHE_DATABASE_POOL"] {
        assert!(error.contains(name), "{name} in {error}");
    }
}
