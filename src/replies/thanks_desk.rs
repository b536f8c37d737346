//! The letter that thanks for a meeting (R42), drafted at the desk as text and for Word. It is kept nowhere, and takes nothing from what was said: only
//! what somebody types here joins it. Must not send anything.

use actix_web::{
    HttpResponse,
    http::{
        StatusCode,
        header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE},
    },
    web,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{desk::choices, meetings_desk::meeting_of};
use crate::{
    accounts::{Permission, SignedIn},
    campaigns,
    domain::{email::file_name, letter::PostKind, meeting::MeetingStatus, prose, wording::LetterWords},
    letters::{
        draft, drafting,
        thanks::{self, Thanks},
        word, words,
    },
    platform::{
        Platform,
        http::{
            forms::{Choice, FormErrorView, FormErrors},
            frame::Frame,
            problem::Problem,
        },
        typeset::LetterPage,
    },
    states::{self, posts},
};

const LONGEST: usize = 5000;

/// The desk's addresses.
pub(super) fn routes(config: &mut web::ServiceConfig) {
    config.route("/desk/meetings/{id}/thanks", web::get().to(show)).route("/desk/meetings/{id}/thanks", web::post().to(draft_again));
}

#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(default)]
struct ThanksForm {
    post: String,
    language: String,
    /// Paragraphs of a person's own.
    words: String,
    /// "docx": the file.
    format: String,
}

#[derive(Serialize)]
struct ThanksPage<'a> {
    page: Frame<'a>,
    errors: Vec<FormErrorView>,
    meeting: String,
    country: String,
    form: &'a ThanksForm,
    posts: Vec<Choice>,
    languages: Vec<Choice>,
    draft: Option<DraftView>,
}

#[derive(Serialize)]
struct DraftView {
    language: &'static str,
    dir: &'static str,
    text: String,
}

async fn show(
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: web::Data<campaigns::Register>,
    states: web::Data<states::Register>,
    id: web::Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    answer(&platform, &staff, &campaigns, &states, *id, None).await
}

async fn draft_again(
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: web::Data<campaigns::Register>,
    states: web::Data<states::Register>,
    id: web::Path<Uuid>,
    body: web::Bytes,
) -> Result<HttpResponse, Problem> {
    let form: ThanksForm = staff.form(&body)?;
    answer(&platform, &staff, &campaigns, &states, *id, Some(form)).await
}

/// The page or the file. Without a form: to the office one met, in its own language; an office that is not known is chosen first.
async fn answer(
    platform: &Platform,
    staff: &SignedIn,
    campaigns: &campaigns::Register,
    states: &states::Register,
    id: Uuid,
    sent: Option<ThanksForm>,
) -> Result<HttpResponse, Problem> {
    staff.require(Permission::RecordReplies)?;
    let (campaign, directory) = (campaigns.get(platform).await?, states.get(platform).await?);
    let row = meeting_of(platform, &campaign, id).await?;
    let state = directory.state(&row.iso3).ok_or(Problem::NotFound)?;
    let met_on = row.met_on.filter(|_| row.status == MeetingStatus::Held.key() && campaign.config.thanks.is_some());
    let met_on = met_on.ok_or(Problem::NotFound)?;
    let is_sent = sent.is_some();
    let mut form = sent.unwrap_or_else(|| ThanksForm { post: row.post_kind.clone().unwrap_or_default(), ..ThanksForm::default() });
    let (db, now) = (platform.database.read(), platform.clock.now());
    let mut errors = FormErrors::default();
    let post = form.post.parse::<PostKind>().ok().map(|post| drafting::post_kind(state, post.key()));
    if post.is_none() && is_sent {
        errors.add("post", "meeting-error-post");
    }
    let holder = match post {
        Some(_) => posts::of_state(db, &row.iso3, &form.post, now.date_naive()).await?,
        None => None,
    };
    let entry = holder.and_then(|holder| holder.addressee);
    if form.language.is_empty() {
        let wish = entry.as_ref().and_then(|entry| entry.language.as_deref());
        form.language = drafting::language_of_state(&campaign.config, state, wish).code().to_owned();
    }
    let language = campaign.config.language_of_letters(&form.language);
    if language.is_none() {
        errors.add("language", "meeting-error-language");
    }
    let typed = prose::clean(&form.words).filter(|words| words.chars().count() <= LONGEST);
    if typed.is_none() {
        errors.add("words", "meeting-error-words");
    }
    let mut letter: Option<LetterPage> = None;
    if let (Some(post), Some(language), Some(typed), true) = (post, language, typed, errors.is_empty()) {
        let newest = words::newest(db, campaign.id).await?.ok_or_else(|| anyhow::anyhow!("the campaign has no words for letters"))?;
        let words: LetterWords = serde_json::from_value(newest.blocks)?;
        let entry = entry.as_ref();
        let about = Thanks { campaign: &campaign.config, words: &words, state, post, entry, language, met_on, dated_on: now.date_naive() };
        letter = Some(thanks::letter(&about, &typed).map_err(anyhow::Error::from)?);
    }
    if let Some(page) = letter.as_ref().filter(|_| form.format == "docx") {
        let name = file_name(&campaign.config.sender.reference_prefix, &row.iso3, page.language, now.date_naive(), "docx");
        return Ok(HttpResponse::Ok()
            .insert_header((CONTENT_TYPE, word::MEDIA_TYPE))
            .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
            .insert_header((CACHE_CONTROL, "no-store"))
            .body(word::document(&platform.site.templates, page, now)?));
    }
    let of_letters = campaign.config.languages_of_letters();
    let view = ThanksPage {
        page: staff.frame(platform, "meeting-thanks"),
        errors: errors.view(staff.language),
        meeting: format!("/desk/meetings/{id}"),
        country: directory.name(&row.iso3, staff.language).to_owned(),
        form: &form,
        posts: choices(staff, "letters-post", PostKind::ALL.iter().map(|post| post.key())),
        languages: of_letters.iter().copied().map(Choice::language).collect(),
        draft: letter.map(|page| DraftView {
            language: page.language.code(),
            dir: page.language.direction(),
            text: draft::plain_text(&page, &[]),
        }),
    };
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(platform.site.personal_page(status, "replies/meeting_thanks.html", staff.language, &view)?)
}
