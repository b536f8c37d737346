//! Several processes on one database: what one began another carries on, and nothing happens twice.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use demarche::{
    accounts::Role,
    domain::clock::Clock,
    entities::{audit_entry, job, signatory, signature, wave},
    platform::jobs::state,
};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, sea_query::Expr};
use tokio_util::sync::CancellationToken;

use crate::{
    on_both_databases,
    support::{Program, program::Browser, reading::mail_text},
};

pub fn organisation(n: usize) -> Vec<(&'static str, String)> {
    [
        ("kind", "organisation".to_owned()),
        ("name", format!("House of the Number {n}")),
        ("country", "SEN".to_owned()),
        ("contact_name", "Awa Test".to_owned()),
        ("contact_email", format!("n{n}@house.example.org")),
        ("contact_role", "Director".to_owned()),
        ("visibility", "named".to_owned()),
        ("authority", "yes".to_owned()),
        ("consent", "yes".to_owned()),
        ("submission_key", format!("key-{n}")),
    ]
    .into()
}

async fn sign(browser: &Browser, n: usize) -> u16 {
    let fields = organisation(n);
    let pairs: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    browser.post("/en/sign", &pairs).await.status
}

fn confirmation_link(text: &str) -> String {
    let link = text.split_whitespace().find(|word| word.contains("/confirm/")).unwrap();
    format!("/{}", link.splitn(4, '/').nth(3).unwrap())
}

/// Two workers of two processes, until nothing is left to do.
async fn work_at_once(one: &Program, other: &Program) {
    let stop = CancellationToken::new();
    let tasks: Vec<_> = [one, other]
        .map(|program| {
            let (worker, stop) = (program.app.worker(), stop.clone());
            tokio::spawn(async move { worker.run(stop).await })
        })
        .into();
    let (db, now) = (one.app.platform.database.write(), one.clock.now());
    let due = job::Entity::find().filter(job::Column::State.is_in([state::READY, state::RUNNING])).filter(job::Column::RunAt.lte(now));
    for round in 0.. {
        tokio::time::sleep(Duration::from_millis(50)).await;
        if due.clone().count(db).await.unwrap() == 0 {
            break;
        }
        assert!(round < 1200, "the queue does not empty: {:?}", due.clone().one(db).await.unwrap());
    }
    stop.cancel();
    for task in tasks {
        task.await.unwrap();
    }
}

on_both_databases! {
    async fn a_session_made_by_one_process_is_good_at_another_and_ends_at_both(program: Program) {
        let sibling = program.sibling().await;
        let here = program.staff(Role::Coordinator).await;
        let there = Browser { base_url: sibling.base_url.clone(), ..here.clone() };
        assert_eq!(there.get("/desk/audit").await.status, 200);
        assert_eq!(there.submit("/desk/audit", "/desk/sign-out", &[]).await.status, 303);
        let old = here.get("/desk/audit").await;
        assert_eq!((old.status, old.location()), (303, "/desk/sign-in?next=%2Fdesk%2Faudit"));
    }

    /// R4: the link of one worker's mail, pressed at two processes at once, confirms once.
    async fn a_link_pressed_at_two_processes_at_once_confirms_once(program: Program) {
        let sibling = program.sibling().await;
        for n in 0..6 {
            assert_eq!(sign(&program.browser(), n).await, 303);
        }
        sibling.drain().await;
        let mails = sibling.mail.take();
        assert_eq!((mails.len(), program.mail.take().len()), (6, 0));
        for mail in mails {
            let link = confirmation_link(&mail_text(&mail.bytes));
            let (here, there) = (program.browser(), sibling.browser());
            let (one, other) = tokio::join!(here.post(&link, &[]), there.post(&link, &[]));
            assert_eq!((one.status, other.status), (200, 200));
        }
        let db = program.app.platform.database.read();
        let confirmed = signature::Entity::find().filter(signature::Column::State.eq("confirmed")).count(db).await.unwrap();
        let lines = audit_entry::Entity::find().filter(audit_entry::Column::Action.eq("signature.confirmed")).count(db).await.unwrap();
        assert_eq!((confirmed, lines), (6, 6));
    }

    /// One person at two processes at once, from two forms: one signature, and the same answer.
    async fn the_same_signer_at_two_processes_at_once_is_one_signature(program: Program) {
        let sibling = program.sibling().await;
        for n in 0..6 {
            let (here, there) = (program.browser(), sibling.browser());
            let (one, other, third) = tokio::join!(sign(&here, n), sign(&there, n), sign(&here, n));
            assert_eq!((one, other, third), (303, 303, 303));
        }
        let db = program.app.platform.database.read();
        assert_eq!(signature::Entity::find().count(db).await.unwrap(), 6);
        assert_eq!(signatory::Entity::find().count(db).await.unwrap(), 6, "no signatory is left without a signature");
        program.drain().await;
        let to: BTreeSet<String> = program.mail.take().iter().map(|mail| mail.envelope.to()[0].to_string()).collect();
        assert_eq!(to.len(), 6, "each address was asked");
    }

    /// Hundreds of jobs, two workers: each address is asked once.
    async fn two_workers_at_once_run_every_job_once(program: Program) {
        const MANY: usize = 200;
        let sibling = program.sibling().await;
        let next = Arc::new(AtomicUsize::new(0));
        let clients = (0..8).map(|n| {
            let (browser, next) = (if n % 2 == 0 { program.browser() } else { sibling.browser() }, next.clone());
            tokio::spawn(async move {
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    if n >= MANY {
                        break;
                    }
                    assert_eq!(sign(&browser, n).await, 303);
                }
            })
        });
        for client in clients.collect::<Vec<_>>() {
            client.await.unwrap();
        }
        work_at_once(&program, &sibling).await;
        let (here, there) = (program.mail.take(), sibling.mail.take());
        let to: Vec<String> = here.iter().chain(&there).map(|mail| mail.envelope.to()[0].to_string()).collect();
        assert_eq!((to.len(), to.iter().collect::<BTreeSet<_>>().len()), (MANY, MANY), "{} and {}", here.len(), there.len());
        assert!(!here.is_empty() && !there.is_empty(), "both worked: {} and {}", here.len(), there.len());
        let db = program.app.platform.database.read();
        let done = job::Entity::find().filter(job::Column::Kind.eq("signing.confirm_mail")).filter(job::Column::State.eq(state::DONE));
        assert_eq!(done.filter(job::Column::Attempts.eq(1)).count(db).await.unwrap(), MANY as u64);
    }

    /// A worker dies between the mail server's yes and its own note of it: the mail goes once more, recognisable as the same.
    async fn a_mail_sent_again_after_a_death_bears_the_same_message_id(program: Program) {
        let sibling = program.sibling().await;
        assert_eq!(sign(&program.browser(), 1).await, 303);
        program.drain().await;
        let db = program.app.platform.database.write();
        // As the table looks when the process dies right after the delivery: running, leased, not settled.
        let died = job::ActiveModel {
            state: Set(state::RUNNING.to_owned()),
            lease_until: Set(Some(program.clock.now() + chrono::Duration::seconds(60))),
            lease_token: Set(Some(uuid::Uuid::now_v7())),
            finished_at: Set(None),
            ..Default::default()
        };
        let of_mail = job::Column::Kind.eq("signing.confirm_mail");
        job::Entity::update_many().set(died).filter(of_mail.clone()).exec(db).await.unwrap();
        sibling.drain().await;
        assert!(sibling.mail.take().is_empty(), "the lease still holds");
        sibling.clock.set(sibling.clock.now() + chrono::Duration::seconds(61));
        sibling.drain().await;
        let (first, again) = (program.mail.take(), sibling.mail.take());
        assert_eq!((first.len(), again.len()), (1, 1));
        assert_eq!(first[0].message_id, again[0].message_id);
        // Both links confirm: whichever mail the signer opens.
        let links = [confirmation_link(&mail_text(&first[0].bytes)), confirmation_link(&mail_text(&again[0].bytes))];
        for link in links {
            assert_eq!(program.browser().post(&link, &[]).await.status, 200);
        }
        let attempts = job::Entity::find().filter(of_mail).one(db).await.unwrap().unwrap();
        assert_eq!((attempts.state.as_str(), attempts.attempts), (state::DONE, 2));
    }

    /// R12 and R9: two people press at once; one decision, one wave.
    async fn two_members_of_staff_at_once_make_one_decision_and_one_wave(program: Program) {
        let sibling = program.sibling().await;
        for n in 0..4 {
            assert_eq!(sign(&program.browser(), n).await, 303);
        }
        let db = program.app.platform.database.write();
        signature::Entity::update_many().col_expr(signature::Column::State, Expr::value("confirmed")).exec(db).await.unwrap();
        let (one, two) = (program.staff(Role::Coordinator).await, sibling.staff(Role::Coordinator).await);
        for row in signature::Entity::find().all(db).await.unwrap() {
            let at = format!("/desk/signatures/{}", row.id);
            let path = format!("{at}/decision");
            let (here, there) = tokio::join!(one.submit(&at, &path, &[("decision", "verify")]), two.submit(&at, &path, &[("decision", "verify")]));
            assert_eq!((here.status, there.status), (303, 303));
        }
        let verified = signature::Entity::find().filter(signature::Column::State.eq("verified")).count(db).await.unwrap();
        assert_eq!(verified, 4);
        let decisions = demarche::entities::vetting_decision::Entity::find().count(db).await.unwrap();
        assert_eq!(decisions, 4, "one decision each");
        program.drain().await;
        let next = one.get("/desk/waves").await.field("next").unwrap();
        let fields = [("next", next.as_str())];
        let (here, there) = tokio::join!(one.submit("/desk/waves", "/desk/waves", &fields), two.submit("/desk/waves", "/desk/waves", &fields));
        assert_eq!((here.status, there.status), (303, 303));
        assert_eq!(wave::Entity::find().count(db).await.unwrap(), 1);
    }
}
