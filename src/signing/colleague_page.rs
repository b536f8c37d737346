//! The page a colleague of the signer is led to. Must not show a withheld name, and does nothing before a press.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use serde::{Deserialize, Serialize};

use super::colleague::{self, Link};
use crate::{
    campaigns,
    platform::{
        Platform,
        http::{forms, frame::Frame, problem::Problem, visitor::Visitor},
        i18n,
    },
    states,
};

/// The page's addresses.
pub fn routes(config: &mut web::ServiceConfig) {
    config.route("/{lang}/colleague/{token}", web::get().to(show)).route("/{lang}/colleague/{token}", web::post().to(answer));
}

#[derive(Serialize)]
struct ColleaguePage<'a> {
    page: Frame<'a>,
    /// good, agreed, denied, used, expired or unknown.
    outcome: &'static str,
    /// second-person or contact.
    task: String,
    address: String,
    reference: String,
    name: Option<String>,
    place: String,
    title: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct AnswerForm {
    answer: String,
}

async fn show(
    request: HttpRequest,
    visitor: Visitor,
    platform: web::Data<Platform>,
    campaigns: web::Data<campaigns::Register>,
    states: web::Data<states::Register>,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let link = colleague::look_up(&platform, &path.1).await.map_err(anyhow::Error::from)?;
    page(&request, visitor, (&platform, &campaigns, &states), link, "good").await
}

async fn answer(
    request: HttpRequest,
    visitor: Visitor,
    platform: web::Data<Platform>,
    campaigns: web::Data<campaigns::Register>,
    states: web::Data<states::Register>,
    path: web::Path<(String, String)>,
    body: web::Bytes,
) -> Result<HttpResponse, Problem> {
    let form: AnswerForm = forms::read(&body)?;
    let agrees = match form.answer.as_str() {
        "yes" => true,
        "no" => false,
        _ => return Err(Problem::Bad("bad-form")),
    };
    let link = colleague::answer(&platform, &path.1, agrees).await?;
    page(&request, visitor, (&platform, &campaigns, &states), link, if agrees { "agreed" } else { "denied" }).await
}

async fn page(
    request: &HttpRequest,
    visitor: Visitor,
    (platform, campaigns, states): (&Platform, &campaigns::Register, &states::Register),
    link: Link,
    good: &'static str,
) -> Result<HttpResponse, Problem> {
    let language = visitor.language;
    let (campaign, directory) = (campaigns.get(platform).await?, states.get(platform).await?);
    let (outcome, status, found) = match link {
        Link::Good(task, signed) => (good, StatusCode::OK, Some((task, signed))),
        Link::Used => ("used", StatusCode::OK, None),
        Link::Expired => ("expired", StatusCode::GONE, None),
        Link::Unknown => ("unknown", StatusCode::NOT_FOUND, None),
    };
    let task = found.as_ref().map(|(task, _)| task.key().replace('_', "-")).unwrap_or_default();
    let title_key = if task.is_empty() { "signing-colleague-title".to_owned() } else { format!("signing-colleague-title-{task}") };
    let signed = found.map(|(_, signed)| *signed);
    let view = ColleaguePage {
        page: platform.site.frame(language, &format!("/{language}"), i18n::word(language, &title_key)),
        outcome,
        task,
        address: request.path().to_owned(),
        reference: signed.as_ref().map(|(signature, _)| signature.reference.clone()).unwrap_or_default(),
        place: signed
            .as_ref()
            .map(|(_, of)| directory.place(of.location_label.as_deref(), of.iso3.as_deref(), language))
            .unwrap_or_default(),
        title: signed
            .as_ref()
            .filter(|(signature, _)| signature.text_version_id == campaign.text.id)
            .and_then(|_| campaign.text.translations.get(&language).map(|text| text.title.clone())),
        name: signed.and_then(|(_, of)| of.name),
    };
    Ok(platform.site.personal_page(status, "signing/colleague.html", language, &view)?)
}
