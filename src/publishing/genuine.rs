//! "Is this message from us?" (R80): what our mails look like, and whether a reference exists. Must say yes or no and nothing else: whoever
//! asks may be anybody.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect, QueryTrait};
use serde::{Deserialize, Serialize};

use crate::{
    campaigns,
    domain::reference::Reference,
    entities::{dispatch, letter, signature},
    platform::{
        Platform,
        http::{
            forms::{self, FormErrorView, FormErrors},
            frame::Frame,
            problem::Problem,
            visitor::Visitor,
        },
        i18n,
    },
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
    /// The reference as we write it, once asked.
    asked: Option<String>,
    exists: bool,
}

pub(super) async fn show(
    request: HttpRequest,
    visitor: Visitor,
    platform: web::Data<Platform>,
    campaigns: web::Data<campaigns::Register>,
) -> Result<HttpResponse, Problem> {
    let language = visitor.language;
    let typed: String = forms::query::<Question>(&request)?.reference.trim().chars().take(64).collect();
    let campaign = campaigns.get(&platform).await?;
    let prefix = campaign.config.sender.reference_prefix.clone();
    let mut errors = FormErrors::default();
    let mut asked = None;
    if !typed.is_empty() {
        match typed.parse::<Reference>() {
            Ok(reference) => asked = Some(reference.with_prefix(&prefix)),
            Err(_) => errors.add("reference", "publishing-error-reference"),
        }
    }
    let exists = match &asked {
        Some(reference) => is_ours(platform.database.read(), reference).await?,
        None => false,
    };
    let view = GenuinePage {
        page: platform.site.frame(language, request.path(), i18n::word(language, "publishing-genuine-title")),
        errors: errors.view(language),
        site: platform.site.base_url.clone(),
        sender: platform.mail_from.clone(),
        prefix,
        reference: typed,
        asked,
        exists,
    };
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(platform.site.page(status, "publishing/genuine.html", language, &view)?)
}

/// Whether a mail or letter with this reference went out from here: what was only written, rehearsed or taken out did not. At most two queries,
/// both by an indexed column.
async fn is_ours(db: &impl ConnectionTrait, reference: &str) -> Result<bool, DbErr> {
    if signature::Entity::find().filter(signature::Column::Reference.eq(reference)).count(db).await? > 0 {
        return Ok(true);
    }
    // An attempt is counted before its mail leaves: who has the letter in hand is never told that it is not ours.
    let tried =
        dispatch::Entity::find().select_only().column(dispatch::Column::LetterId).filter(dispatch::Column::Attempts.gt(0)).into_query();
    let letters = letter::Entity::find().filter(letter::Column::Reference.eq(reference)).filter(letter::Column::Id.in_subquery(tried));
    Ok(letters.count(db).await? > 0)
}
