//! Pages as a telephone and a reader of Arabic see them, and where they ask for things.

use demarche::accounts::Role;

use crate::{
    chromium::{Wish, drive},
    pages::{DESK_PAGES, PUBLIC_PAGES, furnish, record_an_answer},
    person::{at, demonstration, sign_in, visit},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn arabic_pages_run_from_right_to_left() {
    let program = demonstration().await;
    drive("arabic_direction", Wish::default(), async |client| {
        for (language, direction) in [("ar", "rtl"), ("en", "ltr")] {
            for page in PUBLIC_PAGES {
                visit(&client, &program, &format!("/{language}{page}")).await;
                for css in ["html", "main", "h1", "footer"] {
                    assert_eq!(at(&client, css).await.css_value("direction").await.unwrap(), direction, "{css} of /{language}{page}");
                }
            }
        }
    })
    .await;
}

/// R78: nothing on a page is wider than a telephone.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_page_scrolls_sideways_on_a_telephone() {
    no_page_scrolls_sideways(360, &["en", "fr", "ru", "ar"]).await;
}

/// R77: a window 1280 px wide at 400 %.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_page_scrolls_sideways_at_four_hundred_percent() {
    no_page_scrolls_sideways(320, &["es", "zh"]).await;
}

async fn no_page_scrolls_sideways(width: u16, languages: &[&str]) {
    let program = demonstration().await;
    let rows = furnish(&program).await;
    drive(&format!("wide_{width}"), Wish { width: Some(width), ..Wish::default() }, async |client| {
        let mut paths: Vec<String> = Vec::new();
        for language in languages {
            paths.extend(PUBLIC_PAGES.iter().map(|page| format!("/{language}{page}")));
        }
        sign_in(&client, &program, Role::Coordinator).await;
        paths.extend(DESK_PAGES.iter().map(|page| (*page).to_owned()).chain(rows.paths));
        paths.extend(record_an_answer(&client, &program).await);
        let mut wide = Vec::new();
        for path in paths {
            visit(&client, &program, &path).await;
            let script = "return [innerWidth, document.scrollingElement.scrollWidth];";
            let widths = client.execute(script, Vec::new()).await.unwrap();
            assert_eq!(widths[0], width, "the window is not as wide as asked");
            if widths[1].as_u64().unwrap() > u64::from(width) {
                wide.push(format!("{path}: {}", widths[1]));
            }
        }
        assert!(wide.is_empty(), "{wide:#?}");
    })
    .await;
}

/// R75: names in another script keep their order inside an Arabic line.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn foreign_names_stand_apart_in_arabic_lines() {
    let program = demonstration().await;
    drive("arabic_isolation", Wish::default(), async |client| {
        visit(&client, &program, "/ar/signatories").await;
        let script = "return [...document.querySelectorAll('.names li > *')].map((part) => {
            const own = part.matches('bdi') ? part : part.querySelector('bdi');
            return own ? getComputedStyle(own).unicodeBidi : 'bare: ' + part.textContent; });";
        let found = client.execute(script, Vec::new()).await.unwrap();
        let found = found.as_array().unwrap();
        assert!(found.len() >= 100, "the list is short");
        let bare: Vec<_> = found.iter().filter(|way| **way != "isolate").collect();
        assert!(bare.is_empty(), "{bare:?}");
        visit(&client, &program, "/ar/states/SEN").await;
        let script = "return [...document.querySelectorAll('.source a, .timeline .note a')].map((link) => getComputedStyle(link.querySelector('bdi') ?? link).unicodeBidi);";
        let links = client.execute(script, Vec::new()).await.unwrap();
        assert!(!links.as_array().unwrap().is_empty());
        assert!(links.as_array().unwrap().iter().all(|way| *way == "isolate"), "{links}");
    })
    .await;
}

/// R81: no page asks another host for anything.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_request_leaves_the_host() {
    let program = demonstration().await;
    drive("one_host", Wish::default(), async |client| {
        for page in PUBLIC_PAGES {
            visit(&client, &program, &format!("/en{page}")).await;
            let script = "return performance.getEntriesByType('resource').map((entry) => entry.name);";
            let asked = client.execute(script, Vec::new()).await.unwrap();
            let asked: Vec<&str> = asked.as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
            assert!(!asked.is_empty(), "{page} has no style sheet");
            let foreign: Vec<_> = asked.iter().filter(|name| !name.starts_with(&program.base_url) && !name.starts_with("data:")).collect();
            assert!(foreign.is_empty(), "{page}: {foreign:?}");
        }
    })
    .await;
}
