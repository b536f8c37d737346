//! Waves that were published and their signers thanked (R25), and what a list in the order of the United Nations needs (R22).

use sea_orm_migration::{prelude::*, schema::*};

/// Publication of waves, thanks to signers, status with the United Nations.
pub(crate) struct Publication;

impl MigrationName for Publication {
    fn name(&self) -> &str {
        "m0020_publication"
    }
}

fn columns() -> [(&'static str, ColumnDef); 6] {
    let official_name = string_len_null("official_name", 200).take();
    [
        ("wave", timestamp_with_time_zone_null("published_at").take()),
        ("wave", uuid_null("published_by").take()),
        ("signature", timestamp_with_time_zone_null("thanked_at").take()),
        ("signatory", string_len_null("un_status", 16).take()),
        ("wave_entry", string_len_null("un_status", 16).take()),
        ("wave_entry", official_name),
    ]
}

#[async_trait::async_trait]
impl MigrationTrait for Publication {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, mut column) in columns() {
            manager.alter_table(Table::alter().table(table).add_column(&mut column).to_owned()).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in columns().into_iter().rev() {
            let name = column.get_column_name();
            manager.alter_table(Table::alter().table(table).drop_column(Alias::new(name)).to_owned()).await?;
        }
        Ok(())
    }
}
