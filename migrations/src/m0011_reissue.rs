//! Lists count how often a name was taken out of them, letters which count they were set with: one that is behind is set anew (R15).

use sea_orm_migration::{prelude::*, schema::integer};

/// Lists count the names taken out of them, and letters know that count.
pub(crate) struct Reissue;

impl MigrationName for Reissue {
    fn name(&self) -> &str {
        "m0011_reissue"
    }
}

const COLUMNS: [(&str, &str); 2] = [("wave", "names_removed"), ("letter", "names_removed")];

#[async_trait::async_trait]
impl MigrationTrait for Reissue {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in COLUMNS {
            manager.alter_table(Table::alter().table(table).add_column(integer(column).default(0)).to_owned()).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in COLUMNS {
            manager.alter_table(Table::alter().table(table).drop_column(column).to_owned()).await?;
        }
        Ok(())
    }
}
