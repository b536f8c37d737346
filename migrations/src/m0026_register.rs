//! What the register of addressees says beyond name and mailbox (R27, R28): the office as the state calls it, the rank, words of address of a
//! person's own, further mailboxes, and who entered it. And why a letter may leave though its entry was not checked for long.

use sea_orm_migration::{prelude::*, schema::*};

use crate::statements::{add_columns, drop_columns, index};

/// The register of addressees.
pub(crate) struct Register;

impl MigrationName for Register {
    fn name(&self) -> &str {
        "m0026_register"
    }
}

fn columns() -> [(&'static str, ColumnDef); 7] {
    let on = |column: &mut ColumnDef| ("addressee", column.take());
    [
        on(&mut string_len_null("title", 200)),
        on(&mut string_len_null("rank", 32)),
        on(&mut string_len_null("salutation", 200)),
        on(&mut string_len_null("closing", 300)),
        on(&mut text_null("other_emails")),
        on(&mut uuid_null("entered_by")),
        ("letter", text_null("unchecked_because").take()),
    ]
}

#[async_trait::async_trait]
impl MigrationTrait for Register {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add_columns(manager, columns()).await?;
        // Whether a file somebody shows is one we issued.
        index(manager, "ix_letter_file_id", "letter", &["file_id"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_index(Index::drop().name("ix_letter_file_id").table("letter").to_owned()).await?;
        drop_columns(manager, columns()).await
    }
}
