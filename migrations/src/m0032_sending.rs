//! How a round leaves: paused and gone on with, at an hour of the day where it is read (R36).

use sea_orm_migration::{prelude::*, schema::*};

use crate::statements::{add_columns, drop_columns};

/// Pauses and hours.
pub(crate) struct Sending;

impl MigrationName for Sending {
    fn name(&self) -> &str {
        "m0032_sending"
    }
}

fn columns() -> [(&'static str, ColumnDef); 6] {
    [
        ("letter_round", timestamp_with_time_zone_null("paused_at").take()),
        ("letter_round", uuid_null("paused_by").take()),
        ("letter_round", string_len_null("paused_because", 500).take()),
        ("letter_round", timestamp_with_time_zone_null("resumed_at").take()),
        ("letter_round", small_integer_null("send_hour").take()),
        ("dispatch", timestamp_with_time_zone_null("not_before").take()),
    ]
}

#[async_trait::async_trait]
impl MigrationTrait for Sending {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add_columns(manager, columns()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_columns(manager, columns()).await
    }
}
