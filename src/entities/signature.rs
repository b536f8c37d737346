//! One signatory's endorsement of one text version.

use sea_orm::entity::prelude::*;

/// One signatory's endorsement of one text version.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "signature")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub campaign_id: Uuid,
    pub signatory_id: Uuid,
    pub text_version_id: Uuid,
    pub language: String,
    pub privacy_notice: i32,
    /// Short public reference quoted in mails.
    pub reference: String,
    /// From the form: a double click is recognised by it.
    pub submission_key: String,
    /// pending, confirmed, verified, withdrawn, declined, quarantined or merged.
    pub state: String,
    pub visibility: String,
    /// form, import, typed or demo.
    pub origin: String,
    pub newsletter: bool,
    /// not_needed, awaited or given.
    pub second_person: String,
    /// Arrived after the deadline and its grace: for the next wave.
    pub late: bool,
    pub signed_at: DateTimeUtc,
    pub confirmed_at: Option<DateTimeUtc>,
    pub verified_at: Option<DateTimeUtc>,
    /// Withdrawn or declined.
    pub ended_at: Option<DateTimeUtc>,
    /// Number of the rules it was compared with others by; 0: not yet.
    pub compared_by: i32,
    /// How well it is known to be the signatory's own; empty: not graded yet.
    pub authority: Option<String>,
    /// What looked odd about it, by key, with spaces between.
    pub signals: Option<String>,
    /// When it was looked at for signals, or entered by staff; empty: not yet.
    pub looked_at: Option<DateTimeUtc>,
    /// Keyed mark of the wider network it came from, another one each day; empty once no burst is sought there any more.
    pub network: Option<String>,
    /// When its signer was thanked, with the wave it was first in.
    pub thanked_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
