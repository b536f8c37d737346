//! What people said of the tasks of the plan, and how often the days of an event have changed (R40).

use sea_orm_migration::{prelude::*, schema::*};

use crate::statements::{add_columns, drop, drop_columns, unique};

/// The plan.
pub(crate) struct Plan;

impl MigrationName for Plan {
    fn name(&self) -> &str {
        "m0029_plan"
    }
}

fn columns() -> [(&'static str, ColumnDef); 2] {
    [("event", integer("revision").default(0).take()), ("event", timestamp_with_time_zone_null("changed_at").take())]
}

#[async_trait::async_trait]
impl MigrationTrait for Plan {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add_columns(manager, columns()).await?;
        manager
            .create_table(
                Table::create()
                    .table("plan_task_mark")
                    .col(uuid("id").primary_key())
                    .col(uuid("campaign_id"))
                    .col(uuid("event_id"))
                    .col(string_len("step_key", 64))
                    .col(uuid_null("owner_id"))
                    .col(timestamp_with_time_zone_null("done_at"))
                    .col(uuid_null("done_by"))
                    .col(text("note"))
                    .col(timestamp_with_time_zone("updated_at"))
                    .foreign_key(
                        ForeignKey::create()
                            .name("fk_plan_task_mark_campaign_id")
                            .from("plan_task_mark", "campaign_id")
                            .to("campaign", "id"),
                    )
                    .foreign_key(
                        ForeignKey::create().name("fk_plan_task_mark_event_id").from("plan_task_mark", "event_id").to("event", "id"),
                    )
                    .to_owned(),
            )
            .await?;
        unique(manager, "ux_plan_task_mark", "plan_task_mark", &["event_id", "step_key"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop(manager, "plan_task_mark").await?;
        drop_columns(manager, columns()).await
    }
}
