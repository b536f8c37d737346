//! The fonts of `assets/fonts`, made by `scripts/fonts`. They stay in the binary's own pages, uncompressed: a font takes no heap, and
//! one that no document needs is never read. Must not look for fonts of the machine, or the same letter would differ from place to place.

use typst::{
    foundations::Bytes,
    text::{Font, FontInfo},
};
use typst_kit::fonts::{FontSource, FontStore};

macro_rules! embedded {
    ($($file:literal)*) => {
        [$(include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/fonts/", $file, ".ttf")).as_slice()),*]
    };
}

static FILES: [&[u8]; 34] = embedded![
    "NotoSerif-Regular" "NotoSerif-Italic" "NotoSerif-Bold"
    "NotoNaskhArabic-Regular" "NotoNaskhArabic-Bold"
    "NotoSerifSC-Regular" "NotoSerifSC-Bold" "NotoSerifKR-Regular"
    "NotoSerifArmenian-Regular" "NotoSerifBengali-Regular" "NotoSerifDevanagari-Regular" "NotoSerifEthiopic-Regular"
    "NotoSerifGeorgian-Regular" "NotoSerifGujarati-Regular" "NotoSerifGurmukhi-Regular" "NotoSerifHebrew-Regular"
    "NotoSerifKannada-Regular" "NotoSerifKhmer-Regular" "NotoSerifLao-Regular" "NotoSerifMalayalam-Regular"
    "NotoSerifMyanmar-Regular" "NotoSerifSinhala-Regular" "NotoSerifTamil-Regular" "NotoSerifTelugu-Regular"
    "NotoSerifThai-Regular" "NotoSerifTibetan-Regular" "NotoSansCanadianAboriginal-Regular" "NotoSansCherokee-Regular"
    "NotoSansNKo-Regular" "NotoSansOlChiki-Regular" "NotoSansOriya-Regular" "NotoSansSyriac-Regular" "NotoSansThaana-Regular"
    "NotoSansTifinagh-Regular"
];

/// A font in the binary, parsed when a document first needs it.
struct Embedded(&'static [u8]);

impl FontSource for Embedded {
    fn load(&self) -> Option<Font> {
        Font::new(Bytes::new(self.0), 0)
    }
}

/// All embedded fonts. Reads only their names and coverage.
pub(super) fn store() -> FontStore {
    let mut store = FontStore::new();
    store.extend(FILES.iter().filter_map(|file| Some((Embedded(file), FontInfo::new(file, 0)?))));
    store
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_font_file_is_embedded_and_readable() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/fonts");
        let on_disk = std::fs::read_dir(folder)
            .into_iter()
            .flatten()
            .flatten()
            .filter(|file| file.path().extension().is_some_and(|e| e == "ttf"))
            .count();
        let store = store();
        let loaded = (0..).map_while(|index| store.font(index)).count();
        assert_eq!((on_disk, loaded), (FILES.len(), FILES.len()));
    }
}
