//! Letters over a real mail server whose line goes down, and letters whose worker is killed while they leave (R36, R79): none is lost, none is marked sent that was
//! not, and one that came twice can be told by its `Message-ID`.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use demarche::{
    domain::clock::Clock,
    entities::{dispatch, letter},
    platform::mail::SmtpTransport,
};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

use crate::{
    dispatch::{letter_in, letter_state, queue_to},
    on_both_databases,
    stops::{Server, leases_end},
    support::{Kind, Program, smtp::MailServer},
};

on_both_databases! {
    /// R79: the server takes the letter and the line breaks before it says so: the letter is not marked sent, goes again, and both are one to whoever reads them.
    async fn a_letter_whose_acceptance_was_never_heard_goes_again_and_is_known_by_its_id(program: Program) {
        let server = MailServer::start();
        let mut app = program.app.clone();
        app.platform.mail = Arc::new(SmtpTransport::from_url(server.url().into(), Duration::from_secs(5), 2).unwrap());
        let letter = letter_in(&program, "KEN", "approved", false).await;
        let queued = queue_to(&program, &letter, "cut@ken.example.org", false).await;
        app.worker().drain().await.unwrap();
        assert_eq!(server.count(), 1, "the server has it");
        assert_eq!(letter_state(&program, letter.id).await, "queued", "nobody has said so");
        program.clock.set(program.clock.now() + chrono::Duration::hours(1));
        app.worker().drain().await.unwrap();
        let taken = server.taken();
        assert_eq!(taken.len(), 2);
        assert!(taken[0].bytes == taken[1].bytes && !taken[0].header("Message-ID:").is_empty(), "the same to the byte");
        assert_eq!(letter_state(&program, letter.id).await, "sent");
        let told = dispatch::Entity::find_by_id(queued).one(program.app.platform.database.read()).await.unwrap().unwrap();
        assert_eq!((told.state.as_str(), told.attempts), ("accepted", 2), "the record says that it was offered twice");
        program.clock.set(program.clock.now() + chrono::Duration::hours(48));
        app.worker().drain().await.unwrap();
        assert_eq!(server.count(), 2, "and never again");
    }
}

/// Everything a look at the database in the midst of it must hold: what is marked sent has arrived.
async fn sent_is_never_more_than_arrived(program: &Program, server: &MailServer) -> usize {
    let db = program.app.platform.database.read();
    let sent = letter::Entity::find().filter(letter::Column::State.eq("sent")).all(db).await.unwrap();
    let arrived: BTreeSet<String> = server.taken().into_iter().map(|taken| taken.to).collect();
    for letter in &sent {
        assert!(arrived.contains(&format!("mission@{}.example.org", letter.iso3.to_lowercase())), "{} is marked sent", letter.iso3);
    }
    sent.len()
}

async fn killed_while_letters_leave(kind: Kind) {
    const LETTERS: usize = 90;
    let program = Program::start(kind).await;
    let directory = program.app.states.get(&program.app.platform).await.unwrap();
    for state in directory.states().iter().take(LETTERS) {
        let letter = letter_in(&program, &state.iso3, "approved", false).await;
        queue_to(&program, &letter, &format!("mission@{}.example.org", state.iso3.to_lowercase()), false).await;
    }
    let server = MailServer::start();
    let url = server.url();
    let settings = [("DEMARCHE_SMTP_URL", url.as_str()), ("DEMARCHE_LETTERS_PER_MINUTE", "1000")];
    let db = &program.app.platform.database;
    for goal in [10, 30, 50] {
        leases_end(db).await;
        let worker = Server::start_with(&program.database_url, &settings, &["serve"]);
        for round in 0.. {
            assert!(round < 6000, "no letter leaves");
            if server.count() >= goal {
                break;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        worker.signal("-KILL");
        drop(worker);
        assert!(sent_is_never_more_than_arrived(&program, &server).await < LETTERS, "killed in the midst of it");
    }
    leases_end(db).await;
    let worker = Server::start_with(&program.database_url, &settings, &["serve"]);
    let open = letter::Entity::find().filter(letter::Column::State.ne("sent"));
    for round in 0.. {
        assert!(round < 1200, "letters are left behind");
        if open.clone().count(db.read()).await.unwrap() == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    worker.stop();
    assert_eq!(sent_is_never_more_than_arrived(&program, &server).await, LETTERS);
    let mut arrived: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for taken in server.taken() {
        arrived.entry(taken.to.clone()).or_default().push(taken.header("Message-ID:"));
    }
    assert_eq!(arrived.len(), LETTERS, "none is lost");
    for (to, ids) in &arrived {
        assert!(ids.iter().all(|id| !id.is_empty() && *id == ids[0]), "{to}: {ids:?}");
    }
    // A process has four letters in its hands at most when it dies.
    assert!(server.count() <= LETTERS + 3 * 4, "{} messages of {LETTERS} letters", server.count());
}

/// R36, R79.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_letter_is_lost_or_said_to_be_sent_though_the_worker_is_killed_on_sqlite() {
    killed_while_letters_leave(Kind::Sqlite).await;
}

/// R36, R79.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_letter_is_lost_or_said_to_be_sent_though_the_worker_is_killed_on_postgres() {
    killed_while_letters_leave(Kind::Postgres).await;
}
