//! Two signatures that may be of one signatory, and what people decided. Holds no name.

use sea_orm::entity::prelude::*;

/// Two signatures that may be of one signatory, and what people decided. Holds no name.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "duplicate_pair")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub campaign_id: Uuid,
    /// The smaller key of the two.
    pub one_id: Uuid,
    pub other_id: Uuid,
    /// Tenths of a point.
    pub score: i32,
    /// For and against, parted by spaces.
    #[sea_orm(column_type = "Text")]
    pub reasons: String,
    /// open, apart or merged.
    pub state: String,
    /// The signature that stands for both.
    pub kept_id: Option<Uuid>,
    /// Where the other one stood.
    pub state_before: Option<String>,
    /// Columns of the one that stays that were taken from the other, parted by spaces.
    pub filled: Option<String>,
    pub created_at: DateTimeUtc,
    pub decided_by: Option<Uuid>,
    pub decided_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
