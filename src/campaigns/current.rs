//! The campaign this installation shows, with its texts, in memory. Must not be changed by a page.

use std::{collections::HashMap, sync::Arc, time::Duration};

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::markdown;
use crate::{
    domain::{
        campaign::{Campaign, Words},
        deadline::{Deadline, DeadlineLabel},
        event_days::EventDays,
        language::Language,
        plan::Dates,
    },
    entities::{campaign, deadline_extension, event, privacy_notice, text_translation, text_version},
    platform::{Platform, http::problem::Problem, jobs::JobError, refreshed::Refreshed},
};

/// A campaign with all a page needs of it.
#[derive(Clone, Debug)]
pub struct Current {
    /// Its key.
    pub id: Uuid,
    /// Its configuration.
    pub config: Campaign,
    /// The newest version of the text.
    pub text: CurrentText,
    /// The notice in force, by language, as HTML.
    pub privacy: HashMap<Language, String>,
    /// Number of that notice.
    pub privacy_number: i32,
    /// Events, earliest first.
    pub events: Vec<CalendarEvent>,
    /// How the deadline was extended, first step first.
    pub extensions: Vec<Extension>,
}

/// One step by which the deadline was extended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extension {
    /// The deadline until then.
    pub before: DateTime<Utc>,
    /// The deadline since.
    pub until: DateTime<Utc>,
    /// When it was extended.
    pub at: DateTime<Utc>,
}

/// The newest version of the statement.
#[derive(Clone, Debug)]
pub struct CurrentText {
    /// Its key.
    pub id: Uuid,
    /// Its number.
    pub number: i32,
    /// draft, closed_comments, locked, open, closed or archived.
    pub stage: String,
    /// The text by language.
    pub translations: HashMap<Language, Translation>,
}

/// The statement in one language.
#[derive(Clone, Debug)]
pub struct Translation {
    /// Its title.
    pub title: String,
    /// Its body as sanitised HTML.
    pub html: String,
    /// SHA-256 of title and body.
    pub content_hash: String,
    /// authoritative, unofficial or checked.
    pub status: String,
}

/// An event with its names.
#[derive(Clone, Debug)]
pub struct CalendarEvent {
    /// Its key in the table.
    pub id: Uuid,
    /// Its key in the configuration.
    pub key: String,
    /// session, debate, vote, deadline, conference or milestone.
    pub kind: String,
    /// Name.
    pub names: Words,
    /// First day; of the month or year when no day is known.
    pub starts_on: NaiveDate,
    /// Last day.
    pub ends_on: Option<NaiveDate>,
    /// day, month or year.
    pub precision: String,
    /// past, planned or expected.
    pub status: String,
    /// Key of the forum.
    pub forum: Option<String>,
    /// Number of the session.
    pub session: Option<String>,
    /// Where it was read.
    pub source_url: Option<String>,
    /// Reservations.
    pub note: Option<String>,
    /// How often its days have changed.
    pub revision: u32,
    /// When it changed, if that is known.
    pub changed_at: Option<DateTime<Utc>>,
}

impl CalendarEvent {
    /// The last day it can fall on.
    pub fn last_day(&self) -> NaiveDate {
        self.ends_on.unwrap_or(self.starts_on)
    }

    /// The same, as letters that count down to it keep it.
    pub fn days(&self) -> EventDays {
        EventDays { first: self.starts_on, last: self.ends_on, precision: self.precision.clone() }
    }

    /// When it is, as exactly as that is known.
    pub fn dates(&self) -> Dates<'_> {
        Dates { first: self.starts_on, last: self.last_day(), precision: &self.precision }
    }

    /// Where it was read, if that is an address of the web.
    pub fn source_address(&self) -> Option<&str> {
        self.source_url.as_deref().filter(|url| url.starts_with("https://") || url.starts_with("http://"))
    }
}

impl Current {
    /// Reads the campaign with this slug, or the only one. Seven queries.
    ///
    /// # Errors
    /// When there is no such campaign or the database fails.
    pub async fn read(db: &impl ConnectionTrait, slug: Option<&str>) -> anyhow::Result<Self> {
        let mut find = campaign::Entity::find().order_by_asc(campaign::Column::CreatedAt);
        if let Some(slug) = slug {
            find = find.filter(campaign::Column::Slug.eq(slug));
        }
        let row = find.one(db).await?.ok_or_else(|| anyhow::anyhow!("no campaign is loaded; run `demarche load`"))?;
        let config: Campaign = serde_json::from_value(row.config)?;
        let version = text_version::Entity::find()
            .filter(text_version::Column::CampaignId.eq(row.id))
            .order_by_desc(text_version::Column::Number)
            .one(db)
            .await?
            .ok_or_else(|| anyhow::anyhow!("the campaign has no text"))?;
        let translations = text_translation::Entity::find().filter(text_translation::Column::TextVersionId.eq(version.id)).all(db).await?;
        let privacy_number = config.privacy.version;
        let notices = privacy_notice::Entity::find()
            .filter(privacy_notice::Column::CampaignId.eq(row.id))
            .filter(privacy_notice::Column::Number.eq(privacy_number))
            .all(db)
            .await?;
        let events = event::Entity::find()
            .filter(event::Column::CampaignId.eq(row.id))
            .order_by_asc(event::Column::StartsOn)
            .order_by_asc(event::Column::Key)
            .all(db)
            .await?;
        let extensions = extensions(db, row.id).await?;
        Ok(Self {
            id: row.id,
            config,
            extensions,
            text: CurrentText {
                id: version.id,
                number: version.number,
                stage: version.stage,
                translations: translations
                    .into_iter()
                    .filter_map(|row| {
                        let language = Language::of_interface(&row.language).ok()?;
                        let html = markdown::to_html(&row.body);
                        Some((language, Translation { title: row.title, html, content_hash: row.content_hash, status: row.status }))
                    })
                    .collect(),
            },
            privacy: notices
                .into_iter()
                .filter_map(|row| Some((Language::of_interface(&row.language).ok()?, markdown::to_html(&row.body))))
                .collect(),
            privacy_number,
            events: events.into_iter().map(calendar_event).collect(),
        })
    }

    /// Until when signatures belong to the coming wave: as configured, unless it was extended beyond that.
    pub fn deadline(&self) -> Deadline {
        self.deadline_after(&self.extensions)
    }

    /// The same after these steps, for whoever has read them later than this.
    pub fn deadline_after(&self, steps: &[Extension]) -> Deadline {
        let rules = &self.config.sign_on;
        Deadline {
            instant: steps.last().map_or(rules.deadline, |extension| extension.until.max(rules.deadline)),
            label: rules.deadline_label.parse().unwrap_or(DeadlineLabel::Utc),
            grace_minutes: u32::try_from(rules.grace_minutes).unwrap_or_default(),
        }
    }

    /// The first event that is not over on `today`, of the kinds letters and pages count down to.
    pub fn next_event(&self, today: NaiveDate) -> Option<&CalendarEvent> {
        self.events.iter().find(|event| event.last_day() >= today && event.status != "past" && event.kind != "milestone")
    }

    /// The event with this key.
    pub fn event(&self, key: &str) -> Option<&CalendarEvent> {
        self.events.iter().find(|event| event.key == key)
    }
}

/// How the deadline of a campaign was extended, first step first. One query.
///
/// # Errors
/// When the database fails.
pub async fn extensions(db: &impl ConnectionTrait, campaign_id: Uuid) -> Result<Vec<Extension>, DbErr> {
    let rows = deadline_extension::Entity::find()
        .filter(deadline_extension::Column::CampaignId.eq(campaign_id))
        .order_by_asc(deadline_extension::Column::Number)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| Extension { before: row.before, until: row.until, at: row.created_at }).collect())
}

fn calendar_event(row: event::Model) -> CalendarEvent {
    CalendarEvent {
        id: row.id,
        key: row.key,
        kind: row.kind,
        names: serde_json::from_value(row.names).unwrap_or_default(),
        starts_on: row.starts_on,
        ends_on: row.ends_on,
        precision: row.precision,
        status: row.status,
        forum: row.forum,
        session: row.session,
        source_url: row.source_url,
        note: row.note,
        revision: u32::try_from(row.revision).unwrap_or_default(),
        changed_at: row.changed_at,
    }
}

/// The campaign of this process, read again every few seconds.
#[derive(Debug)]
pub struct Register {
    slug: Option<String>,
    held: Refreshed<Current>,
}

impl Register {
    /// Shows the campaign with this slug, or the only one.
    pub fn new(slug: Option<String>) -> Self {
        Self { slug, held: Refreshed::every(Duration::from_secs(10)) }
    }

    /// The campaign. No query while it is fresh.
    ///
    /// # Errors
    /// When there is none or the database fails.
    pub async fn get(&self, platform: &Platform) -> Result<Arc<Current>, Problem> {
        Ok(self.held.get(async || Current::read(platform.database.read(), self.slug.as_deref()).await).await?)
    }

    /// The campaign, for a job: it is tried again where there is none or the database fails.
    ///
    /// # Errors
    /// When there is none or the database fails.
    pub async fn for_work(&self, platform: &Platform) -> Result<Arc<Current>, JobError> {
        self.get(platform).await.map_err(|_| JobError::Retry("no campaign".to_owned()))
    }

    /// Forgets what is held, after a change in this process.
    pub fn forget(&self) {
        self.held.forget();
    }
}
