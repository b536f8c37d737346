//! Which letters a person has opened before they approve a round, what kind of letter each is, and by what they are compared (R34, R36).

use sea_orm_migration::{prelude::*, schema::*};

use crate::statements::{add_columns, drop, drop_columns, unique};

/// Letters that were opened.
pub(crate) struct Openings;

impl MigrationName for Openings {
    fn name(&self) -> &str {
        "m0036_openings"
    }
}

/// Letters drafted before this are all of one kind, and compared with none, until they are drafted anew.
fn columns() -> [(&'static str, ColumnDef); 2] {
    [("letter", string_len("variant", 16).default("").take()), ("letter", json_binary_null("marks").take())]
}

#[async_trait::async_trait]
impl MigrationTrait for Openings {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add_columns(manager, columns()).await?;
        manager
            .create_table(
                Table::create()
                    .table("letter_opened")
                    .col(uuid("id").primary_key())
                    .col(uuid("letter_id"))
                    .col(uuid("account_id"))
                    .col(string_len("content_hash", 64))
                    .col(timestamp_with_time_zone("opened_at"))
                    .foreign_key(
                        ForeignKey::create().name("fk_letter_opened_letter_id").from("letter_opened", "letter_id").to("letter", "id"),
                    )
                    .foreign_key(
                        ForeignKey::create().name("fk_letter_opened_account_id").from("letter_opened", "account_id").to("account", "id"),
                    )
                    .to_owned(),
            )
            .await?;
        unique(manager, "ux_letter_opened_once", "letter_opened", &["letter_id", "account_id"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop(manager, "letter_opened").await?;
        drop_columns(manager, columns()).await
    }
}
