//! Lists count how often a name was taken out of them, letters which count they were set with: one that is behind is set anew (R15). And letters
//! know the way they are to leave before they leave (R33). Signatories are found by their address alone.

use sea_orm_migration::{
    prelude::*,
    schema::{integer, string_len},
};

use crate::statements::index;

const INDEX: &str = "ix_signatory_contact_hash";

/// Lists count the names taken out of them; letters know that count and their way.
pub(crate) struct LetterWays;

impl MigrationName for LetterWays {
    fn name(&self) -> &str {
        "m0011_letters"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for LetterWays {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["wave", "letter"] {
            manager.alter_table(Table::alter().table(table).add_column(integer("names_removed").default(0)).to_owned()).await?;
        }
        manager.alter_table(Table::alter().table("letter").add_column(string_len("channel", 16).default("mail")).to_owned()).await?;
        // Without statistics PostgreSQL takes a campaign to be rarer than a list of addresses, and reads all of it.
        manager.drop_index(Index::drop().name(INDEX).table("signatory").to_owned()).await?;
        index(manager, INDEX, "signatory", &["contact_hash"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_index(Index::drop().name(INDEX).table("signatory").to_owned()).await?;
        index(manager, INDEX, "signatory", &["campaign_id", "contact_hash"]).await?;
        for (table, column) in [("letter", "channel"), ("letter", "names_removed"), ("wave", "names_removed")] {
            manager.alter_table(Table::alter().table(table).drop_column(column).to_owned()).await?;
        }
        Ok(())
    }
}
