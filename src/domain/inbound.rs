//! What comes in by mail, before a person has said what it is (R37, R41). Must not decide what an answer means.

use super::keyed::keyed;

keyed! {
    /// What a mail is, by its own marks.
    InboundKind {
        /// Somebody wrote.
        Reply = "reply",
        /// A machine answered for somebody: away, received, closed.
        AutoReply = "auto_reply",
        /// A server gave a letter up.
        Bounce = "bounce",
        /// A server is still trying.
        Delay = "delay",
    }
}

keyed! {
    /// What became of it.
    InboundState {
        /// In the holding pen.
        Waiting = "waiting",
        /// A person made a reply of it.
        Recorded = "recorded",
        /// A person, or for a bounce its letter, had no more use for it.
        Dismissed = "dismissed",
    }
}

keyed! {
    /// What a mail's letter was told by, the surest first.
    MatchedBy {
        /// It names the mail that carried the letter.
        MessageId = "message_id",
        /// The letter's reference stands in it.
        Reference = "reference",
        /// It comes from a mailbox of the register; a guess.
        Sender = "sender",
    }
}
