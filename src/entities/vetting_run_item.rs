//! What a run did with one signature.

use sea_orm::entity::prelude::*;

/// What a run did with one signature.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "vetting_run_item")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub run_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub signature_id: Uuid,
    pub before: String,
    /// The same as before where the rules did not allow the decision.
    pub after: String,
    pub undone: bool,
}

impl ActiveModelBehavior for ActiveModel {}
