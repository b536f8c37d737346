//! How well a signature is known to be its signatory's own, what looked odd about it, and links that go to a colleague of the signer (R3, R13).

use sea_orm_migration::{prelude::*, schema::*};

use crate::statements::index;

/// Grades, signals, and the contact behind a link.
pub(crate) struct Authority;

impl MigrationName for Authority {
    fn name(&self) -> &str {
        "m0015_authority"
    }
}

fn add(table: &'static str, column: &mut ColumnDef) -> TableAlterStatement {
    Table::alter().table(table).add_column(column).to_owned()
}

async fn drop_index(manager: &SchemaManager<'_>, name: &'static str) -> Result<(), DbErr> {
    manager.drop_index(Index::drop().name(name).table("signature").to_owned()).await
}

#[async_trait::async_trait]
impl MigrationTrait for Authority {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(add("signature", &mut string_len_null("authority", 24))).await?;
        manager.alter_table(add("signature", &mut string_len_null("signals", 255))).await?;
        manager.alter_table(add("signature", &mut string_len_null("network", 64))).await?;
        manager.alter_table(add("signature_token", &mut blob_null("sealed_contact"))).await?;
        // Those of one sheet have one time: without the key at the end every page of the queue would sort them all.
        drop_index(manager, "ix_signature_state").await?;
        index(manager, "ix_signature_state", "signature", &["campaign_id", "state", "signed_at", "id"]).await?;
        index(manager, "ix_signature_authority", "signature", &["campaign_id", "state", "authority", "signed_at", "id"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_index(manager, "ix_signature_authority").await?;
        drop_index(manager, "ix_signature_state").await?;
        index(manager, "ix_signature_state", "signature", &["campaign_id", "state", "signed_at"]).await?;
        for (table, column) in
            [("signature_token", "sealed_contact"), ("signature", "network"), ("signature", "signals"), ("signature", "authority")]
        {
            manager.alter_table(Table::alter().table(table).drop_column(column).to_owned()).await?;
        }
        Ok(())
    }
}
