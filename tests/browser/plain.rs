//! What every page owes every reader, read from its bytes: its language and direction, one heading, nothing inline, little weight.

use demarche::domain::language::Language;

use crate::{
    pages::{PUBLIC_PAGES, expected_status},
    person::demonstration,
};

/// What keys of the public catalogues begin with.
const ROOMS: [&str; 5] = ["site-", "signing-", "roll-", "publishing-", "own-letter-"];

/// R74: all public pages in all six languages.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_public_page_speaks_each_language_and_holds_nothing_inline() {
    let program = demonstration().await;
    let browser = program.browser();
    for language in Language::INTERFACE {
        for page in PUBLIC_PAGES {
            let path = format!("/{language}{page}");
            let answer = browser.get(&path).await;
            assert_eq!(u64::from(answer.status), expected_status(&path), "{path}");
            assert_eq!(answer.attributes("html", "lang"), [language.code()], "{path}");
            assert_eq!(answer.attributes("html", "dir"), [language.direction()], "{path}");
            assert_eq!(answer.texts("h1").len(), 1, "{path} has one heading");
            // A word that no catalogue holds shows as its key.
            let shown = answer.texts("title, header, main, footer").join(" ");
            let keys: Vec<&str> = shown.split_whitespace().filter(|word| ROOMS.iter().any(|room| word.starts_with(room))).collect();
            assert!(keys.is_empty(), "{path} lacks words: {keys:?}");
            for inline in ["[style]", "style", "script:not([src])", "[onclick]", "[onload]", "[onchange]"] {
                assert!(answer.texts(inline).is_empty() && answer.attributes(inline, "class").is_empty(), "{path} holds {inline}");
            }
            let policy = answer.header("content-security-policy");
            assert!(policy.contains("'self'") && !policy.contains("unsafe-inline"), "{path}: {policy}");
        }
    }
}

/// R80: the page that people sign on, as it crosses the network.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_sign_on_page_is_light() {
    let program = demonstration().await;
    let client = reqwest::Client::builder().no_gzip().build().unwrap();
    let page = program.browser().get("/en/sign").await;
    let weigh = async |path: &str| {
        let request = client.get(format!("{}{path}", program.base_url)).header("accept-encoding", "gzip");
        let answer = request.send().await.unwrap();
        assert_eq!(
            (answer.status().as_u16(), answer.headers().get("content-encoding").map(|value| value.to_str().unwrap())),
            (200, Some("gzip")),
            "{path}"
        );
        answer.bytes().await.unwrap().len()
    };
    let mut needed = weigh("/en/sign").await;
    for sheet in page.attributes("link[rel=stylesheet]", "href") {
        needed += weigh(&sheet).await;
    }
    let mut all = needed;
    for more in page.attributes("script[src]", "src").into_iter().chain(page.attributes("link[rel=icon]", "href")) {
        all += weigh(&more).await;
    }
    assert!(needed <= 25_000, "page and styles weigh {needed} bytes");
    assert!(all <= 50_000, "everything weighs {all} bytes");
}
