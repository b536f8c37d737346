//! Counts tell apart whoever is listed under a label of their own: the list does not place them in a country, so no public figure of a country may
//! (R14, R23).

use sea_orm_migration::{prelude::*, schema::boolean};

use crate::statements::unique;

/// Counts tell labelled signatories apart.
pub(crate) struct Labels;

impl MigrationName for Labels {
    fn name(&self) -> &str {
        "m0010_labels"
    }
}

const TABLES: [&str; 2] = ["signature_count", "signature_count_delta"];
const INDEX: &str = "ux_signature_count";

#[async_trait::async_trait]
impl MigrationTrait for Labels {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_index(Index::drop().name(INDEX).table("signature_count").to_owned()).await?;
        for table in TABLES {
            // Those counted before are told apart by the next recount.
            manager.alter_table(Table::alter().table(table).add_column(boolean("labelled").default(false)).to_owned()).await?;
        }
        unique(manager, INDEX, "signature_count", &["campaign_id", "kind", "visibility", "labelled", "iso3"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_index(Index::drop().name(INDEX).table("signature_count").to_owned()).await?;
        // Two rows of one country would be one again; the next recount makes them anew.
        manager.get_connection().execute_unprepared("DELETE FROM signature_count").await?;
        for table in TABLES {
            manager.alter_table(Table::alter().table(table).drop_column("labelled").to_owned()).await?;
        }
        unique(manager, INDEX, "signature_count", &["campaign_id", "kind", "visibility", "iso3"]).await
    }
}
