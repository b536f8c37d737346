//! Every address of the program, read from its source: a test that walks through them meets a new one by itself.

use std::{fs, path::Path};

/// One route as its room registered it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Route {
    pub method: &'static str,
    /// With `{name}` where something is filled in; what such a part may be is left out.
    pub pattern: String,
}

pub fn routes() -> Vec<Route> {
    let mut sources = Vec::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut sources);
    let mut routes: Vec<Route> = sources.iter().flat_map(|source| of_source(source)).collect();
    routes.sort();
    routes.dedup();
    assert!(routes.len() > 60, "only {} routes were found", routes.len());
    routes
}

fn collect(folder: &Path, sources: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, sources);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            sources.push(fs::read_to_string(&path).unwrap());
        }
    }
}

fn of_source(source: &str) -> Vec<Route> {
    // Another way to register would not be seen here.
    for other in ["web::resource(", "web::scope(", "#[get(", "#[post(", "web::put(", "web::delete(", "web::patch("] {
        assert!(!source.contains(other), "a route is registered by {other}");
    }
    let pieces = source.split(".route(").skip(1);
    let route = |piece: &str| {
        let (pattern, rest) = piece.trim_start().strip_prefix('"')?.split_once('"')?;
        let method = if rest.trim_start_matches([',', ' ', '\n']).starts_with("web::post") { "POST" } else { "GET" };
        Some(Route { method, pattern: without_expressions(pattern) })
    };
    pieces
        .map(|piece| route(piece).unwrap_or_else(|| panic!("a route without a plain pattern: {}", &piece[..piece.len().min(60)])))
        .collect()
}

/// `{lang:en|fr}` becomes `{lang}`.
fn without_expressions(pattern: &str) -> String {
    let parts = pattern.split('/').map(|part| match part.split_once(':') {
        Some((name, rest)) if name.starts_with('{') => format!("{name}}}{}", rest.split_once('}').map_or("", |(_, after)| after)),
        _ => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join("/")
}

/// The names of all fields that forms and filters of the templates have.
pub fn field_names() -> Vec<String> {
    let mut sources = Vec::new();
    collect_templates(&Path::new(env!("CARGO_MANIFEST_DIR")).join("templates"), &mut sources);
    let mut names: Vec<String> = sources
        .iter()
        .flat_map(|source| source.split(" name=\"").skip(1).filter_map(|rest| rest.split('"').next()))
        .filter(|name| !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'))
        .filter(|name| *name != "csrf")
        .map(str::to_owned)
        .collect();
    names.sort();
    names.dedup();
    assert!(names.len() > 40, "only {} fields were found", names.len());
    names
}

fn collect_templates(folder: &Path, sources: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect_templates(&path, sources);
        } else if path.extension().is_some_and(|extension| extension == "html") {
            sources.push(fs::read_to_string(&path).unwrap());
        }
    }
}
