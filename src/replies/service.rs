//! Recording a reply (R41): the letter moves on, and what the reply suggests waits as a proposal for a person. Must never write evidence or
//! a position.

use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, sea_query::Expr};
use serde_json::json;
use uuid::Uuid;

use super::{form::NewReply, grading, inbound};
use crate::{
    accounts::audit::{self, Entry},
    campaigns::Current,
    domain::{
        campaign::Campaign,
        evidence::{EvidenceVisibility, ProposalState},
        inbound::InboundState,
        letter::{LetterState, ReplyClass},
        reference::{ReferenceKind, find_references},
    },
    entities::{evidence_proposal, inbound_mail, letter, letter_event, letter_round, reply},
    platform::{
        Platform,
        database::broken_unique,
        files::{self, NewFile},
    },
};

/// Why a reply cannot be recorded.
#[derive(Debug, thiserror::Error)]
pub enum ReplyError {
    /// Nothing in the typed text is the reference of a letter of this campaign (R37).
    #[error("no letter has this reference")]
    UnknownReference,
    /// The text names several letters.
    #[error("the text holds the references of several letters")]
    SeveralLetters,
    /// Another state was chosen than the letter went to.
    #[error("the letter went to another state")]
    OtherState,
    /// The letter has not left.
    #[error("the letter has not been sent")]
    NotSent,
    /// Somebody else has decided on the mail it was made from.
    #[error("the mail was decided on meanwhile")]
    MailDecided,
    /// Neither a letter nor a state.
    #[error("no state")]
    NoState,
    /// Unexpected.
    #[error(transparent)]
    Database(#[from] DbErr),
}

/// The level of the scale a reply suggests, if it suggests any: the mildest on its side.
pub fn suggested(campaign: &Campaign, class: ReplyClass) -> Option<&str> {
    let scored = || campaign.levels().filter_map(|level| Some((level.score?, level.key.as_str())));
    let found = match class {
        ReplyClass::Supportive => scored().filter(|(score, _)| *score > 0).min(),
        ReplyClass::NonCommittal => scored().find(|(score, _)| *score == 0),
        ReplyClass::Negative => scored().filter(|(score, _)| *score < 0).max(),
        // A position is read from what somebody says about the matter, and from nothing else.
        ReplyClass::Acknowledgement
        | ReplyClass::Referred
        | ReplyClass::MeetingOffered
        | ReplyClass::Question
        | ReplyClass::Declined
        | ReplyClass::OutOfScope => None,
    };
    found.map(|(_, key)| key)
}

/// The letter a reply answers: the one it was opened from, else the one whose reference the text holds.
async fn letter_of(db: &impl ConnectionTrait, campaign: &Current, new: &NewReply) -> Result<Option<letter::Model>, ReplyError> {
    let find = if let Some(id) = new.letter {
        letter::Entity::find_by_id(id)
    } else if new.reference.trim().is_empty() {
        return Ok(None);
    } else {
        let prefix = &campaign.config.sender.reference_prefix;
        let references = find_references(&new.reference).into_iter().filter(|reference| reference.kind() == ReferenceKind::Letter);
        letter::Entity::find().filter(letter::Column::Reference.is_in(references.map(|reference| reference.with_prefix(prefix))))
    };
    let mut found = find.all(db).await?;
    if found.len() > 1 {
        return Err(ReplyError::SeveralLetters);
    }
    let letter = found.pop().ok_or(ReplyError::UnknownReference)?;
    let round = letter_round::Entity::find_by_id(letter.round_id).one(db).await?;
    if round.is_none_or(|round| round.campaign_id != campaign.id) {
        return Err(ReplyError::UnknownReference);
    }
    Ok(Some(letter))
}

/// Records a reply; the same form sent twice is one reply. Returns its key.
///
/// # Errors
/// When its letter cannot be told, has not left, or went elsewhere.
pub async fn record(platform: &Platform, campaign: &Current, new: NewReply, account: Uuid) -> Result<Uuid, ReplyError> {
    if let Some(known) = by_submission(platform.database.read(), &new.submission_key).await? {
        return Ok(known);
    }
    match record_once(platform, campaign, &new, account).await {
        // The other click was faster.
        Err(ReplyError::Database(error)) if broken_unique(&error, &[("ux_reply_submission_key", "reply.submission_key")]).is_some() => {
            by_submission(platform.database.write(), &new.submission_key).await?.ok_or(ReplyError::Database(error))
        }
        other => other,
    }
}

async fn by_submission(db: &impl ConnectionTrait, key: &str) -> Result<Option<Uuid>, DbErr> {
    Ok(reply::Entity::find().filter(reply::Column::SubmissionKey.eq(key)).one(db).await?.map(|row| row.id))
}

async fn record_once(platform: &Platform, campaign: &Current, new: &NewReply, account: Uuid) -> Result<Uuid, ReplyError> {
    let (id, now) = (Uuid::now_v7(), platform.clock.now());
    let txn = platform.database.begin().await?;
    let letter = letter_of(&txn, campaign, new).await?;
    let iso3 = match (&letter, &new.iso3) {
        (Some(letter), Some(chosen)) if *chosen != letter.iso3 => return Err(ReplyError::OtherState),
        (Some(letter), _) => letter.iso3.clone(),
        (None, chosen) => chosen.clone().ok_or(ReplyError::NoState)?,
    };
    let inbound = match new.inbound {
        Some(mail) => Some(waiting_mail(&txn, campaign, mail).await?),
        None => None,
    };
    let file_id = match &new.file {
        Some(file) => {
            let file = NewFile { media_type: file.media_type, file_name: &file.file_name, content: &file.content };
            Some(files::keep(&txn, file, now).await?.id)
        }
        None => inbound.as_ref().map(|mail| mail.file_id),
    };
    let proof = grading::first(new.channel, file_id.is_some(), new.record_url.as_deref(), inbound.as_ref().map(|mail| mail.sender_known));
    let visibility = EvidenceVisibility::Core.key().to_owned();
    let row = reply::ActiveModel {
        id: Set(id),
        campaign_id: Set(campaign.id),
        letter_id: Set(letter.as_ref().map(|letter| letter.id)),
        iso3: Set(iso3.clone()),
        received_on: Set(new.received_on),
        channel: Set(new.channel.key().to_owned()),
        proof: Set(proof.key().to_owned()),
        record_url: Set(new.record_url.clone()),
        class: Set(new.class.key().to_owned()),
        summary: Set(new.summary.clone()),
        file_id: Set(file_id),
        visibility: Set(visibility.clone()),
        account_id: Set(account),
        created_at: Set(now),
        submission_key: Set(new.submission_key.clone()),
    };
    reply::Entity::insert(row).exec_without_returning(&txn).await?;
    if let Some(mail) = &inbound
        && !inbound::decide(&txn, mail.id, InboundState::Recorded, Some(id), Some(account), now).await?
    {
        return Err(ReplyError::MailDecided);
    }
    if let Some(letter) = &letter {
        move_letter(&txn, letter, new.class, account, now).await?;
    }
    let direction = suggested(&campaign.config, new.class);
    if let Some(direction) = direction {
        let proposal = evidence_proposal::ActiveModel {
            id: Set(Uuid::now_v7()),
            reply_id: Set(Some(id)),
            iso3: Set(iso3.clone()),
            direction: Set(Some(direction.to_owned())),
            summary: Set(new.summary.clone()),
            visibility: Set(visibility),
            state: Set(ProposalState::Proposed.key().to_owned()),
            created_at: Set(now),
            ..Default::default()
        };
        evidence_proposal::Entity::insert(proposal).exec_without_returning(&txn).await?;
    }
    let details = json!({
        "iso3": iso3, "class": new.class.key(), "channel": new.channel.key(), "letter": letter.map(|letter| letter.reference),
        "file": file_id.is_some(), "proof": proof.key(), "proposes": direction,
    });
    audit::append(&txn, Entry::of(Some(account), "reply.recorded", "reply", id).with(details), now).await?;
    txn.commit().await?;
    Ok(id)
}

/// The mail a reply is made from, while it waits.
async fn waiting_mail(db: &impl ConnectionTrait, campaign: &Current, id: Uuid) -> Result<inbound_mail::Model, ReplyError> {
    let mail = inbound_mail::Entity::find_by_id(id).one(db).await?;
    mail.filter(|mail| mail.campaign_id == campaign.id && mail.state == InboundState::Waiting.key()).ok_or(ReplyError::MailDecided)
}

/// A second acknowledgement, or one after an answer, leaves the letter where it is.
async fn move_letter(
    txn: &impl ConnectionTrait,
    letter: &letter::Model,
    class: ReplyClass,
    account: Uuid,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<(), ReplyError> {
    let from: LetterState = letter.state.parse().map_err(|_| ReplyError::NotSent)?;
    if !from.has_left() && from != LetterState::Closed {
        return Err(ReplyError::NotSent);
    }
    let Ok(to) = from.step(class.letter_state()) else { return Ok(()) };
    let moved = letter::Entity::update_many()
        .col_expr(letter::Column::State, Expr::value(to.key()))
        .col_expr(letter::Column::UpdatedAt, Expr::value(now))
        .filter(letter::Column::Id.eq(letter.id))
        .filter(letter::Column::State.eq(from.key()))
        .exec(txn)
        .await?;
    if moved.rows_affected > 0 {
        let event = letter_event::ActiveModel {
            id: Set(Uuid::now_v7()),
            letter_id: Set(letter.id),
            occurred_at: Set(now),
            account_id: Set(Some(account)),
            from_state: Set(Some(from.key().to_owned())),
            to_state: Set(to.key().to_owned()),
            note: Set(Some(class.key().to_owned())),
        };
        letter_event::Entity::insert(event).exec_without_returning(txn).await?;
    }
    Ok(())
}
