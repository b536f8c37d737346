//! The public list of signatories: by kind, country and search, in pages, and as CSV. Must show no name that is not in the roll.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    web,
};
use chrono::{DateTime, NaiveDate, Utc};
use futures_util::stream;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    counts::{self, HeadlineView},
    logos,
    roll::{self, Filter},
    roll_register, waves,
};
use crate::{
    campaigns,
    domain::{
        headline::country_table,
        language::Language,
        signature::{SignatoryKind, Visibility},
    },
    platform::{
        Platform,
        documents::csv::Sheet,
        http::{
            forms::{self, Choice},
            frame::Frame,
            problem::Problem,
            visitor::Visitor,
        },
        i18n,
    },
    states,
};

const PAGE: usize = 100;
/// Lines of a sheet read at a time.
const PART: usize = 500;

/// The list's addresses.
pub fn routes(config: &mut web::ServiceConfig) {
    config.route("/{lang}/signatories", web::get().to(show)).route("/{lang}/signatories.csv", web::get().to(download));
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ListQuery {
    kind: String,
    country: String,
    q: String,
    page: usize,
}

impl ListQuery {
    fn filter(&self) -> Filter {
        Filter {
            kind: self.kind.parse().ok(),
            iso3: Some(self.country.clone()).filter(|iso3| !iso3.is_empty()),
            search: self.q.chars().take(200).collect(),
        }
    }

    fn address(&self, page: usize) -> String {
        let pairs = [("kind", self.kind.clone()), ("country", self.country.clone()), ("q", self.q.clone()), ("page", page.to_string())];
        let given: Vec<_> = pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        format!("?{}", serde_html_form::to_string(given).unwrap_or_default())
    }
}

#[derive(Serialize)]
struct ListPage<'a> {
    page: Frame<'a>,
    counts: HeadlineView,
    names: Vec<PrintedLine>,
    kind: String,
    country: String,
    q: String,
    kinds: Vec<Choice>,
    countries: Vec<Choice>,
    paging: Paging,
    withheld_here: Option<u32>,
    corrections: Vec<CorrectionView>,
    /// Published ones, newest first.
    waves: Vec<WaveView>,
    has_logos: bool,
    csv: String,
}

#[derive(Serialize)]
struct CorrectionView {
    day: NaiveDate,
    count: usize,
}

#[derive(Serialize)]
struct WaveView {
    number: i32,
    frozen_at: DateTime<Utc>,
}

/// A line as the list prints it.
#[derive(Serialize)]
pub(super) struct PrintedLine {
    /// None when no name is printed.
    name: Option<String>,
    original_name: Option<String>,
    affiliation: Option<String>,
    place: String,
}

impl PrintedLine {
    /// `original_name` is printed only where it is another one.
    pub(super) fn of(name: Option<&str>, original_name: Option<&str>, affiliation: Option<&str>, place: String) -> Self {
        Self {
            name: name.map(str::to_owned),
            original_name: original_name.filter(|own| Some(*own) != name).map(str::to_owned),
            affiliation: affiliation.map(str::to_owned),
            place,
        }
    }
}

#[derive(Serialize)]
struct Paging {
    from: usize,
    to: usize,
    total: usize,
    previous: String,
    next: String,
    pages: Vec<PageLink>,
}

#[derive(Serialize)]
struct PageLink {
    label: String,
    href: String,
    current: bool,
}

/// Links to the pages around the current one, the first and the last; where pages are left out stands an entry without address.
fn page_links(pages: usize, current: usize, address: impl Fn(usize) -> String) -> Vec<PageLink> {
    let mut links = Vec::new();
    let mut before = 0;
    for page in (1..=pages).filter(|page| pages <= 9 || *page == 1 || *page == pages || page.abs_diff(current) <= 2) {
        if page > before + 1 {
            links.push(PageLink { label: String::new(), href: String::new(), current: false });
        }
        links.push(PageLink { label: page.to_string(), href: address(page), current: page == current });
        before = page;
    }
    links
}

async fn show(
    request: HttpRequest,
    visitor: Visitor,
    platform: web::Data<Platform>,
    campaigns: web::Data<campaigns::Register>,
    states: web::Data<states::Register>,
    roll: web::Data<roll_register::Register>,
    counts: web::Data<counts::Register>,
) -> Result<HttpResponse, Problem> {
    let language = visitor.language;
    let query: ListQuery = forms::query(&request)?;
    let make = async || -> Result<String, Problem> {
        let (campaign, directory) = (campaigns.get(&platform).await?, states.get(&platform).await?);
        let roll = roll.get(&platform, &campaign, language).await?;
        let counts = counts.get(&platform, &campaign).await?;
        let (rows, headline) = (&counts.rows, counts.headline(&campaign, &directory));
        let filter = query.filter();
        let matching = roll.matching(language, &filter);
        let total = matching.len();
        let current = query.page.clamp(1, total.div_ceil(PAGE).max(1));
        let from = (current - 1) * PAGE;
        let printed = roll::lines(platform.database.read(), &campaign, &matching.some(from, PAGE)).await?;
        let names: Vec<PrintedLine> = printed
            .iter()
            .map(|line| {
                let place = directory.place(line.location_label.as_deref(), line.iso3.as_deref(), language);
                PrintedLine::of(line.name.as_deref(), line.original_name.as_deref(), line.affiliation.as_deref(), place)
            })
            .collect();
        let k = campaign.config.sign_on.smallest_cell();
        let table = country_table(rows, k);
        let named = roll.countries();
        let countries = directory.by_name(language).filter(|state| named.contains(state.iso3.as_str()));
        let withheld_here = filter.iso3.as_ref().and_then(|iso3| {
            let named = rows.iter().filter(|row| row.iso3 == *iso3 && row.visibility == Visibility::Named && !row.labelled);
            // As many as the table by country includes: else this line would tell what the table hides (R14).
            let figure = table.rows.iter().find(|row| row.iso3 == *iso3).and_then(|row| row.figure)?;
            figure.checked_sub(named.map(|row| row.total).sum()).filter(|withheld| *withheld > 0)
        });
        let pages = total.div_ceil(PAGE).max(1);
        let view = ListPage {
            page: platform.site.frame(language, request.path(), i18n::word(language, "site-nav-signatories")),
            counts: HeadlineView::from(&headline),
            kinds: SignatoryKind::ALL
                .iter()
                .map(|kind| Choice::new(kind.key().to_owned(), i18n::word(language, &format!("roll-kind-{kind}"))))
                .collect(),
            countries: countries.map(|state| Choice::new(state.iso3.clone(), state.forms.name(language).to_owned())).collect(),
            paging: Paging {
                from: if total == 0 { 0 } else { from + 1 },
                to: from + names.len(),
                total,
                previous: if current > 1 { query.address(current - 1) } else { String::new() },
                next: if current < pages { query.address(current + 1) } else { String::new() },
                pages: page_links(pages, current, |page| query.address(page)),
            },
            names,
            withheld_here,
            corrections: roll.corrections().map(|(day, count)| CorrectionView { day, count }).collect(),
            has_logos: campaign.config.sign_on.logos && !logos::shown(platform.database.read(), &campaign).await?.is_empty(),
            waves: waves::published(platform.database.read(), campaign.id)
                .await?
                .into_iter()
                .map(|wave| WaveView { number: wave.number, frozen_at: wave.frozen_at })
                .collect(),
            csv: format!("/{language}/signatories.csv{}", query.address(1)),
            kind: query.kind.clone(),
            country: query.country.clone(),
            q: query.q.clone(),
        };
        Ok(platform.site.templates.render("signing/signatories.html", language, &view)?)
    };
    platform.pages.page(&request, make).await
}

async fn download(
    request: HttpRequest,
    visitor: Visitor,
    platform: web::Data<Platform>,
    campaigns: web::Data<campaigns::Register>,
    states: web::Data<states::Register>,
    roll: web::Data<roll_register::Register>,
) -> Result<HttpResponse, Problem> {
    let language = visitor.language;
    let query: ListQuery = forms::query(&request)?;
    let (campaign, directory) = (campaigns.get(&platform).await?, states.get(&platform).await?);
    let ids = roll.get(&platform, &campaign, language).await?.matching(language, &query.filter()).all();
    let mut sheet = Sheet::new(true);
    sheet.row(["kind", "name", "original_name", "affiliation", "place", "country"]).map_err(anyhow::Error::from)?;
    let rest = Rest { platform, campaign, directory, language, sheet, ids, next: 0 };
    let parts = stream::try_unfold(rest, async |mut rest: Rest| rest.part().await.map(|part| part.map(|bytes| (bytes, rest))));
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/csv; charset=utf-8"))
        .insert_header((CONTENT_DISPOSITION, "attachment; filename=\"signatories.csv\""))
        .streaming(parts))
}

/// A sheet while it is sent: a few hundred lines are held at a time.
struct Rest {
    platform: web::Data<Platform>,
    campaign: Arc<campaigns::Current>,
    directory: Arc<states::Directory>,
    language: Language,
    sheet: Sheet,
    ids: Vec<Uuid>,
    next: usize,
}

impl Rest {
    /// The next lines; nothing when all were sent.
    async fn part(&mut self) -> anyhow::Result<Option<web::Bytes>> {
        let ids = self.ids.get(self.next..).unwrap_or_default();
        if ids.is_empty() {
            let head = self.sheet.take()?;
            return Ok(Some(head).filter(|head| !head.is_empty()).map(web::Bytes::from));
        }
        let ids = ids.get(..PART.min(ids.len())).unwrap_or_default();
        for line in roll::lines(self.platform.database.read(), &self.campaign, ids).await? {
            let place = self.directory.place(line.location_label.as_deref(), line.iso3.as_deref(), self.language);
            let country = line.shown_country().unwrap_or_default().to_owned();
            let of = Option::unwrap_or_default;
            self.sheet.row([line.kind, of(line.name), of(line.original_name), of(line.affiliation), place, country])?;
        }
        self.next += ids.len();
        Ok(Some(self.sheet.take()?.into()))
    }
}
