//! A list of a million signatories: imported from a sheet by the program itself, then shown page by page and handed out whole by its server, each a process
//! of its own whose memory is read from the kernel. One client asks, one page after the other: these are times of the server, not of a queue before it.

use std::{
    fmt::Write as _,
    fs::File,
    io::{BufRead as _, BufReader, BufWriter, Write as _},
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use demarche::platform::database::Database;

use crate::{
    memory::of_process,
    pages::bare,
    report::{Table, milliseconds, ratio},
    support::{Kind, databases},
};

const ASKED: usize = 400;
const WORDS: [&str; 24] = [
    "River", "Watch", "House", "Lamp", "Hill", "Peace", "Rights", "Forum", "Union", "Trust", "Voice", "Bridge", "Garden", "Harbour",
    "Stone", "Open", "Civic", "Legal", "Éclair", "Women", "Youth", "Ñandú", "Global", "Öffnung",
];

/// How many; fewer for a first look.
fn signatories() -> usize {
    std::env::var("DEMARCHE_BENCH_SIGNATORIES").ok().and_then(|number| number.parse().ok()).unwrap_or(1_000_000)
}

/// Numbers that look like chance and are the same in every run.
fn chance(n: usize) -> usize {
    (n as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29).wrapping_mul(0xBF58_476D_1CE4_E5B9) as usize >> 8
}

fn write_sheet(path: &Path) {
    let mut file = BufWriter::new(File::create(path).unwrap());
    writeln!(file, "id,kind,name,iso3,website,visibility,signed_at,state,contact_email,contact_name").unwrap();
    for n in 0..signatories() {
        let word = |at: usize| WORDS[chance(n * 3 + at) % WORDS.len()];
        let (kind, iso3) = (if n % 20 == 0 { "network" } else { "organisation" }, ["KEN", "PER", "SEN", "MEX", "FRA"][n % 5]);
        let name = format!("{} {} {} {n}", word(0), word(1), word(2));
        writeln!(
            file,
            "row-{n},{kind},{name},{iso3},https://h{n}.example.org,named,2026-11-01T09:00:00Z,verified,a{n}@h{n}.example.org,Person {n}"
        )
        .unwrap();
    }
    file.flush().unwrap();
}

/// The program as a process, with settings of its own.
pub fn program(arguments: &[&str], database: &str, folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_demarche"));
    let command_line = command.args(arguments).env_remove("DEMARCHE_TEST_POSTGRES").env_remove("DEMARCHE_BENCH_SECONDS");
    let command_line = command_line
        .env_remove("DEMARCHE_BENCH_SIGNATORIES")
        .env_remove("DEMARCHE_BENCH_MINUTES")
        .env("DATABASE_URL", database)
        .env("DEMARCHE_LISTEN", "127.0.0.1:0");
    command_line.env("DEMARCHE_MAIL_DIR", folder.join("mail")).env("DEMARCHE_SECRET_KEY", "a secret of the figures, long enough to be one");
    command.stdout(Stdio::null()).stderr(Stdio::piped());
    command
}

/// Megabytes resident at most while something ran.
pub struct Peak {
    most: Arc<AtomicUsize>,
    stop: Arc<AtomicBool>,
}

impl Peak {
    pub fn of(id: u32) -> Self {
        let (most, stop) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
        let (held, stopped) = (Arc::clone(&most), Arc::clone(&stop));
        std::thread::spawn(move || {
            while !stopped.load(Ordering::Relaxed) && Path::new(&format!("/proc/{id}/statm")).exists() {
                let statm = std::fs::read_to_string(format!("/proc/{id}/statm")).unwrap_or_default();
                let pages: usize = statm.split(' ').nth(1).and_then(|pages| pages.parse().ok()).unwrap_or_default();
                held.fetch_max(pages * 4096 / 1_000_000, Ordering::Relaxed);
                std::thread::sleep(Duration::from_millis(50));
            }
        });
        Self { most, stop }
    }

    pub fn end(self) -> usize {
        self.stop.store(true, Ordering::Relaxed);
        self.most.load(Ordering::Relaxed)
    }
}

/// A server as a process, and where it listens.
pub struct Server(pub Child, pub String);

impl Server {
    pub fn start(mut command: Command) -> Self {
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let url = lines.find_map(|line| line.unwrap().split_once("listens on ").map(|(_, url)| url.trim().to_owned())).unwrap();
        std::thread::spawn(move || lines.for_each(drop));
        Self(child, url)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

/// Half and 99 of a hundred answers, in seconds.
async fn times(client: &reqwest::Client, asked: usize, address: impl Fn(usize) -> String) -> (f64, f64) {
    let mut times = Vec::new();
    for n in 0..asked {
        let began = Instant::now();
        let answer = client.get(address(n)).send().await.unwrap();
        assert!(answer.status().is_success());
        answer.bytes().await.unwrap();
        times.push(began.elapsed().as_secs_f64());
    }
    times.sort_by(f64::total_cmp);
    (times[times.len() / 2], times[times.len() * 99 / 100])
}

/// The list, and the sheets it comes from and goes into.
pub async fn measure() -> (Table, Table) {
    eprintln!("long list");
    let folder = tempfile::tempdir().unwrap();
    let sheet = folder.path().join("sheet.csv");
    write_sheet(&sheet);
    let mut pages = Table::new(&["page", "half within", "99 % within", "bare query's half within", "of the bare query"]);
    let mut sheets = Table::new(&["sheet", "lines", "seconds", "lines a second", "MB resident before", "MB at most"]);
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let scratch = databases::scratch(kind).await;
        let began = Instant::now();
        let mut import = program(&["import", "signatures", sheet.to_str().unwrap()], &scratch.url, folder.path()).spawn().unwrap();
        let lines = BufReader::new(import.stderr.take().unwrap()).lines();
        let reading = std::thread::spawn(move || lines.for_each(drop));
        let peak = Peak::of(import.id());
        assert!(import.wait().unwrap().success());
        reading.join().unwrap();
        let lines = signatories();
        let row = |name: String, seconds: f64, before: String, most: usize| {
            let rate = format!("{:.1} k", lines as f64 / seconds / 1000.0);
            [name, lines.to_string(), format!("{seconds:.1}"), rate, before, most.to_string()]
        };
        sheets.row(row(format!("import ({kind:?})"), began.elapsed().as_secs_f64(), "–".to_owned(), peak.end()));

        let server = Server::start(program(&["serve", "--no-worker"], &scratch.url, folder.path()));
        let client = reqwest::Client::builder().no_gzip().build().unwrap();
        let empty = of_process(server.0.id()).resident / 1000;
        let peak = Peak::of(server.0.id());
        let (first, _) = times(&client, 1, |_| format!("{}/en/signatories", server.1)).await;
        let mut named = String::new();
        write!(named, "first page after the start ({kind:?}): all read and sorted, {empty} MB before and {} at most", peak.end()).unwrap();
        let database = Database::open(&scratch.url, 2, false).await.unwrap();
        let (address, handle) = bare(database);
        let (query, _) = times(&client, ASKED, |_| format!("{address}/query")).await;
        pages.row([named, milliseconds(first), milliseconds(first), milliseconds(query), ratio(query, first)]);
        let last = lines / 100;
        for (name, path, most) in [
            ("any page", "/en/signatories?page=", last),
            ("any page of networks", "/en/signatories?kind=network&page=", last / 20),
            ("any page of a country", "/en/signatories?country=PER&page=", last / 5),
            ("any page of a word", "/en/signatories?q=lamp&page=", last / 10),
        ] {
            let (half, most_of_them) = times(&client, ASKED, |n| format!("{}{path}{}", server.1, chance(n) % most.max(1) + 1)).await;
            pages.row([
                format!("{name} ({kind:?})"),
                milliseconds(half),
                milliseconds(most_of_them),
                milliseconds(query),
                ratio(query, half),
            ]);
        }
        let before = of_process(server.0.id()).resident / 1000;
        let (peak, began) = (Peak::of(server.0.id()), Instant::now());
        let mut parts = client.get(format!("{}/en/signatories.csv", server.1)).send().await.unwrap();
        let mut bytes = 0;
        while let Some(part) = parts.chunk().await.unwrap() {
            bytes += part.len();
        }
        assert!(bytes > lines * 20, "{bytes}");
        sheets.row(row(
            format!("public list as CSV, {} MB ({kind:?})", bytes / 1_000_000),
            began.elapsed().as_secs_f64(),
            before.to_string(),
            peak.end(),
        ));
        handle.stop(false).await;
    }
    (pages, sheets)
}
