//! Roles as lists of permissions. Preparing and releasing letters are apart, and so are vetting and seconding.

use std::{fmt, str::FromStr};

/// Something a member of staff may or may not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// See the desk.
    ReadDesk,
    /// Vet signatures, propose declines.
    VetSignatures,
    /// Freeze a wave.
    FreezeWaves,
    /// Show a frozen wave to everybody and thank its signers.
    PublishWaves,
    /// Write to organisations that might sign.
    InviteSigners,
    /// Extend the deadline.
    ExtendDeadline,
    /// Read a withheld name, with a reason, leaving a trace.
    RevealNames,
    /// Create rounds, draft and check letters.
    PrepareLetters,
    /// Approve letters.
    ApproveLetters,
    /// Release an approved round; never one's own approval.
    ReleaseLetters,
    /// Say who does a task of the plan, and that it is done.
    KeepPlan,
    /// Move an event to other days.
    MoveEvents,
    /// Record replies.
    RecordReplies,
    /// Enter evidence, accept proposals.
    CodeEvidence,
    /// See and retry background work.
    SuperviseWork,
    /// Read the audit trail.
    ReadAudit,
    /// Export lists.
    ExportLists,
}

/// What a member of staff is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Runs the campaign: everything.
    Coordinator,
    /// Writes to governments.
    Campaigner,
    /// Vets signatures.
    Moderator,
    /// Reads.
    Reader,
}

impl Role {
    /// All roles, most powerful first.
    pub const ALL: [Self; 4] = [Self::Coordinator, Self::Campaigner, Self::Moderator, Self::Reader];

    /// As stored.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Coordinator => "coordinator",
            Self::Campaigner => "campaigner",
            Self::Moderator => "moderator",
            Self::Reader => "reader",
        }
    }

    /// Whether the role has the permission.
    pub fn may(self, permission: Permission) -> bool {
        use Permission as P;
        match self {
            Self::Coordinator => true,
            Self::Campaigner => matches!(
                permission,
                P::ReadDesk
                    | P::InviteSigners
                    | P::PrepareLetters
                    | P::ApproveLetters
                    | P::ReleaseLetters
                    | P::KeepPlan
                    | P::RecordReplies
                    | P::CodeEvidence
                    | P::ExportLists
            ),
            Self::Moderator => {
                matches!(permission, P::ReadDesk | P::VetSignatures | P::FreezeWaves | P::KeepPlan | P::RecordReplies | P::ExportLists)
            }
            Self::Reader => matches!(permission, P::ReadDesk),
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}

/// Not a role.
#[derive(Debug, thiserror::Error)]
#[error("unknown role; one of coordinator, campaigner, moderator, reader")]
pub struct UnknownRole;

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(key: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|role| role.key() == key).ok_or(UnknownRole)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_changes_nothing_and_a_moderator_sends_nothing() {
        assert!(Role::Reader.may(Permission::ReadDesk));
        assert!(!Role::Reader.may(Permission::VetSignatures));
        assert!(!Role::Moderator.may(Permission::ReleaseLetters));
        assert!(!Role::Campaigner.may(Permission::VetSignatures));
        assert!(Role::Coordinator.may(Permission::ReadAudit));
    }
}
