//! The desk of the register: which posts can be written to, who holds one, what was entered before. Must hold no rule.

use std::collections::HashMap;

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    Directory, Register,
    addressees::{self, DAYS_UNCHECKED},
    directory::StateEntry,
    register_entry, register_sheet_desk,
};
use crate::{
    accounts::{Permission, SignedIn},
    domain::{language::Language, letter::PostKind},
    entities::{addressee, post},
    platform::{
        Platform, formats,
        http::{
            forms::{self, Choice},
            frame::Frame,
            problem::Problem,
        },
        i18n,
    },
};

/// The desk's addresses.
pub fn routes(config: &mut web::ServiceConfig) {
    register_sheet_desk::routes(config);
    config
        .route("/desk/register", web::get().to(list))
        .route("/desk/register/{iso3}", web::get().to(show))
        .route("/desk/register/{iso3}/{post}", web::get().to(register_entry::show_form))
        .route("/desk/register/{iso3}/{post}", web::post().to(register_entry::enter))
        .route("/desk/register/{iso3}/{post}/checked", web::post().to(register_entry::confirm));
}

/// How an entry stands on a day.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// No mailbox: its letters wait.
    NoMailbox,
    /// Not checked for too long.
    Unchecked,
    /// Nobody in office according to its dates.
    Over,
    Good,
}

impl Standing {
    const ALL: [Self; 4] = [Self::NoMailbox, Self::Unchecked, Self::Over, Self::Good];

    const fn key(self) -> &'static str {
        match self {
            Self::NoMailbox => "no-mailbox",
            Self::Unchecked => "unchecked",
            Self::Over => "over",
            Self::Good => "good",
        }
    }

    fn of(entry: Option<&addressee::Model>, today: NaiveDate) -> Self {
        let Some(entry) = entry else { return Self::NoMailbox };
        if entry.ends_on.is_some_and(|last| last < today) || entry.starts_on.is_some_and(|first| first > today) {
            Self::Over
        } else if entry.email.is_none() {
            Self::NoMailbox
        } else if addressees::is_stale(entry, today) {
            Self::Unchecked
        } else {
            Self::Good
        }
    }
}

pub(super) fn office(language: Language, kind: PostKind) -> String {
    i18n::word(language, &format!("letters-post-{}", kind.key().replace('_', "-")))
}

fn standing_text(language: Language, standing: Standing) -> String {
    i18n::word(language, &format!("register-standing-{}", standing.key()))
}

pub(super) fn choices<'k>(language: Language, prefix: &str, keys: impl Iterator<Item = &'k str>) -> Vec<Choice> {
    keys.map(|key| Choice::new(key.to_owned(), i18n::word(language, &format!("{prefix}{}", key.replace('_', "-"))))).collect()
}

#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(default)]
struct ListQuery {
    post: String,
    standing: String,
}

#[derive(Serialize)]
struct ListPage<'a> {
    page: Frame<'a>,
    query: ListQuery,
    posts: Vec<Choice>,
    standings: Vec<Choice>,
    /// How many posts stand how, before the filter by standing.
    counts: Vec<CountView>,
    rows: Vec<RowView>,
    days: u32,
}

#[derive(Serialize)]
struct CountView {
    text: String,
    count: usize,
    href: String,
}

#[derive(Serialize)]
struct RowView {
    href: String,
    country: String,
    entry: Option<EntryView>,
    standing: &'static str,
    standing_text: String,
}

#[derive(Serialize)]
struct EntryView {
    holder: String,
    title: String,
    email: String,
    language: String,
    checked: String,
    entered: String,
    fields: Vec<FieldView>,
}

#[derive(Serialize)]
struct FieldView {
    label: String,
    text: String,
}

impl EntryView {
    fn of(entry: &addressee::Model, language: Language) -> Self {
        let typed = addressees::typed(entry);
        let holder = format!("{} {}", typed.honorific, typed.holder_name).trim().to_owned();
        let day = |at: DateTime<Utc>| formats::day(language, at.date_naive());
        let fields = addressees::FIELDS.into_iter().zip(addressees::cells(&typed)).filter(|(_, text)| !text.is_empty());
        let in_words = |field: &str, text: String| match field {
            "rank" => i18n::word(language, &format!("register-rank-{}", text.replace('_', "-"))),
            "gender" => i18n::word(language, &format!("register-gender-{text}")),
            "language" => Language::of_letters(&text).map_or(text, |other| other.own_name().to_owned()),
            _ => text,
        };
        let field = |(field, text): (&'static str, String)| FieldView {
            label: i18n::word(language, &format!("register-{}", field.replace('_', "-"))),
            text: in_words(field, text),
        };
        Self {
            holder,
            checked: day(addressees::looked_at(entry)),
            entered: day(entry.created_at),
            fields: fields.map(field).collect(),
            title: typed.title,
            email: typed.email,
            language: typed.language,
        }
    }
}

/// Two queries, whatever is chosen.
async fn list(
    request: HttpRequest,
    platform: web::Data<Platform>,
    staff: SignedIn,
    states: web::Data<Register>,
) -> Result<HttpResponse, Problem> {
    staff.require(Permission::PrepareLetters)?;
    let language = staff.language;
    let mut query: ListQuery = forms::query(&request)?;
    let kind: PostKind = query.post.parse().unwrap_or(PostKind::PermanentRepresentative);
    query.post = kind.key().to_owned();
    let chosen = Standing::ALL.into_iter().find(|standing| standing.key() == query.standing);
    query.standing = chosen.map(Standing::key).unwrap_or_default().to_owned();
    let (today, directory) = (platform.clock.now().date_naive(), states.get(&platform).await?);
    let db = platform.database.read();
    let posts = addressees::all_posts(db).await?;
    let posts: HashMap<&str, Uuid> =
        posts.iter().filter(|post| post.kind == kind.key()).map(|post| (post.iso3.as_str(), post.id)).collect();
    let entries = addressees::newest_of_all(db).await?;
    let mut counts = [0_usize; Standing::ALL.len()];
    let mut rows = Vec::new();
    for state in directory.by_name(language) {
        let entry = posts.get(state.iso3.as_str()).and_then(|post| entries.get(post));
        let standing = Standing::of(entry, today);
        for (count, _) in counts.iter_mut().zip(Standing::ALL).filter(|(_, other)| *other == standing) {
            *count += 1;
        }
        if chosen.is_none_or(|chosen| chosen == standing) {
            rows.push(RowView {
                href: format!("/desk/register/{}", state.iso3),
                country: state.forms.name(language).to_owned(),
                entry: entry.map(|entry| EntryView::of(entry, language)),
                standing: standing.key(),
                standing_text: standing_text(language, standing),
            });
        }
    }
    let count = |(count, standing): (usize, Standing)| CountView {
        text: standing_text(language, standing),
        count,
        href: format!("/desk/register?post={}&standing={}", kind.key(), standing.key()),
    };
    let view = ListPage {
        page: staff.frame(&platform, "register-heading"),
        posts: addressees::kinds().map(|kind| Choice::new(kind.key(), office(language, kind))).collect(),
        standings: choices(language, "register-standing-", Standing::ALL.iter().map(|standing| standing.key())),
        counts: counts.into_iter().zip(Standing::ALL).map(count).collect(),
        rows,
        query,
        days: DAYS_UNCHECKED,
    };
    Ok(platform.site.page(StatusCode::OK, "states/register.html", language, &view)?)
}

#[derive(Serialize)]
struct StatePage<'a> {
    page: Frame<'a>,
    posts: Vec<PostView>,
}

#[derive(Serialize)]
struct PostView {
    href: String,
    office: String,
    standing: &'static str,
    standing_text: String,
    /// The newest entry; the page offers to confirm this one.
    seen: Option<Uuid>,
    current: Option<EntryView>,
    earlier: Vec<EntryView>,
}

pub(super) fn state<'d>(directory: &'d Directory, code: &str) -> Result<&'d StateEntry, Problem> {
    directory.state(code).ok_or(Problem::NotFound)
}

/// Two queries.
async fn show(
    platform: web::Data<Platform>,
    staff: SignedIn,
    states: web::Data<Register>,
    code: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    staff.require(Permission::PrepareLetters)?;
    let language = staff.language;
    let (today, directory) = (platform.clock.now().date_naive(), states.get(&platform).await?);
    let state = state(&directory, &code)?;
    let (posts, mut entries) = addressees::of_state(platform.database.read(), &state.iso3).await?;
    let ids: HashMap<&str, Uuid> = posts.iter().map(|post: &post::Model| (post.kind.as_str(), post.id)).collect();
    let view = |kind: PostKind| {
        let entries = ids.get(kind.key()).and_then(|post| entries.remove(post)).unwrap_or_default();
        let standing = Standing::of(entries.first(), today);
        let mut views = entries.iter().map(|entry| EntryView::of(entry, language));
        PostView {
            href: format!("/desk/register/{}/{}", state.iso3, kind.key()),
            office: office(language, kind),
            standing: standing.key(),
            standing_text: standing_text(language, standing),
            seen: entries.first().map(|entry| entry.id),
            current: views.next(),
            earlier: views.collect(),
        }
    };
    let posts = addressees::kinds().map(view).collect();
    let title = format!("{}: {}", i18n::word(language, "register-heading"), state.forms.name(language));
    let view = StatePage { page: staff.frame_titled(&platform, title), posts };
    Ok(platform.site.page(StatusCode::OK, "states/register_state.html", language, &view)?)
}
