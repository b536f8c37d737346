//! Pages as a telephone and a reader of Arabic see them, and where they ask for things.

use demarche::accounts::Role;

use crate::{
    accessibility::{DESK_PAGES, PUBLIC_PAGES},
    chromium::{Wish, drive},
    person::{at, demonstration, sign_in, visit},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn arabic_pages_run_from_right_to_left() {
    let program = demonstration().await;
    drive("arabic_direction", Wish::default(), async |client| {
        for (language, direction) in [("ar", "rtl"), ("en", "ltr")] {
            for page in PUBLIC_PAGES {
                visit(&client, &program, &format!("/{language}{page}")).await;
                for css in ["html", "main", "h1"] {
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
    let program = demonstration().await;
    drive("telephone", Wish { narrow: true, ..Wish::default() }, async |client| {
        let mut paths: Vec<String> = Vec::new();
        for language in ["en", "fr", "ru", "ar"] {
            paths.extend(PUBLIC_PAGES.iter().map(|page| format!("/{language}{page}")));
        }
        sign_in(&client, &program, Role::Coordinator).await;
        paths.extend(DESK_PAGES.iter().map(|page| (*page).to_owned()));
        let mut wide = Vec::new();
        for path in paths {
            visit(&client, &program, &path).await;
            let script = "return [innerWidth, document.scrollingElement.scrollWidth];";
            let widths = client.execute(script, Vec::new()).await.unwrap();
            assert_eq!(widths[0], 360, "the window is not a telephone's");
            if widths[1].as_u64().unwrap() > 360 {
                wide.push(format!("{path}: {}", widths[1]));
            }
        }
        assert!(wide.is_empty(), "{wide:#?}");
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
