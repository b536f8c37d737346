//! Rules by which many signatures are decided at once, the runs of them, and what each run did, so that it can be undone.

use sea_orm_migration::{prelude::*, schema::*};

use crate::statements::{drop, index, unique};

/// Rules, runs and what they did.
pub(crate) struct Rules;

impl MigrationName for Rules {
    fn name(&self) -> &str {
        "m0016_rules"
    }
}

fn reference(table: &'static str, column: &'static str, to: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create().name(format!("fk_{table}_{column}")).from(table, column).to(to, "id").to_owned()
}

#[async_trait::async_trait]
impl MigrationTrait for Rules {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("vetting_rule")
                    .col(uuid("id").primary_key())
                    .col(uuid("campaign_id"))
                    .col(string_len("name", 200))
                    .col(string_len("decision", 16))
                    .col(string_len("state", 16))
                    .col(string_len_null("kind", 16))
                    .col(string_len_null("iso3", 8))
                    .col(string_len_null("authority", 24))
                    .col(string_len_null("signal", 32))
                    .col(string_len_null("name_part", 200))
                    .col(timestamp_with_time_zone_null("received_from"))
                    .col(timestamp_with_time_zone_null("received_to"))
                    .col(uuid("created_by"))
                    .col(timestamp_with_time_zone("created_at"))
                    .foreign_key(&mut reference("vetting_rule", "campaign_id", "campaign"))
                    .foreign_key(&mut reference("vetting_rule", "created_by", "account"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("vetting_run")
                    .col(uuid("id").primary_key())
                    .col(uuid("rule_id"))
                    .col(string_len("state", 16))
                    .col(integer("counted"))
                    .col(timestamp_with_time_zone("counted_at"))
                    .col(uuid("account_id"))
                    .col(timestamp_with_time_zone("created_at"))
                    .col(timestamp_with_time_zone_null("finished_at"))
                    .col(uuid_null("undone_by"))
                    .foreign_key(&mut reference("vetting_run", "rule_id", "vetting_rule"))
                    .foreign_key(&mut reference("vetting_run", "account_id", "account"))
                    .foreign_key(&mut reference("vetting_run", "undone_by", "account"))
                    .to_owned(),
            )
            .await?;
        // One press, one run: a double click carries the same count of the same instant.
        unique(manager, "ux_vetting_run_count", "vetting_run", &["rule_id", "counted_at"]).await?;
        manager
            .create_table(
                Table::create()
                    .table("vetting_run_item")
                    .col(uuid("run_id"))
                    .col(uuid("signature_id"))
                    .col(string_len("before", 16))
                    .col(string_len("after", 16))
                    .col(boolean("undone"))
                    .primary_key(Index::create().col("run_id").col("signature_id"))
                    .foreign_key(&mut reference("vetting_run_item", "run_id", "vetting_run"))
                    .foreign_key(&mut reference("vetting_run_item", "signature_id", "signature"))
                    .to_owned(),
            )
            .await?;
        index(manager, "ix_vetting_run_item_signature_id", "vetting_run_item", &["signature_id"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop(manager, "vetting_run_item").await?;
        drop(manager, "vetting_run").await?;
        drop(manager, "vetting_rule").await
    }
}
