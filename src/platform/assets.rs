//! Style sheets, scripts and images from the binary under content-hashed names, cached for ever. Must not serve anything a person uploaded.

use std::collections::HashMap;

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG},
    web,
};
use rust_embed::RustEmbed;
use serde::Serialize;
use sha2::{Digest, Sha256};

#[derive(RustEmbed)]
#[folder = "assets/"]
#[include = "css/*.css"]
#[include = "js/*.js"]
#[include = "img/*"]
struct Sources;

/// The order in which the style sheets are joined; cascade layers make it matter little.
const SITE_SHEETS: [&str; 10] = ["tokens", "base", "type", "layout", "forms", "tables", "stance", "map", "chart", "components"];
const DESK_SHEETS: [&str; 1] = ["desk"];
const LAST_SHEETS: [&str; 1] = ["print"];

/// Everything the browser may fetch besides pages, by its hashed name.
#[derive(Debug)]
pub struct Assets {
    files: HashMap<String, Asset>,
    links: AssetLinks,
}

#[derive(Debug)]
struct Asset {
    bytes: web::Bytes,
    media_type: String,
}

/// Addresses of the assets a page names.
#[derive(Clone, Debug, Serialize)]
pub struct AssetLinks {
    /// The public style sheet.
    pub site_css: String,
    /// The staff style sheet, which adds to the public one.
    pub desk_css: String,
    /// The optional script.
    pub enhance_js: String,
    /// The logo.
    pub logo: String,
    /// The icon of the browser tab.
    pub favicon: String,
}

impl Assets {
    /// Joins, hashes and indexes what the binary carries.
    pub fn load() -> Self {
        let mut files = HashMap::new();
        let mut add = |stem: &str, extension: &str, bytes: Vec<u8>, media_type: &str| {
            let digest = hex::encode(Sha256::digest(&bytes));
            let name = format!("{stem}-{}.{extension}", digest.get(..12).unwrap_or_default());
            files.insert(name.clone(), Asset { bytes: bytes.into(), media_type: media_type.to_owned() });
            format!("/assets/{name}")
        };
        let links = AssetLinks {
            site_css: add("site", "css", sheets(SITE_SHEETS.iter().chain(&LAST_SHEETS)), "text/css; charset=utf-8"),
            desk_css: add("desk", "css", sheets(DESK_SHEETS.iter()), "text/css; charset=utf-8"),
            enhance_js: add("enhance", "js", source("js/enhance.js"), "text/javascript; charset=utf-8"),
            logo: add("logo", "svg", source("img/logo.svg"), "image/svg+xml"),
            favicon: add("favicon", "svg", source("img/favicon.svg"), "image/svg+xml"),
        };
        Self { files, links }
    }

    /// The addresses templates use.
    pub fn links(&self) -> &AssetLinks {
        &self.links
    }
}

fn source(name: &str) -> Vec<u8> {
    Sources::get(name).map(|file| file.data.into_owned()).unwrap_or_default()
}

fn sheets<'a>(names: impl Iterator<Item = &'a &'a str>) -> Vec<u8> {
    names.flat_map(|name| source(&format!("css/{name}.css"))).collect()
}

/// `GET /assets/{name}`.
pub async fn get(request: HttpRequest, assets: web::Data<Assets>, name: web::Path<String>) -> HttpResponse {
    let Some(asset) = assets.files.get(name.as_str()) else { return HttpResponse::NotFound().finish() };
    let tag = format!("\"{name}\"");
    if request.headers().get("if-none-match").is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        return HttpResponse::NotModified().finish();
    }
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, asset.media_type.as_str()))
        .insert_header((CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .insert_header((ETAG, tag))
        .body(asset.bytes.clone())
}
