//! An organisation, network or individual. Names of a withheld signatory exist only in `sealed_names`.

use sea_orm::entity::prelude::*;

/// An organisation, network or individual. Names of a withheld signatory exist only in `sealed_names`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "signatory")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub campaign_id: Uuid,
    pub kind: String,
    /// As printed; empty when withheld or total-only.
    pub name: Option<String>,
    pub original_name: Option<String>,
    pub latin_name: Option<String>,
    pub official_name: Option<String>,
    pub acronym: Option<String>,
    /// Individuals only, for identification.
    pub affiliation: Option<String>,
    /// As chosen by the signer; empty: the state's name.
    pub location_label: Option<String>,
    /// Statistics key, never printed by itself.
    pub iso3: Option<String>,
    pub website: Option<String>,
    /// Consultative status of a named one: general, special or roster.
    pub un_status: Option<String>,
    pub network_mode: Option<String>,
    pub network_members: Option<i32>,
    pub sealed_names: Option<Vec<u8>>,
    /// Contact name, address and role; empty after erasure.
    pub sealed_contact: Option<Vec<u8>>,
    /// Keyed hash of the normalised address.
    pub contact_hash: Option<String>,
    /// Normalised printed name; empty when withheld.
    pub name_key: Option<String>,
    /// Printed name in comparable form; empty when withheld.
    pub sort_key: Option<String>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
