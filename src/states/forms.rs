//! The forms of address that the binary carries. Must hold no rule: which form fits whom is the domain's.

use std::sync::LazyLock;

use rust_embed::RustEmbed;

use crate::domain::address::FormsOfAddress;

#[derive(RustEmbed)]
#[folder = "assets/address/"]
#[include = "*.toml"]
struct Files;

/// Read once, by the first letter.
static FORMS: LazyLock<FormsOfAddress> = LazyLock::new(|| {
    let file = Files::get("forms.toml").map(|file| file.data).unwrap_or_default();
    // A test reads the file too; without it nobody has a form of their own, and letters go by the office's.
    std::str::from_utf8(&file).ok().and_then(|text| toml::from_str(text).ok()).unwrap_or_default()
});

/// How holders of offices are written to.
pub fn of_address() -> &'static FormsOfAddress {
    &FORMS
}

#[cfg(test)]
mod tests {
    use super::*;

    /// R28, R39: seven languages.
    #[test]
    fn the_shipped_forms_are_read() {
        assert_eq!(of_address().languages().collect::<Vec<_>>(), ["ar", "en", "es", "fr", "pt", "ru", "zh"]);
    }
}
