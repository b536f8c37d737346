//! Signatories, their signatures, vetting, counts and waves.

use sea_orm_migration::{prelude::*, schema::*};

use crate::statements::{drop, index, unique};

/// Signatories, their signatures, vetting, counts and waves.
pub(crate) struct Signing;

impl MigrationName for Signing {
    fn name(&self) -> &str {
        "m0005_signing"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Signing {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("signatory")
                    .col(uuid("id").primary_key())
                    .col(uuid("campaign_id"))
                    .col(string_len("kind", 16))
                    .col(string_len_null("name", 200))
                    .col(string_len_null("original_name", 200))
                    .col(string_len_null("latin_name", 200))
                    .col(string_len_null("official_name", 200))
                    .col(string_len_null("acronym", 64))
                    .col(string_len_null("affiliation", 200))
                    .col(string_len_null("location_label", 128))
                    .col(string_len_null("iso3", 8))
                    .col(string_len_null("website", 255))
                    .col(string_len_null("network_mode", 16))
                    .col(integer_null("network_members"))
                    .col(blob_null("sealed_names"))
                    .col(blob_null("sealed_contact"))
                    .col(string_len_null("contact_hash", 64))
                    .col(string_len_null("name_key", 200))
                    .col(string_len_null("sort_key", 400))
                    .col(timestamp_with_time_zone("created_at"))
                    .col(timestamp_with_time_zone("updated_at"))
                    .foreign_key(
                        ForeignKey::create().name("fk_signatory_campaign_id").from("signatory", "campaign_id").to("campaign", "id"),
                    )
                    .to_owned(),
            )
            .await?;
        index(manager, "ix_signatory_contact_hash", "signatory", &["campaign_id", "contact_hash"]).await?;
        index(manager, "ix_signatory_name_key", "signatory", &["campaign_id", "name_key"]).await?;
        index(manager, "ix_signatory_iso3", "signatory", &["campaign_id", "iso3"]).await?;
        manager
            .create_table(
                Table::create()
                    .table("signature")
                    .col(uuid("id").primary_key())
                    .col(uuid("campaign_id"))
                    .col(uuid("signatory_id"))
                    .col(uuid("text_version_id"))
                    .col(string_len("language", 8))
                    .col(integer("privacy_notice"))
                    .col(string_len("reference", 32))
                    .col(string_len("submission_key", 64))
                    .col(string_len("state", 16))
                    .col(string_len("visibility", 16))
                    .col(string_len("origin", 16))
                    .col(boolean("newsletter"))
                    .col(string_len("second_person", 16))
                    .col(boolean("late"))
                    .col(timestamp_with_time_zone("signed_at"))
                    .col(timestamp_with_time_zone_null("confirmed_at"))
                    .col(timestamp_with_time_zone_null("verified_at"))
                    .col(timestamp_with_time_zone_null("ended_at"))
                    .foreign_key(
                        ForeignKey::create().name("fk_signature_campaign_id").from("signature", "campaign_id").to("campaign", "id"),
                    )
                    .foreign_key(
                        ForeignKey::create().name("fk_signature_signatory_id").from("signature", "signatory_id").to("signatory", "id"),
                    )
                    .foreign_key(
                        ForeignKey::create()
                            .name("fk_signature_text_version_id")
                            .from("signature", "text_version_id")
                            .to("text_version", "id"),
                    )
                    .to_owned(),
            )
            .await?;
        unique(manager, "ux_signature_reference", "signature", &["reference"]).await?;
        unique(manager, "ux_signature_submission_key", "signature", &["submission_key"]).await?;
        unique(manager, "ux_signature_signatory_version", "signature", &["signatory_id", "text_version_id"]).await?;
        index(manager, "ix_signature_state", "signature", &["campaign_id", "state", "signed_at"]).await?;
        manager
            .create_table(
                Table::create()
                    .table("signature_token")
                    .col(uuid("id").primary_key())
                    .col(uuid("signature_id"))
                    .col(string_len("purpose", 32))
                    .col(string_len("token_hash", 64))
                    .col(timestamp_with_time_zone("created_at"))
                    .col(timestamp_with_time_zone("expires_at"))
                    .col(timestamp_with_time_zone_null("used_at"))
                    .foreign_key(
                        ForeignKey::create()
                            .name("fk_signature_token_signature_id")
                            .from("signature_token", "signature_id")
                            .to("signature", "id"),
                    )
                    .to_owned(),
            )
            .await?;
        unique(manager, "ux_signature_token_hash", "signature_token", &["token_hash"]).await?;
        index(manager, "ix_signature_token_signature_id", "signature_token", &["signature_id"]).await?;
        manager
            .create_table(
                Table::create()
                    .table("vetting_check")
                    .col(uuid("id").primary_key())
                    .col(uuid("signature_id"))
                    .col(string_len("item", 64))
                    .col(boolean("passed"))
                    .col(text_null("evidence"))
                    .col(uuid("account_id"))
                    .col(timestamp_with_time_zone("created_at"))
                    .foreign_key(
                        ForeignKey::create()
                            .name("fk_vetting_check_signature_id")
                            .from("vetting_check", "signature_id")
                            .to("signature", "id"),
                    )
                    .foreign_key(
                        ForeignKey::create().name("fk_vetting_check_account_id").from("vetting_check", "account_id").to("account", "id"),
                    )
                    .to_owned(),
            )
            .await?;
        unique(manager, "ux_vetting_check_item", "vetting_check", &["signature_id", "item"]).await?;
        manager
            .create_table(
                Table::create()
                    .table("vetting_decision")
                    .col(uuid("id").primary_key())
                    .col(uuid("signature_id"))
                    .col(string_len("decision", 32))
                    .col(text_null("reason"))
                    .col(uuid("account_id"))
                    .col(timestamp_with_time_zone("created_at"))
                    .col(uuid_null("seconded_by"))
                    .col(timestamp_with_time_zone_null("seconded_at"))
                    .foreign_key(
                        ForeignKey::create()
                            .name("fk_vetting_decision_signature_id")
                            .from("vetting_decision", "signature_id")
                            .to("signature", "id"),
                    )
                    .foreign_key(
                        ForeignKey::create()
                            .name("fk_vetting_decision_account_id")
                            .from("vetting_decision", "account_id")
                            .to("account", "id"),
                    )
                    .to_owned(),
            )
            .await?;
        index(manager, "ix_vetting_decision_signature_id", "vetting_decision", &["signature_id"]).await?;
        manager
            .create_table(
                Table::create()
                    .table("signature_count")
                    .col(uuid("id").primary_key())
                    .col(uuid("campaign_id"))
                    .col(string_len("kind", 16))
                    .col(string_len("visibility", 16))
                    .col(string_len("iso3", 8))
                    .col(integer("total"))
                    .col(timestamp_with_time_zone("folded_at"))
                    .foreign_key(
                        ForeignKey::create()
                            .name("fk_signature_count_campaign_id")
                            .from("signature_count", "campaign_id")
                            .to("campaign", "id"),
                    )
                    .to_owned(),
            )
            .await?;
        unique(manager, "ux_signature_count", "signature_count", &["campaign_id", "kind", "visibility", "iso3"]).await?;
        manager
            .create_table(
                Table::create()
                    .table("signature_count_delta")
                    .col(uuid("id").primary_key())
                    .col(uuid("campaign_id"))
                    .col(string_len("kind", 16))
                    .col(string_len("visibility", 16))
                    .col(string_len("iso3", 8))
                    .col(integer("delta"))
                    .col(timestamp_with_time_zone("created_at"))
                    .foreign_key(
                        ForeignKey::create()
                            .name("fk_signature_count_delta_campaign_id")
                            .from("signature_count_delta", "campaign_id")
                            .to("campaign", "id"),
                    )
                    .to_owned(),
            )
            .await?;
        index(manager, "ix_signature_count_delta_campaign_id", "signature_count_delta", &["campaign_id"]).await?;
        manager
            .create_table(
                Table::create()
                    .table("wave")
                    .col(uuid("id").primary_key())
                    .col(uuid("campaign_id"))
                    .col(uuid("text_version_id"))
                    .col(integer("number"))
                    .col(json_binary("counts"))
                    .col(string_len("content_hash", 64))
                    .col(timestamp_with_time_zone("frozen_at"))
                    .col(uuid_null("frozen_by"))
                    .foreign_key(ForeignKey::create().name("fk_wave_campaign_id").from("wave", "campaign_id").to("campaign", "id"))
                    .foreign_key(
                        ForeignKey::create().name("fk_wave_text_version_id").from("wave", "text_version_id").to("text_version", "id"),
                    )
                    .to_owned(),
            )
            .await?;
        unique(manager, "ux_wave_number", "wave", &["campaign_id", "number"]).await?;
        manager
            .create_table(
                Table::create()
                    .table("wave_entry")
                    .col(uuid("id").primary_key())
                    .col(uuid("wave_id"))
                    .col(integer("position"))
                    .col(uuid("signature_id"))
                    .col(string_len("kind", 16))
                    .col(string_len("visibility", 16))
                    .col(string_len_null("printed_name", 200))
                    .col(string_len_null("original_name", 200))
                    .col(string_len_null("affiliation", 200))
                    .col(string_len_null("location_label", 128))
                    .col(string_len_null("iso3", 8))
                    .foreign_key(ForeignKey::create().name("fk_wave_entry_wave_id").from("wave_entry", "wave_id").to("wave", "id"))
                    .foreign_key(
                        ForeignKey::create().name("fk_wave_entry_signature_id").from("wave_entry", "signature_id").to("signature", "id"),
                    )
                    .to_owned(),
            )
            .await?;
        unique(manager, "ux_wave_entry_position", "wave_entry", &["wave_id", "position"]).await?;
        unique(manager, "ux_wave_entry_signature", "wave_entry", &["wave_id", "signature_id"]).await?;
        index(manager, "ix_wave_entry_iso3", "wave_entry", &["wave_id", "iso3"]).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop(manager, "wave_entry").await?;
        drop(manager, "wave").await?;
        drop(manager, "signature_count_delta").await?;
        drop(manager, "signature_count").await?;
        drop(manager, "vetting_decision").await?;
        drop(manager, "vetting_check").await?;
        drop(manager, "signature_token").await?;
        drop(manager, "signature").await?;
        drop(manager, "signatory").await?;
        Ok(())
    }
}
