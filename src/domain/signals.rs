//! What looks odd about a signature. Signals for a person to weigh, never verdicts: a burst is set aside, and nothing is refused (R13). Must not look
//! anything up.

use chrono::{DateTime, Duration, Utc};

use super::{keyed::keyed, language::Language, web_domain::OwnDomain};

keyed! {
    /// One thing that looks odd.
    Signal {
        /// A mailbox at a provider for everybody, though the organisation names a site of its own.
        FreeMail = "free_mail",
        /// A mailbox of another domain than the site.
        OtherDomain = "other_domain",
        /// A language that is neither official in its country nor English.
        OddLanguage = "odd_language",
        /// The same person is the contact of another organisation.
        SameContact = "same_contact",
        /// Its web domain is less than a year old; staff looked that up.
        NewDomain = "new_domain",
        /// Others came from the same network on that day.
        SameNetwork = "same_network",
        /// Very many came from the same network in a short time.
        Burst = "burst",
        /// Whoever was named as the second person says it was not the organisation.
        SecondPersonDenies = "second_person_denies",
    }
}

/// What a signature says of itself.
#[derive(Clone, Copy, Debug)]
pub struct Said<'a> {
    /// Where the mailbox is.
    pub mailbox: Option<&'a str>,
    /// The site as typed.
    pub website: Option<&'a str>,
    /// The language of the form.
    pub language: Language,
    /// The languages of the United Nations that are official in its country; empty where that is not known.
    pub official: &'a [Language],
}

/// What is odd about one by itself.
pub fn of_one(said: Said<'_>) -> Vec<Signal> {
    let site = said.website.and_then(OwnDomain::of_site);
    let mailbox = said.mailbox.and_then(OwnDomain::of_mailbox);
    let mail = match (&site, said.mailbox, mailbox) {
        (Some(_), Some(_), None) => Some(Signal::FreeMail),
        (Some(site), _, Some(mailbox)) if *site != mailbox => Some(Signal::OtherDomain),
        _ => None,
    };
    let odd = said.language != Language::En && !said.official.is_empty() && !said.official.contains(&said.language);
    mail.into_iter().chain(odd.then_some(Signal::OddLanguage)).collect()
}

/// Those of one network that came with at least `size - 1` others within `window` of each other. `arrivals` in the order they came.
pub fn in_bursts<Id: Copy>(arrivals: &[(Id, DateTime<Utc>)], size: usize, window: Duration) -> Vec<Id> {
    let (mut found, mut first, mut taken) = (Vec::new(), 0, 0);
    for (last, (_, at)) in arrivals.iter().enumerate() {
        while arrivals.get(first).is_some_and(|(_, earlier)| *at - *earlier > window) {
            first += 1;
        }
        if last + 1 - first >= size.max(2) {
            let from = first.max(taken);
            found.extend(arrivals.iter().take(last + 1).skip(from).map(|(id, _)| *id));
            taken = last + 1;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use proptest::prelude::*;

    use super::*;

    const PLAIN: Said<'_> = Said { mailbox: None, website: Some("https://lamp.org"), language: Language::En, official: &[Language::Fr] };

    /// R13
    #[test]
    fn a_mailbox_that_is_not_the_organisations_own_is_a_signal() {
        let signals = |mailbox| of_one(Said { mailbox: Some(mailbox), ..PLAIN });
        assert_eq!(signals("gmail.com"), [Signal::FreeMail]);
        assert_eq!(signals("other.org"), [Signal::OtherDomain]);
        assert_eq!(signals("office.lamp.org"), []);
        assert_eq!(
            of_one(Said { mailbox: Some("gmail.com"), website: None, ..PLAIN }),
            [],
            "whoever has no site has no other mailbox to use"
        );
    }

    /// R13
    #[test]
    fn a_language_foreign_to_the_country_is_a_signal_and_english_is_none() {
        let signals = |language, official| of_one(Said { language, official, ..PLAIN });
        assert_eq!(signals(Language::Zh, &[Language::Fr]), [Signal::OddLanguage]);
        assert_eq!(signals(Language::Fr, &[Language::Fr]), []);
        assert_eq!(signals(Language::Zh, &[]), [], "most states have no official language of the United Nations");
    }

    fn at(minutes: i64) -> DateTime<Utc> {
        DateTime::<Utc>::UNIX_EPOCH + Duration::minutes(minutes)
    }

    /// R13
    #[test]
    fn many_within_a_short_time_are_a_burst_and_the_same_number_spread_out_is_none() {
        let arrivals = |every: i64| (0..50).map(|n| (n, at(n * every))).collect::<Vec<_>>();
        assert!(in_bursts(&arrivals(20), 20, Duration::minutes(10)).is_empty());
        assert_eq!(in_bursts(&arrivals(0), 20, Duration::minutes(10)).len(), 50);
        let mut mixed: Vec<(i64, DateTime<Utc>)> = arrivals(20);
        mixed.extend((100..130).map(|n| (n, at(2000))));
        assert_eq!(in_bursts(&mixed, 20, Duration::minutes(10)), (100..130).collect::<Vec<_>>());
    }

    proptest! {
        #[test]
        fn a_burst_holds_exactly_those_with_enough_others_around_them(mut times in prop::collection::vec(0_i64..300, 0..60), size in 2_usize..12) {
            times.sort_unstable();
            let arrivals: Vec<(usize, DateTime<Utc>)> = times.iter().enumerate().map(|(n, minutes)| (n, at(*minutes))).collect();
            let found = in_bursts(&arrivals, size, Duration::minutes(10));
            let expected: Vec<usize> = (0..times.len())
                .filter(|of| (0..times.len()).any(|first| {
                    let window: Vec<usize> = (first..times.len()).filter(|n| times[*n] - times[first] <= 10).collect();
                    window.len() >= size && window.contains(of)
                }))
                .collect();
            prop_assert_eq!(found, expected);
        }
    }
}
