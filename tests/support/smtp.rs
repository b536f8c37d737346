//! A mail server on this machine that keeps what it takes. To `cut…@` it takes the first message and breaks off before it says so, as a line does that goes
//! down at the worst moment.

use std::{
    io::{self, BufRead as _, BufReader, Write as _},
    net::{IpAddr, Ipv4Addr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
};

use mailin::{Action, Response, SessionBuilder};

/// A message as it was taken.
#[derive(Clone, Debug)]
pub struct Taken {
    pub to: String,
    pub bytes: Vec<u8>,
}

impl Taken {
    /// The value of a header.
    pub fn header(&self, name: &str) -> String {
        let text = String::from_utf8_lossy(&self.bytes).into_owned();
        text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default().trim().to_owned()
    }
}

#[derive(Clone)]
pub struct MailServer {
    pub port: u16,
    taken: Arc<Mutex<Vec<Taken>>>,
}

impl MailServer {
    pub fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let server = Self { port: listener.local_addr().unwrap().port(), taken: Arc::default() };
        let taken = Arc::clone(&server.taken);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let taken = Arc::clone(&taken);
                std::thread::spawn(move || converse(&stream, taken));
            }
        });
        server
    }

    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    pub fn taken(&self) -> Vec<Taken> {
        self.taken.lock().unwrap().clone()
    }

    pub fn count(&self) -> usize {
        self.taken.lock().unwrap().len()
    }
}

/// One conversation.
struct Desk {
    taken: Arc<Mutex<Vec<Taken>>>,
    to: String,
    data: Vec<u8>,
}

impl mailin::Handler for Desk {
    fn rcpt(&mut self, to: &str) -> Response {
        to.clone_into(&mut self.to);
        mailin::response::OK
    }

    fn data(&mut self, line: &[u8]) -> io::Result<()> {
        self.data.extend_from_slice(line);
        Ok(())
    }

    fn data_end(&mut self) -> Response {
        let mut taken = self.taken.lock().unwrap();
        let cut = self.to.starts_with("cut") && taken.iter().all(|taken| taken.to != self.to);
        taken.push(Taken { to: self.to.clone(), bytes: std::mem::take(&mut self.data) });
        if cut { Response::custom(421, "cut".into()) } else { mailin::response::OK }
    }
}

fn converse(mut stream: &TcpStream, taken: Arc<Mutex<Vec<Taken>>>) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    let desk = Desk { taken, to: String::new(), data: Vec::new() };
    let mut session = SessionBuilder::new("tests").build(IpAddr::V4(Ipv4Addr::LOCALHOST), desk);
    session.greeting().write_to(&mut stream).ok()?;
    let (mut lines, mut line) = (BufReader::new(stream), Vec::new());
    while lines.read_until(b'\n', &mut line).ok()? > 0 {
        let answer = session.process(&line);
        line.clear();
        if answer.code == 421 && answer.action != Action::Close {
            break;
        }
        let mut words = Vec::new();
        answer.write_to(&mut words).ok()?;
        stream.write_all(&words).ok()?;
        if answer.action == Action::Close {
            break;
        }
    }
    stream.shutdown(std::net::Shutdown::Both).ok()
}
