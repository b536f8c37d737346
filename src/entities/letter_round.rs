//! Letters for one event.

use sea_orm::entity::prelude::*;

/// Letters for one event.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "letter_round")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub campaign_id: Uuid,
    pub name: String,
    pub event_id: Uuid,
    pub wave_id: Uuid,
    pub template_id: Uuid,
    /// draft, checked, approved, sending or closed.
    pub state: String,
    pub dated_on: Date,
    /// Everything is written, nothing leaves.
    pub rehearsal: bool,
    /// Posts, languages, annex.
    #[sea_orm(column_type = "JsonBinary")]
    pub options: Json,
    pub created_by: Uuid,
    pub approved_by: Option<Uuid>,
    pub approved_at: Option<DateTimeUtc>,
    pub released_by: Option<Uuid>,
    pub released_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    /// Nothing of it leaves from then on, until somebody goes on with it.
    pub paused_at: Option<DateTimeUtc>,
    /// Nobody: too many letters were refused.
    pub paused_by: Option<Uuid>,
    pub paused_because: Option<String>,
    /// Went on; refusals are counted anew from then.
    pub resumed_at: Option<DateTimeUtc>,
    /// The hour of the day, where a letter is read, from which it leaves; none: at once.
    pub send_hour: Option<i16>,
}

impl ActiveModelBehavior for ActiveModel {}
