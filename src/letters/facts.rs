//! What a letter may know of a state: its public position, groups, sponsorship, last public national statement, and its signers in the wave.
//! Four queries for all states together. Must read nothing that is not public (R32).

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::NaiveDate;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::{
    domain::{
        blocks::StateFacts,
        campaign::{Campaign, Words},
        evidence::{EvidenceKind, IssueStance, Scope},
        language::Language,
        signature::SignatoryKind,
        wave::WaveLine,
    },
    entities::{evidence, evidence_issue, position},
    platform::formats,
    states::Directory,
};

/// A public act of a state as a letter quotes it.
#[derive(Clone, Debug)]
pub struct RecordedFact {
    /// Key of the evidence.
    pub evidence: Uuid,
    /// When; see `precision`.
    pub date: NaiveDate,
    precision: String,
    /// Document symbol or name of the occasion.
    pub source: Words,
}

impl RecordedFact {
    /// A row of the record with what its source is called.
    pub(super) fn of(row: &evidence::Model, source: Words) -> Self {
        Self { evidence: row.id, date: row.occurred_on, precision: row.precision.clone(), source }
    }

    /// When it was made, no more exactly than is known.
    pub fn date_in(&self, language: Language) -> String {
        formats::day_to(language, self.date, &self.precision)
    }
}

/// What is known of one state.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// For the conditions of blocks; `post` is filled in for each letter.
    pub facts: StateFacts,
    /// For the sentence about the state's own record.
    pub last_statement: Option<RecordedFact>,
    /// What it did at the event that the round follows, where its record holds something.
    pub act: Option<RecordedFact>,
    /// Keys of its public national statements and of that act: a letter drafted earlier may quote one of them, and nothing else.
    pub public_acts: HashSet<Uuid>,
}

/// What is known of all states on a day.
///
/// # Errors
/// When the database fails.
pub async fn of_all_states(
    db: &impl ConnectionTrait,
    (campaign_id, campaign): (Uuid, &Campaign),
    directory: &Directory,
    wave: &[WaveLine],
    day: NaiveDate,
) -> Result<HashMap<String, Known>, DbErr> {
    let mut known: HashMap<String, Known> = directory
        .states()
        .iter()
        .map(|state| {
            let facts = StateFacts {
                stance: "no_data".to_owned(),
                region: state.region.clone(),
                un_status: state.un_status.clone(),
                groups: directory.groups_of(&state.iso3, day),
                ..StateFacts::default()
            };
            (state.iso3.clone(), Known { facts, ..Known::default() })
        })
        .collect();
    let positions = position::Entity::find()
        .filter(position::Column::CampaignId.eq(campaign_id))
        .filter(position::Column::Audience.eq("public"))
        .filter(position::Column::IssueCode.eq(""))
        .all(db)
        .await?;
    for row in positions {
        if let Some(state) = known.get_mut(&row.iso3) {
            state.facts.stance = row.stance;
        }
    }
    let public = evidence::Entity::find()
        .filter(evidence::Column::CampaignId.eq(campaign_id))
        .filter(evidence::Column::Visibility.eq("public"))
        .filter(evidence::Column::EndedAt.is_null())
        .filter(evidence::Column::OccurredOn.lte(day))
        .order_by_asc(evidence::Column::OccurredOn)
        .order_by_asc(evidence::Column::Id)
        .all(db)
        .await?;
    let issues = evidence_issue::Entity::find().all(db).await?;
    let mut issues_of: HashMap<Uuid, BTreeMap<String, IssueStance>> = HashMap::new();
    for row in issues {
        issues_of.entry(row.evidence_id).or_default().insert(row.issue_code, row.stance.parse().unwrap_or(IssueStance::Unclear));
    }
    // What others report of a state is no act of its own: no letter tells a ministry that it said what a newspaper says it said.
    let reported = Scope::Reported.key();
    for row in public.into_iter().filter(|row| row.duplicate_of.is_none() && row.scope != reported) {
        let Some(state) = known.get_mut(&row.iso3) else { continue };
        state.facts.issues.extend(issues_of.remove(&row.id).unwrap_or_default());
        let kind = row.kind.parse::<EvidenceKind>().ok();
        if kind == Some(EvidenceKind::Cosponsorship) {
            state.facts.cosponsor = true;
            state.facts.lead |= row.note.as_deref().unwrap_or_default().contains("main sponsor") || row.summary.contains("main sponsor");
        }
        if row.capacity == "national" && matches!(kind, Some(EvidenceKind::Statement | EvidenceKind::WrittenComment)) {
            let document = row.document.as_deref().filter(|symbol| !symbol.is_empty()).map(Words::untranslated);
            let source =
                document.or_else(|| row.event_label.as_deref().filter(|label| !label.is_empty()).map(|label| campaign.meeting(label)));
            if let Some(source) = source {
                state.facts.own_statement = true;
                state.public_acts.insert(row.id);
                state.last_statement = Some(RecordedFact::of(&row, source));
            }
        }
    }
    // The letters speak of organisations, so individuals are not counted (R38); whoever chose another label is not under the country.
    let is_local =
        |line: &&WaveLine| line.printed_name.is_some() && line.location_label.is_none() && line.kind != SignatoryKind::Individual;
    for line in wave.iter().filter(is_local) {
        if let Some(state) = line.iso3.as_ref().and_then(|iso3| known.get_mut(iso3)) {
            state.facts.local_signers += 1;
        }
    }
    Ok(known)
}
