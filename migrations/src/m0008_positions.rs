//! Evidence and the positions derived from it.

use sea_orm_migration::{prelude::*, schema::*};

use crate::statements::{drop, index, unique};

/// Evidence and the positions derived from it.
pub(crate) struct Positions;

impl MigrationName for Positions {
    fn name(&self) -> &str {
        "m0008_positions"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Positions {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("evidence")
                    .col(uuid("id").primary_key())
                    .col(uuid("campaign_id"))
                    .col(string_len_null("import_key", 64))
                    .col(string_len("iso3", 8))
                    .col(string_len("kind", 32))
                    .col(string_len_null("direction", 32))
                    .col(date("occurred_on"))
                    .col(string_len("precision", 16))
                    .col(string_len_null("forum", 64))
                    .col(string_len_null("session", 64))
                    .col(string_len_null("event", 128))
                    .col(string_len_null("event_label", 255))
                    .col(string_len_null("document", 128))
                    .col(text_null("source_url"))
                    .col(string_len_null("source_kind", 64))
                    .col(string_len("scope", 16))
                    .col(string_len_null("duplicate_of", 64))
                    .col(string_len("capacity", 32))
                    .col(string_len_null("group_code", 32))
                    .col(string_len_null("group_name", 128))
                    .col(text("summary"))
                    .col(string_len_null("language", 8))
                    .col(string_len("coder", 128))
                    .col(string_len("confidence", 16))
                    .col(string_len("visibility", 16))
                    .col(text_null("note"))
                    .col(timestamp_with_time_zone("recorded_at"))
                    .col(uuid_null("recorded_by"))
                    .col(timestamp_with_time_zone_null("ended_at"))
                    .col(text_null("end_reason"))
                    .col(uuid_null("superseded_by"))
                    .col(string_len("content_hash", 64))
                    .foreign_key(ForeignKey::create().name("fk_evidence_campaign_id").from("evidence", "campaign_id").to("campaign", "id"))
                    .foreign_key(ForeignKey::create().name("fk_evidence_iso3").from("evidence", "iso3").to("state", "iso3"))
                    .to_owned(),
            )
            .await?;
        unique(manager, "ux_evidence_import", "evidence", &["campaign_id", "import_key", "content_hash"]).await?;
        index(manager, "ix_evidence_state", "evidence", &["campaign_id", "iso3", "occurred_on"]).await?;
        manager
            .create_table(
                Table::create()
                    .table("evidence_issue")
                    .col(uuid("id").primary_key())
                    .col(uuid("evidence_id"))
                    .col(string_len("issue_code", 64))
                    .col(string_len("stance", 16))
                    .foreign_key(
                        ForeignKey::create()
                            .name("fk_evidence_issue_evidence_id")
                            .from("evidence_issue", "evidence_id")
                            .to("evidence", "id"),
                    )
                    .to_owned(),
            )
            .await?;
        unique(manager, "ux_evidence_issue", "evidence_issue", &["evidence_id", "issue_code"]).await?;
        index(manager, "ix_evidence_issue_code", "evidence_issue", &["issue_code"]).await?;
        manager
            .create_table(
                Table::create()
                    .table("position")
                    .col(uuid("id").primary_key())
                    .col(uuid("campaign_id"))
                    .col(string_len("iso3", 8))
                    .col(string_len("audience", 16))
                    .col(string_len("issue_code", 64))
                    .col(string_len("stance", 32))
                    .col(string_len("confidence", 16))
                    .col(boolean("via_group"))
                    .col(date_null("since"))
                    .col(json_binary("reasons"))
                    .col(integer("rule_version"))
                    .col(timestamp_with_time_zone("derived_at"))
                    .foreign_key(ForeignKey::create().name("fk_position_campaign_id").from("position", "campaign_id").to("campaign", "id"))
                    .foreign_key(ForeignKey::create().name("fk_position_iso3").from("position", "iso3").to("state", "iso3"))
                    .to_owned(),
            )
            .await?;
        unique(manager, "ux_position", "position", &["campaign_id", "audience", "issue_code", "iso3"]).await?;
        manager
            .create_table(
                Table::create()
                    .table("position_change")
                    .col(uuid("id").primary_key())
                    .col(uuid("campaign_id"))
                    .col(string_len("iso3", 8))
                    .col(string_len("audience", 16))
                    .col(string_len("issue_code", 64))
                    .col(string_len_null("from_stance", 32))
                    .col(string_len("to_stance", 32))
                    .col(uuid_null("evidence_id"))
                    .col(timestamp_with_time_zone("changed_at"))
                    .foreign_key(
                        ForeignKey::create()
                            .name("fk_position_change_campaign_id")
                            .from("position_change", "campaign_id")
                            .to("campaign", "id"),
                    )
                    .foreign_key(ForeignKey::create().name("fk_position_change_iso3").from("position_change", "iso3").to("state", "iso3"))
                    .to_owned(),
            )
            .await?;
        index(manager, "ix_position_change_changed_at", "position_change", &["campaign_id", "audience", "changed_at"]).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop(manager, "position_change").await?;
        drop(manager, "position").await?;
        drop(manager, "evidence_issue").await?;
        drop(manager, "evidence").await?;
        Ok(())
    }
}
