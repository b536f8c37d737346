//! Waves that were published and their signers thanked (R25), and what a list in the order of the United Nations needs (R22).

use sea_orm_migration::{prelude::*, schema::*};

use crate::statements::{add_columns, drop_columns};

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
        add_columns(manager, columns()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_columns(manager, columns()).await
    }
}
