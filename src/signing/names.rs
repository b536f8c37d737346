//! What the tables keep of a signatory's names: everything of a named one, nothing readable of any other (R14, R74).

use sea_orm::ActiveValue::Set;
use uuid::Uuid;

use super::contact::{self, Names};
use crate::{
    domain::{collation::sort_key, name::name_key, signature::Visibility},
    entities::signatory,
    platform::crypto::Keys,
};

/// What the tables keep of the names: everything of a named signatory, nothing readable of any other.
pub fn name_columns(keys: &Keys, row: &mut signatory::ActiveModel, id: Uuid, names: &Names, visibility: Visibility) -> anyhow::Result<()> {
    if visibility.shows_name() {
        row.name = Set(Some(names.name.clone()));
        row.original_name = Set(names.original_name.clone());
        row.latin_name = Set(names.latin_name.clone());
        row.official_name = Set(names.official_name.clone());
        row.acronym = Set(names.acronym.clone());
        row.affiliation = Set(names.affiliation.clone());
        row.website = Set(names.website.clone());
        row.location_label = Set(names.location_label.clone());
        row.network_members = Set(names.network_members);
        row.sort_key = Set(Some(sort_key(&names.name).chars().take(400).collect()));
        let [key, _] = name_marks(keys, &names.name);
        row.name_key = Set(Some(key));
        row.sealed_names = Set(None);
        return Ok(());
    }
    row.name = Set(None);
    row.original_name = Set(None);
    row.latin_name = Set(None);
    row.official_name = Set(None);
    row.acronym = Set(None);
    row.affiliation = Set(None);
    row.website = Set(None);
    row.location_label = Set(None);
    row.network_members = Set(None);
    row.sort_key = Set(None);
    // Few have one: with a country it would tell who it is.
    row.un_status = Set(None);
    let [_, mark] = name_marks(keys, &names.name);
    row.name_key = Set(Some(mark));
    row.sealed_names = Set(Some(contact::seal_names(keys, id, names)?));
    Ok(())
}

/// What a name is recognised by: as it is kept of a named signatory, and of any other. The second is a keyed mark: the same name is recognised,
/// and nobody without the key can try names against it.
pub(super) fn name_marks(keys: &Keys, name: &str) -> [String; 2] {
    let key = name_key(name);
    [key.chars().take(200).collect(), keys.mark("signatory.name", &key)]
}

/// The same signatory with nothing readable left of it. What was sealed before stays so.
///
/// # Errors
/// When the system gives no randomness.
pub(super) fn withhold(keys: &Keys, of: &signatory::Model) -> anyhow::Result<signatory::ActiveModel> {
    let mut row = signatory::ActiveModel::default();
    if let Some(name) = of.name.clone() {
        name_columns(keys, &mut row, of.id, &names_of(of, name), Visibility::Withheld)?;
    }
    Ok(row)
}

/// The same named signatory under another name.
///
/// # Errors
/// Never in practice: nothing is sealed of a named one.
pub(super) fn renamed(keys: &Keys, of: &signatory::Model, name: String) -> anyhow::Result<signatory::ActiveModel> {
    let mut row = signatory::ActiveModel::default();
    name_columns(keys, &mut row, of.id, &names_of(of, name), Visibility::Named)?;
    Ok(row)
}

/// All names of a named signatory.
pub(super) fn names_of(of: &signatory::Model, name: String) -> Names {
    Names {
        name,
        original_name: of.original_name.clone(),
        latin_name: of.latin_name.clone(),
        official_name: of.official_name.clone(),
        acronym: of.acronym.clone(),
        affiliation: of.affiliation.clone(),
        website: of.website.clone(),
        location_label: of.location_label.clone(),
        network_members: of.network_members,
    }
}
