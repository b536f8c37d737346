//! Tables of the machinery: background jobs, sign-in sessions, throttles, stored files.

use sea_orm_migration::{prelude::*, schema::*};

use crate::statements::{drop, index, unique};

/// Tables of the machinery: background jobs, sign-in sessions, throttles, stored files.
pub(crate) struct Platform;

impl MigrationName for Platform {
    fn name(&self) -> &str {
        "m0001_platform"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Platform {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("job")
                    .col(uuid("id").primary_key())
                    .col(string_len("kind", 64))
                    .col(json_binary("payload"))
                    .col(string_len_null("dedup_key", 200))
                    .col(string_len("state", 16))
                    .col(timestamp_with_time_zone("run_at"))
                    .col(integer("attempts"))
                    .col(integer("max_attempts"))
                    .col(timestamp_with_time_zone_null("lease_until"))
                    .col(uuid_null("lease_token"))
                    .col(text_null("last_error"))
                    .col(timestamp_with_time_zone("created_at"))
                    .col(timestamp_with_time_zone_null("finished_at"))
                    .to_owned(),
            )
            .await?;
        unique(manager, "ux_job_dedup_key", "job", &["dedup_key"]).await?;
        index(manager, "ix_job_state_run_at", "job", &["state", "run_at"]).await?;
        manager
            .create_table(
                Table::create()
                    .table("session")
                    .col(uuid("id").primary_key())
                    .col(string_len("token_hash", 64))
                    .col(uuid("account_id"))
                    .col(string_len("csrf_token", 64))
                    .col(timestamp_with_time_zone("created_at"))
                    .col(timestamp_with_time_zone("last_seen_at"))
                    .col(timestamp_with_time_zone("expires_at"))
                    .col(json_binary_null("flash"))
                    .to_owned(),
            )
            .await?;
        unique(manager, "ux_session_token_hash", "session", &["token_hash"]).await?;
        index(manager, "ix_session_account_id", "session", &["account_id"]).await?;
        index(manager, "ix_session_expires_at", "session", &["expires_at"]).await?;
        manager
            .create_table(
                Table::create()
                    .table("throttle")
                    .col(string_len("bucket", 128).primary_key())
                    .col(integer("hits"))
                    .col(timestamp_with_time_zone("window_ends_at"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("stored_file")
                    .col(uuid("id").primary_key())
                    .col(string_len("sha256", 64))
                    .col(string_len("media_type", 128))
                    .col(string_len("file_name", 200))
                    .col(big_integer("size"))
                    .col(blob("content"))
                    .col(timestamp_with_time_zone("created_at"))
                    .to_owned(),
            )
            .await?;
        unique(manager, "ux_stored_file_sha256", "stored_file", &["sha256"]).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop(manager, "stored_file").await?;
        drop(manager, "throttle").await?;
        drop(manager, "session").await?;
        drop(manager, "job").await?;
        Ok(())
    }
}
