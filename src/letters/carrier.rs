//! Carries queued letters to the mail server, at a pace, and writes down what it answered (R36, R37). One addressee a message. Must not change a
//! letter's text, and must not count a letter as sent before the server has said so.

use actix_web::web::Data;
use async_trait::async_trait;
use chrono::Duration;
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, QueryFilter, sea_query::Expr};
use serde::Deserialize;

use super::{
    dispatch::{DispatchError, KIND, Payload, advance, close_if_over, step_sending},
    pausing, store,
};
use crate::{
    campaigns,
    domain::{
        email::file_name,
        language::Language,
        letter::{DispatchState, LetterState, RoundState},
    },
    entities::{dispatch, letter, letter_round},
    platform::{
        Platform,
        jobs::{Attempt, Handler, JobError, Worker},
        mail::{Attachment, Delivery, Outgoing, Party},
        throttle,
    },
};

/// How long a letter waits when its host has had its share.
const WAIT_FOR_HOST: std::time::Duration = std::time::Duration::from_secs(20);
/// How long a letter of a paused round waits before it looks again.
const WAIT_FOR_PAUSE: std::time::Duration = std::time::Duration::from_secs(30);
/// How long a letter waits to be set anew.
const WAIT_FOR_REISSUE: std::time::Duration = std::time::Duration::from_secs(5);
/// The server's words that are kept.
const LONGEST_ANSWER: usize = 2000;

/// Adds the handler that carries queued letters to the mail server.
pub fn register(worker: Worker, platform: &Platform, campaigns: &Data<campaigns::Register>) -> Worker {
    worker.handle(Carrier { platform: platform.clone(), campaigns: campaigns.clone() })
}

struct Carrier {
    platform: Platform,
    campaigns: Data<campaigns::Register>,
}

/// What this job reads of a letter's content.
#[derive(Deserialize)]
struct Content {
    email: Email,
}

#[derive(Deserialize)]
struct Email {
    subject: String,
    text: String,
}

#[async_trait]
impl Handler for Carrier {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn run(&self, payload: serde_json::Value, attempt: Attempt) -> Result<(), JobError> {
        let payload: Payload = serde_json::from_value(payload).map_err(|error| JobError::payload(&error))?;
        let db = self.platform.database.read();
        let missing = || JobError::Fail("the dispatch, its letter or its file is gone".to_owned());
        let dispatch = dispatch::Entity::find_by_id(payload.dispatch).one(db).await?.ok_or_else(missing)?;
        if dispatch.state.parse().is_ok_and(DispatchState::is_final) {
            return Ok(()); // an earlier run got as far as that
        }
        let letter = letter::Entity::find_by_id(dispatch.letter_id).one(db).await?.ok_or_else(missing)?;
        let round = letter_round::Entity::find_by_id(letter.round_id).one(db).await?.ok_or_else(missing)?;
        if letter.state != LetterState::Queued.key() {
            return self.settle(&round, &dispatch, DispatchState::Rejected, "not offered: the letter was taken out of the queue").await;
        }
        let mail = self.mail(&dispatch, &letter, &round).await?;
        if payload.rehearsal || round.rehearsal {
            return self.settle(&round, &dispatch, DispatchState::Rehearsed, "rehearsal: nothing was sent").await;
        }
        let now = self.platform.clock.now();
        if let Some(early) = dispatch.not_before.and_then(|instant| (instant - now).to_std().ok()).filter(|wait| !wait.is_zero()) {
            return Err(JobError::Postpone { after: early, reason: "its hour has not come".to_owned() });
        }
        if round.paused_at.is_some() {
            return Err(JobError::Postpone { after: WAIT_FOR_PAUSE, reason: "its round is paused".to_owned() });
        }
        self.keep_pace(&dispatch).await?;
        // Written before the mail leaves, so that what comes back can be told even if this process dies now.
        dispatch::Entity::update_many()
            .col_expr(dispatch::Column::MessageId, Expr::value(mail.message_id.clone()))
            .col_expr(dispatch::Column::Attempts, Expr::col(dispatch::Column::Attempts).add(1))
            .filter(dispatch::Column::Id.eq(dispatch.id))
            .exec(self.platform.database.write())
            .await?;
        match self.platform.deliver(&mail).await {
            Ok(Delivery::Accepted { answer }) => self.settle(&round, &dispatch, DispatchState::Accepted, &answer).await,
            Ok(Delivery::Rejected { answer, .. }) => self.settle(&round, &dispatch, DispatchState::Rejected, &answer).await,
            Ok(Delivery::Deferred { answer }) if attempt.is_last() => {
                self.settle(&round, &dispatch, DispatchState::Rejected, &answer).await
            }
            Ok(Delivery::Deferred { answer }) => {
                self.settle(&round, &dispatch, DispatchState::Deferred, &answer).await?;
                // The queue's own back-off spreads the attempts over two days.
                Err(JobError::Retry("the mail server asked to come back later".to_owned()))
            }
            Err(error) => self.settle(&round, &dispatch, DispatchState::Rejected, &format!("not offered: {error}")).await,
        }
    }
}

impl Carrier {
    async fn mail(&self, dispatch: &dispatch::Model, letter: &letter::Model, round: &letter_round::Model) -> Result<Outgoing, JobError> {
        let gone = || JobError::Fail("the letter has no PDF, no text or no address".to_owned());
        let campaign = self.campaigns.for_work(&self.platform).await?;
        let sender = &campaign.config.sender;
        let language = Language::of_letters(&letter.language).map_err(|_| gone())?;
        let Content { email } = Content::deserialize(&letter.content).map_err(|_| gone())?;
        let to = dispatch.to_address.as_deref().ok_or_else(gone)?;
        letter.file_id.ok_or_else(gone)?;
        let Some(pdf) = store::issued(self.platform.database.read(), letter).await? else {
            let reason = "a name was taken out of its list: the letter is set anew first".to_owned();
            return Err(JobError::Postpone { after: WAIT_FOR_REISSUE, reason });
        };
        // By its reference an answer finds back to the letter, however its subject is altered (R37).
        let subject =
            if email.subject.contains(&letter.reference) { email.subject } else { format!("{} [{}]", email.subject, letter.reference) };
        let id = dispatch.message_id.clone().unwrap_or_else(|| self.platform.message_id(dispatch.id));
        let from = Party::named(sender.name.get(language), &self.platform.mail_from);
        // The date of the first try: the same mail again is the same to the byte.
        let mut mail = Outgoing::new(id, dispatch.created_at, from, Party::bare(to), subject, email.text);
        mail.reply_to = Some(Party::bare(sender.email.clone()));
        mail.attachments.push(Attachment {
            file_name: file_name(&sender.reference_prefix, &letter.iso3, language, round.dated_on, "pdf"),
            media_type: "application/pdf".to_owned(),
            content: pdf,
        });
        Ok(mail)
    }

    async fn keep_pace(&self, dispatch: &dispatch::Model) -> Result<(), JobError> {
        let host = dispatch.to_address.as_deref().and_then(|to| to.rsplit_once('@')).map_or("", |(_, host)| host);
        let bucket = format!("{KIND}:{}", self.platform.keys.address_hash(host));
        let now = self.platform.clock.now();
        // A ministry's server that is flooded refuses (R36).
        let share = self.platform.mails_per_minute;
        if throttle::allow(self.platform.database.write(), &bucket, share, Duration::minutes(1), now).await? {
            return Ok(());
        }
        Err(JobError::Postpone { after: WAIT_FOR_HOST, reason: "the host has had its share of this minute".to_owned() })
    }

    /// Writes down what came of it, dispatch and letter together. Whoever comes second finds the attempt over and changes nothing.
    async fn settle(
        &self,
        round: &letter_round::Model,
        dispatch: &dispatch::Model,
        outcome: DispatchState,
        answer: &str,
    ) -> Result<(), JobError> {
        let now = self.platform.clock.now();
        let answer: String = answer.chars().filter(|c| !c.is_control() || *c == '\n').take(LONGEST_ANSWER).collect();
        let campaign = if outcome == DispatchState::Rejected { Some(self.campaigns.for_work(&self.platform).await?) } else { None };
        let txn = self.platform.database.begin().await?;
        step_sending(&txn, round.id, RoundState::Sending).await?;
        let settled = dispatch::Entity::update_many()
            .col_expr(dispatch::Column::State, Expr::value(outcome.key()))
            .col_expr(dispatch::Column::ServerAnswer, Expr::value(answer))
            .col_expr(dispatch::Column::FinishedAt, Expr::value(outcome.is_final().then_some(now)))
            .filter(dispatch::Column::Id.eq(dispatch.id))
            .filter(dispatch::Column::State.is_in([DispatchState::Queued.key(), DispatchState::Deferred.key()]))
            .exec(&txn)
            .await?;
        if let Some(to) = outcome.letter_state().filter(|_| settled.rows_affected > 0) {
            let letter = letter::Entity::find_by_id(dispatch.letter_id).one(&txn).await?;
            let letter = letter.ok_or_else(|| JobError::Fail("the letter is gone".to_owned()))?;
            match advance(&txn, &letter, to, None, Some(outcome.key()), now).await {
                // A letter that was moved by hand stays where it was put; the dispatch keeps what happened.
                Ok(()) | Err(DispatchError::Move(_)) => {}
                Err(DispatchError::Database(error)) => return Err(error.into()),
                Err(_) => return Err(JobError::Retry("the letter changed meanwhile".to_owned())),
            }
            if let Some(campaign) = campaign {
                pausing::pause_if_too_many(&txn, round.id, campaign.config.sending, now).await?;
            }
            close_if_over(&txn, round, None, now).await?;
        }
        // No kept page tells of one letter: "is this message from us?" is made anew for everybody who asks.
        txn.commit().await?;
        Ok(())
    }
}
