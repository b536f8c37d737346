//! Holds drafted letters against the one set of checks, `domain::checks`: once when they are drafted and again when somebody approves them
//! (R30 to R32, R38, R39). Must not correct a letter.
//!
//! Cost: [`Standard::gather`] asks four queries for all letters of a round together (evidence that is not public, replies, proposals,
//! refused mailboxes). A
//! letter then costs one look-up for each of its characters, however many confidential sentences there are: with 10,000 of them 390 letters
//! are checked in 0.25 s (debug build; `checking_cost` in the tests prints it).

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Days, NaiveDate, Utc};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::{
    addressing, annex,
    draft::Content,
    facts::Known,
    present::Present,
    reminding,
    service::Options,
    store::{self, Loaded},
};
use crate::{
    campaigns::current::CalendarEvent,
    domain::{
        blocks::StateFacts,
        campaign::is_past,
        checks::{self, Confidential, Draft, Finding, QuotedFact, Setting},
        evidence::EvidenceVisibility,
        language::Language,
        letter::{Channel, DispatchState, PostKind},
        signature::Visibility,
        text::TranslationStatus,
        wording::LetterWords,
    },
    entities::{addressee, dispatch, evidence, evidence_proposal, reply},
    platform::typeset::Typesetter,
    states::addressees::{DAYS_UNCHECKED, looked_at},
};

/// So many names that cannot be printed are shown on a letter: each letter of the round has the same.
const UNSETTABLE_SHOWN: usize = 5;

/// What all letters of a round are measured against on a day.
#[derive(Debug)]
pub struct Standard<'a> {
    words: &'a LetterWords,
    event: &'a CalendarEvent,
    today: NaiveDate,
    wave_day: NaiveDate,
    signatories: (u32, u32),
    rehearsal: bool,
    /// The round looks back on its event.
    follows: bool,
    confidential: Confidential,
    unsettable: Vec<&'a str>,
    /// Earlier letters that wait for an answer, in a round of reminders.
    unanswered: HashSet<Uuid>,
    /// Mailboxes a server refused, in small letters, with when and why.
    refused: HashMap<String, (DateTime<Utc>, String)>,
}

impl<'a> Standard<'a> {
    /// Gathers it. Four queries; three more for a round of reminders.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn gather(
        db: &impl ConnectionTrait,
        loaded: &'a Loaded,
        event: &'a CalendarEvent,
        typesetter: &Typesetter,
        today: NaiveDate,
    ) -> Result<Self, DbErr> {
        let options = Options::of(&loaded.round);
        let texts = confidential_texts(db, loaded.round.campaign_id).await?;
        let listed = loaded.lines.iter().filter(|line| line.visibility != Visibility::TotalOnly).count();
        Ok(Self {
            words: &loaded.words,
            event,
            today,
            wave_day: loaded.counts.as_of.date_naive(),
            signatories: (loaded.counts.organisations + loaded.counts.individuals, u32::try_from(listed).unwrap_or(u32::MAX)),
            rehearsal: loaded.round.rehearsal,
            follows: options.follows,
            confidential: Confidential::of(texts.iter().map(String::as_str)),
            unsettable: annex::unsettable(&loaded.lines, typesetter),
            unanswered: match options.reminds {
                Some(round) => {
                    let open = reminding::unanswered(db, round, loaded.round.campaign_id).await?;
                    open.into_values().map(|earlier| earlier.letter).collect()
                }
                None => HashSet::new(),
            },
            refused: refused_mailboxes(db).await?,
        })
    }

    /// What letters of no round are measured against, which are tried and go nowhere. One query for each kind of what is not public.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn of_trial(
        db: &impl ConnectionTrait,
        campaign_id: Uuid,
        present: &'a Present<'a>,
        words: &'a LetterWords,
    ) -> Result<Self, DbErr> {
        let texts = confidential_texts(db, campaign_id).await?;
        let signatories = present.counts.organisations + present.counts.individuals;
        Ok(Self {
            words,
            event: present.event,
            today: present.today,
            wave_day: present.counts.as_of.date_naive(),
            signatories: (signatories, signatories),
            rehearsal: true,
            follows: false,
            confidential: Confidential::of(texts.iter().map(String::as_str)),
            unsettable: Vec::new(),
            unanswered: HashSet::new(),
            refused: HashMap::new(),
        })
    }

    /// Everything found in a letter that is to go this way to this office of a state of which this is known.
    pub fn check(
        &self,
        content: &Content,
        known: &Known,
        (post, way): (PostKind, Channel),
        language: Language,
        (addressee, excused): (Option<&addressee::Model>, bool),
    ) -> Vec<Finding> {
        let facts = StateFacts { post: post.condition_key().to_owned(), reminder: content.reminds.is_some(), ..known.facts.clone() };
        let page = &content.page;
        let address: Vec<&str> = page.addressee.iter().chain([&page.salutation, &page.closing]).map(String::as_str).collect();
        // Nothing that is not public is ever read into a letter; but what was public when it was drafted may not be so any more.
        let quoted: Vec<QuotedFact<'_>> = content
            .quoted
            .iter()
            .map(|fact| QuotedFact {
                key: &fact.source,
                visibility: if known.public_acts.contains(&fact.evidence) { EvidenceVisibility::Public } else { EvidenceVisibility::Core },
                day: Some(fact.day),
                source: Some(&fact.source),
            })
            .collect();
        let over = self.event.status == "past" || is_past(self.event.last_day(), &self.event.precision, self.today);
        let yesterday = self.today.checked_sub_days(Days::new(1)).unwrap_or(self.today);
        let last_day = self.event.last_day();
        let drafted = Draft {
            blocks: &content.drafted,
            address: &address,
            has_recipient: self.rehearsal || way != Channel::Mail || addressee.is_some_and(|entry| entry.email.is_some()),
            translation: self.words.texts.get(&language).map_or(TranslationStatus::Unofficial, |texts| texts.translation),
            quoted: &quoted,
            cited: &[self.wave_day],
            signatories: Some(self.signatories),
            pages: None,
            addressee_checked_on: addressee.map(|entry| looked_at(entry).date_naive()),
            addressee_excused: excused,
        };
        let setting = Setting {
            blocks: &self.words.blocks,
            facts: &facts,
            today: self.today,
            event_from: self.event.starts_on,
            event_until: if over { last_day.min(yesterday) } else { last_day.max(self.today) },
            follows: self.follows,
            confidential: &self.confidential,
            addressee_days: DAYS_UNCHECKED,
        };
        let mut found = checks::check(&drafted, &setting);
        // What a person wrote into this letter was written in its language.
        let ours = content.drafted.iter().filter(|drafted| drafted.edited.is_none());
        found.extend(ours.filter(|drafted| self.words.is_behind(language, &drafted.key)).map(|drafted| Finding::behind(&drafted.key)));
        found.extend(content.orphans.iter().map(|(block, _)| Finding::orphaned_edit(block)));
        // A sentence of the frame around the letter whose variable had no value.
        found.extend(content.unfilled.iter().map(|place| Finding::placeholder(place)));
        if content.addressed_by != addressing::addressed_by(addressee) {
            found.push(Finding::other_holder(addressee.and_then(|entry| entry.holder_name.as_deref()).unwrap_or_default()));
        }
        found.extend(addressee.filter(|_| way == Channel::Mail && !self.rehearsal).and_then(|entry| self.refused(entry)));
        if content.counts_to.as_ref().is_some_and(|days| *days != self.event.days()) {
            let (first, last) = self.event.days().as_typed();
            found.push(Finding::moved_event(&if last.is_empty() { first } else { format!("{first} – {last}") }));
        }
        let answered = content.reminds.iter().filter(|(letter, _)| !self.unanswered.contains(letter));
        found.extend(answered.map(|(_, reference)| Finding::answered(reference)));
        found.extend(self.unsettable.iter().take(UNSETTABLE_SHOWN).map(|name| Finding::unsettable(name)));
        found
    }
}

impl Standard<'_> {
    /// What a server said of the entry's mailbox since somebody last looked at the entry.
    fn refused(&self, entry: &addressee::Model) -> Option<Finding> {
        let (at, words) = self.refused.get(&entry.email.as_deref()?.to_lowercase())?;
        (*at > looked_at(entry)).then(|| Finding::refused_mailbox(words))
    }
}

/// Mailboxes to which a mail was offered and refused for good, the last time.
async fn refused_mailboxes(db: &impl ConnectionTrait) -> Result<HashMap<String, (DateTime<Utc>, String)>, DbErr> {
    let refused = dispatch::Entity::find()
        .filter(dispatch::Column::State.eq(DispatchState::Rejected.key()))
        .filter(dispatch::Column::Attempts.gt(0))
        .order_by_asc(dispatch::Column::FinishedAt)
        .all(db)
        .await?;
    let of = |dispatch: dispatch::Model| {
        let at = dispatch.finished_at.unwrap_or(dispatch.created_at);
        Some((dispatch.to_address?.to_lowercase(), (at, dispatch.server_answer.unwrap_or_default())))
    };
    Ok(refused.into_iter().filter_map(of).collect())
}

/// What must not be read in any letter: evidence that is not public, replies (private until somebody makes evidence of them) and what they
/// suggest, and what was said and promised at meetings.
async fn confidential_texts(db: &impl ConnectionTrait, campaign_id: Uuid) -> Result<Vec<String>, DbErr> {
    let evidence = evidence::Entity::find()
        .select_only()
        .columns([evidence::Column::Summary, evidence::Column::Note])
        .filter(evidence::Column::CampaignId.eq(campaign_id))
        .filter(evidence::Column::Visibility.ne(EvidenceVisibility::Public.key()))
        .into_tuple::<(String, Option<String>)>()
        .all(db)
        .await?;
    let replies = reply::Entity::find()
        .select_only()
        .column(reply::Column::Summary)
        .filter(reply::Column::CampaignId.eq(campaign_id))
        .filter(reply::Column::Visibility.ne(EvidenceVisibility::Public.key()))
        .into_tuple::<String>()
        .all(db)
        .await?;
    let proposals = evidence_proposal::Entity::find()
        .select_only()
        .column(evidence_proposal::Column::Summary)
        .filter(evidence_proposal::Column::Visibility.ne(EvidenceVisibility::Public.key()))
        .into_tuple::<String>()
        .all(db)
        .await?;
    let evidence = evidence.into_iter().flat_map(|(summary, note)| [Some(summary), note]).flatten();
    let meetings = store::words_of_meetings(db, campaign_id, None).await?;
    Ok(evidence.chain(replies).chain(proposals).chain(meetings).collect())
}
