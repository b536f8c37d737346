//! A real browser for the tests: Debian's Chromium behind its driver, both children of the test and ended with it. Must not know the pages.

use std::{
    io::{BufRead, BufReader},
    panic::AssertUnwindSafe,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::Duration,
};

use fantoccini::{Client, ClientBuilder};
use futures_util::FutureExt;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

/// Which browser a test wants.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wish {
    /// Scripts are off, as in a browser with the strictest settings.
    pub without_scripts: bool,
    /// A window this many pixels wide: 360 is a telephone, 320 a desk's window at 400 %.
    pub width: Option<u16>,
    /// The reader prefers dark pages.
    pub dark: bool,
}

/// The driver, ended when the test ends, however it ends.
struct Driver(Child);

impl Drop for Driver {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// The driver chooses a free loopback port itself and says which. One that finds the port taken on the other loopback ends at once: another is
/// started then, a few times.
fn start_driver() -> (Driver, String) {
    for _ in 0..5 {
        let mut child = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver is missing: run the tests through tests/run");
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let driver = Driver(child);
        let said = lines.find_map(|line| line.unwrap().split_once("successfully on port ").map(|(_, port)| port.to_owned()));
        if let Some(port) = said {
            // Whatever it says later is read, or a full pipe would stop it.
            std::thread::spawn(move || lines.for_each(drop));
            return (driver, format!("http://127.0.0.1:{}", port.trim_end_matches('.')));
        }
    }
    panic!("chromedriver said no port, five times");
}

fn capabilities(wish: Wish, profile: &std::path::Path) -> serde_json::Map<String, Value> {
    let profile = format!("--user-data-dir={}", profile.display());
    let mut arguments = vec![
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        // Smooth scrolling would still be under way when the driver clicks.
        "--force-prefers-reduced-motion",
        "--window-size=1280,900",
        &profile,
    ];
    if wish.dark {
        arguments.push("--blink-settings=preferredColorScheme=0");
    }
    let mut options = json!({ "args": arguments });
    if wish.without_scripts {
        options["prefs"] = json!({ "profile.managed_default_content_settings.javascript": 2 });
    }
    if let Some(width) = wish.width {
        options["mobileEmulation"] =
            json!({ "deviceMetrics": { "width": width, "height": 740, "pixelRatio": 1, "mobile": false, "touch": false } });
    }
    let Value::Object(all) = json!({ "browserName": "chrome", "goog:chromeOptions": options }) else { unreachable!() };
    all
}

/// Runs `body` in a fresh browser. When it fails, the page it failed on is kept as a picture named after the test.
pub async fn drive(test: &str, wish: Wish, body: impl AsyncFnOnce(Client)) {
    let profile = tempfile::tempdir().unwrap();
    let (driver, url) = start_driver();
    let mut builder = ClientBuilder::new(HttpConnector::new());
    let client = builder.capabilities(capabilities(wish, profile.path())).connect(&url).await.unwrap();
    let outcome = AssertUnwindSafe(body(client.clone())).catch_unwind().await;
    if outcome.is_err() {
        picture(&client, test).await;
    }
    // Chromium ends with its session; the driver alone would leave it running.
    drop(tokio::time::timeout(Duration::from_secs(10), client.close()).await);
    drop(driver);
    if let Err(panic) = outcome {
        std::panic::resume_unwind(panic);
    }
}

async fn picture(client: &Client, test: &str) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/screenshots");
    std::fs::create_dir_all(&folder).unwrap();
    if let Ok(bytes) = client.screenshot().await {
        std::fs::write(folder.join(format!("{test}.png")), bytes).unwrap();
    }
}
