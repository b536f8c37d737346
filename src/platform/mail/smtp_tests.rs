//! The SMTP transport against a server in this process.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::{
    io::{self, BufRead, BufReader, Write},
    net::{IpAddr, Ipv4Addr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use mail_parser::MessageParser;
use mailin::{Action, Response, SessionBuilder};

use super::{tests::letter, *};

#[derive(Clone, Default)]
struct Server {
    received: Arc<Mutex<Vec<Vec<u8>>>>,
    connections: Arc<AtomicUsize>,
}

/// The local part of the recipient says how the server behaves.
#[derive(Default)]
struct Desk {
    server: Server,
    to: String,
    data: Vec<u8>,
}

impl mailin::Handler for Desk {
    fn mail(&mut self, _: IpAddr, _: &str, _: &str) -> Response {
        self.data.clear();
        mailin::response::OK
    }

    fn rcpt(&mut self, to: &str) -> Response {
        to.clone_into(&mut self.to);
        match to.split('@').next().unwrap_or_default() {
            "gone" => Response::custom(550, "5.1.1 The mission has moved; write to the new house".into()),
            "greylisted" => Response::custom(451, "4.7.1 Come back in five minutes".into()),
            "locked" => Response::custom(530, "5.7.0 Sign in first".into()),
            _ => mailin::response::OK,
        }
    }

    fn data(&mut self, line: &[u8]) -> io::Result<()> {
        self.data.extend_from_slice(line);
        Ok(())
    }

    fn data_end(&mut self) -> Response {
        match self.to.split('@').next().unwrap_or_default() {
            "silent" => std::thread::sleep(Duration::from_secs(3)),
            "spam" => return Response::custom(554, "5.7.1 Not wanted".into()),
            _ => {}
        }
        let mut received = self.server.received.lock().unwrap();
        received.push(self.data.clone());
        Response::custom(250, format!("2.0.0 queued as {}", received.len()))
    }
}

fn serve(server: &Server) -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = server.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            server.connections.fetch_add(1, Ordering::SeqCst);
            let server = server.clone();
            std::thread::spawn(move || converse(&stream, server));
        }
    });
    port
}

fn converse(mut stream: &TcpStream, server: Server) -> Option<()> {
    let mut session = SessionBuilder::new("trial").build(IpAddr::V4(Ipv4Addr::LOCALHOST), Desk { server, ..Desk::default() });
    session.greeting().write_to(&mut stream).ok()?;
    let mut lines = BufReader::new(stream);
    let mut line = Vec::new();
    while lines.read_until(b'\n', &mut line).ok()? > 0 {
        let answer = session.process(&line);
        line.clear();
        let mut words = Vec::new();
        answer.write_to(&mut words).ok()?;
        stream.write_all(&words).ok()?;
        // mailin stays in its data state after refusing the data, so this server hangs up then.
        if answer.action == Action::Close || answer.code == 554 {
            break;
        }
    }
    Some(())
}

fn transport(port: u16, timeout: u64) -> SmtpTransport {
    SmtpTransport::from_url(format!("smtp://127.0.0.1:{port}").into(), Duration::from_millis(timeout), 2).unwrap()
}

async fn deliver(transport: &SmtpTransport, to: &str) -> Delivery {
    let mail = compose(&Outgoing { to: Party::bare(to), ..letter() }, None).unwrap();
    transport.deliver(&mail).await
}

#[test]
fn r79_the_server_is_read_out_of_its_address_without_the_password() {
    for (url, host) in [
        ("smtp://mail.example.org", Some("mail.example.org")),
        ("smtps://user:p%40ss@Mail.Example.org:465/?tls=required", Some("mail.example.org")),
        ("smtp://[2001:db8::7]:25?tls=opportunistic", Some("2001:db8::7")),
        ("smtp://192.0.2.7:1025", Some("192.0.2.7")),
        ("smtp://", None),
        ("nonsense", None),
    ] {
        assert_eq!(SmtpTransport::host(&url.to_owned().into()).as_deref(), host, "{url}");
    }
}

#[tokio::test]
async fn an_accepted_mail_arrives_whole_and_the_servers_words_are_kept() {
    let server = Server::default();
    let transport = transport(serve(&server), 5000);
    transport.check().await.unwrap();
    assert_eq!(deliver(&transport, "mission@example.org").await, Delivery::Accepted { answer: "250 2.0.0 queued as 1".into() });
    let received = server.received.lock().unwrap().remove(0);
    let parsed = MessageParser::default().parse(&received).unwrap();
    assert_eq!(parsed.message_id().unwrap(), letter().message_id);
    assert_eq!(parsed.body_text(0).unwrap().replace("\r\n", "\n"), letter().text, "a line that is a single dot does not end the mail");
    assert_eq!(parsed.attachment(0).unwrap().contents(), letter().attachments[0].content);
}

#[tokio::test]
async fn one_connection_serves_several_mails() {
    let server = Server::default();
    let transport = transport(serve(&server), 5000);
    for n in 0..3 {
        deliver(&transport, &format!("m{n}@example.org")).await;
        // The connection goes back to the pool in a task of its own.
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(server.received.lock().unwrap().len(), 3);
    assert_eq!(server.connections.load(Ordering::SeqCst), 1);
}

/// R79.
#[tokio::test]
async fn a_5xx_is_final_with_the_servers_words_and_a_4xx_is_not() {
    let transport = transport(serve(&Server::default()), 5000);
    let gone = Delivery::Rejected { code: Some(550), answer: "550 5.1.1 The mission has moved; write to the new house".into() };
    assert_eq!(deliver(&transport, "gone@example.org").await, gone);
    assert_eq!(
        deliver(&transport, "spam@example.org").await,
        Delivery::Rejected { code: Some(554), answer: "554 5.7.1 Not wanted".into() }
    );
    let later = Delivery::Deferred { answer: "451 4.7.1 Come back in five minutes".into() };
    assert_eq!(deliver(&transport, "greylisted@example.org").await, later);
    let locked = Delivery::Deferred { answer: "530 5.7.0 Sign in first".into() };
    assert_eq!(deliver(&transport, "locked@example.org").await, locked, "a fault of our settings is no bounce");
    assert!(matches!(deliver(&transport, "well@example.org").await, Delivery::Accepted { .. }), "refusals leave the transport usable");
}

#[tokio::test]
async fn no_server_means_not_now() {
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
    let transport = transport(port, 5000);
    assert_eq!(deliver(&transport, "a@example.org").await, Delivery::Deferred { answer: "no connection to the mail server".into() });
    assert_eq!(transport.check().await, Err("no connection to the mail server".to_owned()));
}

#[tokio::test]
async fn a_server_that_says_nothing_is_given_up_in_time() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let transport = transport(listener.local_addr().unwrap().port(), 200);
    let began = Instant::now();
    let silence = Delivery::Deferred { answer: "the mail server did not answer in time".into() };
    assert_eq!(deliver(&transport, "a@example.org").await, silence);
    assert!(transport.check().await.is_err());
    assert!(began.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn the_late_answer_to_one_mail_is_never_taken_for_the_answer_to_the_next() {
    let server = Server::default();
    let transport = transport(serve(&server), 200);
    assert!(matches!(deliver(&transport, "silent@example.org").await, Delivery::Deferred { .. }));
    for _ in 0..3 {
        let Delivery::Rejected { code: Some(550), .. } = deliver(&transport, "gone@example.org").await else {
            panic!("answers were mixed up")
        };
    }
}

#[tokio::test]
async fn an_asker_who_goes_away_does_not_cut_the_conversation() {
    let server = Server::default();
    let transport = transport(serve(&server), 5000);
    let mail = compose(&letter(), None).unwrap();
    // Dropped at its first wait.
    let _ = tokio::time::timeout(Duration::from_micros(1), transport.deliver(&mail)).await;
    for _ in 0..100 {
        if !server.received.lock().unwrap().is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(server.received.lock().unwrap().len(), 1);
    assert_eq!(deliver(&transport, "next@example.org").await, Delivery::Accepted { answer: "250 2.0.0 queued as 2".into() });
}

#[test]
fn a_wrong_address_of_a_server_is_refused_without_quoting_it() {
    for url in ["", "mail.example.org", "http://example.org", "smtp://u:hunter2@example.org:x", "smtp://example.org?tls=maybe"] {
        let error = SmtpTransport::from_url(url.to_owned().into(), Duration::from_secs(1), 1).unwrap_err();
        assert!(!error.to_string().contains("hunter2"));
    }
    for url in ["smtp://localhost", "smtps://u:p@example.org", "smtp://u:p@example.org:587?tls=required"] {
        let transport = SmtpTransport::from_url(url.to_owned().into(), Duration::from_secs(1), 1).unwrap();
        assert_eq!(format!("{transport:?}"), "SmtpTransport(redacted)");
    }
}
