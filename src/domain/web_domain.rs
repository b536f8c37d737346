//! The domain an organisation calls its own: of its web site or of a mailbox. Whoever shares one may be one organisation; a mailbox or a page at a
//! provider says nothing. Must not look anything up.

/// Providers of mailboxes for everybody. Two people with an address there share nothing.
#[rustfmt::skip]
const FREE_MAIL: &[&str] = &[
    "126.com", "163.com", "aol.com", "fastmail.com", "free.fr", "gmail.com", "gmx.com", "gmx.de", "gmx.net", "googlemail.com", "hotmail.com",
    "icloud.com", "inbox.ru", "laposte.net", "libero.it", "list.ru", "live.com", "mac.com", "mail.com", "mail.ru", "me.com", "msn.com",
    "orange.fr", "outlook.com", "pm.me", "proton.me", "protonmail.com", "qq.com", "rambler.ru", "rediffmail.com", "riseup.net", "seznam.cz",
    "sina.com", "t-online.de", "tutanota.com", "ukr.net", "wanadoo.fr", "web.de", "yahoo.com", "yandex.com", "yandex.ru", "ymail.com",
    "zoho.com",
];

/// Of them, those with an ending for each country: "yahoo.fr", "yahoo.co.uk".
const FREE_EVERYWHERE: &[&str] = &["aol", "gmx", "hotmail", "live", "outlook", "yahoo", "yandex"];

/// Names before a country's own ending under which anybody registers: `example.org.uk` is a name of its own, `org.uk` is not.
const SECOND_LEVEL: &[&str] =
    &["ac", "asso", "co", "com", "edu", "go", "gob", "gouv", "gov", "gv", "info", "ne", "net", "ngo", "or", "org", "univ", "web"];

/// Places where everybody has a page: under their own name before the dot, or after the slash.
#[rustfmt::skip]
const HOSTS: &[&str] = &[
    "blogspot.com", "facebook.com", "github.io", "google.com", "instagram.com", "jimdo.com", "linkedin.com", "linktr.ee", "medium.com",
    "over-blog.com", "squarespace.com", "substack.com", "t.me", "twitter.com", "typepad.com", "vk.com", "weebly.com", "wixsite.com",
    "wordpress.com", "x.com", "youtube.com",
];

/// Domains nobody owns (RFC 2606): demonstrations give everybody a name below them.
const RESERVED: &[&str] = &["example.com", "example.net", "example.org"];

/// Parts of such addresses that say what kind of page follows, and not whose.
#[rustfmt::skip]
const SECTIONS: &[&str] = &[
    "c", "channel", "company", "groups", "in", "pages", "people", "profile.php", "pg", "public", "school", "showcase", "site", "sites", "user",
    "view",
];

/// A domain that may tell two organisations to be one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OwnDomain {
    name: String,
    /// A university's: its institutes share the domain and are not one.
    pub shared_by_institutes: bool,
}

impl OwnDomain {
    /// Of a web address as people type it. `None` when it names nobody.
    pub fn of_site(typed: &str) -> Option<Self> {
        let lower = typed.trim().to_lowercase();
        let rest = lower.split_once("://").map_or(lower.as_str(), |(_, rest)| rest);
        let (host, path) = rest.split_once(['/', '?', '#']).unwrap_or((rest, ""));
        let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
        let host = host.split(':').next().unwrap_or_default();
        let mut own = registered(host)?;
        if own.starts_with("blogspot.") {
            // One blog at each country's ending.
            "blogspot.com".clone_into(&mut own);
        }
        if !HOSTS.contains(&own.as_str()) && !RESERVED.contains(&own.as_str()) {
            return Some(Self::named(own));
        }
        let label = host.split_once(own.split('.').next().unwrap_or_default()).map_or("", |(before, _)| before).trim_end_matches('.');
        let label = label.rsplit('.').next().filter(|label| !matches!(*label, "" | "www" | "m" | "sites" | "docs"));
        let page =
            path.split(['/', '?', '#']).map(|part| part.trim_start_matches('@')).find(|part| part.len() > 1 && !SECTIONS.contains(part));
        label.or(page).map(|who| Self { name: format!("{own}/{who}"), shared_by_institutes: false })
    }

    /// Of a mailbox's domain. `None` at a provider for everybody.
    pub fn of_mailbox(domain: &str) -> Option<Self> {
        let own = registered(&domain.to_lowercase())?;
        if RESERVED.contains(&own.as_str()) {
            return Self::of_site(domain);
        }
        let mut labels = own.split('.');
        let everywhere =
            labels.next().is_some_and(|first| FREE_EVERYWHERE.contains(&first)) && labels.next_back().is_some_and(|last| last.len() == 2);
        if everywhere || FREE_MAIL.contains(&own.as_str()) { None } else { Some(Self::named(own)) }
    }

    /// As it is compared.
    pub fn as_str(&self) -> &str {
        &self.name
    }

    fn named(name: String) -> Self {
        let shared = name.ends_with(".edu") || name.split('.').nth(1).is_some_and(|label| matches!(label, "ac" | "edu" | "univ"));
        let shared = shared || name.starts_with("uni-") || name.starts_with("univ-") || name == "un.org";
        Self { name, shared_by_institutes: shared }
    }
}

/// The part of a host that somebody registered.
fn registered(host: &str) -> Option<String> {
    let host = host.trim_matches('.');
    let fit = |label: &&str| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-');
    let labels: Vec<&str> = host.split('.').collect();
    if labels.len() < 2 || !labels.iter().all(fit) || labels.last()?.chars().all(|c| c.is_ascii_digit()) {
        return None;
    }
    let [.., before, last] = labels.as_slice() else { return None };
    let of_country = last.len() == 2 && SECOND_LEVEL.contains(before);
    let take = if of_country { 3 } else { 2 };
    let own = labels.get(labels.len().checked_sub(take)?..)?;
    Some(own.join("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(typed: &str) -> Option<String> {
        OwnDomain::of_site(typed).map(|domain| domain.name)
    }

    #[test]
    fn a_site_is_known_by_what_somebody_registered() {
        for typed in ["https://www.house.example/en/index.php", "http://house.example", "es.house.example", "HOUSE.example:443/?a=b"] {
            assert_eq!(site(typed).as_deref(), Some("house.example"), "{typed}");
        }
        assert_eq!(site("https://www.example.org.uk/about").as_deref(), Some("example.org.uk"));
        assert_eq!(site("http://blog.example.or.jp").as_deref(), Some("example.or.jp"));
        for nothing in ["", "https://", "example", "192.0.2.1", "org.uk", "a b.org", "..", "https://facebook.com", "www.wordpress.com/"] {
            assert_eq!(site(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn a_page_at_a_provider_is_known_by_whose_it_is() {
        assert_eq!(site("http://eaaf.typepad.com/"), site("https://eaaf.typepad.com/about"));
        assert_ne!(site("http://one.wordpress.com/"), site("http://two.wordpress.com/"));
        assert_eq!(site("https://www.facebook.com/Some.Group/photos"), site("facebook.com/some.group"));
        assert_eq!(site("http://one.blogspot.fr/"), site("https://one.blogspot.com"));
        for (one, other) in [
            ("https://www.linkedin.com/company/one", "https://linkedin.com/company/two/"),
            ("https://sites.google.com/view/one", "https://sites.google.com/view/two"),
            ("https://www.facebook.com/groups/111", "https://www.facebook.com/groups/222"),
            ("https://www.facebook.com/profile.php?id=111", "https://www.facebook.com/profile.php?id=222"),
            ("https://www.youtube.com/channel/one", "https://www.youtube.com/@two"),
        ] {
            assert!(site(one).is_some() && site(one) != site(other), "{one} {other}");
        }
    }

    /// R11: a mailbox for everybody says nothing about an organisation.
    #[test]
    fn a_free_mailbox_names_nobody() {
        for domain in ["gmail.com", "yahoo.fr", "Yahoo.co.uk", "mail.ru", "outlook.es", "qq.com", "proton.me", "live.nl"] {
            assert_eq!(OwnDomain::of_mailbox(domain), None, "{domain}");
        }
        assert_ne!(
            OwnDomain::of_mailbox("one.example.org"),
            OwnDomain::of_mailbox("two.example.org"),
            "reserved: below it everybody is another"
        );
        assert!(OwnDomain::of_mailbox("live.org").is_some(), "an own domain that begins like a provider's");
        assert!(OwnDomain::of_mailbox("staff.house.example").is_some_and(|domain| domain.as_str() == "house.example"));
        assert!(OwnDomain::of_mailbox("law.example.ac.uk").is_some_and(|domain| domain.shared_by_institutes));
    }
}
