//! Rules by which many signatures are decided at once: kept by name, and counted before they are used. What a rule does happens in
//! [`super::rule_runs`]. Must decide nothing itself.

use chrono::{DateTime, NaiveDateTime, Utc};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, JoinType, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    Select, sea_query::LikeExpr,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    counts::of_signatory,
    store::{self, Signed},
};
use crate::{
    accounts::audit::{self, Entry},
    domain::{
        authority::Authority,
        name::{name_key, required_line},
        signals::Signal,
        signature::{SignatoryKind, SignatureState, VettingDecision},
    },
    entities::{signatory, signature, vetting_rule},
    platform::{Platform, http::forms::FormErrors},
    states::Directory,
};

/// What a rule can do: everything that takes effect at once and can be taken back.
pub(super) const DECISIONS: [VettingDecision; 3] = [VettingDecision::Quarantine, VettingDecision::Release, VettingDecision::Verify];

/// A rule as typed.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct RuleForm {
    pub(super) name: String,
    pub(super) decision: String,
    pub(super) state: String,
    pub(super) kind: String,
    pub(super) country: String,
    pub(super) authority: String,
    pub(super) signal: String,
    pub(super) name_part: String,
    pub(super) received_from: String,
    pub(super) received_to: String,
}

/// Where a signature has to stand for a decision to be possible at all.
pub(super) fn states(decision: VettingDecision) -> &'static [SignatureState] {
    match decision {
        VettingDecision::Quarantine => &[SignatureState::Confirmed, SignatureState::Pending],
        VettingDecision::Release => &[SignatureState::Quarantined],
        VettingDecision::Verify => &[SignatureState::Confirmed],
        VettingDecision::AskMore | VettingDecision::Decline => &[],
    }
}

/// "2026-11-23T09:00" or "2026-11-23 09:00", in UTC.
fn instant(typed: &str) -> Option<DateTime<Utc>> {
    let typed = typed.trim().trim_end_matches(['Z', 'z']).replacen(' ', "T", 1);
    ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"].iter().find_map(|form| NaiveDateTime::parse_from_str(&typed, form).ok()).map(|at| at.and_utc())
}

impl RuleForm {
    /// The rule it says, for one campaign.
    ///
    /// # Errors
    /// All faults, by field.
    pub(super) fn check(&self, campaign: Uuid, directory: &Directory) -> Result<vetting_rule::ActiveModel, FormErrors> {
        let mut errors = FormErrors::default();
        let name = required_line(&self.name, 200).map_err(|_| errors.add("name", "rule-desk-error-name")).unwrap_or_default();
        let decision = self.decision.parse::<VettingDecision>().ok().filter(|decision| DECISIONS.contains(decision));
        let state = self.state.parse::<SignatureState>().ok();
        match (decision, state) {
            (None, _) => errors.add("decision", "rule-desk-error-decision"),
            (Some(decision), state) if state.is_none_or(|state| !states(decision).contains(&state)) => {
                errors.add("state", "rule-desk-error-state");
            }
            _ => {}
        }
        let mut key = |field: &'static str, typed: &str, known: &dyn Fn(&str) -> bool| {
            let typed = typed.trim();
            if !typed.is_empty() && !known(typed) {
                errors.add(field, "rule-desk-error-choice");
            }
            Some(typed.to_owned()).filter(|typed| !typed.is_empty())
        };
        let kind = key("kind", &self.kind, &|kind| kind.parse::<SignatoryKind>().is_ok());
        let iso3 = key("country", &self.country, &|iso3| directory.state(iso3).is_some());
        let authority = key("authority", &self.authority, &|grade| grade.parse::<Authority>().is_ok());
        let signal = key("signal", &self.signal, &|signal| signal.parse::<Signal>().is_ok());
        // Signs alone would narrow nothing.
        let name_part = key("name_part", &self.name_part, &|part| part.chars().count() <= 200 && !name_key(part).is_empty());
        let mut at = |field: &'static str, typed: &str| {
            let read = instant(typed);
            if read.is_none() && !typed.trim().is_empty() {
                errors.add(field, "rule-desk-error-instant");
            }
            read
        };
        let (from, to) = (at("received_from", &self.received_from), at("received_to", &self.received_to));
        // A rule that asks for nothing but a state would decide on everybody.
        let asks = [&kind, &iso3, &authority, &signal, &name_part].iter().any(|part| part.is_some()) || from.is_some() || to.is_some();
        if !asks && errors.is_empty() {
            errors.add("signal", "rule-desk-error-empty");
        }
        let (Some(decision), Some(state), true) = (decision, state, errors.is_empty()) else { return Err(errors) };
        Ok(vetting_rule::ActiveModel {
            id: Set(Uuid::now_v7()),
            campaign_id: Set(campaign),
            name: Set(name),
            decision: Set(decision.key().to_owned()),
            state: Set(state.key().to_owned()),
            kind: Set(kind),
            iso3: Set(iso3),
            authority: Set(authority),
            signal: Set(signal),
            name_part: Set(name_part),
            received_from: Set(from),
            received_to: Set(to),
            ..Default::default()
        })
    }
}

/// Keeps a rule. It does nothing yet.
///
/// # Errors
/// When the database fails.
pub(super) async fn keep(platform: &Platform, mut rule: vetting_rule::ActiveModel, account: Uuid) -> Result<Uuid, DbErr> {
    let now = platform.clock.now();
    let id = Uuid::now_v7();
    (rule.id, rule.created_by, rule.created_at) = (Set(id), Set(account), Set(now));
    let txn = platform.database.begin().await?;
    vetting_rule::Entity::insert(rule).exec_without_returning(&txn).await?;
    audit::append(&txn, Entry::of(Some(account), "rule.kept", "rule", id), now).await?;
    txn.commit().await?;
    Ok(id)
}

/// What a rule meets of what had arrived at `until`, oldest first.
pub(super) fn met(rule: &vetting_rule::Model, until: DateTime<Utc>) -> Select<signature::Entity> {
    use signature::Column as C;
    let mut find = signature::Entity::find()
        .filter(C::CampaignId.eq(rule.campaign_id))
        .filter(C::State.eq(&rule.state))
        .filter(C::SignedAt.lte(until))
        .order_by_asc(C::SignedAt)
        .order_by_asc(C::Id);
    if let Some(grade) = &rule.authority {
        find = find.filter(C::Authority.eq(grade));
    }
    if let Some(signal) = &rule.signal {
        find = find.filter(C::Signals.contains(signal));
    }
    if let Some(from) = rule.received_from {
        find = find.filter(C::SignedAt.gte(from));
    }
    if let Some(to) = rule.received_to {
        find = find.filter(C::SignedAt.lt(to));
    }
    if rule.kind.is_some() || rule.iso3.is_some() || rule.name_part.is_some() {
        find = find.join(JoinType::InnerJoin, of_signatory());
    }
    if let Some(kind) = &rule.kind {
        find = find.filter(signatory::Column::Kind.eq(kind));
    }
    if let Some(iso3) = &rule.iso3 {
        find = find.filter(signatory::Column::Iso3.eq(iso3));
    }
    if let Some(part) = &rule.name_part {
        // In the form names are compared in; of a withheld one that column holds a mark, in which letters meet by chance.
        let escaped: String =
            name_key(part).chars().flat_map(|c| matches!(c, '%' | '_' | '\\').then_some('\\').into_iter().chain([c])).collect();
        let key = signatory::Column::NameKey;
        find = find.filter(key.like(LikeExpr::new(format!("%{escaped}%")).escape('\\'))).filter(signatory::Column::Name.is_not_null());
    }
    find
}

/// How many a rule meets, and the first of them. Three queries.
///
/// # Errors
/// When the database fails.
pub(super) async fn count(
    db: &impl ConnectionTrait,
    rule: &vetting_rule::Model,
    until: DateTime<Utc>,
    first: u64,
) -> Result<(u64, Vec<Signed>), DbErr> {
    let count = PaginatorTrait::count(met(rule, until), db).await?;
    let shown = store::with_signatories(db, met(rule, until).limit(first).all(db).await?).await?;
    Ok((count, shown))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn an_instant_is_read_as_browsers_and_people_write_it() {
        for typed in ["2026-11-23T09:00", "2026-11-23 09:00", "2026-11-23T09:00:00Z"] {
            assert_eq!(instant(typed).unwrap().to_rfc3339(), "2026-11-23T09:00:00+00:00", "{typed}");
        }
        assert!(instant("yesterday").is_none() && instant("").is_none());
    }

    #[test]
    fn every_state_a_rule_starts_from_allows_its_decision() {
        for decision in DECISIONS {
            assert!(!states(decision).is_empty());
            assert!(
                states(decision).iter().all(|state| !state.is_final() && !state.counts()),
                "what is verified or ended is decided one by one"
            );
        }
    }
}
