//! Several processes on one database, and processes that die: what one began another carries on, and nothing happens twice.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
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
    platform::{database::Database, jobs::state},
};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, sea_query::Expr};
use tokio_util::sync::CancellationToken;

use crate::{
    on_both_databases,
    support::{Kind, Program, databases, program::Browser, reading::mail_text},
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

/// The real program, ended with the test however it ends.
pub struct Server {
    child: Child,
    pub base_url: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Server {
    pub fn start(database_url: &str, mail: &Path, arguments: &[&str]) -> Self {
        // Where a file may grow no further the program hears an error, as on a full disk, and not a signal that ends it.
        let mut command = Command::new("sh");
        command.args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_demarche")]);
        command.args(arguments).env("DATABASE_URL", database_url).env("DEMARCHE_LISTEN", "127.0.0.1:0").env("DEMARCHE_MAIL_DIR", mail);
        command.env("DEMARCHE_SECRET_KEY", "a secret of the tests, long enough to be one").env_remove("RUST_LOG");
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let base_url = lines.find_map(|line| line.unwrap().split_once("listens on ").map(|(_, url)| url.trim().to_owned()));
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, base_url: base_url.expect("the server did not start") }
    }

    pub fn browser(&self) -> Browser {
        Browser { client: reqwest::Client::new(), base_url: self.base_url.clone() }
    }

    /// The longest a file of this process may become; without a number, as long as it likes. This is what a full disk looks like to it.
    pub fn limit_files(&self, bytes: Option<u64>) {
        let limit = bytes.map_or("unlimited".to_owned(), |bytes| bytes.to_string());
        let arguments = ["--pid".to_owned(), self.child.id().to_string(), format!("--fsize={limit}:")];
        assert!(Command::new("prlimit").args(arguments).status().unwrap().success());
    }

    /// Asks it to stop and waits until it has.
    pub fn stop(mut self) {
        self.signal("-TERM");
        assert!(self.child.wait().unwrap().success());
    }

    pub fn signal(&self, name: &str) {
        assert!(Command::new("kill").args([name, &self.child.id().to_string()]).status().unwrap().success());
    }
}

/// The minute passes after which others take over what a dead process held.
pub async fn leases_end(db: &Database) {
    let held = job::Entity::update_many().col_expr(job::Column::LeaseUntil, Expr::value(chrono::Utc::now() - chrono::Duration::seconds(1)));
    held.filter(job::Column::State.eq(state::RUNNING)).exec(db.write()).await.unwrap();
}

fn mails_in(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mails = entries.filter(|path| path.extension().is_some_and(|extension| extension == "eml"));
    mails.map(|path| String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned()).collect()
}

/// R78: every sign-on that was acknowledged is there after the process was killed in the midst of a burst, has its mail, and none is double.
async fn killed_in_the_midst_of_a_burst(kind: Kind) {
    let scratch = databases::scratch(kind).await;
    let mail = tempfile::tempdir().unwrap();
    let server = Server::start(&scratch.url, mail.path(), &["serve"]);
    let next = Arc::new(AtomicUsize::new(0));
    let clients: Vec<_> = (0..16)
        .map(|_| {
            let (browser, next) = (server.browser(), next.clone());
            tokio::spawn(async move {
                let mut acknowledged = Vec::new();
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    let fields = organisation(n);
                    let request = browser.client.post(format!("{}/en/sign", browser.base_url)).form(&fields);
                    match request.send().await {
                        // The client follows: the page that says "look into your mailbox" is the acknowledgement.
                        Ok(answer) if answer.url().path() == "/en/sign/sent" => acknowledged.push(n),
                        Ok(answer) if answer.status().as_u16() == 429 => break,
                        Ok(answer) => panic!("{} for {n}", answer.status()),
                        Err(_) => break,
                    }
                }
                acknowledged
            })
        })
        .collect();
    for _ in 0..600 {
        tokio::time::sleep(Duration::from_millis(20)).await;
        if next.load(Ordering::Relaxed) > 120 {
            break;
        }
    }
    server.signal("-KILL");
    let mut acknowledged = BTreeSet::new();
    for client in clients {
        acknowledged.extend(client.await.unwrap());
    }
    drop(server);
    assert!(acknowledged.len() > 50, "only {} were acknowledged", acknowledged.len());

    let db = Database::open(&scratch.url, 2, false).await.unwrap();
    let names: Vec<String> = signatory::Entity::find().all(db.read()).await.unwrap().into_iter().filter_map(|row| row.name).collect();
    let kept: BTreeMap<&str, usize> = names.iter().fold(BTreeMap::new(), |mut kept, name| {
        *kept.entry(name.as_str()).or_default() += 1;
        kept
    });
    for n in &acknowledged {
        assert_eq!(kept.get(format!("House of the Number {n}").as_str()), Some(&1), "{n} was acknowledged");
    }
    assert!(kept.values().all(|times| *times == 1), "none is double");
    // What the dead process held comes back when its leases are over; the restarted one then finishes the queue.
    leases_end(&db).await;
    let again = Server::start(&scratch.url, mail.path(), &["serve"]);
    for round in 0.. {
        assert!(round < 1000, "the mails do not leave");
        let open = job::Entity::find().filter(job::Column::Kind.eq("signing.confirm_mail")).filter(job::Column::State.ne(state::DONE));
        if open.count(db.read()).await.unwrap() == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    again.signal("-TERM");
    let mails = mails_in(mail.path());
    for n in &acknowledged {
        let to = format!("To: n{n}@house.example.org");
        assert_eq!(mails.iter().filter(|mail| mail.lines().any(|line| line.trim() == to)).count(), 1, "mail for {n}");
    }
    db.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_acknowledged_signature_is_lost_when_the_process_is_killed_on_sqlite() {
    killed_in_the_midst_of_a_burst(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_acknowledged_signature_is_lost_when_the_process_is_killed_on_postgres() {
    killed_in_the_midst_of_a_burst(Kind::Postgres).await;
}

/// SIGTERM: the server stops by itself within its patience, and no job stays leased.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_asked_to_stop_gives_its_leases_back() {
    let scratch = databases::scratch(Kind::Postgres).await;
    let mail = tempfile::tempdir().unwrap();
    let mut server = Server::start(&scratch.url, mail.path(), &["serve"]);
    let browser = server.browser();
    for n in 0..40 {
        assert_eq!(
            browser.client.post(format!("{}/en/sign", server.base_url)).form(&organisation(n)).send().await.unwrap().status().as_u16(),
            200
        );
    }
    server.signal("-TERM");
    let ended = tokio::task::spawn_blocking(move || (server.child.wait().unwrap(), server)).await.unwrap();
    assert!(ended.0.success(), "{:?}", ended.0);
    let db = Database::open(&scratch.url, 2, false).await.unwrap();
    let held = job::Entity::find().filter(job::Column::State.eq(state::RUNNING)).count(db.read()).await.unwrap();
    assert_eq!(held, 0);
    let waiting =
        job::Entity::find().filter(job::Column::State.eq(state::READY)).filter(job::Column::Attempts.gt(0)).count(db.read()).await.unwrap();
    assert_eq!(waiting, 0, "given back as if never taken");
}
