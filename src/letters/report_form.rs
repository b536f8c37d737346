//! Where somebody tells that they have written to a government themselves (R35, R45). Keeps what the form asks for and nothing about who filled it
//! in; a robot's form is answered like any other and kept nowhere. Must hold no rule.

use actix_multipart::Multipart;
use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use chrono::{Duration, NaiveDate};
use serde::{Deserialize, Serialize};

use super::{
    desk::post_key,
    own_letter,
    reports::{self, NewReport},
};
use crate::{
    campaigns::{self, Current},
    domain::{
        language::Language,
        letter::Channel,
        name::{NameFault, clean_name},
    },
    platform::{
        Platform,
        files::NewFile,
        http::{
            forms::{self, Choice, FormErrorView, FormErrors},
            frame::Frame,
            problem::Problem,
            upload::{self, KnownFile, SentFile, Upload},
            visitor::{self, Visitor},
        },
        i18n, throttle,
    },
    states::{self, Directory, addressees},
};

/// Reports one network may send in an hour: an office with many letters to tell of.
const PER_NETWORK: i32 = 30;
/// The largest proof that is kept.
const LARGEST_PROOF: usize = 5 * 1024 * 1024;
/// Days back that a letter may have been sent: who wrote a year before the campaign's next event wrote about something else.
const LONGEST_AGO: i64 = 365;

/// The room's addresses; before those that take any last part.
pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/{lang}/write/sent", web::get().to(show))
        .route("/{lang}/write/sent", web::post().to(report))
        .route("/{lang}/write/sent/thanks", web::get().to(thanks));
}

/// What was typed. Everything is text: a wrong value comes back as typed.
#[derive(Clone, Debug, Default, Serialize)]
struct ReportForm {
    state: String,
    posts: Vec<String>,
    name: String,
    sent_on: String,
    way: String,
}

/// What a link to the form carries.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    state: String,
    post: String,
}

struct Checked<'a> {
    iso3: String,
    posts: Vec<&'static str>,
    organisation: String,
    sent_on: NaiveDate,
    channel: Channel,
    proof: Option<KnownFile<'a>>,
}

impl ReportForm {
    fn check<'a>(
        &self,
        file: &'a SentFile,
        directory: &Directory,
        campaign: &Current,
        today: NaiveDate,
    ) -> Result<Checked<'a>, FormErrors> {
        let mut errors = FormErrors::default();
        let state = directory.state(self.state.trim());
        if state.is_none() {
            errors.add("state", "own-letter-error-state");
        }
        let posts: Vec<&'static str> =
            addressees::kinds().map(|kind| kind.key()).filter(|kind| self.posts.iter().any(|chosen| chosen == kind)).collect();
        if posts.is_empty() || self.posts.iter().any(|chosen| !posts.contains(&chosen.as_str())) {
            errors.add("posts", "own-letter-error-post");
        }
        let name = clean_name(&self.name).map_err(|fault| {
            let key = match fault {
                NameFault::Empty => "own-letter-error-name-empty",
                NameFault::TooShort | NameFault::TooLong => "own-letter-error-name-length",
                _ => "own-letter-error-name-characters",
            };
            errors.add("name", key);
        });
        if name.as_ref().is_ok_and(|name| own_letter::is_ours(campaign, name)) {
            errors.add("name", "own-letter-error-name-ours");
        }
        // East of here it is tomorrow already.
        let possible = today - Duration::days(LONGEST_AGO)..=today + Duration::days(1);
        let sent_on = self.sent_on.trim().parse::<NaiveDate>().ok().filter(|day| possible.contains(day));
        if sent_on.is_none() {
            errors.add("sent_on", "written-error-day");
        }
        let channel = self.way.parse::<Channel>().map_err(|_| errors.add("way", "letters-error-channel"));
        let proof = match file {
            SentFile::None => Ok(None),
            SentFile::TooLarge => Err("letters-error-proof-large"),
            SentFile::Sent { name, content } => upload::scan(name, content).map(Some).ok_or("letters-error-proof-kind"),
        };
        let proof = proof.map_err(|key| errors.add("file", key));
        match (state, name, sent_on, channel, proof) {
            (Some(state), Ok(organisation), Some(sent_on), Ok(channel), Ok(proof)) if errors.is_empty() => {
                Ok(Checked { iso3: state.iso3.clone(), posts, organisation, sent_on, channel, proof })
            }
            _ => Err(errors),
        }
    }
}

#[derive(Serialize)]
struct ReportPage<'a> {
    page: Frame<'a>,
    errors: Vec<FormErrorView>,
    form: &'a ReportForm,
    states: Vec<Choice>,
    posts: Vec<Choice>,
    ways: Vec<Choice>,
    is_done: bool,
}

fn form_page(
    platform: &Platform,
    directory: &Directory,
    language: Language,
    form: &ReportForm,
    errors: &FormErrors,
    (status, is_done): (StatusCode, bool),
) -> Result<HttpResponse, Problem> {
    let word = |key: &str| i18n::word(language, key);
    let states = directory.by_name(language).map(|state| Choice::new(state.iso3.clone(), state.forms.name(language).to_owned()));
    let path = format!("/{language}/write/sent{}", if is_done { "/thanks" } else { "" });
    let view = ReportPage {
        page: platform.site.frame(language, &path, word("written-tell-title")),
        errors: errors.view(language),
        form,
        states: states.collect(),
        posts: addressees::kinds().map(|kind| Choice::new(kind.key(), word(&post_key(kind.key())))).collect(),
        ways: Channel::ALL.iter().map(|way| Choice::new(way.key(), word(&format!("letters-channel-{}", way.key())))).collect(),
        is_done,
    };
    Ok(platform.site.personal_page(status, "letters/report_form.html", language, &view)?)
}

async fn show(
    request: HttpRequest,
    visitor: Visitor,
    platform: web::Data<Platform>,
    states: web::Data<states::Register>,
) -> Result<HttpResponse, Problem> {
    let asked: Asked = forms::query(&request)?;
    let form = ReportForm { state: asked.state, posts: vec![asked.post], ..ReportForm::default() };
    let as_usual = (StatusCode::OK, false);
    form_page(&platform, &*states.get(&platform).await?, visitor.language, &form, &FormErrors::default(), as_usual)
}

async fn thanks(visitor: Visitor, platform: web::Data<Platform>, states: web::Data<states::Register>) -> Result<HttpResponse, Problem> {
    let directory = states.get(&platform).await?;
    form_page(&platform, &directory, visitor.language, &ReportForm::default(), &FormErrors::default(), (StatusCode::OK, true))
}

/// Five statements for a report of one post, and one more of the trail for each: limit, what is known, file, row.
async fn report(
    request: HttpRequest,
    visitor: Visitor,
    platform: web::Data<Platform>,
    campaigns: web::Data<campaigns::Register>,
    states: web::Data<states::Register>,
    body: Multipart,
) -> Result<HttpResponse, Problem> {
    let mut sent = Upload::read(body, LARGEST_PROOF).await?;
    let language = visitor.language;
    let thanked = || Ok(HttpResponse::SeeOther().insert_header(("location", format!("/{language}/write/sent/thanks"))).finish());
    if !sent.field("website").is_empty() {
        // A robot filled the field no person sees: it gets the page everybody gets.
        return thanked();
    }
    let form = ReportForm {
        state: sent.take("state"),
        posts: sent.take_all("posts"),
        name: sent.take("name"),
        sent_on: sent.take("sent_on"),
        way: sent.take("way"),
    };
    let (campaign, directory) = (campaigns.get(&platform).await?, states.get(&platform).await?);
    let again = |errors: &FormErrors, status| form_page(&platform, &directory, language, &form, errors, (status, false));
    let now = platform.clock.now();
    let checked = match form.check(&sent.file, &directory, &campaign, now.date_naive()) {
        Ok(checked) => checked,
        Err(errors) => return again(&errors, StatusCode::UNPROCESSABLE_ENTITY),
    };
    if let Some(from) = visitor::source(&request, platform.proxies) {
        let bucket = format!("letter-report:{}", platform.keys.network_hash(from, now.date_naive()));
        if !throttle::allow(platform.database.write(), &bucket, PER_NETWORK, Duration::hours(1), now).await? {
            let mut errors = FormErrors::default();
            errors.add("state", "written-error-too-many");
            return again(&errors, StatusCode::TOO_MANY_REQUESTS);
        }
    }
    let proof = checked.proof.as_ref();
    let new = NewReport {
        iso3: &checked.iso3,
        posts: checked.posts,
        organisation: &checked.organisation,
        sent_on: checked.sent_on,
        channel: checked.channel,
        proof: proof.map(|file| NewFile { media_type: file.media_type, file_name: &file.file_name, content: file.content }),
    };
    reports::keep(&platform, campaign.id, &new).await?;
    thanked()
}
