//! How well it is known that a signature is the organisation's own. Grades of what was seen, never verdicts: a moderator decides. Must not look
//! anything up.

use super::{
    keyed::keyed,
    signature::{SecondPerson, SignatoryKind, VettingItem},
    web_domain::OwnDomain,
};

keyed! {
    /// The grades, from weak to strong. Somebody who signs for themselves stands apart: whoever holds the mailbox is the signatory.
    Authority {
        /// An individual.
        Person = "person",
        /// The organisation's word alone.
        SelfDeclared = "self_declared",
        /// A named member of the coalition vouches.
        Vouched = "vouched",
        /// A document of the organisation was seen.
        Document = "document",
        /// The address the organisation publishes confirmed.
        PublishedAddress = "published_address",
        /// A second person of the organisation confirmed (R3).
        SecondPerson = "second_person",
        /// A mailbox at the organisation's own domain confirmed.
        OwnMailbox = "own_mailbox",
    }
}

/// What was seen of one signature.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// Who signs.
    pub kind: SignatoryKind,
    /// The mailbox pressed the button.
    pub confirmed: bool,
    /// Where the mailbox is.
    pub mailbox: Option<&'a str>,
    /// The site as it was typed.
    pub website: Option<&'a str>,
    /// What a second person said.
    pub second_person: SecondPerson,
    /// What moderators answered.
    pub checks: &'a [(VettingItem, bool)],
}

impl Seen<'_> {
    fn answered(&self, item: VettingItem) -> Option<bool> {
        self.checks.iter().find(|(of, _)| *of == item).map(|(_, passed)| *passed)
    }

    /// The site and the mailbox share a domain that is one organisation's, and no moderator found otherwise. At a university's the same domain
    /// says nothing: only a moderator can tell.
    fn mailbox_is_its_own(&self) -> bool {
        let share = || {
            let (mailbox, site) = (OwnDomain::of_mailbox(self.mailbox?)?, OwnDomain::of_site(self.website?)?);
            Some(mailbox == site && !site.shared_by_institutes)
        };
        self.confirmed
            && self.answered(VettingItem::Website) != Some(false)
            && self.answered(VettingItem::MailDomain).unwrap_or_else(|| share().unwrap_or(false))
    }
}

impl Authority {
    /// The strongest grade that what was seen allows.
    pub fn of(seen: Seen<'_>) -> Self {
        let holds = |item| seen.answered(item) == Some(true);
        if seen.kind == SignatoryKind::Individual {
            Self::Person
        } else if seen.mailbox_is_its_own() {
            Self::OwnMailbox
        } else if seen.second_person == SecondPerson::Given {
            Self::SecondPerson
        } else if holds(VettingItem::PublishedAddress) {
            Self::PublishedAddress
        } else if holds(VettingItem::Document) {
            Self::Document
        } else if holds(VettingItem::VouchingMember) {
            Self::Vouched
        } else {
            Self::SelfDeclared
        }
    }

    /// Whether it is enough where a campaign asks for at least `minimum`.
    pub fn meets(self, minimum: Self) -> bool {
        self == Self::Person || self >= minimum
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    const PLAIN: Seen<'_> = Seen {
        kind: SignatoryKind::Organisation,
        confirmed: true,
        mailbox: Some("gmail.com"),
        website: Some("https://lamp.org"),
        second_person: SecondPerson::NotNeeded,
        checks: &[],
    };

    #[test]
    fn a_mailbox_at_the_own_domain_counts_once_it_is_confirmed() {
        let own = Seen { mailbox: Some("mail.lamp.org"), ..PLAIN };
        assert_eq!(Authority::of(own), Authority::OwnMailbox);
        assert_eq!(Authority::of(Seen { confirmed: false, ..own }), Authority::SelfDeclared);
        assert_eq!(Authority::of(Seen { website: None, ..own }), Authority::SelfDeclared);
        assert_eq!(Authority::of(PLAIN), Authority::SelfDeclared, "a mailbox at a provider is nobody's own");
        let site_is_foreign = [(VettingItem::Website, false)];
        assert_eq!(
            Authority::of(Seen { checks: &site_is_foreign, ..own }),
            Authority::SelfDeclared,
            "whoever registers a domain names it too"
        );
    }

    #[test]
    fn the_domain_of_a_university_speaks_for_no_institute_until_a_moderator_says_so() {
        let institute = Seen { mailbox: Some("uni-exempel.edu"), website: Some("https://uni-exempel.edu/law"), ..PLAIN };
        assert_eq!(Authority::of(institute), Authority::SelfDeclared);
        let checked = [(VettingItem::MailDomain, true)];
        assert_eq!(Authority::of(Seen { checks: &checked, ..institute }), Authority::OwnMailbox);
    }

    #[test]
    fn the_strongest_of_what_was_seen_is_the_grade() {
        let mut checks = vec![(VettingItem::VouchingMember, true)];
        let grade = |checks: &[(VettingItem, bool)], second_person| Authority::of(Seen { checks, second_person, ..PLAIN });
        assert_eq!(grade(&checks, SecondPerson::Awaited), Authority::Vouched);
        checks.push((VettingItem::Document, true));
        assert_eq!(grade(&checks, SecondPerson::Awaited), Authority::Document);
        checks.push((VettingItem::PublishedAddress, true));
        assert_eq!(grade(&checks, SecondPerson::Awaited), Authority::PublishedAddress);
        assert_eq!(grade(&checks, SecondPerson::Given), Authority::SecondPerson);
        checks.push((VettingItem::MailDomain, true));
        assert_eq!(grade(&checks, SecondPerson::Given), Authority::OwnMailbox);
        assert_eq!(grade(&[(VettingItem::Document, false)], SecondPerson::Awaited), Authority::SelfDeclared);
    }

    #[test]
    fn an_individual_meets_every_minimum_and_an_organisation_only_what_it_reached() {
        assert_eq!(Authority::of(Seen { kind: SignatoryKind::Individual, ..PLAIN }), Authority::Person);
        for minimum in Authority::ALL {
            assert!(Authority::Person.meets(*minimum));
        }
        assert!(Authority::Document.meets(Authority::Vouched) && !Authority::Vouched.meets(Authority::Document));
    }
}
