//! What becomes of thanks and invitations when the mail server is away, and of thanks when the process is killed while they leave: nobody is
//! forgotten, and nobody hears twice.

use std::{collections::BTreeMap, path::Path, time::Duration};

use demarche::{
    accounts::Role,
    domain::clock::Clock,
    entities::job,
    platform::{jobs::state, mail::Delivery},
};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

use crate::{
    on_both_databases,
    roll::{freeze, load, organisation},
    stops::{Server, leases_end},
    support::{Kind, Program},
};

/// A wave of so many is published; their thanks wait.
async fn published(program: &Program, signers: usize) {
    let lines: Vec<String> = (0..signers).map(|n| organisation(&format!("t{n}"), &format!("Thanked House {n}"), "verified")).collect();
    load(program, &lines).await;
    let staff = program.staff(Role::Coordinator).await;
    freeze(&staff, "1").await;
    assert_eq!(staff.submit("/desk/waves/1", "/desk/waves/1/publish", &[]).await.status, 303);
}

on_both_databases! {
    /// R25, R79: the mail server is away for an hour; then thanks and invitations leave, each once.
    async fn a_mail_server_that_was_away_gets_thanks_and_invitations_once(program: Program) {
        published(&program, 6).await;
        let list: String = (0..6).map(|n| format!("i{n}@invited.example.org\n")).collect();
        let staff = program.staff(Role::Campaigner).await;
        assert_eq!(staff.submit("/desk/invitations", "/desk/invitations", &[("list", &list)]).await.status, 303);
        let start = program.clock.now();
        let mut tries = 0;
        while program.clock.now() < start + chrono::Duration::hours(1) {
            for _ in 0..40 {
                program.mail.answer_next(Delivery::Deferred { answer: "no connection to the mail server".to_owned() });
            }
            tries += program.drain().await.iter().filter(|ran| ran.kind.ends_with("_mail")).count();
            program.mail.forget_answers();
            program.clock.set(program.clock.now() + chrono::Duration::minutes(5));
        }
        assert!(program.mail.accepted().is_empty() && tries >= 24, "{tries}");
        for _ in 0..60 {
            program.drain().await;
            program.clock.set(program.clock.now() + chrono::Duration::minutes(5));
        }
        let mut to: Vec<String> = program.mail.accepted().iter().map(|mail| mail.envelope.to()[0].to_string()).collect();
        to.sort();
        let mut expected: Vec<String> = (0..6).flat_map(|n| [format!("i{n}@invited.example.org"), format!("t{n}@example.org")]).collect();
        expected.sort();
        assert_eq!(to, expected);
    }
}

/// How many files there are for each addressee, by their message id.
fn by_addressee(folder: &Path) -> BTreeMap<String, Vec<String>> {
    let mut mails: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "eml") {
            let mail = String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned();
            let header = |name: &str| mail.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default().trim().to_owned();
            mails.entry(header("To:")).or_default().push(header("Message-ID:"));
        }
    }
    mails
}

/// R25: killed while mails of thanks leave, and started again: everyone is thanked, and what left twice has one message id.
async fn killed_while_thanking(kind: Kind) {
    const SIGNERS: usize = 60;
    let program = Program::start(kind).await;
    published(&program, SIGNERS).await;
    let mail = tempfile::tempdir().unwrap();
    let server = Server::start(&program.database_url, mail.path(), &["serve"]);
    for round in 0.. {
        assert!(round < 3000, "no mail leaves");
        if by_addressee(mail.path()).len() > 5 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    server.signal("-KILL");
    drop(server);
    let before = by_addressee(mail.path()).len();
    assert!(before < SIGNERS, "killed in the midst of it");
    leases_end(&program.app.platform.database).await;
    let again = Server::start(&program.database_url, mail.path(), &["serve"]);
    let open = job::Entity::find().filter(job::Column::Kind.is_in(["signing.thank", "signing.thanks_mail"]));
    let open = open.filter(job::Column::State.ne(state::DONE));
    for round in 0.. {
        assert!(round < 3000, "the mails do not leave");
        if open.clone().count(program.app.platform.database.read()).await.unwrap() == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    again.stop();
    let mails = by_addressee(mail.path());
    assert_eq!(mails.len(), SIGNERS, "everyone is thanked");
    for (to, ids) in mails {
        assert!(ids.iter().all(|id| !id.is_empty() && *id == ids[0]), "{to}: {ids:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everyone_is_thanked_though_the_process_is_killed_on_sqlite() {
    killed_while_thanking(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everyone_is_thanked_though_the_process_is_killed_on_postgres() {
    killed_while_thanking(Kind::Postgres).await;
}
