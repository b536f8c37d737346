//! The method note: the rule in words, with the numbers this campaign uses. Must show the numbers from the configuration, never a copy.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;

use crate::{
    campaigns::{self, markdown},
    domain::{language::Language, position::RULE_VERSION},
    platform::{
        Platform,
        http::{frame::Frame, problem::Problem, visitor::Visitor},
        i18n,
    },
};

/// English is the text that counts; the numbers beside it are in every language.
const NOTE: &str = include_str!("../../docs/method.md");

#[derive(Serialize)]
struct MethodPage<'a> {
    page: Frame<'a>,
    html: String,
    is_english: bool,
    version: i32,
    half_life_years: String,
    kinds: Vec<Weight>,
    coders: Vec<Weight>,
    thresholds: Vec<Threshold>,
    threshold: i64,
}

#[derive(Serialize)]
struct Weight {
    key: String,
    weight: String,
}

#[derive(Serialize)]
struct Threshold {
    stance: String,
    least: Option<String>,
}

pub(super) async fn show(
    request: HttpRequest,
    visitor: Visitor,
    platform: web::Data<Platform>,
    campaigns: web::Data<campaigns::Register>,
) -> Result<HttpResponse, Problem> {
    let language = visitor.language;
    let render = async || {
        let campaign = campaigns.get(&platform).await?;
        let rule = &campaign.config.derivation;
        let heaviest_first = |weights: &std::collections::BTreeMap<String, f64>| {
            let mut weights: Vec<_> = weights.iter().collect();
            weights.sort_by(|a, b| b.1.total_cmp(a.1));
            weights.into_iter().map(|(key, weight)| Weight { key: key.clone(), weight: format!("{weight:.1}") }).collect()
        };
        let view = MethodPage {
            page: platform.site.frame(language, request.path(), i18n::word(language, "publishing-method-title")),
            html: markdown::to_html(&markdown::split_title(NOTE).1),
            is_english: language == Language::En,
            version: RULE_VERSION,
            half_life_years: format!("{:.1}", f64::from(i32::try_from(rule.half_life_days).unwrap_or(i32::MAX)) / 365.25),
            kinds: heaviest_first(&rule.weight),
            coders: heaviest_first(&rule.confidence),
            thresholds: campaign
                .config
                .levels()
                .map(|level| Threshold {
                    stance: level.key.clone(),
                    least: rule.threshold.get(&level.key).map(|least| format!("{least:+.1}")),
                })
                .collect(),
            threshold: campaign.config.sign_on.small_cell_threshold,
        };
        Ok(platform.site.templates.render("publishing/method.html", language, &view)?)
    };
    platform.pages.page(&request, render).await
}
