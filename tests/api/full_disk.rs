//! A disk that is full for a while: what was acknowledged is kept, what could not be kept is not acknowledged, and it ends with the fault.

use std::collections::BTreeSet;

use demarche::{entities::signatory, platform::database::Database};
use sea_orm::EntityTrait;

use crate::{
    processes::organisation,
    stops::Server,
    support::{Kind, databases},
};

/// R78, R82: signatures are taken again as soon as there is room, without a restart, and none that was acknowledged is missing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_loses_no_signature_that_was_acknowledged() {
    let scratch = databases::scratch(Kind::Sqlite).await;
    let mail = tempfile::tempdir().unwrap();
    let server = Server::start(&scratch.url, mail.path(), &["serve", "--no-worker"]);
    let browser = server.browser();
    let sign = async |n: usize| {
        let answer = browser.client.post(format!("{}/en/sign", browser.base_url)).form(&organisation(n)).send().await.unwrap();
        (answer.status().as_u16(), answer.url().path() == "/en/sign/sent", answer.text().await.unwrap())
    };
    let ready = async || browser.get("/health/ready").await.status;
    let mut acknowledged = BTreeSet::new();
    for n in 0..5 {
        assert!(sign(n).await.1);
        acknowledged.insert(n);
    }
    assert_eq!(ready().await, 200);

    let file = scratch.url.trim_start_matches("sqlite://");
    // All that is written goes into this file first.
    let log = std::fs::metadata(format!("{file}-wal")).unwrap().len();
    server.limit_files(Some(log + 100_000));
    let mut refused = 0;
    for n in 5..45 {
        let (status, taken, page) = sign(n).await;
        if taken {
            acknowledged.insert(n);
            continue;
        }
        refused += 1;
        assert_eq!(status, 503, "{page}");
        assert!(page.contains(&format!("House of the Number {n}")), "what was typed is still there: {page}");
    }
    assert!(refused > 20, "only {refused} met a full disk");
    // Not even what little a trial writes.
    server.limit_files(Some(1));
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    assert_eq!(ready().await, 503);

    server.limit_files(None);
    for n in 45..65 {
        assert!(sign(n).await.1, "there is room again");
        acknowledged.insert(n);
    }
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    assert_eq!(ready().await, 200);
    server.stop();

    let database = Database::open(&scratch.url, 2, false).await.unwrap();
    let kept: BTreeSet<String> =
        signatory::Entity::find().all(database.read()).await.unwrap().into_iter().filter_map(|row| row.name).collect();
    let wanted: BTreeSet<String> = acknowledged.iter().map(|n| format!("House of the Number {n}")).collect();
    assert!(wanted.is_subset(&kept), "lost: {:?}", wanted.difference(&kept));
    database.close().await.unwrap();
}
