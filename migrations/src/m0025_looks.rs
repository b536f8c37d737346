//! Which signatures nobody has looked at for signals yet (R13): a few among hundreds of thousands, so they have an index of their own.

use sea_orm_migration::{prelude::*, schema::*};

use crate::statements::{add_columns, drop_columns};

/// When a signature was looked at.
pub(crate) struct Looks;

impl MigrationName for Looks {
    fn name(&self) -> &str {
        "m0025_looks"
    }
}

fn columns() -> [(&'static str, ColumnDef); 1] {
    [("signature", timestamp_with_time_zone_null("looked_at").take())]
}

#[async_trait::async_trait]
impl MigrationTrait for Looks {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add_columns(manager, columns()).await?;
        let connection = manager.get_connection();
        // What staff entered they have seen.
        let looked_at = "UPDATE signature SET looked_at = signed_at WHERE signals IS NOT NULL OR origin <> 'form'";
        connection.execute_unprepared(looked_at).await?;
        let unseen = "CREATE INDEX ix_signature_unseen ON signature (campaign_id, signed_at) WHERE looked_at IS NULL";
        connection.execute_unprepared(unseen).await.map(drop)
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared("DROP INDEX ix_signature_unseen").await?;
        drop_columns(manager, columns()).await
    }
}
