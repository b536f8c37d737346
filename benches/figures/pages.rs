//! Public pages over HTTP, against a bare answer and a bare indexed query of the same run. Server and load generator share the machine, for
//! the page as for its limit.

use std::{net::TcpListener, path::Path, process::Command};

use actix_web::{App, HttpResponse, HttpServer, dev::ServerHandle, web};
use demarche::{entities::signature, platform::database::Database};
use sea_orm::{EntityTrait, QueryOrder, QuerySelect};

use crate::{
    report::{Table, milliseconds, rate, ratio},
    span,
    support::{Kind, Program},
};

/// What a load of [`CLIENTS`] kept-alive connections saw.
struct Load {
    rate: f64,
    p99: f64,
    bytes: usize,
}

const CLIENTS: usize = 32;

/// Asks for an address nobody asked for before, each time.
const NEVER_THE_SAME: &str = r#"
local asked = 0
request = function()
  asked = asked + 1
  return wrk.format("GET", wrk.path .. (wrk.path:find("?", 1, true) and "&" or "?") .. "asked=" .. asked)
end
"#;

/// Runs the load generator as its own process, one thread.
async fn load(address: String, script: Option<&Path>) -> Load {
    let one = reqwest::Client::builder().no_gzip().build().unwrap();
    let answer = one.get(&address).header("accept-encoding", "gzip").send().await.unwrap();
    assert!(answer.status().is_success(), "{address}: {}", answer.status());
    let bytes = answer.bytes().await.unwrap().len();
    let script = script.map(|script| script.display().to_string());
    let output = tokio::task::spawn_blocking(move || {
        let seconds = format!("-d{}s", span().as_secs());
        let arguments = ["-t1", &format!("-c{CLIENTS}"), &seconds, "--latency", "-H", "Accept-Encoding: gzip"];
        let script = script.iter().flat_map(|script| ["-s", script]);
        Command::new("wrk").args(arguments).args(script).arg(&address).output().expect("wrk is there: benches/run installs it")
    })
    .await
    .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(!text.contains("Non-2xx"), "{text}");
    let after = |word: &str| text.lines().find_map(|line| line.trim().strip_prefix(word)).unwrap_or_else(|| panic!("{text}")).trim();
    Load { rate: after("Requests/sec:").parse().unwrap(), p99: seconds(after("99%")), bytes }
}

fn seconds(text: &str) -> f64 {
    let (number, unit) = text.split_at(text.find(|c: char| c.is_alphabetic()).unwrap());
    let number: f64 = number.parse().unwrap();
    match unit {
        "us" => number / 1e6,
        "ms" => number / 1e3,
        _ => number,
    }
}

/// The least a server can do: two words, or one indexed query of twenty rows and two words. No middleware.
pub fn bare(database: Database) -> (String, ServerHandle) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let server = HttpServer::new(move || {
        App::new()
            .app_data(web::Data::new(database.clone()))
            .route("/answer", web::get().to(|| async { HttpResponse::Ok().body("bare answer") }))
            .route("/query", web::get().to(query))
    })
    .workers(2)
    .disable_signals()
    .listen(listener)
    .unwrap()
    .run();
    let handle = server.handle();
    tokio::spawn(server);
    (address, handle)
}

async fn query(database: web::Data<Database>) -> HttpResponse {
    let rows = signature::Entity::find().order_by_desc(signature::Column::Id).limit(20).all(database.read()).await.unwrap();
    assert_eq!(rows.len(), 20);
    HttpResponse::Ok().body("bare query!")
}

pub async fn measure() -> Table {
    eprintln!("pages");
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("never-the-same.lua");
    std::fs::write(&script, NEVER_THE_SAME).unwrap();
    let mut table = Table::new(&["page", "requests a second", "99 % within", "bytes sent", "of the bare answer", "of the bare query"]);
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let of = format!("{kind:?}");
        let kept = Program::start_with(kind, |config| config.page_cache = std::time::Duration::from_secs(2)).await;
        kept.app.load_demo().await.unwrap();
        kept.drain().await;
        let (address, handle) = bare(kept.app.platform.database.clone());
        let answer = load(format!("{address}/answer"), None).await;
        let query = load(format!("{address}/query"), None).await;
        let mut row = |name: String, load: &Load| {
            table.row([
                name,
                rate(load.rate),
                milliseconds(load.p99),
                load.bytes.to_string(),
                ratio(load.rate, answer.rate),
                ratio(load.rate, query.rate),
            ]);
        };
        row(format!("bare answer ({of})"), &answer);
        row(format!("bare indexed query ({of})"), &query);
        for path in ["/en", "/en/statement", "/en/signatories", "/ar/states"] {
            row(format!("{path}, kept ({of})"), &load(format!("{}{path}", kept.base_url), None).await);
        }
        for path in ["/en", "/en/statement", "/en/sign", "/en/signatories?page=3", "/en/states", "/en/states/MEX"] {
            row(format!("{path}, made anew ({of})"), &load(format!("{}{path}", kept.base_url), Some(&script)).await);
        }
        // Not before: connections of the shared pool live in the threads of the server that opened them.
        handle.stop(false).await;
    }
    table
}
