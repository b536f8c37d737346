//! Public pages of the versions of the statement: the wording of each, what changed, and how many signed it (R5). Must hold no rule.
//!
//! Cost: two queries a page, one more a minute for the counts; finished pages are kept like all public ones.

use std::{collections::HashMap, time::Duration};

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, JoinType, QueryFilter, QuerySelect};
use serde::Serialize;
use uuid::Uuid;

use super::counts::of_signatory;
use crate::{
    campaigns::{
        self, Current, markdown,
        versions::{self, Version},
    },
    domain::{
        difference::{Paragraph, difference, differs},
        language::Language,
        signature::{SignatoryKind, SignatureState},
    },
    entities::{signatory, signature, text_revision},
    platform::{
        Platform,
        http::{frame::Frame, problem::Problem, visitor::Visitor},
        i18n,
        refreshed::Refreshed,
    },
};

/// How many signed a version.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Signed {
    organisations: u32,
    individuals: u32,
}

/// How many signed each version, read again after a minute: earlier versions hardly change.
#[derive(Debug)]
pub struct Register(Refreshed<HashMap<Uuid, Signed>>);

impl Default for Register {
    fn default() -> Self {
        Self(Refreshed::every(Duration::from_secs(60)))
    }
}

async fn counted(platform: &Platform, campaign: &Current) -> Result<HashMap<Uuid, Signed>, DbErr> {
    let rows = signature::Entity::find()
        .select_only()
        .column(signature::Column::TextVersionId)
        .column(signatory::Column::Kind)
        .column_as(signature::Column::Id.count(), "count")
        .filter(signature::Column::CampaignId.eq(campaign.id))
        .filter(signature::Column::State.eq(SignatureState::Verified.key()))
        .join(JoinType::InnerJoin, of_signatory())
        .group_by(signature::Column::TextVersionId)
        .group_by(signatory::Column::Kind);
    let mut counted: HashMap<Uuid, Signed> = HashMap::new();
    for (version, kind, count) in rows.into_tuple::<(Uuid, String, i64)>().all(platform.database.read()).await? {
        let signed = counted.entry(version).or_default();
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        if kind == SignatoryKind::Individual.key() { signed.individuals += count } else { signed.organisations += count }
    }
    Ok(counted)
}

#[derive(Serialize)]
struct ListPage<'a> {
    page: Frame<'a>,
    versions: Vec<VersionView>,
}

#[derive(Serialize)]
struct VersionPage<'a> {
    page: Frame<'a>,
    version: VersionView,
    title: String,
    html: String,
    /// The language the text is in, where that is not the page's.
    text_language: Language,
    /// Number of the version before, and what changed since.
    before: Option<i32>,
    changes: Vec<Paragraph>,
    edits: Vec<EditView>,
}

#[derive(Serialize)]
struct VersionView {
    number: i32,
    opened_at: Option<DateTime<Utc>>,
    newest: bool,
    content_hash: String,
    signed: Signed,
    /// Editorial edits since it opened.
    edits: usize,
    before: Option<i32>,
}

/// An editorial edit: it changes no meaning, and who signed before stays a signer.
#[derive(Serialize)]
struct EditView {
    at: DateTime<Utc>,
    content_hash: String,
    changes: Vec<Paragraph>,
}

fn words(wording: &text_revision::Model) -> String {
    format!("{}\n\n{}", wording.title, markdown::to_words(&wording.body))
}

fn view(all: &[Version], at: usize, language: Language, signed: &HashMap<Uuid, Signed>) -> Option<VersionView> {
    let version = all.get(at)?;
    let (_, wordings) = version.in_language(language);
    Some(VersionView {
        number: version.number,
        opened_at: version.opened_at,
        newest: at == 0,
        content_hash: wordings.last()?.content_hash.clone(),
        signed: signed.get(&version.id).copied().unwrap_or_default(),
        edits: wordings.len() - 1,
        before: all.get(at + 1).map(|before| before.number),
    })
}

pub(super) async fn list(
    request: HttpRequest,
    visitor: Visitor,
    platform: web::Data<Platform>,
    campaigns: web::Data<campaigns::Register>,
    register: web::Data<Register>,
) -> Result<HttpResponse, Problem> {
    let language = visitor.language;
    let make = async || -> Result<String, Problem> {
        let campaign = campaigns.get(&platform).await?;
        let signed = register.0.get(async || counted(&platform, &campaign).await).await?;
        let all = versions::published(platform.database.read(), campaign.id).await?;
        let view = ListPage {
            page: platform.site.frame(language, request.path(), i18n::word(language, "signing-versions")),
            versions: (0..all.len()).filter_map(|at| view(&all, at, language, &signed)).collect(),
        };
        Ok(platform.site.templates.render("signing/versions.html", language, &view)?)
    };
    platform.pages.page(&request, make).await
}

pub(super) async fn show(
    request: HttpRequest,
    visitor: Visitor,
    platform: web::Data<Platform>,
    campaigns: web::Data<campaigns::Register>,
    register: web::Data<Register>,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let language = visitor.language;
    let number: i32 = path.1.parse().map_err(|_| Problem::NotFound)?;
    let make = async || -> Result<String, Problem> {
        let campaign = campaigns.get(&platform).await?;
        let signed = register.0.get(async || counted(&platform, &campaign).await).await?;
        let all = versions::published(platform.database.read(), campaign.id).await?;
        let at = all.iter().position(|version| version.number == number).ok_or(Problem::NotFound)?;
        let version = view(&all, at, language, &signed).ok_or(Problem::NotFound)?;
        let (text_language, wordings) = all.get(at).map(|version| version.in_language(language)).ok_or(Problem::NotFound)?;
        let newest = wordings.last().ok_or(Problem::NotFound)?;
        // Two texts are compared in one language: in that of this one, or in the one that counts.
        let earlier = all.get(at + 1).and_then(|before| before.wordings.get(&text_language)).and_then(|rows| rows.last());
        let title = i18n::plain(language, "signing-version-title", &i18n::args([("number", number.into())]));
        let page = VersionPage {
            page: platform.site.frame(language, request.path(), title),
            before: version.before.filter(|_| earlier.is_some()),
            changes: earlier.map(|before| difference(&words(before), &words(newest))).unwrap_or_default(),
            edits: wordings
                .iter()
                .zip(wordings.iter().skip(1))
                .map(|(before, after)| EditView {
                    at: after.created_at,
                    content_hash: after.content_hash.clone(),
                    changes: Some(difference(&words(before), &words(after))).filter(|changes| differs(changes)).unwrap_or_default(),
                })
                .collect(),
            title: newest.title.clone(),
            html: markdown::to_html(&newest.body),
            text_language,
            version,
        };
        Ok(platform.site.templates.render("signing/version.html", language, &page)?)
    };
    platform.pages.page(&request, make).await
}
