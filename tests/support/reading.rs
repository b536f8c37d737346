//! Answers as a person reads them: text, fields, links.

use scraper::{Html, Selector};

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: String,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub async fn of(response: reqwest::Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.bytes().await.unwrap().to_vec();
        Self { status, headers, body: String::from_utf8_lossy(&bytes).into_owned(), bytes }
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Where a redirect leads.
    pub fn location(&self) -> &str {
        self.header("location")
    }

    /// The visible words, white space folded, direction marks removed.
    pub fn text(&self) -> String {
        let page = Html::parse_document(&self.body);
        let words: Vec<&str> = page.root_element().text().flat_map(str::split_whitespace).collect();
        words.join(" ").replace(['\u{2068}', '\u{2069}'], "")
    }

    /// The words of every element the selector finds.
    pub fn texts(&self, selector: &str) -> Vec<String> {
        let (page, selector) = (Html::parse_document(&self.body), Selector::parse(selector).unwrap());
        let found = page.select(&selector).map(|element| {
            let words: Vec<&str> = element.text().flat_map(str::split_whitespace).collect();
            words.join(" ").replace(['\u{2068}', '\u{2069}'], "")
        });
        found.collect()
    }

    /// An attribute of every element the selector finds.
    pub fn attributes(&self, selector: &str, name: &str) -> Vec<String> {
        let (page, selector) = (Html::parse_document(&self.body), Selector::parse(selector).unwrap());
        page.select(&selector).filter_map(|element| element.value().attr(name).map(str::to_owned)).collect()
    }

    /// The value of a form field.
    pub fn field(&self, name: &str) -> Option<String> {
        self.attributes(&format!("[name='{name}']"), "value").into_iter().next()
    }
}

/// The plain text of a mail as it went out.
pub fn mail_text(bytes: &[u8]) -> String {
    let message = mail_parser::MessageParser::default().parse(bytes).unwrap();
    message.body_text(0).unwrap().into_owned()
}
