//! Evidence: dated, sourced facts about states. Its kind and its direction are separate (R48), and it has two times: when it was true and
//! when it was recorded (R54). Must not decide what a fact means for a position: that is `position`.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::keyed::keyed;

/// Nothing a state did before this year can bear on a campaign; a mistyped year is told, not stored.
pub const EARLIEST_YEAR: i32 = 1800;

keyed! {
    /// What kind of act it was.
    EvidenceKind {
        /// The state's own statement.
        Statement = "statement",
        /// A statement of a group it belongs to.
        GroupStatement = "group_statement",
        /// It aligned itself with another's statement.
        Alignment = "alignment",
        /// It sponsored a draft.
        Cosponsorship = "cosponsorship",
        /// It voted.
        Vote = "vote",
        /// It voted on a part.
        ParagraphVote = "paragraph_vote",
        /// It tabled an amendment.
        AmendmentSponsor = "amendment_sponsor",
        /// It explained its position.
        Explanation = "explanation",
        /// It dissociated itself.
        Dissociation = "dissociation",
        /// It commented in writing.
        WrittenComment = "written_comment",
        /// It answered a letter.
        Reply = "reply",
        /// It said so in a meeting.
        Meeting = "meeting",
        /// Its government answered in parliament.
        ParliamentaryAnswer = "parliamentary_answer",
        /// It signed or ratified.
        TreatyAction = "treaty_action",
        /// The record of a vote lists it as absent or not voting. It says nothing of its position.
        Absence = "absence",
    }
}

keyed! {
    /// What became of evidence that a reply proposes.
    ProposalState {
        /// Waits for a person.
        Proposed = "proposed",
        /// Became evidence.
        Accepted = "accepted",
        /// Did not.
        Rejected = "rejected",
    }
}

keyed! {
    /// In what capacity the state appears.
    Capacity {
        /// For itself.
        National = "national",
        /// Spoke for a group.
        GroupSpeaker = "group_speaker",
        /// Member of a group that spoke.
        GroupMember = "group_member",
        /// Aligned itself by name.
        Aligned = "aligned",
    }
}

keyed! {
    /// Who may see it.
    EvidenceVisibility {
        /// Everybody.
        Public = "public",
        /// The coalition's members.
        Coalition = "coalition",
        /// The core group.
        Core = "core",
    }
}

keyed! {
    /// How sure the coder is.
    CoderConfidence {
        /// Sure.
        High = "high",
        /// Fairly sure.
        Medium = "medium",
        /// Needs a second look.
        Low = "low",
    }
}

keyed! {
    /// What bearing it has.
    Scope {
        /// On the matter as a whole.
        Overall = "overall",
        /// On single issues only.
        Issue = "issue",
        /// On procedure only.
        Procedure = "procedure",
        /// Told by somebody else.
        Reported = "reported",
    }
}

keyed! {
    /// A state's stance on one issue.
    IssueStance {
        /// In favour.
        Supports = "supports",
        /// Willing to discuss.
        Open = "open",
        /// Against.
        Opposes = "opposes",
        /// It spoke on it; what it wants was not coded.
        Unclear = "unclear",
    }
}

/// What the rule needs to know of one piece of evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// Its key.
    pub id: Uuid,
    /// The state.
    pub iso3: String,
    /// What kind of act.
    pub kind: EvidenceKind,
    /// A level of the campaign's scale.
    pub direction: Option<String>,
    /// When it happened; the last day it can have been.
    pub occurred_on: NaiveDate,
    /// In what capacity.
    pub capacity: Capacity,
    /// What bearing.
    pub scope: Scope,
    /// Another row says the same; it never counts.
    pub is_duplicate: bool,
    /// How sure the coder is.
    pub confidence: CoderConfidence,
    /// Who may see it.
    pub visibility: EvidenceVisibility,
    /// Issues it speaks to.
    pub issues: Vec<(String, IssueStance)>,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
    /// When it was superseded or retracted.
    pub ended_at: Option<DateTime<Utc>>,
}

impl Evidence {
    /// Whether a board as of `valid_on`, with what was recorded by `recorded_by`, knows it (R54).
    pub fn is_known(&self, valid_on: NaiveDate, recorded_by: DateTime<Utc>) -> bool {
        self.occurred_on <= valid_on && self.recorded_at <= recorded_by && self.ended_at.is_none_or(|ended| ended > recorded_by)
    }

    /// Whether it moves the overall position.
    pub fn counts_overall(&self) -> bool {
        self.scope == Scope::Overall && !self.is_duplicate && self.direction.is_some() && self.kind != EvidenceKind::Absence
    }

    /// Whether the state itself acted.
    pub fn is_own(&self) -> bool {
        matches!(self.capacity, Capacity::National | Capacity::GroupSpeaker) && self.kind != EvidenceKind::GroupStatement
    }
}
