//! The frame around every page: language, titles, navigation, styles, who is signed in. Must not query anything.

use std::{collections::BTreeMap, sync::Arc};

use actix_web::{
    HttpResponse,
    http::{
        StatusCode,
        header::{CACHE_CONTROL, HeaderValue},
    },
};
use serde::Serialize;

use crate::{
    domain::language::Language,
    platform::{
        assets::AssetLinks,
        templates::{TemplateError, Templates},
    },
};

/// What all pages of this installation share.
#[derive(Debug)]
pub struct Site {
    /// Parsed templates.
    pub templates: Templates,
    /// Hashed addresses of styles and scripts.
    pub assets: AssetLinks,
    /// The address people see, without a slash at the end.
    pub base_url: String,
    /// The campaign's name in each language.
    pub campaign: std::sync::RwLock<Arc<CampaignName>>,
    /// Public navigation, by room.
    pub public_navigation: Vec<NavigationItem>,
    /// What stands at the foot of every public page.
    pub footer_navigation: Vec<NavigationItem>,
    /// Staff navigation, by room.
    pub desk_navigation: Vec<NavigationItem>,
    /// A banner on every page: this is a demonstration.
    pub demo: bool,
}

/// The name and address part of the campaign a page belongs to.
#[derive(Debug, Default)]
pub struct CampaignName {
    /// Address part.
    pub slug: String,
    /// Language code to name.
    pub names: BTreeMap<String, String>,
}

/// One entry of a navigation.
#[derive(Clone, Debug)]
pub struct NavigationItem {
    /// Path; public ones without the language.
    pub path: &'static str,
    /// Key of the label.
    pub label_key: &'static str,
    /// Keys of the roles that may go there; empty: everybody.
    pub roles: Vec<&'static str>,
    /// Further paths whose pages belong to it.
    pub also: &'static [&'static str],
}

impl NavigationItem {
    /// Whether a page of the desk is this one or below it.
    fn holds(&self, path: &str) -> bool {
        let within = |whole: &str| path.strip_prefix(whole).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        // Everything lies below the first page, which holds only itself.
        if self.path == "/desk" { path == self.path } else { within(self.path) || self.also.iter().any(|whole| within(whole)) }
    }
}

/// What a template finds in `page`.
#[derive(Debug, Serialize)]
pub struct Frame<'a> {
    lang: &'static str,
    dir: &'static str,
    /// Title of the page, without the site's name.
    pub title: String,
    path: String,
    base_url: &'a str,
    csrf: String,
    user: Option<UserView>,
    asset: &'a AssetLinks,
    nonce: &'static str,
    languages: Vec<LanguageLink>,
    campaign: CampaignView,
    nav: Vec<NavView>,
    flash: Option<Flash>,
    demo: bool,
    home: String,
    desk: &'static str,
    footer: Vec<NavView>,
    /// Seconds after which a page that shows progress asks again; 0: never.
    pub refresh: u32,
}

#[derive(Debug, Serialize)]
struct LanguageLink {
    code: &'static str,
    name: &'static str,
    href: String,
    current: bool,
}

#[derive(Debug, Serialize)]
struct CampaignView {
    name: String,
    slug: String,
}

#[derive(Debug, Serialize)]
struct NavView {
    href: String,
    label_key: &'static str,
    current: bool,
}

/// Who is signed in, as pages may show it.
#[derive(Clone, Debug, Serialize)]
pub struct UserView {
    /// The account's name.
    pub name: String,
    /// Key of the role.
    pub role: &'static str,
    /// Key of the role's label.
    pub role_key: String,
    /// Where to come back to after a change that concerns every page.
    pub back: String,
}

/// A message shown once, on the page after a change.
#[derive(Clone, Debug, Serialize, serde::Deserialize)]
pub struct Flash {
    /// `good`, `info`, `wait` or `bad`.
    pub kind: String,
    /// The words, in the account's language.
    pub text: String,
}

impl Site {
    /// The frame of a public page. `path` is the request's path, with the language first.
    pub fn frame(&self, language: Language, path: &str, title: String) -> Frame<'_> {
        let of_language = |code: &str| match path.split('/').nth(1) {
            Some(first) if Language::of_interface(first).is_ok() => format!("/{code}{}", path.get(1 + first.len()..).unwrap_or_default()),
            _ => format!("/{code}"),
        };
        let languages = Language::INTERFACE
            .into_iter()
            .map(|other| LanguageLink {
                code: other.code(),
                name: other.own_name(),
                href: of_language(other.code()),
                current: other == language,
            })
            .collect();
        let home = format!("/{language}");
        let nav = self
            .public_navigation
            .iter()
            .map(|item| {
                let href = format!("{home}{}", item.path);
                let current = if item.path.is_empty() { path == home } else { path == href || path.starts_with(&format!("{href}/")) };
                NavView { href, label_key: item.label_key, current }
            })
            .collect();
        let mut frame = self.bare_frame(language, path, title, languages, nav);
        let footer = self.footer_navigation.iter();
        frame.footer =
            footer.map(|item| NavView { href: format!("{home}{}", item.path), label_key: item.label_key, current: false }).collect();
        frame
    }

    /// The frame of a staff page.
    pub fn desk_frame(
        &self,
        language: Language,
        path: &str,
        title: String,
        user: Option<UserView>,
        csrf: String,
        flash: Option<Flash>,
    ) -> Frame<'_> {
        let role = user.as_ref().map(|user| user.role);
        let nav = self
            .desk_navigation
            .iter()
            .filter(|item| item.roles.is_empty() || role.is_some_and(|role| item.roles.contains(&role)))
            .map(|item| NavView { href: item.path.to_owned(), label_key: item.label_key, current: item.holds(path) })
            .collect();
        let languages = Language::INTERFACE.into_iter().map(|other| LanguageLink {
            code: other.code(),
            name: other.own_name(),
            href: String::new(),
            current: other == language,
        });
        let mut frame = self.bare_frame(language, path, title, languages.collect(), nav);
        (frame.user, frame.csrf, frame.flash) = (user, csrf, flash);
        frame
    }

    fn bare_frame(&self, language: Language, path: &str, title: String, languages: Vec<LanguageLink>, nav: Vec<NavView>) -> Frame<'_> {
        let campaign = Arc::clone(&self.campaign.read().unwrap_or_else(std::sync::PoisonError::into_inner));
        let name = campaign.names.get(language.code()).or_else(|| campaign.names.get("en")).cloned().unwrap_or_default();
        Frame {
            lang: language.code(),
            dir: language.direction(),
            title,
            path: path.to_owned(),
            base_url: &self.base_url,
            csrf: String::new(),
            user: None,
            asset: &self.assets,
            nonce: "",
            languages,
            campaign: CampaignView { name, slug: campaign.slug.clone() },
            nav,
            flash: None,
            demo: self.demo,
            home: format!("/{language}"),
            desk: "/desk",
            footer: Vec::new(),
            refresh: 0,
        }
    }

    /// Renders a page with the given status.
    ///
    /// # Errors
    /// When the template asks for something the view does not have.
    pub fn page(
        &self,
        status: StatusCode,
        template: &str,
        language: Language,
        view: &impl Serialize,
    ) -> Result<HttpResponse, TemplateError> {
        let html = self.templates.render(template, language, view)?;
        Ok(HttpResponse::build(status).content_type("text/html; charset=utf-8").body(html))
    }

    /// The same for a page that only whoever holds its link may see: nobody keeps it.
    ///
    /// # Errors
    /// When the template asks for something the view does not have.
    pub fn personal_page(
        &self,
        status: StatusCode,
        template: &str,
        language: Language,
        view: &impl Serialize,
    ) -> Result<HttpResponse, TemplateError> {
        let mut response = self.page(status, template, language, view)?;
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        Ok(response)
    }
}
