//! What a letter outside a round is drafted from: the next event, the newest wave, the newest words. Must keep nothing.

use chrono::NaiveDate;

use super::{draft::Occasion, words};
use crate::{
    campaigns::{Current, current::CalendarEvent},
    domain::{headline::Headline, wording::LetterWords},
    platform::Platform,
    signing::{counts, waves},
    states::Directory,
};

/// The campaign as it stands today.
#[derive(Debug)]
pub struct Present<'a> {
    campaign: &'a Current,
    /// The next event.
    pub event: &'a CalendarEvent,
    /// The newest words.
    pub words: LetterWords,
    /// Their version.
    pub version: i32,
    /// Counts of the newest wave; before the first, of the signatories so far.
    pub counts: Headline,
    wave: i32,
    /// Today.
    pub today: NaiveDate,
}

impl<'a> Present<'a> {
    /// Reads it. `None`: no event lies ahead, or the campaign has no words for letters. Two queries, and those of the counts before the first wave.
    ///
    /// # Errors
    /// When the database fails or the words cannot be read.
    pub async fn read(platform: &Platform, campaign: &'a Current, directory: &Directory) -> anyhow::Result<Option<Self>> {
        let db = platform.database.read();
        let today = platform.clock.now().date_naive();
        let (Some(event), Some(newest)) = (campaign.next_event(today), words::newest(db, campaign.id).await?) else { return Ok(None) };
        let wave = waves::all(db, campaign.id).await?.into_iter().max_by_key(|wave| wave.number);
        let counts = match wave.as_ref().and_then(waves::frozen_counts) {
            Some(counts) => counts,
            None => counts::Counts::read(platform, campaign.id).await?.headline(campaign, directory),
        };
        let number = wave.map_or(0, |wave| wave.number);
        let (words, version) = (serde_json::from_value(newest.blocks)?, newest.number);
        Ok(Some(Self { campaign, event, words, version, counts, wave: number, today }))
    }

    /// What all its letters share.
    pub fn occasion(&self, check_url: String) -> Occasion<'_> {
        Occasion {
            campaign: &self.campaign.config,
            words: &self.words,
            event: self.event,
            counts: &self.counts,
            wave: self.wave,
            dated_on: self.today,
            check_url,
        }
    }
}
