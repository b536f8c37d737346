//! A colleague of the signer is asked: to confirm as the second person of the organisation (R3), or to take the signature over as its contact. Nothing
//! changes before they press the button in their own mailbox. Owns its transactions; never HTTP, and never lets one mailbox be both persons.

use chrono::{DateTime, Duration, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::{
    colleague_mails,
    contact::{self, Contact},
    grading, jobs, mails, signals, signer,
    store::{self, Signed},
    vetting,
};
use crate::{
    accounts::audit::{self, Entry},
    domain::{
        email::EmailAddress,
        keyed::keyed,
        signals::Signal,
        signature::{SecondPerson, SignatoryKind, SignatureOrigin, SignatureState},
    },
    entities::{signatory, signature, signature_token},
    platform::{
        Platform,
        crypto::{Keys, Token},
        jobs::enqueue,
        throttle,
    },
};

keyed! {
    /// What a colleague is asked for. The key is the purpose of the link.
    Task {
        /// To confirm too.
        SecondPerson = "second_person",
        /// To be written to from now on.
        TakeOver = "contact",
    }
}

/// Days a link to a colleague lives.
const LINK_DAYS: i64 = 14;
/// Colleagues one signature may have written to within [`WINDOW`]: whoever holds a link is no source of mail to strangers.
const PER_SIGNATURE: i32 = 5;
const WINDOW: Duration = Duration::days(30);
/// The same wish within this time is a double click.
const SAME_CLICK: Duration = Duration::minutes(10);

/// What became of a wish to ask somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// They are written to.
    Done,
    /// The signature has ended, or nothing is missing.
    Refused,
    /// That mailbox speaks for this signature already.
    SameAddress,
    /// Enough were written to.
    TooMany,
    /// No such link, or it is too old.
    Unknown,
}

/// A link to a colleague, looked up.
pub enum Link {
    /// Good.
    Good(Task, Box<Signed>),
    /// Answered before.
    Used,
    /// Too old, or the signature has ended.
    Expired,
    /// Not one of ours.
    Unknown,
}

/// Whether somebody can be asked for this.
pub fn may_ask((signature, signatory): &Signed, task: Task) -> bool {
    let live = signature.state.parse().is_ok_and(|state: SignatureState| !state.is_final() && state != SignatureState::Merged);
    live && match task {
        Task::TakeOver => true,
        Task::SecondPerson => signatory.kind != SignatoryKind::Individual.key() && signature.second_person != SecondPerson::Given.key(),
    }
}

/// When a colleague was asked for each task who has not answered yet. One query.
///
/// # Errors
/// When the database fails.
pub async fn waiting(db: &impl ConnectionTrait, signature: Uuid, now: DateTime<Utc>) -> Result<Vec<(Task, DateTime<Utc>)>, DbErr> {
    let rows = rows(db, signature).await?;
    let open = rows.into_iter().filter(|row| row.used_at.is_none() && row.expires_at > now);
    Ok(open.filter_map(|row| Some((row.purpose.parse().ok()?, row.created_at))).collect())
}

async fn rows(db: &impl ConnectionTrait, signature: Uuid) -> Result<Vec<signature_token::Model>, DbErr> {
    use signature_token::Column as C;
    let of_tasks = C::Purpose.is_in(Task::ALL.iter().map(|task| task.key()));
    signature_token::Entity::find().filter(C::SignatureId.eq(signature)).filter(of_tasks).all(db).await
}

/// The token of a row. It follows from the row and the key: nothing that opens it is kept, and a mail written twice has one link.
pub(super) fn token_of(keys: &Keys, row: Uuid) -> Option<Token> {
    Token::parse(&keys.mark("signature.colleague", &row.to_string()))
}

/// Writes to a colleague at the wish of whoever holds the signer's link.
///
/// # Errors
/// When the database fails, there is no randomness, or the address is none.
pub async fn ask(platform: &Platform, token: &str, task: Task, colleague: &Contact) -> anyhow::Result<Asked> {
    let now = platform.clock.now();
    let email = EmailAddress::parse(&colleague.email)?.comparable();
    let txn = platform.database.begin().await?;
    let Some(id) = signer::signature_of(&txn, token, now).await? else { return Ok(Asked::Unknown) };
    let Some(signed) = vetting::locked(&txn, id).await? else { return Ok(Asked::Unknown) };
    if !may_ask(&signed, task) {
        return Ok(Asked::Refused);
    }
    if signed.1.contact_hash.as_deref() == Some(&platform.keys.address_hash(&email)) {
        return Ok(Asked::SameAddress);
    }
    for row in rows(&txn, id).await? {
        let is_same = row.sealed_contact.as_deref().and_then(|sealed| contact::open_contact(&platform.keys, row.id, sealed).ok());
        let is_same = is_same.and_then(|asked| EmailAddress::parse(&asked.email).ok()).is_some_and(|asked| asked.comparable() == email);
        if is_same && row.used_at.is_some() {
            return Ok(Asked::SameAddress);
        }
        if is_same && row.purpose == task.key() && now - row.created_at < SAME_CLICK {
            return Ok(Asked::Done);
        }
    }
    if !throttle::allow(&txn, &format!("colleague:{id}"), PER_SIGNATURE, WINDOW, now).await? {
        return Ok(Asked::TooMany);
    }
    // Of several who were asked for one thing only the last can answer.
    use signature_token::Column as C;
    let earlier = signature_token::Entity::delete_many().filter(C::SignatureId.eq(id)).filter(C::Purpose.eq(task.key()));
    earlier.filter(C::UsedAt.is_null()).exec(&txn).await?;
    let row = write_to(&txn, &platform.keys, id, (task.key(), Duration::days(LINK_DAYS)), colleague, now).await?;
    enqueue(&txn, colleague_mails::mail(row), now).await?;
    audit::append(&txn, Entry::of(None, "signature.colleague_asked", "signature", id), now).await?;
    txn.commit().await?;
    platform.bell.ring();
    Ok(Asked::Done)
}

/// The row that says whom to write to, with its link.
async fn write_to(
    txn: &DatabaseTransaction,
    keys: &Keys,
    signature: Uuid,
    (purpose, life): (&str, Duration),
    to: &Contact,
    now: DateTime<Utc>,
) -> anyhow::Result<Uuid> {
    let id = Uuid::now_v7();
    let row = signature_token::ActiveModel {
        id: Set(id),
        signature_id: Set(signature),
        purpose: Set(purpose.to_owned()),
        token_hash: Set(token_of(keys, id).map(|token| token.hash()).unwrap_or_default()),
        created_at: Set(now),
        expires_at: Set(now + life),
        used_at: Set(None),
        sealed_contact: Set(Some(contact::seal_contact(keys, id, to)?)),
    };
    signature_token::Entity::insert(row).exec_without_returning(txn).await?;
    Ok(id)
}

async fn usable(db: &impl ConnectionTrait, token: &str, now: DateTime<Utc>) -> Result<Result<(Task, signature_token::Model), Link>, DbErr> {
    let found = store::token(db, token, Task::ALL.iter().map(|task| task.key())).await?;
    let Some((task, found)) = found.and_then(|found| Some((found.purpose.parse().ok()?, found))) else { return Ok(Err(Link::Unknown)) };
    Ok(match found {
        found if found.used_at.is_some() => Err(Link::Used),
        found if found.expires_at <= now => Err(Link::Expired),
        found => Ok((task, found)),
    })
}

/// Looks a link up. Changes nothing: mail scanners follow links (R4).
///
/// # Errors
/// When the database fails.
pub async fn look_up(platform: &Platform, token: &str) -> Result<Link, DbErr> {
    let db = platform.database.read();
    let (task, found) = match usable(db, token, platform.clock.now()).await? {
        Ok(found) => found,
        Err(link) => return Ok(link),
    };
    Ok(match store::by_id(db, found.signature_id).await? {
        Some(signed) if may_ask(&signed, task) => Link::Good(task, Box::new(signed)),
        Some(_) => Link::Expired,
        None => Link::Unknown,
    })
}

/// What a colleague answers. A second press is harmless.
///
/// # Errors
/// When the database fails, or nothing can be sealed or opened.
pub async fn answer(platform: &Platform, token: &str, agrees: bool) -> anyhow::Result<Link> {
    let now = platform.clock.now();
    let txn = platform.database.begin().await?;
    let (task, found) = match usable(&txn, token, now).await? {
        Ok(found) => found,
        Err(link) => return Ok(link),
    };
    let Some(signed) = vetting::locked(&txn, found.signature_id).await? else { return Ok(Link::Unknown) };
    // Under the lock: another press may have come first.
    if let Err(link) = usable(&txn, token, now).await? {
        return Ok(link);
    }
    if !may_ask(&signed, task) {
        return Ok(Link::Expired);
    }
    let (id, sealed) = (signed.0.id, found.sealed_contact.as_deref().unwrap_or_default());
    let colleague = contact::open_contact(&platform.keys, found.id, sealed)?;
    let keeps_address = agrees && task == Task::SecondPerson;
    let mut used = signature_token::ActiveModel { used_at: Set(Some(now)), ..Default::default() };
    if !keeps_address {
        used.sealed_contact = Set(None);
    }
    signature_token::Entity::update_many().set(used).filter(signature_token::Column::Id.eq(found.id)).exec(&txn).await?;
    let entry = match (task, agrees) {
        (Task::SecondPerson, true) => {
            let given = SecondPerson::Given.key().to_owned();
            let change = signature::ActiveModel { second_person: Set(given.clone()), ..Default::default() };
            signature::Entity::update_many().set(change).filter(signature::Column::Id.eq(id)).exec(&txn).await?;
            let signature = signature::Model { second_person: given, ..signed.0.clone() };
            grading::regrade(&txn, &platform.keys, (&signature, &signed.1)).await?;
            Entry::of(None, "signature.seconded", "signature", id)
        }
        (Task::SecondPerson, false) => {
            signals::raise(&txn, &signed.0, Signal::SecondPersonDenies).await?;
            Entry::of(None, "signature.second_denied", "signature", id)
        }
        (Task::TakeOver, true) => {
            hand_over(&txn, platform, &signed, &colleague, now).await?;
            Entry::of(None, "signature.contact_changed", "signature", id)
        }
        (Task::TakeOver, false) => Entry::of(None, "signature.contact_refused", "signature", id),
    };
    audit::append(&txn, entry, now).await?;
    txn.commit().await?;
    platform.bell.ring();
    Ok(Link::Good(task, Box::new(signed)))
}

/// From now on the colleague is written to, and nobody else holds a link. Whoever was the contact so far is told, once.
async fn hand_over(
    txn: &DatabaseTransaction,
    platform: &Platform,
    (signature, of): &Signed,
    to: &Contact,
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    let keys = &platform.keys;
    if let Some(before) = contact::of(keys, of) {
        let row = write_to(txn, keys, signature.id, (colleague_mails::LEFT, Duration::days(LINK_DAYS)), &before, now).await?;
        enqueue(txn, colleague_mails::mail(row), now).await?;
    }
    let (sealed, hash) = (contact::seal_contact(keys, of.id, to)?, keys.address_hash(&EmailAddress::parse(&to.email)?.comparable()));
    let change = signatory::ActiveModel {
        sealed_contact: Set(Some(sealed.clone())),
        contact_hash: Set(Some(hash.clone())),
        updated_at: Set(now),
        ..Default::default()
    };
    signatory::Entity::update_many().set(change).filter(signatory::Column::Id.eq(of.id)).exec(txn).await?;
    // News were another person's wish, and the marks hold the other mailbox.
    let mut change = signature::ActiveModel { newsletter: Set(false), compared_by: Set(0), ..Default::default() };
    if signature.origin == SignatureOrigin::Form.key() {
        // Whoever handed it over may sign again: that is another signature.
        change.submission_key = Set(format!("moved:{}", signature.id));
    }
    signature::Entity::update_many().set(change).filter(signature::Column::Id.eq(signature.id)).exec(txn).await?;
    use signature_token::Column as C;
    let gone = signature_token::ActiveModel { expires_at: Set(now), ..Default::default() };
    let links = signature_token::Entity::update_many().set(gone).filter(C::SignatureId.eq(signature.id));
    links.filter(C::Purpose.is_in([signer::MANAGE, jobs::CONFIRM])).exec(txn).await?;
    let of = signatory::Model { sealed_contact: Some(sealed), contact_hash: Some(hash), ..of.clone() };
    // They pressed, and want what follows.
    throttle::clear(txn, &mails::bucket(&of)).await?;
    grading::regrade(txn, keys, (signature, &of)).await?;
    enqueue(txn, jobs::confirmation_mail(signature.id), now).await?;
    enqueue(txn, jobs::compare(), now).await?;
    Ok(())
}

/// Nothing readable or sealed is left of whoever was asked (R75).
///
/// # Errors
/// When the database fails.
pub(super) async fn forget(txn: &DatabaseTransaction, signature: Uuid) -> Result<(), DbErr> {
    use signature_token::Column as C;
    let mut bare = signature_token::Entity::update_many().filter(C::SignatureId.eq(signature)).filter(C::SealedContact.is_not_null());
    bare = bare.set(signature_token::ActiveModel { sealed_contact: Set(None), ..Default::default() });
    bare.exec(txn).await.map(drop)
}
