//! Posts and who holds them. A post without a known holder is written to by its office. Must not ship persons.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::OnConflict,
};
use uuid::Uuid;

use crate::{
    entities::{addressee, post, state},
    platform::Platform,
};

/// The posts every state has.
pub const KINDS: [&str; 2] = ["permanent_representative", "foreign_minister"];

/// The kinds of post letters can go to: those every state has, then others of which the register has one somewhere. One query.
///
/// # Errors
/// When the database fails.
pub async fn kinds_in_use(db: &impl ConnectionTrait) -> Result<Vec<String>, DbErr> {
    let found: Vec<String> = post::Entity::find().select_only().column(post::Column::Kind).distinct().into_tuple().all(db).await?;
    let others =
        super::addressees::kinds().map(|kind| kind.key()).filter(|kind| !KINDS.contains(kind) && found.iter().any(|one| one == kind));
    Ok(KINDS.into_iter().chain(others).map(str::to_owned).collect())
}

/// Makes sure every state has its posts. Repeatable.
///
/// # Errors
/// When the database fails.
pub async fn ensure_for_all_states(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<(), DbErr> {
    let states = state::Entity::find().order_by_asc(state::Column::Iso3).all(db).await?;
    for kind in KINDS {
        let rows = states.iter().map(|state| post::ActiveModel {
            id: Set(Uuid::now_v7()),
            iso3: Set(state.iso3.clone()),
            kind: Set(kind.to_owned()),
            created_at: Set(now),
        });
        let on_conflict = OnConflict::columns([post::Column::Iso3, post::Column::Kind]).do_nothing().to_owned();
        post::Entity::insert_many(rows).on_conflict(on_conflict).exec_without_returning(db).await?;
    }
    Ok(())
}

/// A post with whoever holds it on a day.
#[derive(Clone, Debug)]
pub struct PostWithHolder {
    /// The post.
    pub post: post::Model,
    /// The entry in force; none where nothing is known.
    pub addressee: Option<addressee::Model>,
}

/// Posts of the given kinds in all states on `day`, by state and kind. Two queries.
///
/// # Errors
/// When the database fails.
pub async fn on_day(db: &impl ConnectionTrait, kinds: &[String], day: NaiveDate) -> Result<Vec<PostWithHolder>, DbErr> {
    let posts = post::Entity::find()
        .filter(post::Column::Kind.is_in(kinds))
        .order_by_asc(post::Column::Iso3)
        .order_by_asc(post::Column::Kind)
        .all(db)
        .await?;
    let in_force = Condition::all()
        .add(Condition::any().add(addressee::Column::StartsOn.is_null()).add(addressee::Column::StartsOn.lte(day)))
        .add(Condition::any().add(addressee::Column::EndsOn.is_null()).add(addressee::Column::EndsOn.gte(day)));
    let mut holders: std::collections::HashMap<Uuid, addressee::Model> = std::collections::HashMap::new();
    // The newest entry in force wins: later ones overwrite.
    for entry in addressee::Entity::find().filter(in_force).order_by_asc(addressee::Column::CreatedAt).all(db).await? {
        holders.insert(entry.post_id, entry);
    }
    Ok(posts.into_iter().map(|post| PostWithHolder { addressee: holders.remove(&post.id), post }).collect())
}

/// One post by its key, with its holder on `day`.
///
/// # Errors
/// When the database fails.
pub async fn of_state(db: &impl ConnectionTrait, iso3: &str, kind: &str, day: NaiveDate) -> Result<Option<PostWithHolder>, DbErr> {
    let posts = on_day(db, &[kind.to_owned()], day).await?;
    Ok(posts.into_iter().find(|entry| entry.post.iso3 == iso3))
}

/// Enters how a post is reached. Earlier entries stay: the newest in force counts.
///
/// # Errors
/// When the database fails.
pub async fn enter_address(
    db: &impl ConnectionTrait,
    post_id: Uuid,
    email: &str,
    source: Option<&str>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let row = addressee::ActiveModel {
        id: Set(Uuid::now_v7()),
        post_id: Set(post_id),
        email: Set(Some(email.to_owned())),
        source_url: Set(source.map(str::to_owned)),
        checked_at: Set(Some(now)),
        created_at: Set(now),
        ..Default::default()
    };
    addressee::Entity::insert(row).exec_without_returning(db).await.map(drop)
}

/// Gives every post without an address one that leads nowhere (`.example`, RFC 2606), so that a demonstration can go the whole way.
///
/// # Errors
/// When the database fails.
pub async fn give_demo_addresses(platform: &Platform) -> Result<(), DbErr> {
    let now = platform.clock.now();
    let txn = platform.database.begin().await?;
    let reached: std::collections::HashSet<Uuid> =
        addressee::Entity::find().all(&txn).await?.into_iter().map(|entry| entry.post_id).collect();
    for post in post::Entity::find().all(&txn).await?.into_iter().filter(|post| !reached.contains(&post.id)) {
        let office = post.kind.replace('_', "-");
        let email = format!("{office}@{}.example", post.iso3.to_lowercase());
        enter_address(&txn, post.id, &email, None, now).await?;
    }
    txn.commit().await
}
