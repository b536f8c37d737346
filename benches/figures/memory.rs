//! Resident memory of the program itself: idle, and while it typesets a round with its annexes.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read},
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use crate::report::Table;

/// Resident memory in kilobytes, now and at most.
pub struct Resident {
    pub resident: usize,
    pub most: usize,
}

/// What the kernel says of a process.
pub fn of_process(id: u32) -> Resident {
    let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap();
    let of = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    };
    Resident { resident: of("VmRSS:"), most: of("VmHWM:") }
}

struct Demo(Child);

impl Drop for Demo {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

/// A program some seconds after it has said that it is there.
fn when_idle(child: Child, said: impl Read, ready: &str) -> Demo {
    let mut lines = BufReader::new(said).lines();
    assert!(lines.any(|line| line.unwrap().contains(ready)), "the program did not start");
    std::thread::sleep(Duration::from_secs(5));
    Demo(child)
}

/// The server of an installation, on the database the demonstration has left.
fn serve(folder: &Path) -> Demo {
    let mut child = Command::new(env!("CARGO_BIN_EXE_demarche"))
        .arg("serve")
        // Settings of the measuring itself, which the program does not know and therefore refuses.
        .env_remove("DEMARCHE_TEST_POSTGRES")
        .env_remove("DEMARCHE_BENCH_SECONDS")
        .env("DATABASE_URL", format!("sqlite://{}", folder.join("demarche.sqlite").display()))
        .env("DEMARCHE_LISTEN", "127.0.0.1:0")
        .env("DEMARCHE_MAIL_DIR", folder.join("mail"))
        .env("DEMARCHE_SECRET_KEY", fs::read_to_string(folder.join("secret-key")).unwrap().trim())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let said = child.stderr.take().unwrap();
    when_idle(child, said, "listens on")
}

pub fn measure() -> Table {
    eprintln!("memory");
    let mut table = Table::new(&["process", "MB resident", "MB at most"]);
    let folder = tempfile::tempdir().unwrap();
    let start = || {
        let mut child = Command::new(env!("CARGO_BIN_EXE_demarche"))
            .args(["demo", "--listen", "127.0.0.1:0", "--data"])
            .arg(folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let said = child.stdout.take().unwrap();
        when_idle(child, said, "Stop with")
    };
    let mut row = |name: &str, demo: &Demo| {
        let of = of_process(demo.0.id());
        table.row([name.to_owned(), (of.resident / 1000).to_string(), (of.most / 1000).to_string()]);
    };
    row("`demarche demo`, first start: 195 states, the record and 600 signatories loaded", &start());
    row("`demarche demo` started again, idle", &start());
    row("`demarche serve` on the same database, idle", &serve(folder.path()));
    table
}
