//! The life of a letter, of a round of letters and of an attempt to deliver one (R33, R36). Nothing leaves that was not approved,
//! and nobody releases what they approved themselves. Must not know how a letter is written or carried.

use super::keyed::keyed;

keyed! {
    /// The life of a letter.
    LetterState {
        /// Written, not looked through.
        Draft = "draft",
        /// The checks found nothing that stops it.
        Checked = "checked",
        /// A person approved it.
        Approved = "approved",
        /// Handed to the outgoing mail.
        Queued = "queued",
        /// A server accepted it, or proof of delivery was uploaded.
        Sent = "sent",
        /// It came back, or a server refused it for good.
        Bounced = "bounced",
        /// Receipt was acknowledged.
        Acknowledged = "acknowledged",
        /// Answered in substance.
        Answered = "answered",
        /// Nothing more is expected.
        Closed = "closed",
    }
}

keyed! {
    /// The life of a round.
    RoundState {
        /// Letters are being written.
        Draft = "draft",
        /// All letters passed the checks.
        Checked = "checked",
        /// Approved as a whole.
        Approved = "approved",
        /// Released by a second person; letters are leaving.
        Sending = "sending",
        /// Over.
        Closed = "closed",
    }
}

/// A step that is not allowed, from one state to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("from {from} there is no way to {to}")]
pub struct ForbiddenMove<State: std::fmt::Display> {
    /// Where it stands.
    pub from: State,
    /// Where it was to go.
    pub to: State,
}

impl LetterState {
    /// Where a letter may go from here.
    pub const fn next(self) -> &'static [Self] {
        match self {
            Self::Draft => &[Self::Checked, Self::Closed],
            // An edit makes a draft of it again.
            Self::Checked => &[Self::Draft, Self::Approved, Self::Closed],
            // Straight to sent where a person carried it and uploaded the proof.
            Self::Approved => &[Self::Draft, Self::Queued, Self::Sent, Self::Closed],
            // Back to approved when it is taken out of the queue, or only rehearsed.
            Self::Queued => &[Self::Approved, Self::Sent, Self::Bounced],
            Self::Sent => &[Self::Bounced, Self::Acknowledged, Self::Answered, Self::Closed],
            Self::Bounced => &[Self::Queued, Self::Sent, Self::Closed],
            Self::Acknowledged => &[Self::Answered, Self::Closed],
            Self::Answered => &[Self::Closed],
            Self::Closed => &[],
        }
    }

    /// Takes the step or says why not.
    pub fn step(self, to: Self) -> Result<Self, ForbiddenMove<Self>> {
        if self.next().contains(&to) { Ok(to) } else { Err(ForbiddenMove { from: self, to }) }
    }

    /// Whether its text may still be changed.
    pub const fn is_editable(self) -> bool {
        matches!(self, Self::Draft | Self::Checked)
    }

    /// Whether it is still to leave; in a rehearsal, to be rehearsed: a rehearsed one is approved again.
    pub const fn is_held(self, rehearsed: bool) -> bool {
        matches!(self, Self::Draft | Self::Checked | Self::Queued) || matches!(self, Self::Approved) && !rehearsed
    }

    /// Whether it has left: from here its text and its file stay as they are.
    pub const fn has_left(self) -> bool {
        matches!(self, Self::Sent | Self::Bounced | Self::Acknowledged | Self::Answered)
    }
}

/// Why a round cannot be approved or released.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RoundRefusal {
    /// The state does not allow it.
    #[error(transparent)]
    Move(#[from] ForbiddenMove<RoundState>),
    /// Some letters are stopped by the checks (R31).
    #[error("{0} findings stop the round")]
    Blocked(u32),
    /// There is nothing to send.
    #[error("the round has no letters")]
    Empty,
    /// The same person cannot approve and release (R36).
    #[error("the person who approved cannot release")]
    SamePerson,
    /// Nobody approved it.
    #[error("nobody approved the round")]
    NotApproved,
}

impl RoundState {
    /// Where a round may go from here.
    pub const fn next(self) -> &'static [Self] {
        match self {
            Self::Draft => &[Self::Checked, Self::Closed],
            Self::Checked => &[Self::Draft, Self::Approved, Self::Closed],
            Self::Approved => &[Self::Draft, Self::Sending, Self::Closed],
            Self::Sending => &[Self::Closed],
            Self::Closed => &[],
        }
    }

    /// Takes the step or says why not.
    pub fn step(self, to: Self) -> Result<Self, ForbiddenMove<Self>> {
        if self.next().contains(&to) { Ok(to) } else { Err(ForbiddenMove { from: self, to }) }
    }

    /// Whether its letters may still be drafted, edited and left out: nobody has approved it.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Draft | Self::Checked)
    }

    /// The round after approval, with `blockers` findings in `letters` letters (R31).
    pub fn approve(self, letters: u32, blockers: u32) -> Result<Self, RoundRefusal> {
        let approved = self.step(Self::Approved)?;
        match (letters, blockers) {
            (0, _) => Err(RoundRefusal::Empty),
            (_, 0) => Ok(approved),
            (_, blockers) => Err(RoundRefusal::Blocked(blockers)),
        }
    }

    /// The round after release. Another person than the one who approved has to do it (R36).
    pub fn release<Person: PartialEq>(self, approved_by: Option<&Person>, released_by: &Person) -> Result<Self, RoundRefusal> {
        let sending = self.step(Self::Sending)?;
        match approved_by {
            None => Err(RoundRefusal::NotApproved),
            Some(approver) if approver == released_by => Err(RoundRefusal::SamePerson),
            Some(_) => Ok(sending),
        }
    }
}

keyed! {
    /// How a letter travels.
    Channel {
        /// E-mail with the PDF attached.
        Mail = "mail",
        /// Post.
        Post = "post",
        /// Handed over at the mission.
        Hand = "hand",
        /// A ministry's portal.
        Portal = "portal",
    }
}

keyed! {
    /// What came of one attempt to deliver.
    DispatchState {
        /// Waits for its turn.
        Queued = "queued",
        /// A server took it.
        Accepted = "accepted",
        /// A server refused it for good.
        Rejected = "rejected",
        /// A server asked to come back later.
        Deferred = "deferred",
        /// Written, and on purpose not sent (R36).
        Rehearsed = "rehearsed",
        /// A person delivered it and uploaded the proof.
        Recorded = "recorded",
    }
}

impl DispatchState {
    /// Where this answer takes the letter; `None` while the attempt goes on.
    pub const fn letter_state(self) -> Option<LetterState> {
        match self {
            Self::Queued | Self::Deferred => None,
            Self::Accepted | Self::Recorded => Some(LetterState::Sent),
            Self::Rejected => Some(LetterState::Bounced),
            // A rehearsed letter never counts as sent.
            Self::Rehearsed => Some(LetterState::Approved),
        }
    }

    /// Whether the attempt is over.
    pub const fn is_final(self) -> bool {
        self.letter_state().is_some()
    }
}

keyed! {
    /// An office a letter can go to.
    PostKind {
        /// Permanent representative to the United Nations in New York.
        PermanentRepresentative = "permanent_representative",
        /// Permanent observer, for a state that is an observer.
        PermanentObserver = "permanent_observer",
        /// Minister for foreign affairs.
        ForeignMinister = "foreign_minister",
        /// Permanent representative to the United Nations in Geneva.
        PermanentRepresentativeGeneva = "permanent_representative_geneva",
        /// Deputy permanent representative in New York.
        DeputyPermanentRepresentative = "deputy_permanent_representative",
        /// Legal adviser at the mission in New York, who speaks in the Sixth Committee.
        LegalAdviser = "legal_adviser",
        /// Whoever coordinates a group of states, at the mission.
        GroupCoordinator = "group_coordinator",
        /// Legal department of the ministry for foreign affairs.
        LegalDepartment = "legal_department",
        /// Minister of justice.
        JusticeMinister = "justice_minister",
        /// Ambassador where the writers are.
        Embassy = "embassy",
    }
}

/// Where an office is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seat {
    /// At the headquarters of the United Nations.
    NewYork,
    /// At its office there.
    Geneva,
    /// In the state's own capital.
    Capital,
    /// Where the writers are.
    WithTheWriters,
}

impl PostKind {
    /// Where the office is: by its clock letters leave.
    pub const fn seat(self) -> Seat {
        match self {
            Self::PermanentRepresentative
            | Self::PermanentObserver
            | Self::DeputyPermanentRepresentative
            | Self::LegalAdviser
            | Self::GroupCoordinator => Seat::NewYork,
            Self::PermanentRepresentativeGeneva => Seat::Geneva,
            Self::ForeignMinister | Self::LegalDepartment | Self::JusticeMinister => Seat::Capital,
            Self::Embassy => Seat::WithTheWriters,
        }
    }

    /// The office as conditions of blocks know it: a mission abroad, or the capital.
    pub const fn condition_key(self) -> &'static str {
        match self {
            Self::PermanentRepresentative
            | Self::PermanentObserver
            | Self::PermanentRepresentativeGeneva
            | Self::DeputyPermanentRepresentative
            | Self::LegalAdviser
            | Self::GroupCoordinator
            | Self::Embassy => Self::PermanentRepresentative.key(),
            Self::ForeignMinister | Self::LegalDepartment | Self::JusticeMinister => Self::ForeignMinister.key(),
        }
    }
}

keyed! {
    /// What an answer amounts to (R41).
    ReplyClass {
        /// Received, no more.
        Acknowledgement = "acknowledgement",
        /// In favour.
        Supportive = "supportive",
        /// Neither yes nor no.
        NonCommittal = "non_committal",
        /// Against.
        Negative = "negative",
        /// Passed on to somebody else, such as the capital.
        Referred = "referred",
        /// They offer to meet.
        MeetingOffered = "meeting_offered",
        /// They ask something back.
        Question = "question",
        /// They will not say, or will do nothing.
        Declined = "declined",
        /// About something else.
        OutOfScope = "out_of_scope",
    }
}

impl ReplyClass {
    /// Where an answer takes its letter.
    pub const fn letter_state(self) -> LetterState {
        match self {
            // Who has asked something, offered to meet or declined is not reminded as if they had been silent.
            Self::Supportive | Self::NonCommittal | Self::Negative | Self::MeetingOffered | Self::Question | Self::Declined => {
                LetterState::Answered
            }
            Self::Acknowledgement | Self::Referred | Self::OutOfScope => LetterState::Acknowledged,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use std::collections::BTreeSet;

    use super::*;

    /// Every state on some way from `from` to `to` that avoids `without`.
    fn reachable(from: LetterState, without: LetterState) -> BTreeSet<LetterState> {
        let mut seen = BTreeSet::new();
        let mut open = vec![from];
        while let Some(state) = open.pop() {
            if state != without && seen.insert(state) {
                open.extend(state.next());
            }
        }
        seen
    }

    /// R33
    #[test]
    fn no_letter_is_sent_that_was_not_approved() {
        let ways = reachable(LetterState::Draft, LetterState::Approved);
        assert_eq!(ways, BTreeSet::from([LetterState::Draft, LetterState::Checked, LetterState::Closed]));
    }

    /// R33
    #[test]
    fn a_draft_cannot_be_sent() {
        for to in [LetterState::Sent, LetterState::Queued, LetterState::Approved] {
            assert_eq!(LetterState::Draft.step(to), Err(ForbiddenMove { from: LetterState::Draft, to }));
        }
    }

    #[test]
    fn a_letter_that_left_is_never_edited() {
        for state in LetterState::ALL.iter().filter(|state| state.has_left()) {
            assert!(!state.is_editable());
            assert!(!state.next().iter().any(|next| next.is_editable()), "{state}");
        }
    }

    /// R31
    #[test]
    fn a_round_with_one_blocker_is_not_approved() {
        assert_eq!(RoundState::Checked.approve(195, 1), Err(RoundRefusal::Blocked(1)));
        assert_eq!(RoundState::Checked.approve(0, 0), Err(RoundRefusal::Empty));
        assert_eq!(RoundState::Checked.approve(195, 0), Ok(RoundState::Approved));
        assert!(RoundState::Draft.approve(195, 0).is_err());
    }

    /// R36
    #[test]
    fn sending_takes_two_people() {
        assert_eq!(RoundState::Approved.release(Some(&1), &1), Err(RoundRefusal::SamePerson));
        assert_eq!(RoundState::Approved.release(None, &1), Err(RoundRefusal::NotApproved));
        assert_eq!(RoundState::Approved.release(Some(&1), &2), Ok(RoundState::Sending));
        assert!(RoundState::Checked.release(Some(&1), &2).is_err());
    }

    /// R36
    #[test]
    fn a_rehearsed_letter_does_not_count_as_sent() {
        assert_eq!(DispatchState::Rehearsed.letter_state(), Some(LetterState::Approved));
        assert!(LetterState::Queued.step(LetterState::Approved).is_ok());
    }

    #[test]
    fn every_answer_fits_a_sent_letter() {
        for class in ReplyClass::ALL {
            assert!(LetterState::Sent.step(class.letter_state()).is_ok());
        }
    }
}
