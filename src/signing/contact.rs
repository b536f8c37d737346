//! What is sealed of a signer: the contact always, the names when they are withheld. Must not be seen by a template.

use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    domain::name::name_key,
    entities::signatory::{self, Column},
    platform::{
        Platform,
        crypto::{CryptoError, Keys},
    },
};

const CONTACT: &str = "signatory.contact";
const NAMES: &str = "signatory.names";

/// Whom to write to about a signature.
#[derive(Clone, Serialize, Deserialize)]
pub struct Contact {
    /// The person.
    pub name: String,
    /// The address.
    pub email: String,
    /// The person's role.
    pub role: String,
}

impl Contact {
    /// Where the mailbox is.
    pub fn domain(&self) -> Option<&str> {
        self.email.rsplit_once('@').map(|(_, domain)| domain)
    }
}

/// Characters kept of a mark: enough that no two are the same by chance.
const MARK_LENGTH: usize = 32;

/// A keyed mark as the table of marks holds it.
pub(super) fn short_mark(keys: &Keys, purpose: &str, of: &str) -> String {
    keys.mark(purpose, of).chars().take(MARK_LENGTH).collect()
}

/// By what a person is recognised who is the contact of several signatories of a text, without keeping who it is. Nothing for a contact without a name.
pub(super) fn mark(keys: &Keys, text: Uuid, contact: &Contact) -> Option<String> {
    let name = name_key(&contact.name);
    (!name.is_empty()).then(|| short_mark(keys, "signature.contact", &format!("{text} {name}")))
}

/// All names of a signatory, and what else tells one from another.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Names {
    /// As it would be printed.
    pub name: String,
    /// In its own script.
    pub original_name: Option<String>,
    /// In Latin letters.
    pub latin_name: Option<String>,
    /// As registered.
    pub official_name: Option<String>,
    /// Short form.
    pub acronym: Option<String>,
    /// An individual's institution.
    pub affiliation: Option<String>,
    /// Web site.
    pub website: Option<String>,
    /// The place as it would be printed.
    pub location_label: Option<String>,
    /// How many members a network speaks for.
    pub network_members: Option<i32>,
}

/// Seals a contact for one signatory.
///
/// # Errors
/// When the system gives no randomness.
pub fn seal_contact(keys: &Keys, signatory: Uuid, contact: &Contact) -> Result<Vec<u8>, CryptoError> {
    keys.seal(CONTACT, signatory, contact)
}

/// Opens a contact.
///
/// # Errors
/// When it was sealed with another key or for another row.
pub fn open_contact(keys: &Keys, signatory: Uuid, sealed: &[u8]) -> Result<Contact, CryptoError> {
    keys.open(CONTACT, signatory, sealed)
}

/// The contact of a signatory; nothing after erasure, or where it does not open.
pub(super) fn of(keys: &Keys, signatory: &signatory::Model) -> Option<Contact> {
    signatory.sealed_contact.as_deref().and_then(|sealed| open_contact(keys, signatory.id, sealed).ok())
}

/// Seals the names of a signatory that must not be read in the tables.
///
/// # Errors
/// When the system gives no randomness.
pub fn seal_names(keys: &Keys, signatory: Uuid, names: &Names) -> Result<Vec<u8>, CryptoError> {
    keys.seal(NAMES, signatory, names)
}

/// Opens sealed names; whoever calls it writes an audit line.
///
/// # Errors
/// When they were sealed with another key or for another row.
pub fn open_names(keys: &Keys, signatory: Uuid, sealed: &[u8]) -> Result<Names, CryptoError> {
    keys.open(NAMES, signatory, sealed)
}

/// Refuses to go on with another key than the one the contacts were sealed with: nobody could be written to any more, a second signature of
/// the same contact would pass for a first one, and what came in from now on would be lost with the right key. One query.
///
/// # Errors
/// When the newest contact does not open, or the database fails.
pub async fn require_known_key(platform: &Platform) -> anyhow::Result<()> {
    let newest = signatory::Entity::find().filter(Column::SealedContact.is_not_null()).order_by_desc(Column::Id);
    let newest = newest.select_only().columns([Column::Id, Column::SealedContact]).into_tuple::<(Uuid, Vec<u8>)>();
    match newest.one(platform.database.read()).await? {
        Some((id, sealed)) if open_contact(&platform.keys, id, &sealed).is_err() => {
            Err(anyhow::anyhow!("DEMARCHE_SECRET_KEY is not the one this database was written with: the contacts in it do not open"))
        }
        _ => Ok(()),
    }
}

/// Seals what an earlier release left readable of withheld signatories: their labels and numbers of members. Returns of how many. One query where
/// there is nothing to do.
///
/// # Errors
/// When sealed names do not open, or the database fails.
pub async fn seal_what_is_left(platform: &Platform) -> anyhow::Result<usize> {
    let readable = Condition::any().add(Column::LocationLabel.is_not_null()).add(Column::NetworkMembers.is_not_null());
    let left = signatory::Entity::find().filter(Column::SealedNames.is_not_null()).filter(readable);
    let rows = left.all(platform.database.read()).await?;
    if rows.is_empty() {
        return Ok(0);
    }
    let txn = platform.database.begin().await?;
    for row in &rows {
        let mut names = open_names(&platform.keys, row.id, row.sealed_names.as_deref().unwrap_or_default())?;
        names.location_label = names.location_label.or_else(|| row.location_label.clone());
        names.network_members = names.network_members.or(row.network_members);
        let sealed = signatory::ActiveModel {
            location_label: Set(None),
            network_members: Set(None),
            sealed_names: Set(Some(seal_names(&platform.keys, row.id, &names)?)),
            ..Default::default()
        };
        signatory::Entity::update_many().set(sealed).filter(Column::Id.eq(row.id)).exec(&txn).await?;
    }
    txn.commit().await?;
    tracing::info!(signatories = rows.len(), "what was readable of withheld signatories is sealed");
    Ok(rows.len())
}
