//! The rules of signing a campaign sets: when, who, how visibly. Every key is applied somewhere or refused: a setting that protects people and is
//! read by nobody is worse than none. Must not know a signature.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    authority::Authority,
    campaign::Words,
    deadline::DeadlineLabel,
    signature::{SignatoryKind, Visibility},
};

/// Rules of signing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::struct_excessive_bools)]
pub struct SignOn {
    /// First instant at which signatures are taken.
    pub opens: DateTime<Utc>,
    /// Last instant announced.
    pub deadline: DateTime<Utc>,
    /// UTC, AoE or America/New_York: how the deadline is announced.
    pub deadline_label: String,
    /// Not announced; later signatures go to the next wave.
    pub grace_minutes: i64,
    /// Kinds of signatory taken.
    pub kinds: Vec<String>,
    /// Organisations state the role and tick the declaration.
    pub authority_required: bool,
    /// A second person of the organisation confirms too.
    pub second_confirmation: bool,
    /// The least that must be known of an organisation's authority before its signature is verified.
    #[serde(default = "self_declared")]
    pub minimum_authority: Authority,
    /// A withheld name is opened only after a second person of staff agreed.
    #[serde(default)]
    pub reveal_needs_second: bool,
    /// Life of the link in the mail.
    pub confirmation_hours: i64,
    /// Days after signing on which whoever has not confirmed is reminded (R25).
    #[serde(default)]
    pub reminder_days: Vec<u16>,
    /// Days after an invitation on which whoever has not signed is reminded (R25).
    #[serde(default)]
    pub invitation_days: Vec<u16>,
    /// So many signatures from one network within `burst_minutes` are set aside together until somebody has looked (R13).
    #[serde(default = "burst_size")]
    pub burst_size: u16,
    /// See `burst_size`.
    #[serde(default = "burst_minutes")]
    pub burst_minutes: u16,
    /// A figure per country below this is not shown by itself.
    pub small_cell_threshold: i64,
    /// Whether organisations may send their logo, to be shown beside the list (R24).
    #[serde(default)]
    pub logos: bool,
    /// named, withheld or total_only.
    pub default_visibility: String,
    /// Whether letters may carry names.
    pub names_to_governments: bool,
    /// quiet_removal or dated_note.
    pub withdrawal_policy: String,
    /// ISO 3166-1 alpha-3 codes whose signers start with another visibility (R71).
    #[serde(default)]
    pub high_risk_locations: Vec<String>,
    /// That visibility: withheld or total_only.
    #[serde(default = "withheld")]
    pub high_risk_visibility: String,
    /// Shown before one chooses to be named.
    pub warning: Words,
}

const fn self_declared() -> Authority {
    Authority::SelfDeclared
}

const fn burst_size() -> u16 {
    20
}

const fn burst_minutes() -> u16 {
    10
}

fn withheld() -> String {
    Visibility::Withheld.key().to_owned()
}

/// Days on which somebody may be reminded.
fn are_days(days: &[u16]) -> bool {
    days.len() <= 3 && days.first() != Some(&0) && days.is_sorted_by(|a, b| a < b)
}

impl SignOn {
    /// Groups smaller than this have no figure of their own.
    pub fn smallest_cell(&self) -> u32 {
        u32::try_from(self.small_cell_threshold).unwrap_or(u32::MAX)
    }

    /// How a signer from this place is shown who has not chosen otherwise (R71).
    pub fn visibility_at(&self, iso3: &str) -> &str {
        if self.is_high_risk(iso3) { &self.high_risk_visibility } else { &self.default_visibility }
    }

    /// Whether a name that leaves the list leaves a dated note behind (R16).
    pub fn notes_withdrawals(&self) -> bool {
        self.withdrawal_policy == "dated_note"
    }

    /// Whether signing from there has put people at risk.
    pub fn is_high_risk(&self, iso3: &str) -> bool {
        self.high_risk_locations.iter().any(|code| code == iso3)
    }

    pub(super) fn faults(&self) -> impl Iterator<Item = String> {
        let visibility = |text: &str| text.parse::<Visibility>().ok();
        [
            (self.opens >= self.deadline, "sign_on: opens after its deadline"),
            (visibility(&self.default_visibility).is_none(), "sign_on.default_visibility: named, withheld or total_only"),
            (
                visibility(&self.high_risk_visibility).is_none_or(Visibility::shows_name),
                "sign_on.high_risk_visibility: withheld or total_only; a place of high risk names nobody by default",
            ),
            (
                !["quiet_removal", "dated_note"].contains(&self.withdrawal_policy.as_str()),
                "sign_on.withdrawal_policy: quiet_removal or dated_note",
            ),
            (
                !self.high_risk_locations.iter().all(|code| code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase())),
                "sign_on.high_risk_locations: codes of three capital letters; another spelling would protect nobody",
            ),
            (
                self.kinds.is_empty() || self.kinds.iter().any(|kind| kind.parse::<SignatoryKind>().is_err()),
                "sign_on.kinds: organisation, network and individual, at least one of them",
            ),
            (self.deadline_label.parse::<DeadlineLabel>().is_err(), "sign_on.deadline_label: UTC, AoE or America/New_York"),
            (u32::try_from(self.grace_minutes).is_err(), "sign_on.grace_minutes: none or more"),
            (self.confirmation_hours < 1, "sign_on.confirmation_hours: at least 1"),
            (!are_days(&self.reminder_days), "sign_on.reminder_days: at most three, from 1 on, each later than the one before"),
            (!are_days(&self.invitation_days), "sign_on.invitation_days: at most three, from 1 on, each later than the one before"),
            (self.burst_size < 5, "sign_on.burst_size: at least 5, or colleagues of one office are set aside"),
            (!(1..=60).contains(&self.burst_minutes), "sign_on.burst_minutes: 1 to 60"),
            (self.small_cell_threshold < 2, "sign_on.small_cell_threshold: at least 2, or figures give single signers away"),
        ]
        .into_iter()
        .filter(|(wrong, _)| *wrong)
        .map(|(_, fault)| fault.to_owned())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use crate::domain::campaign::Campaign;

    const FILE: &str = include_str!("../../assets/campaigns/cah/campaign.toml");

    /// R71: a misspelt or invented key is no silent default.
    #[test]
    fn a_setting_nobody_reads_is_refused() {
        assert!(toml::from_str::<Campaign>(FILE).is_ok());
        for (known, unknown) in [("high_risk_locations =", "high_risk_location ="), ("[privacy]\n", "[privacy]\nkeep = true\n")] {
            let refused = toml::from_str::<Campaign>(&FILE.replacen(known, unknown, 1)).unwrap_err().to_string();
            assert!(refused.contains("unknown field"), "{refused}");
        }
    }

    /// R71
    #[test]
    fn a_place_of_high_risk_starts_with_the_safer_visibility_and_never_with_a_name() {
        let mut campaign: Campaign = toml::from_str(FILE).unwrap();
        campaign.sign_on.high_risk_locations = vec!["SEN".to_owned()];
        assert_eq!((campaign.sign_on.visibility_at("SEN"), campaign.sign_on.visibility_at("KEN")), ("withheld", "named"));
        campaign.sign_on.high_risk_visibility = "named".to_owned();
        campaign.sign_on.withdrawal_policy = "never".to_owned();
        campaign.sign_on.small_cell_threshold = 0;
        let faults = campaign.validate().unwrap_err().to_string();
        // A code in another spelling would be silently nobody's.
        campaign.sign_on.high_risk_locations = vec!["sen".to_owned()];
        campaign.sign_on.kinds = vec!["organization".to_owned()];
        campaign.sign_on.deadline_label = "EST".to_owned();
        campaign.sign_on.grace_minutes = -1;
        campaign.sign_on.confirmation_hours = 0;
        let more = campaign.validate().unwrap_err().to_string();
        for part in ["high_risk_locations", "kinds", "deadline_label", "grace_minutes", "confirmation_hours"] {
            assert!(!faults.contains(part) && more.contains(part), "{more}");
        }
        for part in ["high_risk_visibility", "withdrawal_policy", "small_cell_threshold"] {
            assert!(faults.contains(part), "{faults}");
        }
    }
}
