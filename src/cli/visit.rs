//! A visitor of a server on this machine, in plain HTTP/1.0: for `health`, and for the pages `check` opens. Must not reach any other host.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use anyhow::Context;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::domain::language::Language;

/// The largest answer that is read, in bytes.
const LARGEST_ANSWER: u64 = 32 * 1024 * 1024;

/// One visitor with at most one cookie.
#[derive(Clone, Debug)]
pub(super) struct Visitor {
    address: SocketAddr,
    patience: Duration,
    cookie: Option<String>,
    language: Option<Language>,
}

/// What came back.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) location: Option<String>,
    pub(super) media_type: String,
    pub(super) body: Vec<u8>,
    cookie: Option<String>,
}

impl Visitor {
    /// A visitor of the server that listens on `listen`; one that listens everywhere is met on the loopback address.
    pub(super) fn of(listen: SocketAddr, patience: Duration) -> Self {
        let mut address = listen;
        if address.ip().is_unspecified() {
            let loopback = if address.is_ipv4() { IpAddr::V4(Ipv4Addr::LOCALHOST) } else { IpAddr::V6(Ipv6Addr::LOCALHOST) };
            address.set_ip(loopback);
        }
        Self { address, patience, cookie: None, language: None }
    }

    /// Keeps the cookie an answer has set.
    pub(super) fn keep_cookie(&mut self, answer: &Answer) {
        self.cookie.clone_from(&answer.cookie);
    }

    pub(super) async fn get(&self, path: &str) -> anyhow::Result<Answer> {
        self.send("GET", path, "", &[]).await
    }

    /// The same from a browser that prefers `language`.
    pub(super) async fn get_in(&self, path: &str, language: Language) -> anyhow::Result<Answer> {
        Self { language: Some(language), ..self.clone() }.get(path).await
    }

    pub(super) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> anyhow::Result<Answer> {
        let body = serde_html_form::to_string(fields)?;
        self.send("POST", path, "application/x-www-form-urlencoded", body.as_bytes()).await
    }

    /// A form with a file in it, or without one.
    pub(super) async fn post_multipart(&self, path: &str, fields: &[(&str, &str)], file: Option<(&str, &str)>) -> anyhow::Result<Answer> {
        const BOUNDARY: &str = "demarche-check-boundary";
        let mut body = String::new();
        for (name, value) in fields {
            body.push_str(&format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"));
        }
        if let Some((name, content)) = file {
            body.push_str(&format!(
                "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n{content}\r\n"
            ));
        }
        body.push_str(&format!("--{BOUNDARY}--\r\n"));
        self.send("POST", path, &format!("multipart/form-data; boundary={BOUNDARY}"), body.as_bytes()).await
    }

    async fn send(&self, method: &str, path: &str, media_type: &str, body: &[u8]) -> anyhow::Result<Answer> {
        let exchange = async {
            let mut stream = TcpStream::connect(self.address).await?;
            let cookie = self.cookie.as_ref().map(|cookie| format!("cookie: {cookie}\r\n")).unwrap_or_default();
            let language = self.language.map(|language| format!("accept-language: {language}\r\n")).unwrap_or_default();
            let content = match method {
                "POST" => format!("sec-fetch-site: same-origin\r\ncontent-type: {media_type}\r\ncontent-length: {}\r\n", body.len()),
                _ => String::new(),
            };
            let head = format!("{method} {path} HTTP/1.0\r\nhost: {}\r\n{cookie}{language}{content}\r\n", self.address);
            stream.write_all(head.as_bytes()).await?;
            stream.write_all(body).await?;
            let mut answer = Vec::new();
            stream.take(LARGEST_ANSWER).read_to_end(&mut answer).await?;
            Ok::<_, std::io::Error>(answer)
        };
        let bytes =
            tokio::time::timeout(self.patience, exchange).await.with_context(|| format!("no answer from {} in time", self.address))?;
        Answer::read(&bytes.with_context(|| format!("no answer from {}", self.address))?).context("the answer is no HTTP")
    }
}

impl Answer {
    fn read(bytes: &[u8]) -> Option<Self> {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
        let (head, body) = (String::from_utf8_lossy(bytes.get(..end)?), bytes.get(end + 4..)?);
        let mut lines = head.lines();
        let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
        let mut answer = Self { status, location: None, media_type: String::new(), body: body.to_vec(), cookie: None };
        for (name, value) in lines.filter_map(|line| line.split_once(':')) {
            let value = value.trim().to_owned();
            match name.to_ascii_lowercase().as_str() {
                "location" => answer.location = Some(value),
                "content-type" => answer.media_type = value,
                "set-cookie" => answer.cookie = value.split(';').next().map(str::to_owned),
                _ => {}
            }
        }
        Some(answer)
    }

    /// The body as text.
    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The value of the first element named `name`; for a list, of its first choice that has one.
    pub(super) fn field(&self, name: &str) -> Option<String> {
        let text = self.text();
        let (_, after) = text.split_once(&format!(" name=\"{name}\""))?;
        let value = after.match_indices(" value=\"").find_map(|(at, found)| {
            let value = after.get(at + found.len()..)?.split('"').next()?;
            (!value.is_empty()).then_some(value)
        });
        value.map(unescaped)
    }

    /// Where the links of a page lead.
    pub(super) fn links(&self) -> Vec<String> {
        let text = self.text();
        text.split(" href=\"").skip(1).filter_map(|rest| rest.split('"').next()).map(unescaped).collect()
    }
}

fn unescaped(value: &str) -> String {
    value.replace("&#x2F;", "/").replace("&#x27;", "'").replace("&quot;", "\"").replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_answer_is_read_with_its_links_and_fields() {
        let bytes = b"HTTP/1.0 303 See Other\r\nLocation: /x\r\nset-cookie: a=b; HttpOnly\r\n\r\n<a href=\"/y?a=1&amp;b=2\">\
            <select id=\"e\" name=\"e\"><option value=\"\">none</option><option value=\"7\">seven</option></select>";
        let answer = Answer::read(bytes).unwrap();
        assert_eq!((answer.status, answer.location.as_deref(), answer.cookie.as_deref()), (303, Some("/x"), Some("a=b")));
        assert_eq!((answer.links(), answer.field("e").as_deref()), (vec!["/y?a=1&b=2".to_owned()], Some("7")));
        assert!(Answer::read(b"nonsense").is_none());
    }

    #[test]
    fn a_server_that_listens_everywhere_is_met_on_the_loopback_address() {
        let of = |listen: &str| Visitor::of(listen.parse().unwrap(), Duration::from_secs(1)).address.to_string();
        assert_eq!(
            (of("0.0.0.0:80"), of("[::]:80"), of("192.0.2.1:80")),
            ("127.0.0.1:80".into(), "[::1]:80".into(), "192.0.2.1:80".into())
        );
    }
}
