//! Durable sign-ons, each a signature, its mail job and its audit line in one commit, against the rate at which the same database commits one
//! inserted row.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use chrono::Utc;
use demarche::{
    domain::{
        language::Language,
        signature::{SignatoryKind, Visibility},
    },
    entities::{signature, throttle},
    signing::{
        contact::{Contact, Names},
        form::NewSignature,
        service::{self, Source},
    },
};
use sea_orm::{ActiveValue::Set, EntityTrait, PaginatorTrait};

use crate::{
    report::{Table, milliseconds, rate, ratio},
    span,
    support::{Kind, Program},
};

struct Pace {
    rate: f64,
    p50: f64,
    p99: f64,
    done: u64,
}

/// `clients` tasks that each do the next thing as soon as the last is done.
async fn pace<F: Future<Output = ()> + Send>(clients: usize, act: impl Fn(u64) -> F + Clone + Send + 'static) -> Pace {
    let next = Arc::new(AtomicU64::new(0));
    let (started, until) = (Instant::now(), Instant::now() + span());
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..clients {
        let (next, act) = (Arc::clone(&next), act.clone());
        tasks.spawn(async move {
            let mut times = Vec::new();
            while Instant::now() < until {
                let begun = Instant::now();
                act(next.fetch_add(1, Ordering::Relaxed)).await;
                times.push(begun.elapsed());
            }
            times
        });
    }
    let mut times: Vec<Duration> = tasks.join_all().await.into_iter().flatten().collect();
    let took = started.elapsed();
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64();
    Pace { rate: times.len() as f64 / took.as_secs_f64(), p50: at(0.5), p99: at(0.99), done: times.len() as u64 }
}

fn signer(number: u64) -> NewSignature {
    NewSignature {
        kind: SignatoryKind::Organisation,
        names: Names { name: format!("Bench Organisation {number}"), ..Names::default() },
        iso3: Some("KEN".to_owned()),
        network_mode: None,
        contact: Contact { name: "Bench".to_owned(), email: format!("bench-{number}@signer.example.org"), role: "Director".to_owned() },
        visibility: Visibility::Named,
        newsletter: false,
        language: Language::En,
    }
}

pub async fn measure() -> Table {
    eprintln!("sign-ons");
    let mut table = Table::new(&[
        "database",
        "clients",
        "single inserts a second",
        "sign-ons a second",
        "half within",
        "99 % within",
        "of the insert rate",
    ]);
    for kind in [Kind::Sqlite, Kind::Postgres] {
        for clients in [1, 16, 64] {
            let program = Program::start(kind).await;
            let platform = program.app.platform.clone();
            let campaign = program.app.campaigns.get(&platform).await.unwrap();
            let database = platform.database.clone();
            let insert = pace(clients, move |number| {
                let database = database.clone();
                async move {
                    let row =
                        throttle::ActiveModel { bucket: Set(format!("bench-{number}")), hits: Set(1), window_ends_at: Set(Utc::now()) };
                    throttle::Entity::insert(row).exec_without_returning(database.write()).await.unwrap();
                }
            })
            .await;
            let before = signature::Entity::find().count(platform.database.read()).await.unwrap();
            let (intake, signing) = (program.app.intake.clone(), platform.clone());
            let sign_on = pace(clients, move |number| {
                let (intake, platform, campaign) = (intake.clone(), signing.clone(), Arc::clone(&campaign));
                async move { service::sign(&intake, &platform, &campaign, signer(number), Source::Form(None)).await.unwrap() }
            })
            .await;
            let after = signature::Entity::find().count(platform.database.read()).await.unwrap();
            assert_eq!(after - before, sign_on.done, "every sign-on that was answered is there");
            table.row([
                format!("{kind:?}"),
                clients.to_string(),
                rate(insert.rate),
                rate(sign_on.rate),
                milliseconds(sign_on.p50),
                milliseconds(sign_on.p99),
                ratio(sign_on.rate, insert.rate),
            ]);
        }
    }
    table
}
