//! What the campaign's folder said of an event's days, so that a change made at the desk is told from one made in the folder (R40).

use sea_orm_migration::{prelude::*, schema::*};

use crate::statements::{add_columns, drop_columns};

/// Days as the folder has them.
pub(crate) struct EventDays;

impl MigrationName for EventDays {
    fn name(&self) -> &str {
        "m0038_event_days"
    }
}

fn columns() -> [(&'static str, ColumnDef); 1] {
    [("event", string_len_null("loaded_days", 64).take())]
}

#[async_trait::async_trait]
impl MigrationTrait for EventDays {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add_columns(manager, columns()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_columns(manager, columns()).await
    }
}
