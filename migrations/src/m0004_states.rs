//! States, their groups, posts and who holds them.

use sea_orm_migration::{prelude::*, schema::*};

use crate::statements::{drop, index, unique};

/// States, their groups, posts and who holds them.
pub(crate) struct States;

impl MigrationName for States {
    fn name(&self) -> &str {
        "m0004_states"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for States {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("state")
                    .col(string_len("iso3", 8).primary_key())
                    .col(string_len("iso2", 8))
                    .col(string_len("m49", 8))
                    .col(string_len("un_status", 16))
                    .col(string_len("region", 32))
                    .col(json_binary("forms"))
                    .col(string_len("languages", 64))
                    .col(string_len_null("capital", 128))
                    .col(json_binary("facts"))
                    .col(integer("tile_x"))
                    .col(integer("tile_y"))
                    .to_owned(),
            )
            .await?;
        index(manager, "ix_state_region", "state", &["region"]).await?;
        manager
            .create_table(
                Table::create()
                    .table("state_group")
                    .col(string_len("code", 32).primary_key())
                    .col(string_len("kind", 32))
                    .col(json_binary("names"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("group_membership")
                    .col(uuid("id").primary_key())
                    .col(string_len("group_code", 32))
                    .col(string_len("iso3", 8))
                    .col(date_null("starts_on"))
                    .col(date_null("ends_on"))
                    .col(text_null("note"))
                    .foreign_key(
                        ForeignKey::create()
                            .name("fk_group_membership_group_code")
                            .from("group_membership", "group_code")
                            .to("state_group", "code"),
                    )
                    .foreign_key(ForeignKey::create().name("fk_group_membership_iso3").from("group_membership", "iso3").to("state", "iso3"))
                    .to_owned(),
            )
            .await?;
        unique(manager, "ux_group_membership", "group_membership", &["group_code", "iso3", "starts_on"]).await?;
        index(manager, "ix_group_membership_iso3", "group_membership", &["iso3"]).await?;
        manager
            .create_table(
                Table::create()
                    .table("post")
                    .col(uuid("id").primary_key())
                    .col(string_len("iso3", 8))
                    .col(string_len("kind", 64))
                    .col(timestamp_with_time_zone("created_at"))
                    .foreign_key(ForeignKey::create().name("fk_post_iso3").from("post", "iso3").to("state", "iso3"))
                    .to_owned(),
            )
            .await?;
        unique(manager, "ux_post_kind", "post", &["iso3", "kind"]).await?;
        manager
            .create_table(
                Table::create()
                    .table("addressee")
                    .col(uuid("id").primary_key())
                    .col(uuid("post_id"))
                    .col(string_len_null("holder_name", 200))
                    .col(string_len_null("honorific", 64))
                    .col(string_len_null("gender", 16))
                    .col(string_len_null("language", 8))
                    .col(string_len_null("email", 254))
                    .col(text_null("postal_address"))
                    .col(date_null("starts_on"))
                    .col(date_null("ends_on"))
                    .col(text_null("source_url"))
                    .col(timestamp_with_time_zone_null("checked_at"))
                    .col(timestamp_with_time_zone("created_at"))
                    .foreign_key(ForeignKey::create().name("fk_addressee_post_id").from("addressee", "post_id").to("post", "id"))
                    .to_owned(),
            )
            .await?;
        index(manager, "ix_addressee_post_id", "addressee", &["post_id"]).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop(manager, "addressee").await?;
        drop(manager, "post").await?;
        drop(manager, "group_membership").await?;
        drop(manager, "state_group").await?;
        drop(manager, "state").await?;
        Ok(())
    }
}
