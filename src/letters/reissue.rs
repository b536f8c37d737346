//! Letters set anew once a name is taken out of the list they carry (R15): the old PDF is not kept, mailed or shown again. Must not change a
//! letter's text or where it stands, and must bear running twice.

use async_trait::async_trait;
use futures_util::{StreamExt, stream};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect, sea_query::LockType,
};
use serde_json::json;
use uuid::Uuid;

use super::{
    jobs::{self, AT_ONCE, Rooms, job_error},
    store::{self, Loaded},
};
use crate::{
    accounts::audit::{self, Entry},
    entities::{dispatch, letter, letter_round, reply, stored_file, wave},
    platform::{
        Platform,
        files::{self, NewFile},
        jobs::{Attempt, Handler, JobError},
        typeset::Typeset,
    },
    signing::waves::{REISSUE, Reissue},
};

pub(super) struct ReissueLetters(pub(super) Rooms);

#[async_trait]
impl Handler for ReissueLetters {
    fn kind(&self) -> &'static str {
        REISSUE
    }

    async fn run(&self, payload: serde_json::Value, attempt: Attempt) -> Result<(), JobError> {
        let Reissue { wave } = serde_json::from_value(payload).map_err(|error| JobError::payload(&error))?;
        let platform = &self.0.platform;
        let rounds = letter_round::Entity::find().filter(letter_round::Column::WaveId.eq(wave)).all(platform.database.read()).await?;
        let mut refused = 0;
        for round in rounds {
            refused += self.round(&round, &attempt).await?;
        }
        if refused == 0 { Ok(()) } else { Err(JobError::Retry(format!("{refused} letters could not be typeset"))) }
    }
}

impl ReissueLetters {
    /// How many letters the typesetter refused.
    async fn round(&self, round: &letter_round::Model, attempt: &Attempt) -> Result<usize, JobError> {
        let Rooms { platform, .. } = &self.0;
        let (directory, campaign) = (self.0.states.get(platform).await?, self.0.campaign().await?);
        let db = platform.database.read();
        let loaded = store::load(db, round.id).await.map_err(job_error)?;
        let behind = letter::Entity::find()
            .filter(letter::Column::RoundId.eq(round.id))
            .filter(letter::Column::FileId.is_not_null())
            .filter(letter::Column::NamesRemoved.lt(loaded.wave.names_removed))
            .all(db)
            .await?;
        let mut work = stream::iter(behind)
            .map(|letter| {
                let (loaded, directory, campaign) = (&loaded, &directory, &campaign);
                async move {
                    let typeset = jobs::typeset_letter(platform, campaign, loaded, directory, &letter).await;
                    (letter, typeset)
                }
            })
            .buffer_unordered(AT_ONCE);
        let (mut refused, mut done) = (0, 0);
        while let Some((letter, typeset)) = work.next().await {
            match typeset {
                Ok(typeset) => done += u64::from(replace(platform, &loaded, &letter, &typeset).await?),
                Err(error) => {
                    refused += 1;
                    tracing::error!(letter = %letter.id, %error, "a letter could not be typeset");
                }
            }
            if attempt.stop.is_cancelled() {
                return Err(JobError::Postpone { after: std::time::Duration::from_secs(1), reason: "the worker is stopping".into() });
            }
        }
        if done > 0 {
            let now = platform.clock.now();
            let txn = platform.database.begin().await?;
            let entry = Entry::of(None, "round.reissued", "round", round.id).with(json!({ "letters": done }));
            audit::append(&txn, entry, now).await?;
            txn.commit().await?;
        }
        Ok(refused)
    }
}

/// Holds a list until the end of the transaction: no name is taken out of it meanwhile. Whether it still reads as it did when it was loaded.
pub(super) async fn is_current(txn: &sea_orm::DatabaseTransaction, loaded: &Loaded) -> Result<bool, DbErr> {
    let wave = wave::Entity::find_by_id(loaded.wave.id).lock(LockType::Share).one(txn).await?;
    Ok(wave.is_some_and(|wave| wave.names_removed == loaded.wave.names_removed))
}

/// Puts the new PDF in the place of the old one, whose bytes go. `false` when there is nothing to replace any more.
async fn replace(platform: &Platform, loaded: &Loaded, letter: &letter::Model, typeset: &Typeset) -> Result<bool, JobError> {
    let now = platform.clock.now();
    let txn = platform.database.begin().await?;
    if !is_current(&txn, loaded).await? {
        return Ok(false); // another name went meanwhile, and asked for this job once more
    }
    let Some(old) = letter.file_id else { return Ok(false) };
    let name = jobs::pdf_name(letter, loaded);
    let kept = files::keep(&txn, NewFile { media_type: "application/pdf", file_name: &name, content: &typeset.pdf }, now).await?;
    let change = letter::ActiveModel {
        file_id: Set(Some(kept.id)),
        pages: Set(Some(i32::try_from(typeset.pages).unwrap_or(i32::MAX))),
        names_removed: Set(loaded.wave.names_removed),
        ..Default::default()
    };
    let replaced = letter::Entity::update_many()
        .set(change)
        .filter(letter::Column::Id.eq(letter.id))
        .filter(letter::Column::FileId.eq(old))
        .exec(&txn)
        .await?;
    if replaced.rows_affected == 0 {
        return Ok(false);
    }
    if kept.id != old && !is_used(&txn, old).await? {
        stored_file::Entity::delete_by_id(old).exec(&txn).await?;
    }
    txn.commit().await?;
    Ok(true)
}

/// Whether anything else has the same bytes: another letter, a proof of delivery, a reply. Three queries at most.
async fn is_used(txn: &impl ConnectionTrait, file: Uuid) -> Result<bool, DbErr> {
    Ok(letter::Entity::find().filter(letter::Column::FileId.eq(file)).count(txn).await? > 0
        || dispatch::Entity::find().filter(dispatch::Column::FileId.eq(file)).count(txn).await? > 0
        || reply::Entity::find().filter(reply::Column::FileId.eq(file)).count(txn).await? > 0)
}
