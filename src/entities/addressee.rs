//! Who holds a post and how to reach the post, from a day to a day.

use sea_orm::entity::prelude::*;

/// Who holds a post and how to reach the post, from a day to a day.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "addressee")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub post_id: Uuid,
    /// Empty: the letter uses the neutral form of the office.
    pub holder_name: Option<String>,
    /// The office as the state itself calls it; empty: as the letters call it.
    pub title: Option<String>,
    /// See `domain::address::Rank`; empty: the one the office gives.
    pub rank: Option<String>,
    pub honorific: Option<String>,
    pub gender: Option<String>,
    /// Language the office asks to be written in.
    pub language: Option<String>,
    pub email: Option<String>,
    /// Further mailboxes, one a line: for people who look, letters go to the first.
    #[sea_orm(column_type = "Text", nullable)]
    pub other_emails: Option<String>,
    /// Words of address of this person's own, in the entry's language; empty: by the rules.
    pub salutation: Option<String>,
    pub closing: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub postal_address: Option<String>,
    pub starts_on: Option<Date>,
    pub ends_on: Option<Date>,
    #[sea_orm(column_type = "Text", nullable)]
    pub source_url: Option<String>,
    pub checked_at: Option<DateTimeUtc>,
    /// The account that entered it; none where it came with a file.
    pub entered_by: Option<Uuid>,
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
