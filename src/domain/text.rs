//! The joint statement's stages, versions and content hashes (R5, R6). Must not hold a text.

use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;

use super::{deadline::Deadline, keyed::keyed};

keyed! {
    /// The stages of a text version (R6).
    TextStage {
        /// Being written.
        Draft = "draft",
        /// A closed circle comments.
        ClosedComments = "closed_comments",
        /// Fixed; translations are made of this.
        Locked = "locked",
        /// Open for signatures.
        Open = "open",
        /// No longer announced; what still arrives goes to the next wave.
        Closed = "closed",
        /// Kept for the record.
        Archived = "archived",
    }
}

/// A stage that cannot follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a {from} text cannot become {to}")]
pub struct ForbiddenStage {
    /// Where the text stands.
    pub from: TextStage,
    /// Where it was to go.
    pub to: TextStage,
}

/// What happens to a signature that arrives now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reception {
    /// It belongs to the coming wave.
    InTime,
    /// It is kept for the wave after (R8).
    NextWave,
    /// There is nothing to sign.
    NotOpen,
}

impl TextStage {
    /// The stages that may follow. Only a locked text opens; a closed one may open again when a deadline is extended.
    pub const fn next(self) -> &'static [Self] {
        match self {
            Self::Draft => &[Self::ClosedComments, Self::Locked],
            Self::ClosedComments => &[Self::Draft, Self::Locked],
            Self::Locked => &[Self::ClosedComments, Self::Open],
            Self::Open => &[Self::Closed],
            Self::Closed => &[Self::Open, Self::Archived],
            Self::Archived => &[],
        }
    }

    /// Takes the step or says why not.
    pub fn step(self, to: Self) -> Result<Self, ForbiddenStage> {
        if self.next().contains(&to) { Ok(to) } else { Err(ForbiddenStage { from: self, to }) }
    }

    /// Whether people have, or may have, consented to this very wording.
    pub const fn has_signers(self) -> bool {
        matches!(self, Self::Open | Self::Closed | Self::Archived)
    }

    /// What becomes of a signature that arrives at `now`.
    pub fn reception(self, deadline: &Deadline, now: chrono::DateTime<chrono::Utc>) -> Reception {
        match self {
            Self::Open if deadline.is_late(now) => Reception::NextWave,
            Self::Open => Reception::InTime,
            Self::Closed => Reception::NextWave,
            Self::Draft | Self::ClosedComments | Self::Locked | Self::Archived => Reception::NotOpen,
        }
    }
}

keyed! {
    /// What an edit does to the meaning (R5).
    EditKind {
        /// Changes what signers agree to: a new version, fresh consent.
        Substantive = "substantive",
        /// Corrects spelling or a link.
        Editorial = "editorial",
    }
}

keyed! {
    /// The standing of a text in one language.
    TranslationStatus {
        /// The language that binds.
        Authoritative = "authoritative",
        /// A translation no native reader has checked.
        Unofficial = "unofficial",
        /// A checked translation; still not the one that binds.
        Checked = "checked",
    }
}

/// The version that an edit of version `number` belongs to. Before anyone could sign, every edit stays in its version.
pub fn version_after(number: i32, stage: TextStage, edit: EditKind) -> i32 {
    match edit {
        EditKind::Substantive if stage.has_signers() => number.saturating_add(1),
        EditKind::Substantive | EditKind::Editorial => number,
    }
}

/// The SHA-256 of a text, in hexadecimal. The same words give the same hash whatever the line ends, trailing spaces and Unicode
/// composition of the file they came in.
pub fn content_hash(title: &str, body: &str) -> String {
    let mut hash = Sha256::new();
    for part in [title, body] {
        let canonical = canonical(part);
        // The length keeps title and body apart.
        hash.update(canonical.len().to_be_bytes());
        hash.update(canonical.as_bytes());
    }
    hex::encode(hash.finalize())
}

fn canonical(text: &str) -> String {
    let composed: String = text.nfc().collect();
    let mut lines: Vec<&str> = composed.lines().map(str::trim_end).collect();
    while lines.last().is_some_and(|line| line.is_empty()) {
        lines.pop();
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use chrono::{DateTime, Duration};

    use super::*;
    use crate::domain::deadline::DeadlineLabel;

    /// R6
    #[test]
    fn only_a_locked_text_opens_for_the_first_time() {
        for stage in [TextStage::Draft, TextStage::ClosedComments, TextStage::Archived] {
            assert_eq!(stage.step(TextStage::Open), Err(ForbiddenStage { from: stage, to: TextStage::Open }));
        }
        assert_eq!(TextStage::Locked.step(TextStage::Open), Ok(TextStage::Open));
    }

    #[test]
    fn an_open_text_never_goes_back_to_drafting() {
        assert!(TextStage::Open.step(TextStage::Draft).is_err());
        assert!(TextStage::Closed.step(TextStage::Locked).is_err());
    }

    /// R5
    #[test]
    fn a_substantive_edit_of_an_open_text_makes_a_new_version() {
        assert_eq!(version_after(1, TextStage::Open, EditKind::Substantive), 2);
        assert_eq!(version_after(1, TextStage::Open, EditKind::Editorial), 1);
        assert_eq!(version_after(1, TextStage::Draft, EditKind::Substantive), 1);
    }

    /// R8
    #[test]
    fn a_late_signature_is_kept_for_the_next_wave() {
        let instant = DateTime::UNIX_EPOCH;
        let deadline = Deadline { instant, label: DeadlineLabel::Utc, grace_minutes: 10 };
        assert_eq!(TextStage::Open.reception(&deadline, instant + Duration::minutes(10)), Reception::InTime);
        assert_eq!(TextStage::Open.reception(&deadline, instant + Duration::minutes(11)), Reception::NextWave);
        assert_eq!(TextStage::Closed.reception(&deadline, instant), Reception::NextWave);
        assert_eq!(TextStage::Locked.reception(&deadline, instant), Reception::NotOpen);
    }

    #[test]
    fn the_hash_is_of_the_words_and_not_of_the_file() {
        let hash = content_hash("Un traité", "Premier.\n\nSecond.");
        assert_eq!(hash, content_hash("Un traite\u{301}", "Premier.  \r\n\r\nSecond.\r\n\n"));
        assert_ne!(hash, content_hash("Un traité", "Premier.\n\nSecond!"));
        assert_ne!(content_hash("ab", "c"), content_hash("a", "bc"));
        assert_eq!(hash.len(), 64);
    }
}
