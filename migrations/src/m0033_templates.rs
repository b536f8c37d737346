//! Who wrote a version of the letters' words at the desk.

use sea_orm_migration::{prelude::*, schema::*};

use crate::statements::{add_columns, drop_columns};

/// Authors of versions.
pub(crate) struct Templates;

impl MigrationName for Templates {
    fn name(&self) -> &str {
        "m0033_templates"
    }
}

fn columns() -> [(&'static str, ColumnDef); 2] {
    [("letter_template", uuid_null("account_id").take()), ("letter_template", string_len_null("note", 200).take())]
}

#[async_trait::async_trait]
impl MigrationTrait for Templates {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add_columns(manager, columns()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_columns(manager, columns()).await
    }
}
