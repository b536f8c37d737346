//! Inviting organisations to sign, and writing no more to whoever has signed or asked for that (R25). Must keep no address longer than mails are still
//! to come, and must write to nobody twice for two lists.

use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, Duration, Utc};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect, QueryTrait,
    sea_query::OnConflict,
};
use serde_json::json;
use uuid::Uuid;

use super::{
    contact::{self, Contact},
    invitation_mails,
};
use crate::{
    accounts::audit::{self, Entry},
    campaigns::Current,
    domain::{
        email::EmailAddress,
        language::Language,
        name::{NameFault, clean_line},
    },
    entities::{invitation, signatory},
    platform::{
        Platform,
        crypto::{Keys, Token},
        jobs::enqueue_all,
    },
};

/// Lines of one list.
pub(super) const MOST: usize = 500;
/// An address is kept so long at most.
const KEPT: Duration = Duration::days(90);

/// Where an invitation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum InvitationState {
    /// Written to, or about to be.
    Invited,
    /// They have signed.
    Signed,
    /// They asked for no more.
    Stopped,
}

impl InvitationState {
    /// As stored.
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::Invited => "invited",
            Self::Signed => "signed",
            Self::Stopped => "stopped",
        }
    }
}

/// Somebody to invite.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Invitee {
    name: String,
    email: EmailAddress,
    language: Language,
}

/// What is wrong with a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ListFault {
    /// Nobody is in it.
    Empty,
    /// More than [`MOST`] lines.
    TooLong,
    /// This line has no address that is one.
    Address(usize),
    /// This line names a language that is none of ours.
    Language(usize),
    /// This line has a name that cannot be written.
    Name(usize),
}

/// Reads a list: a line each, `address; name; language` (or parted by tabs or commas), of which the address is enough.
pub(super) fn read(list: &str, otherwise: Language) -> Result<Vec<Invitee>, ListFault> {
    let lines = list.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let mut invitees = Vec::new();
    for (at, line) in lines {
        // Lists come out of address books and spreadsheets; a comma parts cells only where nothing else does, for names have commas too.
        let signs: &[char] = if line.contains([';', '\t']) { &[';', '\t'] } else { &[','] };
        let mut cells = line.split(signs).map(str::trim);
        let email = EmailAddress::parse(cells.next().unwrap_or_default()).map_err(|_| ListFault::Address(at + 1))?;
        let name = clean_line(cells.next().unwrap_or_default(), 200).or_else(|fault| match fault {
            NameFault::Empty => Ok(String::new()),
            _ => Err(ListFault::Name(at + 1)),
        })?;
        let language = match cells.next().unwrap_or_default() {
            "" => otherwise,
            code => Language::of_interface(code).map_err(|_| ListFault::Language(at + 1))?,
        };
        invitees.push(Invitee { name, email, language });
        if invitees.len() > MOST {
            return Err(ListFault::TooLong);
        }
    }
    if invitees.is_empty() { Err(ListFault::Empty) } else { Ok(invitees) }
}

/// The token of the link that ends an invitation. It follows from the row and the key.
pub(super) fn token_of(keys: &Keys, row: Uuid) -> Option<Token> {
    Token::parse(&keys.mark("signature.invitation", &row.to_string()))
}

/// Keeps a list and has everybody on it written to; how many were not invited before. One transaction.
///
/// # Errors
/// When the database fails or there is no randomness.
pub(super) async fn invite(platform: &Platform, campaign: &Current, invitees: Vec<Invitee>, account: Uuid) -> anyhow::Result<usize> {
    let now = platform.clock.now();
    let mut by_hash = BTreeMap::new();
    for invitee in invitees {
        // Of two lines with one address the first is meant.
        by_hash.entry(platform.keys.address_hash(&invitee.email.comparable())).or_insert(invitee);
    }
    let txn = platform.database.begin().await?;
    let known: HashSet<String> = invitation::Entity::find()
        .select_only()
        .column(invitation::Column::AddressHash)
        .filter(invitation::Column::CampaignId.eq(campaign.id))
        .filter(invitation::Column::AddressHash.is_in(by_hash.keys()))
        .into_tuple()
        .all(&txn)
        .await?
        .into_iter()
        .collect();
    let (mut rows, mut mails) = (Vec::new(), Vec::new());
    for (address_hash, invitee) in by_hash.into_iter().filter(|(hash, _)| !known.contains(hash)) {
        let id = Uuid::now_v7();
        let to = Contact { name: invitee.name, email: invitee.email.as_str().to_owned(), role: String::new() };
        rows.push(invitation::ActiveModel {
            id: Set(id),
            campaign_id: Set(campaign.id),
            address_hash: Set(address_hash),
            token_hash: Set(token_of(&platform.keys, id).map(|token| token.hash()).unwrap_or_default()),
            sealed_contact: Set(Some(contact::seal_contact(&platform.keys, id, &to)?)),
            language: Set(invitee.language.code().to_owned()),
            state: Set(InvitationState::Invited.key().to_owned()),
            account_id: Set(account),
            created_at: Set(now),
        });
        mails.extend(invitation_mails::mails(campaign, id, now));
    }
    let new = rows.len();
    if new > 0 {
        let address = [invitation::Column::CampaignId, invitation::Column::AddressHash];
        // Whoever another list brought at the same moment is invited by that one; the mail of this one finds no row.
        let once = OnConflict::columns(address).do_nothing().to_owned();
        invitation::Entity::insert_many(rows).on_conflict(once).exec_without_returning(&txn).await?;
        enqueue_all(&txn, mails, now).await?;
        let entry = Entry::of(Some(account), "signers.invited", "campaign", campaign.id).with(json!({ "lines": new }));
        audit::append(&txn, entry, now).await?;
    }
    txn.commit().await?;
    platform.bell.ring();
    Ok(new)
}

/// Ends an invitation by its link; `false` when the link is none of ours. A second press is harmless.
///
/// # Errors
/// When the database fails.
pub(super) async fn stop(platform: &Platform, token: &str) -> Result<bool, DbErr> {
    let Some(found) = by_token(platform.database.read(), token).await? else { return Ok(false) };
    end(platform.database.write(), found.id, InvitationState::Stopped).await?;
    Ok(true)
}

/// The invitation a link ends.
///
/// # Errors
/// When the database fails.
pub(super) async fn by_token(db: &impl ConnectionTrait, token: &str) -> Result<Option<invitation::Model>, DbErr> {
    let Some(token) = Token::parse(token) else { return Ok(None) };
    invitation::Entity::find().filter(invitation::Column::TokenHash.eq(token.hash())).one(db).await
}

/// Ends an invitation that still stands; nothing that leads to its address is kept.
pub(super) async fn end(db: &impl ConnectionTrait, id: Uuid, state: InvitationState) -> Result<(), DbErr> {
    let change = invitation::ActiveModel { state: Set(state.key().to_owned()), sealed_contact: Set(None), ..Default::default() };
    let standing = invitation::Column::State.eq(InvitationState::Invited.key());
    invitation::Entity::update_many().set(change).filter(invitation::Column::Id.eq(id)).filter(standing).exec(db).await.map(drop)
}

/// Whether anybody signed with this address, whatever became of it: who withdrew is not asked again either.
pub(super) async fn has_signed(db: &impl ConnectionTrait, row: &invitation::Model) -> Result<bool, DbErr> {
    let signed = signatory::Entity::find()
        .filter(signatory::Column::CampaignId.eq(row.campaign_id))
        .filter(signatory::Column::ContactHash.eq(&row.address_hash));
    Ok(signed.count(db).await? > 0)
}

/// How many were invited, and of them have signed and have asked for no more. Three queries.
///
/// # Errors
/// When the database fails.
pub(super) async fn counts(db: &impl ConnectionTrait, campaign_id: Uuid) -> Result<[u64; 3], DbErr> {
    let all = || invitation::Entity::find().filter(invitation::Column::CampaignId.eq(campaign_id));
    let signers = signatory::Entity::find()
        .select_only()
        .column(signatory::Column::ContactHash)
        .filter(signatory::Column::CampaignId.eq(campaign_id))
        .filter(signatory::Column::ContactHash.is_not_null());
    let stopped = all().filter(invitation::Column::State.eq(InvitationState::Stopped.key()));
    let signed = all().filter(invitation::Column::AddressHash.in_subquery(signers.into_query()));
    Ok([all().count(db).await?, signed.count(db).await?, stopped.count(db).await?])
}

/// Forgets addresses to which nothing more is written.
///
/// # Errors
/// When the database fails.
pub(super) async fn forget_old(platform: &Platform) -> Result<(), DbErr> {
    let before: DateTime<Utc> = platform.clock.now() - KEPT;
    let change = invitation::ActiveModel { sealed_contact: Set(None), ..Default::default() };
    invitation::Entity::update_many()
        .set(change)
        .filter(invitation::Column::CreatedAt.lt(before))
        .filter(invitation::Column::SealedContact.is_not_null())
        .exec(platform.database.write())
        .await
        .map(drop)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    /// R25
    #[test]
    fn a_list_is_read_line_by_line_and_a_fault_names_its_line() {
        let list = "a@one.example.org\n\nb@two.example.org; Maison d’Essai; fr\n c@three.example.org\tТретий дом\tru \nd@four.example.org, Casa, es\ne@five.example.org; House, of Trees\n";
        let read_list = read(list, Language::Es).map(|list| list.into_iter().map(|i| (i.name, i.language)).collect::<Vec<_>>());
        assert_eq!(
            read_list.ok().unwrap(),
            [
                (String::new(), Language::Es),
                ("Maison d’Essai".to_owned(), Language::Fr),
                ("Третий дом".to_owned(), Language::Ru),
                ("Casa".to_owned(), Language::Es),
                ("House, of Trees".to_owned(), Language::Es)
            ]
        );
        for (list, fault) in [
            ("", ListFault::Empty),
            ("\n \n", ListFault::Empty),
            ("a@one.example.org\nnobody", ListFault::Address(2)),
            ("a@one.example.org;A;tlh", ListFault::Language(1)),
            ("a@one.example.org;A\u{202e}B", ListFault::Name(1)),
        ] {
            assert_eq!(read(list, Language::En).err(), Some(fault), "{list:?}");
        }
        let long: String = (0..=MOST).map(|n| format!("a{n}@one.example.org\n")).collect();
        assert_eq!(read(&long, Language::En).err(), Some(ListFault::TooLong));
    }
}
