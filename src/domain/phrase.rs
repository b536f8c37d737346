//! Sentences with variables: `We thank {{ state.run }}.` Plain substitution, nothing else: no conditions, no evaluation, and what is
//! put in is never read again as a sentence. Must not choose words.

/// A variable that nobody had a value for, or a sentence that is broken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PhraseFault {
    /// The variables without a value.
    #[error("no value for {}", .0.join(", "))]
    Missing(Vec<String>),
    /// `{{` without `}}`, or a brace that belongs to no variable: `{% for … %}` of other template languages is nothing here.
    #[error("a variable is not closed, or a brace stands alone")]
    Unclosed,
}

/// The variables of a sentence, in their order.
pub fn variables(sentence: &str) -> Result<Vec<&str>, PhraseFault> {
    let braced = |text: &str| text.contains(['{', '}']);
    let mut found = Vec::new();
    let mut rest = sentence;
    while let Some((before, after)) = rest.split_once("{{") {
        let (name, tail) = after.split_once("}}").ok_or(PhraseFault::Unclosed)?;
        if braced(before) || braced(name) {
            return Err(PhraseFault::Unclosed);
        }
        found.push(name.trim());
        rest = tail;
    }
    if braced(rest) { Err(PhraseFault::Unclosed) } else { Ok(found) }
}

/// The sentence with every variable replaced. An empty value counts as none: a letter with a hole is no letter (R31).
pub fn fill<'v>(sentence: &str, value_of: impl Fn(&str) -> Option<&'v str>) -> Result<String, PhraseFault> {
    let mut filled = String::with_capacity(sentence.len() + 32);
    let mut missing = Vec::new();
    let mut rest = sentence;
    while let Some((before, after)) = rest.split_once("{{") {
        let (name, tail) = after.split_once("}}").ok_or(PhraseFault::Unclosed)?;
        filled.push_str(before);
        match value_of(name.trim()).filter(|value| !value.trim().is_empty()) {
            Some(value) => filled.push_str(value),
            None => missing.push(name.trim().to_owned()),
        }
        rest = tail;
    }
    filled.push_str(rest);
    if missing.is_empty() { Ok(filled) } else { Err(PhraseFault::Missing(missing)) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn variables_are_replaced_whatever_the_spaces() {
        let value = |name: &str| (name == "state.run").then_some("the Gambia");
        assert_eq!(fill("We thank {{ state.run }}, {{state.run}}.", value).unwrap(), "We thank the Gambia, the Gambia.");
        assert_eq!(fill("No variable.", value).unwrap(), "No variable.");
    }

    #[test]
    fn a_hole_is_reported_with_every_name() {
        let fault = fill("{{ a }} {{ b }} {{ c }}", |name| (name == "b").then_some(" ")).unwrap_err();
        assert_eq!(fault, PhraseFault::Missing(vec!["a".into(), "b".into(), "c".into()]));
        assert_eq!(fill("{{ a", |_| Some("x")), Err(PhraseFault::Unclosed));
        assert_eq!(variables("{{ a }} and {{b.c}}").unwrap(), ["a", "b.c"]);
        for stray in ["{% for n in range(end=999999999) %}x{% endfor %}", "{ a }", "{{ a }} }", "{{ {a} }}", "{ {{ a }}"] {
            assert_eq!(variables(stray), Err(PhraseFault::Unclosed), "{stray}");
        }
    }

    #[test]
    fn a_value_is_never_read_as_a_sentence() {
        assert_eq!(fill("{{ a }}", |_| Some("{{ b }}")).unwrap(), "{{ b }}");
    }
}
