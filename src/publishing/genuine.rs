//! "Is this message from us?" (R80): what our mails look like, and what a reference stands for. A letter is confirmed only once it has left, with
//! its day and the office it went to, so that a copied reference on another letter is noticed. Of a signature it must say only that it exists:
//! whoever asks may be anybody. Never kept finished: it is right at once.

use actix_multipart::Multipart;
use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::genuine_files;
use crate::{
    campaigns::{self, Current},
    domain::{
        language::Language,
        reference::{Reference, find_references},
    },
    entities::signature,
    letters::{
        drafting,
        store::{self, Asked},
    },
    platform::{
        Platform, formats,
        http::{
            forms::{self, FormErrorView, FormErrors},
            frame::Frame,
            problem::Problem,
            upload::{SentFile, Upload},
            visitor::Visitor,
        },
        i18n,
    },
    states::{self, Directory},
};

/// The largest file that is compared; a letter with its annex stays below 1 MB.
const LARGEST_FILE: usize = 4 * 1024 * 1024;

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
    /// The line of a key file.
    key: String,
}

#[derive(Serialize)]
struct Answer {
    /// Kind of notice.
    kind: &'static str,
    title: String,
    text: String,
    /// SHA-256 of the PDF that left us.
    sha256: Option<String>,
    /// Where the signature of that PDF is.
    signature: Option<String>,
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
    page(&platform, &campaign, (language, request.path()), typed, &errors, answer)
}

fn page(
    platform: &Platform,
    campaign: &Current,
    (language, path): (Language, &str),
    reference: String,
    errors: &FormErrors,
    answer: Option<Answer>,
) -> Result<HttpResponse, Problem> {
    let view = GenuinePage {
        page: platform.site.frame(language, path, i18n::word(language, "publishing-genuine-title")),
        errors: errors.view(language),
        site: platform.site.base_url.clone(),
        sender: platform.mail_from.clone(),
        prefix: campaign.config.sender.reference_prefix.clone(),
        reference,
        answer,
        key: genuine_files::allowed(platform)?,
    };
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(platform.site.page(status, "publishing/genuine.html", language, &view)?)
}

/// Whether a file is a letter that left us, to the byte (R46). The file is not kept.
pub(super) async fn compare(
    request: HttpRequest,
    visitor: Visitor,
    platform: web::Data<Platform>,
    campaigns: web::Data<campaigns::Register>,
    states: web::Data<states::Register>,
    body: Multipart,
) -> Result<HttpResponse, Problem> {
    let language = visitor.language;
    let sent = Upload::read(body, LARGEST_FILE).await?.file;
    let (campaign, directory) = (campaigns.get(&platform).await?, states.get(&platform).await?);
    let mut errors = FormErrors::default();
    let mut answer = None;
    match sent {
        SentFile::None => errors.add("file", "publishing-error-file"),
        SentFile::TooLarge => errors.add("file", "publishing-error-file-large"),
        SentFile::Sent { content, .. } => {
            let sha256 = web::block(move || hex::encode(Sha256::digest(&content))).await.map_err(anyhow::Error::from)?;
            let letter = store::issued_as(platform.database.read(), &sha256).await?;
            answer = Some(match letter.as_ref().and_then(|letter| about(letter, &directory, language)) {
                Some(answer) => answer,
                None => Answer { sha256: Some(sha256), ..say(language, "bad", "other-file", &i18n::Args::new()) },
            });
        }
    }
    page(&platform, &campaign, (language, request.path()), String::new(), &errors, answer)
}

fn named(reference: String) -> i18n::Args {
    i18n::args([("reference", reference.into())])
}

fn say(language: Language, kind: &'static str, key: &str, args: &i18n::Args) -> Answer {
    Answer {
        kind,
        title: i18n::word(language, &format!("publishing-genuine-{key}-title")),
        text: i18n::text(language, &format!("publishing-genuine-{key}"), args),
        sha256: None,
        signature: None,
    }
}

/// What a reference stands for, if for anything of ours. At most five queries, each by an index.
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
    Ok(about(&letter, directory, language).or_else(|| Some(say(language, "bad", "unsent", &args))))
}

/// When a letter left and to which office; none while it has not left.
fn about(letter: &Asked, directory: &Directory, language: Language) -> Option<Answer> {
    let (left_at, state) = (letter.left_at?, directory.state(&letter.iso3)?);
    let post = drafting::post_kind(state, &letter.post).key().replace('_', "-");
    let args = i18n::args([
        ("reference", letter.reference.clone().into()),
        ("date", formats::day(language, left_at.date_naive()).into()),
        ("post", i18n::word(language, &format!("letters-post-{post}")).into()),
        ("state", directory.name(&letter.iso3, language).to_owned().into()),
    ]);
    let signature = letter.sha256.as_ref().map(|_| genuine_files::address(&letter.reference));
    Some(Answer { sha256: letter.sha256.clone(), signature, ..say(language, "good", "sent", &args) })
}
