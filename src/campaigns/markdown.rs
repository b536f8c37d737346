//! Markdown of statements and notices to HTML that can do no harm. Must not be used for what visitors type.

use pulldown_cmark::{Event, Options, Parser, TagEnd, html};

/// Sanitised HTML. Headings start one level below the page's own.
pub fn to_html(markdown: &str) -> String {
    let mut out = String::with_capacity(markdown.len() * 2);
    html::push_html(&mut out, Parser::new_ext(markdown, Options::empty()));
    ammonia::Builder::default().link_rel(Some("noopener")).clean(&out).to_string()
}

/// The words alone, paragraphs parted by empty lines: for comparing two texts.
pub fn to_words(markdown: &str) -> String {
    let mut out = String::with_capacity(markdown.len());
    for event in Parser::new_ext(markdown, Options::empty()) {
        match event {
            Event::Text(text) | Event::Code(text) => out.push_str(&text),
            Event::SoftBreak | Event::HardBreak => out.push(' '),
            Event::End(TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::Item | TagEnd::BlockQuote(_)) if !out.ends_with("\n\n") => {
                out.push_str("\n\n");
            }
            _ => {}
        }
    }
    out.trim_end().to_owned()
}

/// The first line's heading, and the text after it.
pub fn split_title(markdown: &str) -> (String, String) {
    let (first, rest) = markdown.split_once('\n').unwrap_or((markdown, ""));
    (first.trim_start_matches('#').trim().to_owned(), rest.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_that_could_do_harm_is_dropped() {
        let html = to_html("## Why\n\n<script>alert(1)</script>\n\n[x](javascript:alert(1)) **strong**");
        assert!(!html.contains("<script") && !html.contains("javascript:"), "{html}");
        assert!(html.contains("<strong>strong</strong>") && html.contains("<h2>Why</h2>"));
    }

    #[test]
    fn the_words_alone_keep_their_paragraphs() {
        assert_eq!(to_words("## Why\n\nA **strong**\ntext.\n\n- one\n- two\n"), "Why\n\nA strong text.\n\none\n\ntwo");
    }

    #[test]
    fn the_first_line_is_the_title() {
        assert_eq!(split_title("# A title\n\nText."), ("A title".to_owned(), "Text.".to_owned()));
    }
}
