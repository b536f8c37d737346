//! "Is this message from us?" (R80): what our mails look like, and what a reference stands for. A letter is confirmed only once it has left, with
//! its day and the office it went to, so that a copied reference on another letter is noticed. Of a signature it must say only that it exists:
//! whoever asks may be anybody. Never kept finished: it is right at once.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter};
use serde::{Deserialize, Serialize};

use crate::{
    campaigns,
    domain::{
        language::Language,
        reference::{Reference, find_references},
    },
    entities::signature,
    letters::{drafting, store},
    platform::{
        Platform, formats,
        http::{
            forms::{self, FormErrorView, FormErrors},
            frame::Frame,
            problem::Problem,
            visitor::Visitor,
        },
        i18n,
    },
    states::{self, Directory},
};

#[derive(Default, Deserialize)]
#[serde(default)]
struct Question {
    reference: String,
}

#[derive(Serialize)]
struct GenuinePage<'a> {
    page: Frame<'a>,
    errors: Vec<FormErrorView>,
    site: String,
    sender: String,
    prefix: String,
    reference: String,
    /// Once asked.
    answer: Option<Answer>,
}

#[derive(Serialize)]
struct Answer {
    /// Kind of notice.
    kind: &'static str,
    title: String,
    text: String,
}

pub(super) async fn show(
    request: HttpRequest,
    visitor: Visitor,
    platform: web::Data<Platform>,
    campaigns: web::Data<campaigns::Register>,
    states: web::Data<states::Register>,
) -> Result<HttpResponse, Problem> {
    let language = visitor.language;
    let typed: String = forms::query::<Question>(&request)?.reference.trim().chars().take(64).collect();
    let campaign = campaigns.get(&platform).await?;
    let prefix = campaign.config.sender.reference_prefix.clone();
    let mut errors = FormErrors::default();
    let mut answer = None;
    if !typed.is_empty() {
        let directory = states.get(&platform).await?;
        let references = find_references(&typed);
        for reference in &references {
            answer = answer_to(platform.database.read(), &directory, language, (reference, &prefix)).await?;
            if answer.is_some() {
                break;
            }
        }
        match references.first() {
            Some(first) => answer = answer.or_else(|| Some(say(language, "bad", "no", &named(first.to_string())))),
            None => errors.add("reference", "publishing-error-reference"),
        }
    }
    let view = GenuinePage {
        page: platform.site.frame(language, request.path(), i18n::word(language, "publishing-genuine-title")),
        errors: errors.view(language),
        site: platform.site.base_url.clone(),
        sender: platform.mail_from.clone(),
        prefix,
        reference: typed,
        answer,
    };
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(platform.site.page(status, "publishing/genuine.html", language, &view)?)
}

fn named(reference: String) -> i18n::Args {
    i18n::args([("reference", reference.into())])
}

fn say(language: Language, kind: &'static str, key: &str, args: &i18n::Args) -> Answer {
    Answer {
        kind,
        title: i18n::word(language, &format!("publishing-genuine-{key}-title")),
        text: i18n::text(language, &format!("publishing-genuine-{key}"), args),
    }
}

/// What a reference stands for, if for anything of ours. At most four queries, each by an index.
async fn answer_to(
    db: &impl ConnectionTrait,
    directory: &Directory,
    language: Language,
    (reference, prefix): (&Reference, &str),
) -> Result<Option<Answer>, DbErr> {
    // A letter's carries the campaign's prefix, a signature's does not.
    let (bare, reference) = (reference.to_string(), reference.with_prefix(prefix));
    let args = named(bare.clone());
    if signature::Entity::find().filter(signature::Column::Reference.eq(&bare)).count(db).await? > 0 {
        return Ok(Some(say(language, "good", "yes", &args)));
    }
    let Some(letter) = store::asked_about(db, &reference).await? else { return Ok(None) };
    let (Some(left_at), Some(state)) = (letter.left_at, directory.state(&letter.iso3)) else {
        return Ok(Some(say(language, "bad", "unsent", &args)));
    };
    let post = drafting::post_kind(state, &letter.post).key().replace('_', "-");
    let args = i18n::args([
        ("reference", reference.into()),
        ("date", formats::day(language, left_at.date_naive()).into()),
        ("post", i18n::word(language, &format!("publishing-genuine-post-{post}")).into()),
        ("state", directory.name(&letter.iso3, language).to_owned().into()),
    ]);
    Ok(Some(say(language, "good", "sent", &args)))
}
