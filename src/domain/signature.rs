//! Who signs, how visibly, and the life of a signature. The rule everything else leans on: only a verified signature is public
//! or counted. Must not know how a signature is stored or shown.

use super::{authority::Authority, keyed::keyed};

keyed! {
    /// The three kinds of signatory (R1).
    SignatoryKind {
        /// An organisation.
        Organisation = "organisation",
        /// A network or coalition; counts once however many members it has.
        Network = "network",
        /// A person; an affiliation is for identification only.
        Individual = "individual",
    }
}

keyed! {
    /// For whom a network signs (R1).
    NetworkMode {
        /// The secretariat alone.
        SecretariatOnly = "secretariat",
        /// On behalf of the members it lists.
        OnBehalf = "members",
    }
}

keyed! {
    /// How much of a signature the public sees (R14). From open to closed.
    Visibility {
        /// Name on the list.
        Named = "named",
        /// Counted by country and kind; the name is withheld for security.
        Withheld = "withheld",
        /// Counted in the grand total and nowhere else.
        TotalOnly = "total_only",
    }
}

impl Visibility {
    /// Whether a name may be printed at all.
    pub const fn shows_name(self) -> bool {
        matches!(self, Self::Named)
    }

    /// A signer may always ask for less to be shown by their own link (R15). To show more takes a new consent.
    pub fn signer_may_choose(self, next: Self) -> bool {
        next >= self
    }
}

keyed! {
    /// Where a signature came from.
    SignatureOrigin {
        /// The public form.
        Form = "form",
        /// A sheet.
        Import = "import",
        /// Typed in by staff from a mail.
        Typed = "typed",
        /// Invented for the demonstration.
        Demo = "demo",
    }
}

keyed! {
    /// Whether a second person of the organisation has to confirm (R3).
    SecondPerson {
        /// The campaign does not ask for one.
        NotNeeded = "not_needed",
        /// Asked for, not there yet: out of every count.
        Awaited = "awaited",
        /// Confirmed.
        Given = "given",
    }
}

keyed! {
    /// The life of a signature.
    SignatureState {
        /// Written down; the address is not confirmed.
        Pending = "pending",
        /// Confirmed from the mailbox; waits for vetting.
        Confirmed = "confirmed",
        /// Vetted: public (as far as its visibility allows) and counted.
        Verified = "verified",
        /// Set aside while something looks wrong.
        Quarantined = "quarantined",
        /// Taken back by the signer. A tombstone: an import does not revive it (R16).
        Withdrawn = "withdrawn",
        /// Refused by two people.
        Declined = "declined",
        /// Of the same signatory as another one, which stands for both (R11).
        Merged = "merged",
    }
}

/// A step a signature cannot take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a {from} signature cannot become {to}")]
pub struct ForbiddenStep {
    /// Where it stands.
    pub from: SignatureState,
    /// Where it was to go.
    pub to: SignatureState,
}

impl SignatureState {
    /// Only a verified signature is public or counted (R12).
    pub const fn counts(self) -> bool {
        matches!(self, Self::Verified)
    }

    /// Nothing follows.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Withdrawn | Self::Declined)
    }

    /// Where a signature may go from here.
    pub const fn next(self) -> &'static [Self] {
        match self {
            Self::Pending => &[Self::Confirmed, Self::Quarantined, Self::Withdrawn, Self::Declined],
            Self::Confirmed => &[Self::Verified, Self::Quarantined, Self::Withdrawn, Self::Declined, Self::Merged],
            // A verified one can turn out to be false, or be taken back.
            Self::Verified => &[Self::Quarantined, Self::Withdrawn, Self::Declined, Self::Merged],
            // Released to where it came from.
            Self::Quarantined => &[Self::Pending, Self::Confirmed, Self::Withdrawn, Self::Declined, Self::Merged],
            // Back to where it stood only by undoing the merge.
            Self::Merged => &[Self::Withdrawn],
            Self::Withdrawn | Self::Declined => &[],
        }
    }

    /// Takes the step or says why not.
    pub fn step(self, to: Self) -> Result<Self, ForbiddenStep> {
        if self.next().contains(&to) { Ok(to) } else { Err(ForbiddenStep { from: self, to }) }
    }
}

keyed! {
    /// What a moderator decides about a signature (R12).
    VettingDecision {
        /// It is who it says.
        Verify = "verify",
        /// A question goes to the signer; the signature stays where it is.
        AskMore = "ask_more",
        /// Set aside.
        Quarantine = "quarantine",
        /// Back from quarantine.
        Release = "release",
        /// Refuse; takes effect when a second person agrees.
        Decline = "decline",
    }
}

/// Why a decision cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VettingRefusal {
    /// The state does not allow it.
    #[error(transparent)]
    Step(#[from] ForbiddenStep),
    /// The campaign asks for a second confirming person, who has not confirmed.
    #[error("the second person has not confirmed")]
    SecondPersonAwaited,
    /// Less is known of the signer's authority than the campaign asks for.
    #[error("the signature is of a lower grade than the campaign asks for")]
    AuthorityTooLow,
    /// Declining needs a reason on the record.
    #[error("declining needs a reason")]
    ReasonMissing,
    /// One person cannot second their own decision.
    #[error("the same person cannot decide twice")]
    SamePerson,
}

/// What a decision is about: the facts of one signature that vetting looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VettingCase {
    /// Where the signature stands.
    pub state: SignatureState,
    /// Whether its address was ever confirmed.
    pub address_confirmed: bool,
    /// Whether a second person is due.
    pub second_person: SecondPerson,
    /// How well it is known to be the signatory's own.
    pub authority: Authority,
    /// The least of it that the campaign takes.
    pub minimum: Authority,
}

impl VettingDecision {
    /// Whether it takes effect only when another person agrees (R12: declining needs two).
    pub const fn needs_second(self) -> bool {
        matches!(self, Self::Decline)
    }

    /// Whether a reason must be written down.
    pub const fn needs_reason(self) -> bool {
        matches!(self, Self::Decline | Self::Quarantine)
    }

    /// The state that follows from this decision, once it is complete.
    pub fn outcome(self, case: VettingCase) -> Result<SignatureState, VettingRefusal> {
        let target = match self {
            Self::AskMore if !case.state.is_final() => return Ok(case.state),
            Self::AskMore => case.state,
            Self::Verify if case.second_person == SecondPerson::Awaited => return Err(VettingRefusal::SecondPersonAwaited),
            Self::Verify if !case.authority.meets(case.minimum) => return Err(VettingRefusal::AuthorityTooLow),
            Self::Verify => SignatureState::Verified,
            Self::Quarantine => SignatureState::Quarantined,
            Self::Decline => SignatureState::Declined,
            Self::Release if case.state != SignatureState::Quarantined => {
                return Err(ForbiddenStep { from: case.state, to: SignatureState::Confirmed }.into());
            }
            Self::Release if case.address_confirmed => SignatureState::Confirmed,
            Self::Release => SignatureState::Pending,
        };
        Ok(case.state.step(target)?)
    }

    /// Whether `second` may complete a decision that `first` took.
    pub fn may_second<Person: PartialEq>(self, first: &Person, second: &Person) -> Result<(), VettingRefusal> {
        if self.needs_second() && first == second { Err(VettingRefusal::SamePerson) } else { Ok(()) }
    }
}

keyed! {
    /// Consultative status with the Economic and Social Council, in the order its documents list organisations (resolution 1996/31).
    UnStatus {
        /// Concerned with most of the council's work.
        General = "general",
        /// Concerned with a few of its fields.
        Special = "special",
        /// Consulted now and then.
        Roster = "roster",
    }
}

keyed! {
    /// The checklist of vetting: what a moderator looked at.
    VettingItem {
        /// The web site exists and fits.
        Website = "website",
        /// Its web domain is older than a year: somebody looked it up.
        DomainAge = "domain_age",
        /// The mail domain belongs to the organisation.
        MailDomain = "mail_domain",
        /// A public register knows it.
        Register = "register",
        /// Status with the United Nations.
        UnStatus = "un_status",
        /// A member of the coalition vouches.
        VouchingMember = "vouching_member",
        /// The address the organisation publishes was asked and confirmed (R3).
        PublishedAddress = "published_address",
        /// A document of the organisation was seen.
        Document = "document",
        /// The organisation's own procedure was followed (R3).
        Authority = "authority",
    }
}

/// The checklist in the order a moderator works through it.
pub const VETTING_ITEMS: &[VettingItem] = VettingItem::ALL;

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    fn case(state: SignatureState) -> VettingCase {
        let (authority, minimum) = (Authority::SelfDeclared, Authority::SelfDeclared);
        VettingCase { state, address_confirmed: true, second_person: SecondPerson::NotNeeded, authority, minimum }
    }

    #[test]
    fn only_a_verified_signature_counts() {
        let counting: Vec<_> = SignatureState::ALL.iter().filter(|state| state.counts()).collect();
        assert_eq!(counting, [&SignatureState::Verified]);
    }

    #[test]
    fn a_signature_is_verified_only_after_its_address_was_confirmed() {
        let before_verified: Vec<_> = SignatureState::ALL.iter().filter(|s| s.next().contains(&SignatureState::Verified)).collect();
        assert_eq!(before_verified, [&SignatureState::Confirmed]);
    }

    #[test]
    fn withdrawn_and_declined_are_tombstones() {
        for state in SignatureState::ALL {
            assert_eq!(state.is_final(), state.next().is_empty());
        }
        assert!(SignatureState::Withdrawn.step(SignatureState::Confirmed).is_err());
    }

    #[test]
    fn every_open_signature_can_be_withdrawn() {
        for state in SignatureState::ALL.iter().filter(|state| !state.is_final()) {
            assert!(state.step(SignatureState::Withdrawn).is_ok(), "{state}");
        }
    }

    /// R3
    #[test]
    fn one_confirmation_is_not_enough_where_two_persons_are_asked_for() {
        let waiting = VettingCase { second_person: SecondPerson::Awaited, ..case(SignatureState::Confirmed) };
        assert_eq!(VettingDecision::Verify.outcome(waiting), Err(VettingRefusal::SecondPersonAwaited));
        let given = VettingCase { second_person: SecondPerson::Given, ..waiting };
        assert_eq!(VettingDecision::Verify.outcome(given), Ok(SignatureState::Verified));
    }

    #[test]
    fn below_the_grade_a_campaign_asks_for_nothing_is_verified() {
        let asked = VettingCase { minimum: Authority::Document, ..case(SignatureState::Confirmed) };
        assert_eq!(VettingDecision::Verify.outcome(asked), Err(VettingRefusal::AuthorityTooLow));
        assert_eq!(VettingDecision::Decline.outcome(asked), Ok(SignatureState::Declined));
        for authority in [Authority::Person, Authority::Document, Authority::OwnMailbox] {
            assert_eq!(VettingDecision::Verify.outcome(VettingCase { authority, ..asked }), Ok(SignatureState::Verified));
        }
    }

    /// R12
    #[test]
    fn declining_needs_another_person() {
        assert_eq!(VettingDecision::Decline.may_second(&1, &1), Err(VettingRefusal::SamePerson));
        assert_eq!(VettingDecision::Decline.may_second(&1, &2), Ok(()));
        assert_eq!(VettingDecision::Decline.outcome(case(SignatureState::Confirmed)), Ok(SignatureState::Declined));
    }

    #[test]
    fn release_returns_a_signature_to_where_it_came_from() {
        let quarantined = case(SignatureState::Quarantined);
        assert_eq!(VettingDecision::Release.outcome(quarantined), Ok(SignatureState::Confirmed));
        let unconfirmed = VettingCase { address_confirmed: false, ..quarantined };
        assert_eq!(VettingDecision::Release.outcome(unconfirmed), Ok(SignatureState::Pending));
        assert!(VettingDecision::Release.outcome(case(SignatureState::Verified)).is_err());
    }

    #[test]
    fn no_decision_revives_a_tombstone() {
        for state in [SignatureState::Withdrawn, SignatureState::Declined] {
            for decision in VettingDecision::ALL {
                assert!(decision.outcome(case(state)).is_err(), "{decision} of {state}");
            }
        }
    }

    /// R15
    #[test]
    fn a_signer_may_hide_a_name_but_not_publish_one_by_the_same_link() {
        assert!(Visibility::Named.signer_may_choose(Visibility::Withheld));
        assert!(!Visibility::Withheld.signer_may_choose(Visibility::Named));
    }
}
