//! How an answer reached us, and what stands behind it (R41): a document in our hands, an official record anybody can open, or somebody's account. Must not
//! say what the answer means.

use super::{evidence::CoderConfidence, keyed::keyed};

keyed! {
    /// How an answer came.
    AnswerChannel {
        /// By e-mail.
        Mail = "mail",
        /// As a note verbale.
        NoteVerbale = "note_verbale",
        /// By post.
        Post = "post",
        /// Handed over.
        Hand = "hand",
        /// Through a portal.
        Portal = "portal",
        /// Said at a meeting.
        Meeting = "meeting",
        /// Said on the telephone.
        Phone = "phone",
        /// Said on the floor, in a session that keeps a record.
        Statement = "statement",
    }
}

keyed! {
    /// The grade of proof.
    Proof {
        /// A signed note, or a mail from an official address, held in file.
        Document = "document",
        /// An official public record, with its address.
        Record = "record",
        /// Somebody's account.
        Report = "report",
    }
}

/// What there is to an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Behind {
    /// How it came.
    pub channel: AnswerChannel,
    /// Its file is kept.
    pub has_file: bool,
    /// The address of an official record is known.
    pub has_record: bool,
    /// It is a mail from another mailbox than the letter went to.
    pub is_stranger: bool,
}

impl Behind {
    /// The grade before a person looks. Never more than what is held: a paper that nobody kept is somebody's account of it.
    pub const fn proof(self) -> Proof {
        match self.channel {
            _ if self.has_record => Proof::Record,
            AnswerChannel::Meeting | AnswerChannel::Phone | AnswerChannel::Statement => Proof::Report,
            AnswerChannel::Mail | AnswerChannel::NoteVerbale | AnswerChannel::Post | AnswerChannel::Hand | AnswerChannel::Portal => {
                if self.has_file && !self.is_stranger { Proof::Document } else { Proof::Report }
            }
        }
    }
}

impl Proof {
    /// Whether an answer can have this grade: a document has a file, a record its address.
    pub const fn is_held(self, has_file: bool, has_record: bool) -> bool {
        match self {
            Self::Document => has_file,
            Self::Record => has_record,
            Self::Report => true,
        }
    }

    /// How sure the evidence made of it can be at first sight: an account by somebody is never more than that.
    pub const fn suggests(self) -> CoderConfidence {
        match self {
            Self::Document | Self::Record => CoderConfidence::High,
            Self::Report => CoderConfidence::Low,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAIL: Behind = Behind { channel: AnswerChannel::Mail, has_file: true, has_record: false, is_stranger: false };

    /// R41
    #[test]
    fn only_what_is_held_is_a_document() {
        assert_eq!(MAIL.proof(), Proof::Document);
        assert_eq!(Behind { has_file: false, ..MAIL }.proof(), Proof::Report);
        assert_eq!(Behind { is_stranger: true, ..MAIL }.proof(), Proof::Report, "anybody can write a reference into a mail");
        for channel in [AnswerChannel::NoteVerbale, AnswerChannel::Post, AnswerChannel::Hand, AnswerChannel::Portal] {
            assert_eq!(Behind { channel, ..MAIL }.proof(), Proof::Document, "{channel}");
        }
    }

    /// R41
    #[test]
    fn what_was_said_is_a_report_until_a_record_shows_it() {
        for channel in [AnswerChannel::Meeting, AnswerChannel::Phone, AnswerChannel::Statement] {
            let said = Behind { channel, ..MAIL };
            assert_eq!(said.proof(), Proof::Report, "{channel}: a file with it is somebody's notes");
            assert_eq!(Behind { has_record: true, ..said }.proof(), Proof::Record, "{channel}");
        }
    }

    /// R41
    #[test]
    fn a_report_never_suggests_more_than_low() {
        assert_eq!(Proof::Report.suggests(), CoderConfidence::Low);
        assert!([Proof::Document, Proof::Record].iter().all(|proof| proof.suggests() == CoderConfidence::High));
        assert!(!Proof::Document.is_held(false, true) && !Proof::Record.is_held(true, false) && Proof::Report.is_held(false, false));
    }

    /// What was recorded under an older program can still be read.
    #[test]
    fn every_way_a_letter_travels_is_a_way_an_answer_comes() {
        for channel in crate::domain::letter::Channel::ALL {
            assert!(channel.key().parse::<AnswerChannel>().is_ok(), "{channel}");
        }
    }
}
