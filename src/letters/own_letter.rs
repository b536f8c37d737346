//! The letter anyone may send in their own organisation's name (R35): choose a state, an office and a language; get the subject, the text, the
//! PDF and how to send it. Nothing typed here is stored. Must not draft by rules of its own.

use std::collections::BTreeMap;

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE},
    },
    web,
};
use chrono::{Duration, NaiveDate};
use serde::{Deserialize, Serialize};

use super::{
    addressing::Recipient,
    draft::{self, Content, Sender},
    drafting::post_kind,
    facts,
    present::Present,
    report_form, word,
};
use crate::{
    campaigns::{self, Current},
    domain::{
        address::Relation,
        blocks::{Part, StateFacts},
        email::file_name,
        language::Language,
        letter::PostKind,
        likeness,
        name::{NameFault, clean_name},
        text::TranslationStatus,
    },
    entities::addressee,
    platform::{
        Platform,
        http::{
            forms::{self, Choice, FormErrorView, FormErrors},
            frame::Frame,
            problem::Problem,
            visitor::{self, Visitor},
        },
        i18n, throttle,
        typeset::{LetterPage, Template, Typesetter},
    },
    states::{self, Directory, addressees, directory::StateEntry, posts},
};

/// Letters one network may ask for in an hour: typesetting is work.
const PER_NETWORK: i32 = 120;

/// The room's public addresses.
pub fn routes(config: &mut web::ServiceConfig) {
    report_form::routes(config);
    config
        .route("/{lang}/write", web::get().to(show_form))
        .route("/{lang}/write", web::post().to(write))
        .route("/{lang}/write/{format}", web::post().to(file));
}

/// What a visitor typed; a wrong value comes back as typed.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
struct OwnForm {
    state: String,
    post: String,
    language: String,
    name: String,
}

/// The same without a fault.
struct Order<'a> {
    state: &'a StateEntry,
    post: &'static str,
    language: Language,
    name: String,
}

impl OwnForm {
    fn check<'a>(&self, directory: &'a Directory, campaign: &Current, typesetter: &Typesetter) -> Result<Order<'a>, FormErrors> {
        let mut errors = FormErrors::default();
        let state = directory.state(self.state.trim());
        if state.is_none() {
            errors.add("state", "own-letter-error-state");
        }
        let post = posts::KINDS.into_iter().find(|kind| *kind == self.post);
        if post.is_none() {
            errors.add("post", "own-letter-error-post");
        }
        let language = campaign.config.language_of_letters(&self.language);
        if language.is_none() {
            errors.add("language", "own-letter-error-language");
        }
        let name = clean_name(&self.name).map_err(|fault| {
            let key = match fault {
                NameFault::Empty => "own-letter-error-name-empty",
                NameFault::TooShort | NameFault::TooLong => "own-letter-error-name-length",
                _ => "own-letter-error-name-characters",
            };
            errors.add("name", key);
        });
        if let Ok(name) = &name {
            if is_ours(campaign, name) {
                errors.add("name", "own-letter-error-name-ours");
            } else if !typesetter.uncovered(name).is_empty() {
                errors.add("name", "own-letter-error-name-characters");
            }
        }
        match (state, post, language, name) {
            (Some(state), Some(post), Some(language), Ok(name)) if errors.is_empty() => Ok(Order { state, post, language, name }),
            _ => Err(errors),
        }
    }
}

/// Whether a name is that of the coalition or its secretariat, in any language, or would be taken for it. The campaign's own titles are
/// nobody's name; whoever works for it may have a part of them in theirs.
pub(super) fn is_ours(campaign: &Current, name: &str) -> bool {
    let config = &campaign.config;
    let titles = config.name.0.values().chain(config.short_name.0.values());
    config.sender.name.0.values().any(|ours| likeness::imitates(name, ours)) || titles.into_iter().any(|title| likeness::same(name, title))
}

#[derive(Serialize)]
struct FormPage<'a> {
    page: Frame<'a>,
    errors: Vec<FormErrorView>,
    form: &'a OwnForm,
    states: Vec<Choice>,
    posts: Vec<Choice>,
    languages: Vec<Choice>,
}

fn form_page(
    platform: &Platform,
    (campaign, directory): (&Current, &Directory),
    language: Language,
    form: &OwnForm,
    errors: &FormErrors,
    status: StatusCode,
) -> Result<HttpResponse, Problem> {
    let states = directory.by_name(language).map(|state| Choice::new(state.iso3.clone(), state.forms.name(language).to_owned()));
    let post = |kind: &str| Choice::new(kind.to_owned(), post_label(language, kind));
    let of_letters = campaign.config.languages_of_letters();
    let view = FormPage {
        page: platform.site.frame(language, &format!("/{language}/write"), i18n::word(language, "own-letter-title")),
        errors: errors.view(language),
        form,
        states: states.collect(),
        posts: posts::KINDS.into_iter().map(post).collect(),
        languages: of_letters.iter().copied().map(Choice::language).collect(),
    };
    Ok(platform.site.page(status, "letters/own_form.html", language, &view)?)
}

fn post_label(language: Language, kind: &str) -> String {
    i18n::word(language, &format!("own-letter-post-{}", kind.replace('_', "-")))
}

async fn show_form(
    request: HttpRequest,
    visitor: Visitor,
    platform: web::Data<Platform>,
    campaigns: web::Data<campaigns::Register>,
    states: web::Data<states::Register>,
) -> Result<HttpResponse, Problem> {
    let mut form: OwnForm = forms::query(&request)?;
    if form.post.is_empty() {
        form.post = PostKind::ForeignMinister.key().to_owned();
    }
    if form.language.is_empty() {
        form.language = visitor.language.code().to_owned();
    }
    form.name.clear();
    let (campaign, directory) = (campaigns.get(&platform).await?, states.get(&platform).await?);
    form_page(&platform, (&campaign, &directory), visitor.language, &form, &FormErrors::default(), StatusCode::OK)
}

#[derive(Serialize)]
struct ResultPage<'a> {
    page: Frame<'a>,
    form: &'a OwnForm,
    state: String,
    /// The letter's own language and direction.
    language: &'static str,
    dir: &'static str,
    subject: String,
    text: String,
    unofficial: bool,
    posts: Vec<PostView>,
    file_name: String,
}

#[derive(Serialize)]
struct PostView {
    label: String,
    lines: Vec<String>,
    email: Option<String>,
    chosen: bool,
}

/// The letter, or the page that says what is missing.
async fn drafted(
    request: &HttpRequest,
    visitor: Visitor,
    platform: &Platform,
    campaign: &Current,
    directory: &Directory,
    form: &OwnForm,
) -> Result<Result<Own, HttpResponse>, Problem> {
    let again = |errors: &FormErrors, status| form_page(platform, (campaign, directory), visitor.language, form, errors, status).map(Err);
    platform.typesetter.ready().await.map_err(anyhow::Error::from)?;
    let order = match form.check(directory, campaign, &platform.typesetter) {
        Ok(order) => order,
        Err(errors) => return again(&errors, StatusCode::UNPROCESSABLE_ENTITY),
    };
    if let Some(from) = visitor::source(request, platform.proxies) {
        let now = platform.clock.now();
        let bucket = format!("own-letter:{}", platform.keys.network_hash(from, now.date_naive()));
        if !throttle::allow(platform.database.write(), &bucket, PER_NETWORK, Duration::hours(1), now).await? {
            let mut errors = FormErrors::default();
            errors.add("state", "own-letter-error-too-many");
            return again(&errors, StatusCode::TOO_MANY_REQUESTS);
        }
    }
    Ok(Ok(own_letter(platform, campaign, directory, &order).await?))
}

/// A letter in somebody's own name.
struct Own {
    page: LetterPage,
    subject: String,
    text: String,
    unofficial: bool,
    posts: Vec<OfPost>,
}

/// An office one may write to.
struct OfPost {
    kind: &'static str,
    lines: Vec<String>,
    email: Option<String>,
}

/// What the register says of an office in public: read where anyone can read it, and looked at within the limit. Staff know more; and an office whose
/// entry is old is written to as an office.
fn is_public(entry: &addressee::Model, today: NaiveDate) -> bool {
    entry.source_url.as_deref().is_some_and(|source| source.starts_with("http")) && !addressees::is_stale(entry, today)
}

async fn own_letter(platform: &Platform, campaign: &Current, directory: &Directory, order: &Order<'_>) -> Result<Own, Problem> {
    let db = platform.database.read();
    let present = Present::read(platform, campaign, directory).await?.ok_or(Problem::NotFound)?;
    let (words, today) = (&present.words, present.today);
    // No annex goes with it: the letter cites the numbers of the newest wave, and nobody by name.
    let mut known = facts::of_all_states(db, (campaign.id, &campaign.config), directory, &[], today).await?;
    let known = known.remove(&order.state.iso3).unwrap_or_default();
    let occasion = present.occasion(platform.site.base_url.clone());
    // In a sentence that runs the other way, the name keeps its own direction.
    let is_foreign = order.language.direction() == "rtl" && order.name.chars().any(|c| c.is_ascii_alphabetic());
    let sender = Sender {
        name: if is_foreign { format!("\u{2068}{}\u{2069}", order.name) } else { order.name.clone() },
        lines: Vec::new(),
        place: String::new(),
        signatory: String::new(),
        reply_to: order.name.clone(),
    };
    let region = directory.region_name(order.state, order.language);
    // No check of the domain: it would judge the name somebody typed. What is missing in our words is ours.
    let mut entries = BTreeMap::new();
    for kind in posts::KINDS {
        let entry = posts::of_state(db, &order.state.iso3, kind, today).await?.and_then(|entry| entry.addressee);
        entries.extend(entry.filter(|entry| is_public(entry, today)).map(|entry| (kind, entry)));
    }
    let write = |kind: &str| {
        let recipient = Recipient { post: post_kind(order.state, kind), entry: entries.get(kind), relation: Relation::Own, earlier: None };
        draft::draft(&occasion, order.state, region, &known, &recipient, order.language, &sender, "-", &[])
    };
    let content = write(order.post);
    let facts = StateFacts { post: post_kind(order.state, order.post).condition_key().to_owned(), ..known.facts.clone() };
    let lacking = content.drafted.iter().find(|block| block.text.is_none()).map(|block| block.key.clone());
    if let Some(fault) = words.blocks.select(&facts).err().map(|faults| format!("{faults:?}")).or(lacking) {
        return Err(anyhow::anyhow!("the letter cannot be drafted: {fault}").into());
    }
    let of_post = |kind| OfPost { kind, lines: write(kind).page.addressee, email: entries.get(kind).and_then(|entry| entry.email.clone()) };
    let posts = posts::KINDS.into_iter().map(of_post).collect();
    let unofficial = words.texts.get(&order.language).is_some_and(|texts| texts.translation == TranslationStatus::Unofficial);
    let page = in_own_name(content, order);
    Ok(Own { text: draft::plain_text(&page, &[]), subject: page.subject.clone(), page, unofficial, posts })
}

/// Takes away what only the secretariat's letters have: a reference to quote, a page that vouches for it, an annex.
fn in_own_name(content: Content, order: &Order<'_>) -> LetterPage {
    let mut page = content.page;
    let parts = content.drafted.iter().filter(|block| block.text.is_some()).map(|block| block.part);
    let tail: Vec<Part> = parts.filter(|part| matches!(part, Part::Offer | Part::Closing)).collect();
    let mut tail = tail.into_iter();
    page.offer.retain(|_| tail.next() != Some(Part::Closing));
    page.title = format!("{} – {}", page.subject, order.name);
    (page.letterhead.name, page.signature.organisation) = (order.name.clone(), order.name.clone());
    (page.reference, page.verification, page.enclosures, page.cc, page.annex, page.translation_mark) = (None, None, None, None, None, None);
    page
}

fn name_of_file(campaign: &Current, form: &OwnForm, platform: &Platform, extension: &str) -> String {
    let language = Language::of_letters(&form.language).unwrap_or_default();
    file_name(&campaign.config.sender.reference_prefix, form.state.trim(), language, platform.clock.now().date_naive(), extension)
}

async fn write(
    request: HttpRequest,
    visitor: Visitor,
    platform: web::Data<Platform>,
    campaigns: web::Data<campaigns::Register>,
    states: web::Data<states::Register>,
    body: web::Bytes,
) -> Result<HttpResponse, Problem> {
    let form: OwnForm = forms::read(&body)?;
    let (campaign, directory) = (campaigns.get(&platform).await?, states.get(&platform).await?);
    let own = match drafted(&request, visitor, &platform, &campaign, &directory, &form).await? {
        Ok(own) => own,
        Err(page) => return Ok(page),
    };
    let language = visitor.language;
    let view =
        |of: OfPost| PostView { label: post_label(language, of.kind), lines: of.lines, email: of.email, chosen: of.kind == form.post };
    let to = own.posts.into_iter().map(view).collect();
    let letter_language = own.page.language;
    let view = ResultPage {
        page: platform.site.frame(language, &format!("/{language}/write"), i18n::word(language, "own-letter-result")),
        state: directory.name(form.state.trim(), language).to_owned(),
        language: letter_language.code(),
        dir: letter_language.direction(),
        subject: own.subject,
        text: own.text,
        unofficial: own.unofficial,
        posts: to,
        file_name: name_of_file(&campaign, &form, &platform, "pdf"),
        form: &form,
    };
    Ok(platform.site.personal_page(StatusCode::OK, "letters/own_result.html", language, &view)?)
}

/// The letter as a PDF, or for a word processor with room for the writer's own letterhead.
async fn file(
    request: HttpRequest,
    visitor: Visitor,
    platform: web::Data<Platform>,
    campaigns: web::Data<campaigns::Register>,
    states: web::Data<states::Register>,
    path: web::Path<(String, String)>,
    body: web::Bytes,
) -> Result<HttpResponse, Problem> {
    let media_type = match path.1.as_str() {
        "pdf" => "application/pdf",
        "docx" => word::MEDIA_TYPE,
        _ => return Err(Problem::NotFound),
    };
    let form: OwnForm = forms::read(&body)?;
    let (campaign, directory) = (campaigns.get(&platform).await?, states.get(&platform).await?);
    let own = match drafted(&request, visitor, &platform, &campaign, &directory, &form).await? {
        Ok(own) => own,
        Err(page) => return Ok(page),
    };
    let now = platform.clock.now();
    let content = if media_type == word::MEDIA_TYPE {
        word::document(&platform.site.templates, &own.page, now)?
    } else {
        platform.typesetter.typeset(Template::Letter, &own.page, now).await.map_err(anyhow::Error::from)?.pdf
    };
    let name = name_of_file(&campaign, &form, &platform, &path.1);
    // No cache keeps it: it holds a name somebody typed.
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, media_type))
        .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(content))
}
