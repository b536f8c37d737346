//! Background work of letters: drafting a round, typesetting it and handing it over. Must bear running twice: what is done is not done again.

use std::time::Duration;

use actix_web::web::Data;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use futures_util::{StreamExt, stream};
use sea_orm::{ActiveValue::Set, ColumnTrait, DbErr, EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    annex, carrier, dispatch,
    draft::Content,
    drafting,
    recheck::{RECHECK, Recheck},
    reissue::{self, ReissueLetters},
    service::RoundError,
    store::{self, Loaded},
};
use crate::{
    campaigns::{self, Current},
    domain::{
        email::{EmailAddress, file_name},
        language::Language,
        letter::{Channel, LetterState, PostKind, RoundState},
        sending,
    },
    entities::{addressee, letter, letter_round, post},
    platform::{
        Platform,
        files::{self, NewFile},
        jobs::{Attempt, Handler, Job, JobError, Worker},
        typeset::{LetterPage, Template, Typeset, TypesetError},
    },
    states::{self, Directory, time_zones, week_ends},
};

const DRAFT: &str = "letters.draft";
const TYPESET: &str = "letters.typeset";
/// Letters typeset at the same time; the typesetter itself allows no more than there are cores.
pub const AT_ONCE: usize = 2;

#[derive(Serialize, Deserialize)]
struct Payload {
    round: Uuid,
}

/// The job that drafts a round.
pub fn draft(round: Uuid) -> Job {
    Job::new(DRAFT, &Payload { round }).coalesce(&format!("{DRAFT}:{round}"))
}

/// The job that typesets a released round and hands its letters over.
pub fn typeset(round: Uuid) -> Job {
    Job::new(TYPESET, &Payload { round }).coalesce(&format!("{TYPESET}:{round}"))
}

/// Adds this room's handlers.
pub fn register(worker: Worker, platform: &Platform, campaigns: &Data<campaigns::Register>, states: &Data<states::Register>) -> Worker {
    let rooms = Rooms { platform: platform.clone(), campaigns: campaigns.clone(), states: states.clone() };
    let worker = worker.handle(Draft(rooms.clone())).handle_at_most(1, TypesetRound(rooms.clone()));
    let worker = worker.handle_at_most(1, Recheck(rooms.clone())).every(Duration::from_secs(60), Duration::from_secs(45), RECHECK);
    carrier::register(worker.handle_at_most(1, ReissueLetters(rooms)), platform, campaigns)
}

#[derive(Clone)]
pub(super) struct Rooms {
    pub(super) platform: Platform,
    pub(super) campaigns: Data<campaigns::Register>,
    pub(super) states: Data<states::Register>,
}

impl Rooms {
    pub(super) async fn campaign(&self) -> Result<std::sync::Arc<Current>, JobError> {
        self.campaigns.for_work(&self.platform).await
    }
}

pub(super) fn job_error(error: RoundError) -> JobError {
    match error {
        RoundError::Database(error) => error.into(),
        RoundError::Missing => JobError::Fail("the round is gone".into()),
        other => JobError::Retry(other.to_string()),
    }
}

struct Draft(Rooms);

#[async_trait]
impl Handler for Draft {
    fn kind(&self) -> &'static str {
        DRAFT
    }

    async fn run(&self, payload: serde_json::Value, _: Attempt) -> Result<(), JobError> {
        let payload: Payload = serde_json::from_value(payload).map_err(|error| JobError::payload(&error))?;
        let campaign = self.0.campaign().await?;
        let directory = self.0.states.get(&self.0.platform).await?;
        drafting::draft_all(&self.0.platform, &campaign, &directory, payload.round).await.map_err(job_error)?;
        Ok(())
    }
}

struct TypesetRound(Rooms);

#[async_trait]
impl Handler for TypesetRound {
    fn kind(&self) -> &'static str {
        TYPESET
    }

    async fn run(&self, payload: serde_json::Value, attempt: Attempt) -> Result<(), JobError> {
        let payload: Payload = serde_json::from_value(payload).map_err(|error| JobError::payload(&error))?;
        let rooms = &self.0;
        let directory = rooms.states.get(&rooms.platform).await?;
        let campaign = rooms.campaign().await?;
        let db = rooms.platform.database.read();
        let loaded = store::load(db, payload.round).await.map_err(job_error)?;
        let letters = store::letters_of(db, payload.round).await?;
        // A letter that was rehearsed is approved again and has its file, and so has one that waits for a person to deliver it.
        let is_done =
            |letter: &letter::Model| letter.file_id.is_some() && (loaded.round.rehearsal || letter.channel != Channel::Mail.key());
        let waiting = letters.into_iter().filter(|letter| letter.state == LetterState::Approved.key() && !is_done(letter));
        let mut work = stream::iter(waiting)
            .map(|letter| {
                let (loaded, directory, campaign) = (&loaded, &directory, &campaign);
                async move {
                    let typeset = typeset_letter(&rooms.platform, campaign, loaded, directory, &letter).await;
                    (letter, typeset)
                }
            })
            .buffer_unordered(AT_ONCE);
        let (mut refused, mut unreachable) = (0_usize, 0_usize);
        while let Some((letter, typeset)) = work.next().await {
            match typeset {
                Ok(typeset) => unreachable += usize::from(!hand_over(&rooms.platform, &loaded, &letter, &typeset).await?),
                Err(error) => {
                    refused += 1;
                    tracing::error!(letter = %letter.id, %error, "a letter could not be typeset");
                }
            }
            if attempt.stop.is_cancelled() {
                return Err(JobError::Postpone { after: std::time::Duration::from_secs(1), reason: "the worker is stopping".into() });
            }
            let round = letter_round::Entity::find_by_id(payload.round).one(db).await?;
            if round.is_none_or(|round| round.state != RoundState::Sending.key()) {
                return Ok(());
            }
        }
        match (refused, unreachable) {
            (0, 0) => Ok(()),
            (0, without) => Err(JobError::Fail(format!("{without} letters have no address; the others went on"))),
            (refused, _) => Err(JobError::Retry(format!("{refused} letters could not be typeset"))),
        }
    }
}

/// Typesets one letter with its annex.
///
/// # Errors
/// When its content cannot be read or the typesetter refuses it.
pub async fn typeset_letter(
    platform: &Platform,
    campaign: &Current,
    loaded: &Loaded,
    directory: &Directory,
    letter: &letter::Model,
) -> Result<Typeset, TypesetError> {
    let page = whole_page(platform, campaign, loaded, directory, letter)?;
    platform.typesetter.typeset(Template::Letter, &page, dated_at(loaded)).await
}

/// Midnight of the day on the letters: what their files say of when they were made.
pub(super) fn dated_at(loaded: &Loaded) -> DateTime<Utc> {
    loaded.round.dated_on.and_time(chrono::NaiveTime::MIN).and_utc()
}

/// The letter with its annex.
pub(super) fn whole_page(
    platform: &Platform,
    campaign: &Current,
    loaded: &Loaded,
    directory: &Directory,
    letter: &letter::Model,
) -> Result<LetterPage, serde_json::Error> {
    let mut content: Content = serde_json::from_value(letter.content.clone())?;
    let language = Language::of_letters(&letter.language).unwrap_or_default();
    if campaign.config.sign_on.names_to_governments
        && let Some(state) = directory.state(&letter.iso3)
    {
        content.page.annex =
            annex::annex(&loaded.words, &loaded.lines, &loaded.counts, Some(state), directory, language, &platform.typesetter);
    }
    Ok(content.page)
}

/// What a letter's PDF is called where it is kept.
pub(super) fn pdf_name(letter: &letter::Model, loaded: &Loaded) -> String {
    let language = Language::of_letters(&letter.language).unwrap_or_default();
    file_name("letter", &letter.iso3, language, loaded.round.dated_on, "pdf")
}

/// Keeps the PDF and puts the letter in the queue, in one transaction that looks again whether it is still to go. `false`: its address is gone
/// since it was approved; the PDF is kept and the letter waits for a person.
async fn hand_over(platform: &Platform, loaded: &Loaded, letter: &letter::Model, typeset: &Typeset) -> Result<bool, JobError> {
    let now = platform.clock.now();
    let name = pdf_name(letter, loaded);
    let txn = platform.database.begin().await?;
    if !dispatch::step_sending(&txn, loaded.round.id, RoundState::Sending).await? {
        return Ok(true); // stopped while this letter was being typeset
    }
    if !reissue::is_current(&txn, loaded).await? {
        let reason = "a name was taken out of the list while this letter was typeset".to_owned();
        return Err(JobError::Postpone { after: std::time::Duration::ZERO, reason });
    }
    let Some(current) = letter::Entity::find_by_id(letter.id).one(&txn).await? else { return Ok(true) };
    if current.state != LetterState::Approved.key() {
        return Ok(true);
    }
    let kept = files::keep(&txn, NewFile { media_type: "application/pdf", file_name: &name, content: &typeset.pdf }, now).await?;
    let change = letter::ActiveModel {
        file_id: Set(Some(kept.id)),
        pages: Set(Some(i32::try_from(typeset.pages).unwrap_or(i32::MAX))),
        names_removed: Set(loaded.wave.names_removed),
        updated_at: Set(now),
        ..Default::default()
    };
    letter::Entity::update_many().set(change).filter(letter::Column::Id.eq(letter.id)).exec(&txn).await?;
    let letter = letter::Entity::find_by_id(letter.id).one(&txn).await?.ok_or_else(|| JobError::Fail("the letter is gone".into()))?;
    if letter.channel != Channel::Mail.key() && !loaded.round.rehearsal {
        txn.commit().await?; // a person delivers it and records that
        return Ok(true);
    }
    let address = address_of(&txn, &letter, now.date_naive()).await?;
    let found = match address.or_else(|| loaded.round.rehearsal.then(|| EmailAddress::parse("rehearsal@invalid.example").ok()).flatten()) {
        Some(address) => {
            let hour = hour_of(&txn, &loaded.round, &letter, now).await?;
            dispatch::queue_letter_by(&txn, &letter, &address, (loaded.round.rehearsal, hour), None, now)
                .await
                .map_err(|error| JobError::Retry(error.to_string()))?;
            true
        }
        None => false,
    };
    txn.commit().await?;
    platform.bell.ring();
    Ok(found)
}

/// When a letter of a round is to leave that leaves by the clock of its readers. One query, and none for a round that leaves at once.
async fn hour_of(
    db: &impl sea_orm::ConnectionTrait,
    round: &letter_round::Model,
    letter: &letter::Model,
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, DbErr> {
    let Some(hour) = round.send_hour.and_then(|hour| u32::try_from(hour).ok()).filter(|_| !round.rehearsal) else { return Ok(None) };
    let post = post::Entity::find_by_id(letter.post_id).one(db).await?;
    let kind = post.and_then(|post| post.kind.parse().ok()).unwrap_or(PostKind::PermanentRepresentative);
    Ok(Some(sending::leaves_at(time_zones::of(&letter.iso3, kind), week_ends::of(&letter.iso3, kind), hour, now))
        .filter(|instant| *instant > now))
}

/// The address in the register a letter would leave for on a day. One query.
pub(super) async fn address_of(
    db: &impl sea_orm::ConnectionTrait,
    letter: &letter::Model,
    day: chrono::NaiveDate,
) -> Result<Option<EmailAddress>, DbErr> {
    use sea_orm::{Condition, QueryOrder};
    let in_force = Condition::all()
        .add(Condition::any().add(addressee::Column::StartsOn.is_null()).add(addressee::Column::StartsOn.lte(day)))
        .add(Condition::any().add(addressee::Column::EndsOn.is_null()).add(addressee::Column::EndsOn.gte(day)));
    let newest = addressee::Entity::find()
        .filter(addressee::Column::PostId.eq(letter.post_id))
        .filter(in_force)
        .order_by_desc(addressee::Column::CreatedAt)
        .order_by_desc(addressee::Column::Id)
        .one(db)
        .await?;
    Ok(newest.and_then(|entry| entry.email).and_then(|email| EmailAddress::parse(&email).ok()))
}
