//! Seven rounds of letters to a mail server on this machine, with the pace off, against what the same server takes of the same messages from a client that
//! does nothing else. All letters are typeset before the clock runs: what is measured is claiming, composing, handing over and writing down.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::{Ipv4Addr, TcpStream},
    sync::Arc,
    time::{Duration, Instant},
};

use demarche::{accounts::Role, domain::language::Language, entities::dispatch, letters::service, platform::mail::SmtpTransport};
use sea_orm::{ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _};
use tokio_util::sync::CancellationToken;

use crate::{
    letters,
    report::{Table, rate, ratio},
    support::{
        Kind, Program,
        smtp::{MailServer, Taken},
    },
};

/// As many as the program keeps open.
const CONNECTIONS: usize = 4;

/// The same messages once more, by a client that only talks: so many a second does the server take.
fn raw(port: u16, messages: &[Taken]) -> f64 {
    let started = Instant::now();
    std::thread::scope(|scope| {
        for share in messages.chunks(messages.len().div_ceil(CONNECTIONS)) {
            scope.spawn(move || {
                let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
                stream.set_nodelay(true).unwrap();
                let (mut answers, mut answer) = (BufReader::new(stream.try_clone().unwrap()), String::new());
                let mut hear = || loop {
                    answer.clear();
                    answers.read_line(&mut answer).unwrap();
                    assert!(answer.starts_with(['2', '3']), "{answer}");
                    if answer.as_bytes().get(3) != Some(&b'-') {
                        break;
                    }
                };
                hear();
                stream.write_all(b"EHLO bench\r\n").unwrap();
                hear();
                for message in share {
                    for line in ["MAIL FROM:<bench@staff.example.org>\r\n", "RCPT TO:<mission@example.org>\r\n", "DATA\r\n"] {
                        stream.write_all(line.as_bytes()).unwrap();
                        hear();
                    }
                    // As it was received, the dots that were taken away put back.
                    let mut whole = Vec::with_capacity(message.bytes.len() + 100);
                    for line in message.bytes.split_inclusive(|byte| *byte == b'\n') {
                        whole.extend(line.starts_with(b".").then_some(b'.'));
                        whole.extend_from_slice(line);
                    }
                    // The server keeps a message without the end of its last line; the dot that ends it stands on a line of its own.
                    if !whole.ends_with(b"\n") {
                        whole.extend_from_slice(b"\r\n");
                    }
                    whole.extend_from_slice(b".\r\n");
                    stream.write_all(&whole).unwrap();
                    hear();
                }
            });
        }
    });
    messages.len() as f64 / started.elapsed().as_secs_f64()
}

/// Letters of seven languages to every foreign ministry, released for tomorrow's working hour and typeset.
async fn released(program: &Program, server: &MailServer) -> demarche::app::App {
    letters::prepare(program).await;
    let platform = &program.app.platform;
    let amina = program.staff(Role::Coordinator).await;
    let bruno = program.add_account("bruno@staff.example.org", Role::Coordinator).await;
    for language in Language::LETTERS.into_iter().take(rounds()) {
        let round = letters::round(program, language, "foreign_minister", false).await;
        let board = format!("/desk/letters/{round}");
        amina.open_sample(&board).await;
        assert_eq!(amina.submit(&board, &format!("{board}/approve"), &[]).await.status, 303);
        service::release(platform, round, Some(9), bruno).await.unwrap();
    }
    program.drain().await;
    let mut app = program.app.clone();
    app.platform.mails_per_minute = i32::MAX;
    app.platform.mail = Arc::new(SmtpTransport::from_url(server.url().into(), Duration::from_secs(30), CONNECTIONS as u32).unwrap());
    // Past the week-end and the hour of everybody.
    program.clock.set(platform.clock.now() + chrono::Duration::days(4));
    app
}

/// Rounds of 195 letters; fewer for a first look.
fn rounds() -> usize {
    std::env::var("DEMARCHE_BENCH_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(Language::LETTERS.len())
}

async fn accepted(program: &Program) -> u64 {
    let sent = dispatch::Entity::find().filter(dispatch::Column::State.eq("accepted"));
    sent.count(program.app.platform.database.read()).await.unwrap()
}

pub async fn measure() -> Table {
    eprintln!("delivery");
    let mut table = Table::new(&["letters by SMTP", "letters", "kB a message", "seconds", "a second", "the server takes", "ratio"]);
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let server = MailServer::start();
        let program = Program::start(kind).await;
        let app = released(&program, &server).await;
        let queued = dispatch::Entity::find().count(program.app.platform.database.read()).await.unwrap();
        eprintln!("  {kind:?}: {queued} letters are typeset");
        let stop = CancellationToken::new();
        let started = Instant::now();
        let work = tokio::spawn({
            let (worker, stop) = (app.worker(), stop.clone());
            async move { worker.run(stop).await }
        });
        while (server.count() as u64) < queued {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        while accepted(&program).await < queued {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let seconds = started.elapsed().as_secs_f64();
        stop.cancel();
        work.await.unwrap();
        let messages = server.taken();
        assert_eq!(messages.len() as u64, queued, "each letter left once");
        let bytes: usize = messages.iter().map(|message| message.bytes.len()).sum();
        let limit = tokio::task::spawn_blocking({
            let (messages, port) = (messages.clone(), server.port);
            move || raw(port, &messages)
        })
        .await
        .unwrap();
        let ours = queued as f64 / seconds;
        table.row([
            format!("{kind:?}"),
            queued.to_string(),
            (bytes / messages.len() / 1000).to_string(),
            format!("{seconds:.1}"),
            rate(ours),
            rate(limit),
            ratio(ours, limit),
        ]);
    }
    table
}
