//! Measures what `docs/performance.md` reports, each figure beside its limit of the same run, and writes the tables there. Run it by
//! `benches/run`, which starts the PostgreSQL and brings the load generator. Must not judge: it reports ratios.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "../../tests/support/mod.rs"]
mod support;

mod delivery;
mod last_hour;
mod letter_pages;
mod letters;
mod long_list;
mod memory;
mod pages;
mod report;
mod sign_ons;
mod typesetters;

use std::time::Duration;

/// How long one figure is measured.
pub fn span() -> Duration {
    let seconds = std::env::var("DEMARCHE_BENCH_SECONDS").ok().and_then(|seconds| seconds.parse().ok());
    Duration::from_secs(seconds.unwrap_or(4))
}

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let wants = |part: &str| wanted.is_empty() || wanted.iter().any(|name| name == part);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        if wants("pages") {
            report::write("pages", &pages::measure().await);
        }
        if wants("sign-ons") {
            report::write("sign-ons", &sign_ons::measure().await);
        }
        if wants("long-list") {
            let (pages, sheets) = long_list::measure().await;
            report::write("long-list", &pages);
            report::write("sheets", &sheets);
        }
        if wants("last-hour") {
            report::write("last-hour", &last_hour::measure().await);
        }
        if wants("letters") {
            let (letters, typesetters) = letters::measure().await;
            report::write("letters", &letters);
            report::write("typesetters", &typesetters);
            report::write("letter-pages", &letter_pages::measure().await);
        }
        // Only when asked for by name: it does not come to its end yet, after the letters have left.
        if wanted.iter().any(|name| name == "delivery") {
            report::write("delivery", &delivery::measure().await);
        }
        if wants("memory") {
            report::write("memory", &memory::measure());
        }
    });
}
