//! What a merge took over from the signature that goes, so that undoing it gives it back (R11).

use sea_orm_migration::{prelude::*, schema::*};

use crate::statements::{add_columns, drop_columns};

/// Columns taken over in merges.
pub(crate) struct Details;

impl MigrationName for Details {
    fn name(&self) -> &str {
        "m0022_details"
    }
}

fn columns() -> [(&'static str, ColumnDef); 1] {
    [("duplicate_pair", string_len_null("filled", 100).take())]
}

#[async_trait::async_trait]
impl MigrationTrait for Details {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add_columns(manager, columns()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_columns(manager, columns()).await
    }
}
