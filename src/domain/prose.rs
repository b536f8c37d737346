//! Running text as people type or paste it, made fit to be stored and shown. One-line names are in `name`. Must not shorten anything.

use super::name::turns_direction;

/// The text trimmed, with plain line breaks and without the marks that turn the direction of what follows: copied text is full of them, and a
/// page sets its own. `None` when it holds a control character, which no database and no page can keep.
pub fn clean(typed: &str) -> Option<String> {
    if is_plain(typed) {
        return Some(typed.trim().to_owned());
    }
    let text = typed.trim().replace("\r\n", "\n").replace('\r', "\n");
    let is_kept = |c: char| !c.is_control() || matches!(c, '\n' | '\t');
    text.chars().all(is_kept).then(|| text.chars().filter(|c| !turns_direction(*c)).collect())
}

/// The same as one line.
pub fn clean_line(typed: &str) -> Option<String> {
    if is_plain(typed) {
        return Some(typed.trim().to_owned());
    }
    let is_kept = |c: &char| !turns_direction(*c);
    let line: String = clean(typed)?.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(is_kept).collect();
    Some(line.trim().to_owned())
}

/// Most cells of most sheets: nothing to look for.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_keeps_its_lines_and_loses_what_nobody_sees() {
        assert_eq!(clean(" one\r\ntwo\rthree\n ").as_deref(), Some("one\ntwo\nthree"));
        assert_eq!(clean("\u{2067}رد\u{2069} \u{202E}gpj.exe").as_deref(), Some("رد gpj.exe"));
        assert_eq!(clean("مرحبا\u{200F}!").as_deref(), Some("مرحبا\u{200F}!"), "marks that turn nothing stay");
        for bad in ["a\0b", "a\u{7}b", "a\u{9b}b"] {
            assert_eq!((clean(bad), clean_line(bad)), (None, None), "{bad:?}");
        }
        assert_eq!(clean_line("A/C.6/\n79/L.2\u{202C}").as_deref(), Some("A/C.6/ 79/L.2"));
    }
}
