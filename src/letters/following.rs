//! What each state did at the event that a round follows (R43): the public record of that event, one behaviour per state. Must read nothing that is not
//! public (R32), and must not choose by rules of its own: those are in `domain::behaviour`.

use std::collections::HashMap;

use chrono::NaiveDate;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter};

use super::{
    facts::{self, Known, RecordedFact},
    service::{Options, RoundError},
    store::Loaded,
};
use crate::{
    campaigns::{Current, current::CalendarEvent},
    domain::{
        behaviour,
        blocks::LetterKind,
        campaign::Words,
        evidence::{Evidence, EvidenceVisibility},
    },
    entities::evidence,
    states::Directory,
};

/// Whether a round may look back on an event of the calendar.
pub fn may_be_followed(event: &CalendarEvent, today: NaiveDate) -> bool {
    behaviour::may_be_followed(&event.kind, (event.starts_on, event.last_day()), &event.precision, event.status == "past", today)
}

/// What the letters of a round may know of all states: in a round that follows an event also what each did there. One query more than
/// [`facts::of_all_states`] for such a round.
///
/// # Errors
/// When the event is gone or the database fails.
pub async fn known_to_round(
    db: &impl ConnectionTrait,
    campaign: &Current,
    directory: &Directory,
    loaded: &Loaded,
) -> Result<HashMap<String, Known>, RoundError> {
    let day = loaded.round.dated_on;
    let mut known = facts::of_all_states(db, (campaign.id, &campaign.config), directory, &loaded.lines, day).await?;
    if Options::of(&loaded.round).follows {
        let event = campaign.events.iter().find(|event| event.id == loaded.round.event_id).ok_or(RoundError::Missing)?;
        add_behaviours(&mut known, record_of(db, campaign, event, day).await?, campaign);
    }
    Ok(known)
}

/// The public evidence of an event: what names it, and what names no event and falls on its days in its forum.
async fn record_of(
    db: &impl ConnectionTrait,
    campaign: &Current,
    event: &CalendarEvent,
    day: NaiveDate,
) -> Result<Vec<evidence::Model>, DbErr> {
    use evidence::Column as C;
    let mut of_event = Condition::any().add(C::Event.eq(event.key.as_str()));
    if let Some(forum) = &event.forum {
        let in_forum = Condition::all().add(C::Event.is_null()).add(C::Forum.eq(forum.as_str()));
        of_event = of_event.add(in_forum.add(C::OccurredOn.between(event.starts_on, event.last_day())));
    }
    evidence::Entity::find()
        .filter(C::CampaignId.eq(campaign.id))
        .filter(C::Visibility.eq(EvidenceVisibility::Public.key()))
        .filter(C::EndedAt.is_null())
        .filter(C::OccurredOn.lte(day))
        .filter(of_event)
        .all(db)
        .await
}

fn add_behaviours(known: &mut HashMap<String, Known>, record: Vec<evidence::Model>, campaign: &Current) {
    let mut by_state: HashMap<String, Vec<(Evidence, evidence::Model)>> = HashMap::new();
    for row in record {
        if let Some(item) = as_evidence(&row) {
            by_state.entry(row.iso3.clone()).or_default().push((item, row));
        }
    }
    let score = |key: &str| campaign.config.stance(key).and_then(|stance| stance.score);
    for (iso3, known) in known {
        let record = by_state.get(iso3).map_or(&[][..], Vec::as_slice);
        let conduct = behaviour::at_event(record.iter().map(|(item, _)| item), score);
        let row = record.iter().map(|(_, row)| row).find(|row| Some(row.id) == conduct.act);
        (known.facts.letter, known.facts.behaviour) = (LetterKind::After, Some(conduct.behaviour));
        known.public_acts.extend(row.map(|row| row.id));
        known.act = row.map(|row| RecordedFact::of(row, source(row, campaign)));
    }
}

/// Document symbol, else the occasion as the source names it, else the source's address. The register takes no public item without one of these; where
/// there is none all the same, the checks stop the letter.
fn source(row: &evidence::Model, campaign: &Current) -> Words {
    let named = |text: &Option<String>| text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    if let Some(symbol) = named(&row.document) {
        return Words::untranslated(&symbol);
    }
    if let Some(label) = named(&row.event_label) {
        return campaign.config.meeting(&label);
    }
    Words::untranslated(&named(&row.source_url).unwrap_or_default())
}

/// A row as the rule reads it; none where a key of it is unknown to this program.
fn as_evidence(row: &evidence::Model) -> Option<Evidence> {
    Some(Evidence {
        id: row.id,
        iso3: row.iso3.clone(),
        kind: row.kind.parse().ok()?,
        direction: row.direction.clone(),
        occurred_on: row.occurred_on,
        capacity: row.capacity.parse().ok()?,
        scope: row.scope.parse().ok()?,
        is_duplicate: row.duplicate_of.is_some(),
        confidence: row.confidence.parse().ok()?,
        visibility: row.visibility.parse().ok()?,
        issues: Vec::new(),
        recorded_at: row.recorded_at,
        ended_at: row.ended_at,
    })
}
