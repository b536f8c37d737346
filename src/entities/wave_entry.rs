//! One line of a frozen list, as it was printed that day.

use sea_orm::entity::prelude::*;

/// One line of a frozen list, as it was printed that day.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "wave_entry")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub wave_id: Uuid,
    pub position: i32,
    pub signature_id: Uuid,
    pub kind: String,
    pub visibility: String,
    /// Empty unless named.
    pub printed_name: Option<String>,
    pub original_name: Option<String>,
    pub affiliation: Option<String>,
    pub location_label: Option<String>,
    pub iso3: Option<String>,
    /// Consultative status: general, special or roster.
    pub un_status: Option<String>,
    /// As registered; empty unless named.
    pub official_name: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
