//! The page of a round's open letter: its text in a language, what the checks found, and the files to take along, once nothing stops it. Must hold no
//! rule.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    board::FindingView,
    desk::{Choice, language_choices},
    jobs,
    open_letter::{self, OpenLetter},
    service::RoundError,
    store::{self, Loaded},
    word,
};
use crate::{
    accounts::{Permission, SignedIn},
    campaigns::{self, Current},
    domain::{checks, email::file_name, language::Language},
    platform::{
        Platform, formats,
        http::{forms, frame::Frame, problem::Problem, upload},
        i18n,
        typeset::Template,
    },
    states,
};

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    language: String,
}

#[derive(Serialize)]
struct OpenPage<'a> {
    page: Frame<'a>,
    round_id: Uuid,
    round_name: String,
    wave: String,
    dated_on: String,
    languages: Vec<Choice>,
    language: &'static str,
    dir: &'static str,
    subject: String,
    text: String,
    findings: Vec<FindingView>,
    stopped: bool,
}

/// What every request of this page needs.
struct Asking {
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaign: std::sync::Arc<Current>,
    loaded: Loaded,
    language: Language,
    letter: OpenLetter,
}

type Register<T> = web::Data<T>;

async fn ask(
    request: &HttpRequest,
    platform: web::Data<Platform>,
    staff: SignedIn,
    (campaigns, states): (Register<campaigns::Register>, Register<states::Register>),
    round: Uuid,
) -> Result<Asking, Problem> {
    staff.require(Permission::ReadDesk)?;
    let query: Asked = forms::query(request)?;
    let (campaign, directory) = (campaigns.get(&platform).await?, states.get(&platform).await?);
    let language = campaign.config.language_of_letters(&query.language).unwrap_or(campaign.config.authoritative);
    let db = platform.database.read();
    let missing = |error| match error {
        RoundError::Missing => Problem::NotFound,
        other => anyhow::Error::from(other).into(),
    };
    let loaded = store::load(db, round).await.map_err(missing)?;
    let now = platform.clock.now();
    let letter = open_letter::write(db, &platform, &campaign, &directory, &loaded, language, now).await.map_err(missing)?;
    Ok(Asking { platform, staff, campaign, loaded, language, letter })
}

impl Asking {
    fn is_stopped(&self) -> bool {
        checks::blockers(&self.letter.findings) > 0
    }

    fn page(&self, status: StatusCode) -> Result<HttpResponse, Problem> {
        let (reader, round) = (self.staff.language, &self.loaded.round);
        let content = &self.letter.content;
        let mut findings = self.letter.findings.clone();
        findings.sort_by_key(|finding| !finding.blocks());
        let view = OpenPage {
            page: self.staff.frame(&self.platform, "letters-open"),
            round_id: round.id,
            round_name: round.name.clone(),
            wave: i18n::text(reader, "roll-wave-title", &i18n::args([("number", i64::from(self.loaded.wave.number).into())])),
            dated_on: formats::day(reader, round.dated_on),
            languages: language_choices(&self.campaign.config),
            language: self.language.code(),
            dir: self.language.direction(),
            subject: content.page.subject.clone(),
            text: content.email.text.clone(),
            findings: findings.into_iter().map(FindingView::of).collect(),
            stopped: self.is_stopped(),
        };
        Ok(self.platform.site.page(status, "letters/open.html", reader, &view)?)
    }

    fn file(&self, extension: &str, media_type: &str, content: Vec<u8>) -> HttpResponse {
        let prefix = &self.campaign.config.sender.reference_prefix;
        let name = file_name(prefix, "open", self.language, self.loaded.round.dated_on, extension);
        upload::handed_back(&name, media_type.to_owned(), content)
    }
}

pub(super) async fn show(
    request: HttpRequest,
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: Register<campaigns::Register>,
    states: Register<states::Register>,
    round: web::Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    ask(&request, platform, staff, (campaigns, states), *round).await?.page(StatusCode::OK)
}

/// The letter as a file: `open.pdf`, `open.docx` or `open.txt`. While something stops it there is none, and the page says what.
pub(super) async fn file(
    request: HttpRequest,
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: Register<campaigns::Register>,
    states: Register<states::Register>,
    path: web::Path<(Uuid, String)>,
) -> Result<HttpResponse, Problem> {
    let (round, format) = path.into_inner();
    let asked = ask(&request, platform, staff, (campaigns, states), round).await?;
    if !["pdf", "docx", "txt"].contains(&format.as_str()) {
        return Err(Problem::NotFound);
    }
    if asked.is_stopped() {
        return asked.page(StatusCode::CONFLICT);
    }
    let (content, dated_at) = (&asked.letter.content, jobs::dated_at(&asked.loaded));
    Ok(match format.as_str() {
        "pdf" => {
            let typeset =
                asked.platform.typesetter.typeset(Template::Letter, &content.page, dated_at).await.map_err(anyhow::Error::from)?;
            asked.file("pdf", "application/pdf", typeset.pdf)
        }
        "docx" => asked.file("docx", word::MEDIA_TYPE, word::document(&asked.platform.site.templates, &content.page, dated_at)?),
        _ => asked.file("txt", "text/plain; charset=utf-8", content.email.text.clone().into_bytes()),
    })
}
