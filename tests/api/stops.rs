//! A real process that is killed or asked to stop in the midst of its work: nothing acknowledged is lost, nothing happens twice.

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
    entities::{job, signatory, signature},
    platform::{database::Database, jobs::state},
};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, sea_query::Expr};

use crate::{
    processes::organisation,
    support::{Kind, databases, program::Browser},
};

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
        Self::start_with(database_url, &[("DEMARCHE_MAIL_DIR", mail.to_str().unwrap())], arguments)
    }

    pub fn start_with(database_url: &str, settings: &[(&str, &str)], arguments: &[&str]) -> Self {
        // Where a file may grow no further the program hears an error, as on a full disk, and not a signal that ends it.
        let mut command = Command::new("sh");
        command.args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_demarche")]);
        command.args(arguments).env("DATABASE_URL", database_url).env("DEMARCHE_LISTEN", "127.0.0.1:0");
        command.envs(settings.iter().copied());
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

/// Sixteen people sign at once and on and on, until the process is told `signal` after 120; those whose sign-on was acknowledged.
async fn burst_ended_by(signal: &str, mut server: Server) -> BTreeSet<usize> {
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
                        // Said on a connection that was opened ahead and lay unused for five seconds; no request was read from it.
                        Ok(answer) if answer.status().as_u16() == 408 => {}
                        Ok(answer) => panic!("{} for {n}", answer.status()),
                        Err(_) => break,
                    }
                }
                acknowledged
            })
        })
        .collect();
    for _ in 0..3000 {
        tokio::time::sleep(Duration::from_millis(20)).await;
        if next.load(Ordering::Relaxed) > 120 {
            break;
        }
    }
    server.signal(signal);
    let ended = tokio::task::spawn_blocking(move || server.child.wait().unwrap()).await.unwrap();
    assert_eq!(ended.success(), signal == "-TERM", "{ended:?}");
    let mut acknowledged = BTreeSet::new();
    for client in clients {
        acknowledged.extend(client.await.unwrap());
    }
    assert!(acknowledged.len() > 50, "only {} were acknowledged", acknowledged.len());
    acknowledged
}

/// R78: every sign-on that was acknowledged is there after the process was killed in the midst of a burst, has its mail, and none is double.
async fn killed_in_the_midst_of_a_burst(kind: Kind) {
    let scratch = databases::scratch(kind).await;
    let mail = tempfile::tempdir().unwrap();
    let acknowledged = burst_ended_by("-KILL", Server::start(&scratch.url, mail.path(), &["serve"])).await;

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

/// SIGTERM in a burst: whoever is being answered is answered, with no error, and whatever was being done is done; for each connection to the database
/// lives by one of the threads that end.
async fn stopped_in_the_midst_of_a_burst(kind: Kind) {
    let scratch = databases::scratch(kind).await;
    let mail = tempfile::tempdir().unwrap();
    let acknowledged = burst_ended_by("-TERM", Server::start(&scratch.url, mail.path(), &["serve"])).await;
    let db = Database::open(&scratch.url, 2, false).await.unwrap();
    // One may be kept whose answer its reader did not stay for.
    assert!(signature::Entity::find().count(db.read()).await.unwrap() >= acknowledged.len() as u64);
    let jobs = job::Entity::find().all(db.read()).await.unwrap();
    let disturbed: Vec<_> = jobs.into_iter().filter(|job| job.state == state::RUNNING || job.last_error.is_some()).collect();
    assert!(disturbed.is_empty(), "{disturbed:?}");
    db.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_in_the_midst_of_a_burst_breaks_nothing_off_on_sqlite() {
    stopped_in_the_midst_of_a_burst(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_in_the_midst_of_a_burst_breaks_nothing_off_on_postgres() {
    stopped_in_the_midst_of_a_burst(Kind::Postgres).await;
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
    let counted = job::Entity::find().filter(job::Column::State.eq(state::READY)).filter(job::Column::Attempts.gt(0));
    let counted: Vec<_> = counted.all(db.read()).await.unwrap().into_iter().map(|job| (job.kind, job.attempts, job.last_error)).collect();
    assert_eq!(counted, [], "given back as if never taken");
}
