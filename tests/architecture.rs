//! Holds the source against the floor map of `src/lib.rs`: an import that runs up, or a name a floor must not know, fails here.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Rooms from the highest to the lowest; a room may name those after it.
const ROOMS: [&str; 14] = [
    "cli",
    "app",
    "config",
    "publishing",
    "positions",
    "replies",
    "letters",
    "signing",
    "campaigns",
    "states",
    "accounts",
    "platform",
    "entities",
    "domain",
];
/// What `domain` must not name.
const FORBIDDEN_IN_DOMAIN: [&str; 8] = ["sea_orm", "actix_web", "tera::", "lettre::", "typst::", "tokio", "Utc::now", "SystemTime::now"];
/// The tables `platform` owns; every other entity belongs to a feature.
const TABLES_OF_PLATFORM: [&str; 4] = ["job", "session", "throttle", "stored_file"];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn all_sources() -> Vec<(String, String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    sources(&root, &mut paths);
    assert!(paths.len() > 50, "the source was not found");
    paths
        .into_iter()
        .map(|path| {
            let inside = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
            let room = inside.split('/').next().unwrap().trim_end_matches(".rs").to_owned();
            (inside, room, fs::read_to_string(&path).unwrap())
        })
        .collect()
}

/// The first path segments named after `crate::`, groups in braces included.
fn named_rooms(source: &str) -> Vec<String> {
    let mut named = Vec::new();
    let code: String = source.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        if let Some(group) = rest.strip_prefix('{') {
            let (mut depth, mut word, mut at_start) = (0_i32, String::new(), true);
            for c in group.chars() {
                match c {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => at_start = true,
                    c if depth == 0 && at_start && (c.is_alphanumeric() || c == '_') => word.push(c),
                    c if depth == 0 && at_start && !word.is_empty() && !c.is_whitespace() => {
                        named.push(std::mem::take(&mut word));
                        at_start = false;
                    }
                    _ => {}
                }
                if depth == 0 && at_start && c == ',' && !word.is_empty() {
                    named.push(std::mem::take(&mut word));
                }
            }
            if !word.is_empty() {
                named.push(word);
            }
        } else {
            named.push(rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect());
        }
    }
    named
}

fn runs_up(room: &str, named: &str) -> bool {
    let floor = |name: &str| ROOMS.iter().position(|room| *room == name);
    match (floor(room), floor(named)) {
        (Some(mine), Some(other)) => other < mine,
        _ => false,
    }
}

#[test]
fn no_import_runs_up() {
    let faults: Vec<String> = all_sources()
        .into_iter()
        .filter(|(_, room, _)| ROOMS.contains(&room.as_str()))
        .flat_map(|(path, room, source)| {
            named_rooms(&source).into_iter().filter(move |named| runs_up(&room, named)).map(move |named| format!("{path} names {named}"))
        })
        .collect();
    assert!(faults.is_empty(), "imports that run up:\n{}", faults.join("\n"));
}

#[test]
fn the_check_sees_an_import_that_runs_up() {
    let source = "use crate::{\n    domain::{clock::Clock, language::Language},\n    letters::service,\n    platform,\n};\nfn f() { crate::app::App; }\n// crate::cli\n";
    let named = named_rooms(source);
    assert_eq!(named, ["domain", "letters", "platform", "app"]);
    assert!(runs_up("signing", "letters") && runs_up("platform", "app") && runs_up("domain", "entities"));
    assert!(!runs_up("letters", "signing") && !runs_up("signing", "platform"));
}

#[test]
fn the_rules_know_no_machinery() {
    for (path, room, source) in all_sources() {
        if room != "domain" {
            continue;
        }
        for line in source.lines().filter(|line| !line.trim_start().starts_with("//")) {
            for word in FORBIDDEN_IN_DOMAIN {
                assert!(!line.contains(word), "{path} names {word}: {line}");
            }
        }
    }
}

#[test]
fn the_machinery_knows_only_its_own_tables() {
    for (path, room, source) in all_sources() {
        if room != "platform" {
            continue;
        }
        for line in source.lines().filter(|line| line.contains("entities::")) {
            let tables = line.split("entities::").nth(1).unwrap();
            for table in tables.trim_start_matches('{').split([',', '}', ';', ':']).map(str::trim).filter(|word| !word.is_empty()) {
                if table.chars().next().is_some_and(char::is_lowercase) && table != "self" {
                    assert!(TABLES_OF_PLATFORM.contains(&table), "{path} names the table {table}");
                }
            }
        }
    }
}

#[test]
fn every_module_says_why_it_exists() {
    for (path, _, source) in all_sources() {
        assert!(source.starts_with("//!"), "{path} does not open with //!");
    }
}

/// R88: no treaty name, body or number of states stands in code; only campaigns, reference data and words hold them.
#[test]
fn no_campaign_stands_in_code() {
    for (path, _, source) in all_sources() {
        if path.ends_with("tests.rs") {
            continue;
        }
        let code = source.split("#[cfg(test)]").next().unwrap().to_lowercase();
        let code: String = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
        for words in ["crimes against humanity", "sixth committee", "general assembly"] {
            assert!(!code.contains(words), "{path} names {words}");
        }
        for number in ["193", "195"] {
            let alone = code.match_indices(number).any(|(at, _)| {
                let before = code[..at].chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '.');
                let after = code[at + number.len()..].chars().next().is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '.');
                !before && !after
            });
            assert!(!alone, "{path} holds the number {number}");
        }
    }
}
