//! Deadlines that were extended: each step is kept, with what stood before it, because the public notice says both (R78).

use sea_orm_migration::{prelude::*, schema::*};

use crate::statements::{drop, unique};

/// Extensions of deadlines.
pub(crate) struct Deadlines;

impl MigrationName for Deadlines {
    fn name(&self) -> &str {
        "m0019_deadlines"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Deadlines {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let reference = |column: &'static str, to: &'static str| {
            ForeignKey::create().name(format!("fk_deadline_extension_{column}")).from("deadline_extension", column).to(to, "id").to_owned()
        };
        manager
            .create_table(
                Table::create()
                    .table("deadline_extension")
                    .col(uuid("id").primary_key())
                    .col(uuid("campaign_id"))
                    .col(integer("number"))
                    .col(timestamp_with_time_zone("before"))
                    .col(timestamp_with_time_zone("until"))
                    .col(uuid("account_id"))
                    .col(timestamp_with_time_zone("created_at"))
                    .foreign_key(&mut reference("campaign_id", "campaign"))
                    .foreign_key(&mut reference("account_id", "account"))
                    .to_owned(),
            )
            .await?;
        unique(manager, "ux_deadline_extension", "deadline_extension", &["campaign_id", "number"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop(manager, "deadline_extension").await
    }
}
