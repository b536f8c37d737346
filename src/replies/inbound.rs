//! Mails that come in (R37, R41): kept as they came, told to a letter where that can be told, and left for a person. A server's report that a letter could
//! not be delivered moves that letter; nothing else here moves anything. Must not make a reply of a mail, nor fetch or run what hangs on one.

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, QueryOrder, sea_query::OnConflict,
};
use serde_json::json;
use uuid::Uuid;

use crate::{
    accounts::audit::{self, Entry},
    campaigns::Current,
    domain::{
        inbound::{InboundKind, InboundState, MatchedBy},
        letter::LetterState,
        reference::{ReferenceKind, find_references},
        web_domain::OwnDomain,
    },
    entities::{addressee, dispatch, inbound_mail, letter, letter_round},
    letters::dispatch::{DispatchError, came_back},
    platform::{
        Platform,
        files::{self, NewFile},
        mail::incoming::Incoming,
    },
};

/// Bytes of a mail that are kept; what lies beyond is listed and not kept.
pub const LARGEST_KEPT: usize = 10 * 1024 * 1024;

/// What became of a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Received {
    /// It is kept.
    New(Uuid),
    /// It came before.
    Known,
}

/// Why it was not taken.
#[derive(Debug, thiserror::Error)]
pub enum InboundError {
    /// These bytes are no mail.
    #[error("this is no mail")]
    NoMail,
    /// The database failed; the same mail may be handed over again.
    #[error(transparent)]
    Database(#[from] DbErr),
    /// A fault of ours.
    #[error(transparent)]
    Unexpected(#[from] anyhow::Error),
}

/// The letter a mail is about, and how that was told.
struct Match {
    letter: letter::Model,
    by: MatchedBy,
    /// The attempt it names, if it names one.
    dispatch: Option<dispatch::Model>,
}

/// Takes a mail. Repeatable: the same mail again changes nothing. Up to nine queries, each by an index.
///
/// # Errors
/// See [`InboundError`]; nothing is kept then.
pub async fn receive(platform: &Platform, campaign: &Current, raw: &[u8]) -> Result<Received, InboundError> {
    let mail = Incoming::read(raw).ok_or(InboundError::NoMail)?;
    let (id, now) = (Uuid::now_v7(), platform.clock.now());
    let txn = platform.database.begin().await?;
    let found = letter_of(&txn, campaign, &mail).await?;
    let sender_known = match &found {
        Some(found) => is_known_sender(&txn, found.letter.id, &mail.from).await?,
        None => false,
    };
    let kept = raw.get(..LARGEST_KEPT).unwrap_or(raw);
    let file = files::keep(&txn, NewFile { media_type: "message/rfc822", file_name: "mail.eml", content: kept }, now).await?;
    let over = matches!(mail.kind, InboundKind::Delay);
    let row = inbound_mail::ActiveModel {
        id: Set(id),
        campaign_id: Set(campaign.id),
        mail_key: Set(mail.key.clone()),
        kind: Set(mail.kind.key().to_owned()),
        state: Set(if over { InboundState::Dismissed } else { InboundState::Waiting }.key().to_owned()),
        received_at: Set(now),
        written_at: Set(mail.written_at),
        from_address: Set(mail.from.clone()),
        from_name: Set(mail.from_name.clone()),
        subject: Set(mail.subject.clone()),
        body: Set(mail.text.clone()),
        attachments: Set(json!(mail.attachments)),
        letter_id: Set(found.as_ref().map(|found| found.letter.id)),
        matched_by: Set(found.as_ref().map(|found| found.by.key().to_owned())),
        sender_known: Set(sender_known),
        file_id: Set(file.id),
        reply_id: Set(None),
        decided_by: Set(None),
        decided_at: Set(None),
    };
    let once = OnConflict::columns([inbound_mail::Column::CampaignId, inbound_mail::Column::MailKey]).do_nothing().to_owned();
    if inbound_mail::Entity::insert(row).on_conflict(once).exec_without_returning(&txn).await? == 0 {
        return Ok(Received::Known);
    }
    let by = found.as_ref().map(|found| found.by.key());
    let details = json!({ "kind": mail.kind.key(), "matched_by": by });
    audit::append(&txn, Entry::of(None, "mail.received", "inbound_mail", id).with(details), now).await?;
    if let (InboundKind::Bounce, Some(Match { dispatch: Some(dispatch), .. })) = (mail.kind, found)
        && gave_up(&txn, &dispatch, mail.words.as_deref().unwrap_or_default(), now).await?
    {
        // The letter says it now, with the server's words.
        decide(&txn, id, InboundState::Dismissed, None, None, now).await?;
    }
    txn.commit().await?;
    Ok(Received::New(id))
}

async fn gave_up(txn: &DatabaseTransaction, dispatch: &dispatch::Model, words: &str, now: DateTime<Utc>) -> Result<bool, InboundError> {
    match came_back(txn, dispatch, words, now).await {
        Ok(moved) => Ok(moved),
        Err(DispatchError::Database(error)) => Err(error.into()),
        Err(error) => Err(anyhow::Error::from(error).into()),
    }
}

/// Takes a mail out of the holding pen; `false` when somebody else has.
///
/// # Errors
/// When the database fails.
pub(super) async fn decide(
    txn: &impl ConnectionTrait,
    id: Uuid,
    to: InboundState,
    reply: Option<Uuid>,
    account: Option<Uuid>,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let change = inbound_mail::ActiveModel {
        state: Set(to.key().to_owned()),
        reply_id: Set(reply),
        decided_by: Set(account),
        decided_at: Set(Some(now)),
        ..Default::default()
    };
    let waiting = inbound_mail::Entity::update_many()
        .set(change)
        .filter(inbound_mail::Column::Id.eq(id))
        .filter(inbound_mail::Column::State.eq(InboundState::Waiting.key()));
    Ok(waiting.exec(txn).await?.rows_affected == 1)
}

/// A person has no use for a mail. `false` when somebody else has decided already.
///
/// # Errors
/// When the database fails.
pub async fn dismiss(platform: &Platform, id: Uuid, account: Uuid) -> Result<bool, DbErr> {
    let now = platform.clock.now();
    let txn = platform.database.begin().await?;
    if !decide(&txn, id, InboundState::Dismissed, None, Some(account), now).await? {
        return Ok(false);
    }
    audit::append(&txn, Entry::of(Some(account), "mail.dismissed", "inbound_mail", id), now).await?;
    txn.commit().await?;
    Ok(true)
}

/// The surest sign first: the mail that carried the letter, the letter's reference, the writer's mailbox.
async fn letter_of(db: &impl ConnectionTrait, campaign: &Current, mail: &Incoming) -> Result<Option<Match>, DbErr> {
    if !mail.answers.is_empty() {
        let sent = dispatch::Entity::find().filter(dispatch::Column::MessageId.is_in(&mail.answers));
        if let Some(dispatch) = sent.order_by_desc(dispatch::Column::CreatedAt).one(db).await?
            && let Some(letter) = of_campaign(db, campaign, letter::Entity::find_by_id(dispatch.letter_id).one(db).await?).await?
        {
            return Ok(Some(Match { letter, by: MatchedBy::MessageId, dispatch: Some(dispatch) }));
        }
    }
    for text in [&mail.subject, &mail.text] {
        let references = find_references(text).into_iter().filter(|reference| reference.kind() == ReferenceKind::Letter);
        let references: Vec<String> = references.map(|reference| reference.with_prefix(&campaign.config.sender.reference_prefix)).collect();
        if references.is_empty() {
            continue;
        }
        let mut found = letter::Entity::find().filter(letter::Column::Reference.is_in(references)).all(db).await?;
        // Of several a person chooses.
        if found.len() == 1
            && let Some(letter) = of_campaign(db, campaign, found.pop()).await?
        {
            return Ok(Some(Match { letter, by: MatchedBy::Reference, dispatch: None }));
        }
    }
    if mail.from.is_empty() {
        return Ok(None);
    }
    let posts =
        addressee::Entity::find().filter(addressee::Column::Email.is_in([mail.from.clone(), mail.from.to_lowercase()])).all(db).await?;
    let posts: Vec<Uuid> = posts.into_iter().map(|entry| entry.post_id).collect();
    if posts.is_empty() {
        return Ok(None);
    }
    let left = LetterState::ALL.iter().filter(|state| state.has_left()).map(|state| state.key());
    let letter = letter::Entity::find()
        .filter(letter::Column::PostId.is_in(posts))
        .filter(letter::Column::State.is_in(left))
        .order_by_desc(letter::Column::UpdatedAt)
        .one(db)
        .await?;
    let letter = of_campaign(db, campaign, letter).await?;
    Ok(letter.map(|letter| Match { letter, by: MatchedBy::Sender, dispatch: None }))
}

async fn of_campaign(db: &impl ConnectionTrait, campaign: &Current, letter: Option<letter::Model>) -> Result<Option<letter::Model>, DbErr> {
    let Some(letter) = letter else { return Ok(None) };
    let round = letter_round::Entity::find_by_id(letter.round_id).one(db).await?;
    Ok(round.is_some_and(|round| round.campaign_id == campaign.id).then_some(letter))
}

/// Whether a letter went to this mailbox, or to another of the same office's own domain: anybody can write a reference into a mail.
async fn is_known_sender(db: &impl ConnectionTrait, letter: Uuid, from: &str) -> Result<bool, DbErr> {
    let domain = |address: &str| address.rsplit_once('@').map(|(_, domain)| domain.to_lowercase());
    let own = domain(from).filter(|domain| OwnDomain::of_mailbox(domain).is_some());
    let sent = dispatch::Entity::find().filter(dispatch::Column::LetterId.eq(letter)).all(db).await?;
    Ok(sent
        .iter()
        .filter_map(|dispatch| dispatch.to_address.as_deref())
        .any(|to| to.eq_ignore_ascii_case(from) || own.is_some() && domain(to) == own))
}
