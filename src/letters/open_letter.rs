//! The one letter to all missions that goes with a round (R44): the round's words, wave, date, event and annex, and no state's name. Made on demand,
//! by what the round holds now, so that a name taken out of the list is in no copy made after that. Must keep nothing, and must not send anything.

use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;

use super::{
    annex,
    checking::Standard,
    draft::{self, Content, Occasion, Sender},
    facts::Known,
    service::{Options, RoundError},
    store::Loaded,
};
use crate::{
    campaigns::Current,
    domain::{
        blocks::{LetterKind, StateFacts},
        checks::Finding,
        language::Language,
        letter::{Channel, PostKind},
    },
    platform::Platform,
    states::Directory,
};

/// The letter and what the checks found in it.
#[derive(Clone, Debug)]
pub struct OpenLetter {
    /// What it says, with its annex.
    pub content: Content,
    /// What was found.
    pub findings: Vec<Finding>,
}

/// Writes and checks the open letter of a round in a language. Four queries, those of [`Standard::gather`].
///
/// # Errors
/// [`RoundError::Missing`] for a round that looks back on an event, which has none; when the database fails.
pub async fn write(
    db: &impl ConnectionTrait,
    platform: &Platform,
    campaign: &Current,
    directory: &Directory,
    loaded: &Loaded,
    language: Language,
    now: DateTime<Utc>,
) -> Result<OpenLetter, RoundError> {
    if Options::of(&loaded.round).follows {
        return Err(RoundError::Missing);
    }
    platform.typesetter.ready().await.map_err(anyhow::Error::from)?;
    let event = campaign.events.iter().find(|event| event.id == loaded.round.event_id).ok_or(RoundError::Missing)?;
    let occasion = Occasion {
        campaign: &campaign.config,
        words: &loaded.words,
        event,
        counts: &loaded.counts,
        wave: loaded.wave.number,
        dated_on: loaded.round.dated_on,
        check_url: String::new(),
    };
    let mut content = draft::draft_open(&occasion, language, &Sender::secretariat(&campaign.config, language));
    let standard = Standard::gather(db, loaded, event, &platform.typesetter, now.date_naive()).await?;
    let facts = StateFacts { letter: LetterKind::Open, ..StateFacts::default() };
    // It goes to no mailbox and to nobody in particular: what the checks say of those is not asked.
    let to = (PostKind::PermanentRepresentative, Channel::Post);
    let findings = standard.check(&content, &Known { facts, ..Known::default() }, to, language, (None, false));
    if campaign.config.sign_on.names_to_governments {
        content.page.annex = annex::annex(&loaded.words, &loaded.lines, &loaded.counts, None, directory, language, &platform.typesetter);
    }
    Ok(OpenLetter { content, findings })
}
