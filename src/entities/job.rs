//! One piece of background work, committed with the change that asks for it.

use sea_orm::entity::prelude::*;

/// One piece of background work, committed with the change that asks for it.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "job")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub kind: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub payload: Json,
    /// While set, no second job with the same key can exist.
    pub dedup_key: Option<String>,
    /// `ready`, `running`, `done` or `failed`.
    pub state: String,
    pub run_at: DateTimeUtc,
    pub attempts: i32,
    pub max_attempts: i32,
    /// A running job whose lease ran out may be claimed again.
    pub lease_until: Option<DateTimeUtc>,
    /// Only the holder of this token may settle the job.
    pub lease_token: Option<Uuid>,
    #[sea_orm(column_type = "Text", nullable)]
    pub last_error: Option<String>,
    pub created_at: DateTimeUtc,
    pub finished_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
