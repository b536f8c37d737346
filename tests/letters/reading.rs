//! Looks inside a PDF with the tools of poppler and qpdf, as a recipient's programs would.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// A word where it stands on the paper.
#[derive(Debug)]
pub struct Word {
    pub text: String,
    pub left: f64,
    pub right: f64,
    pub top: f64,
}

/// A letter on disk, where a person can look at it after the tests: under `target/tmp/letters`.
pub struct Paper(PathBuf);

impl Paper {
    pub fn keep(name: &str, pdf: &[u8]) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("letters");
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join(format!("{name}.pdf"));
        fs::write(&path, pdf).unwrap();
        Self(path)
    }

    fn run(&self, tool: &str, before: &[&str], after: &[&str]) -> String {
        let output =
            Command::new(tool).args(before).arg(&self.0).args(after).output().unwrap_or_else(|e| panic!("{tool}: {e}; see tests/run"));
        assert!(output.status.success(), "{tool}: {}", String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr));
        // The outline of tags holds titles as raw PDF strings.
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// All words in reading order, spaces and line ends made one space.
    pub fn words(&self) -> String {
        one_line(&self.run("pdftotext", &[], &["-"]))
    }

    /// The words of one page, one line a string, as they stand on the paper.
    pub fn lines(&self, page: usize) -> Vec<String> {
        let page = page.to_string();
        self.run("pdftotext", &["-layout", "-f", &page, "-l", &page], &["-"]).lines().map(str::to_owned).collect()
    }

    /// The words of one page with the place of each on the paper, in points.
    pub fn boxes(&self, page: usize) -> Vec<Word> {
        let page = page.to_string();
        let html = self.run("pdftotext", &["-bbox", "-f", &page, "-l", &page], &["-"]);
        let number = |line: &str, name: &str| -> f64 {
            let rest = line.split_once(&format!("{name}=\"")).unwrap().1;
            rest.split_once('"').unwrap().0.parse().unwrap()
        };
        let words = html.lines().map(str::trim).filter(|line| line.starts_with("<word"));
        words
            .map(|line| Word {
                text: one_line(line.split_once('>').unwrap().1.trim_end_matches("</word>")),
                left: number(line, "xMin"),
                right: number(line, "xMax"),
                top: number(line, "yMin"),
            })
            .collect()
    }

    /// The width of the paper in points.
    pub fn width(&self) -> f64 {
        let info = self.info();
        let size = info.lines().find_map(|line| line.strip_prefix("Page size:")).unwrap();
        size.split_whitespace().next().unwrap().parse().unwrap()
    }

    pub fn info(&self) -> String {
        self.run("pdfinfo", &[], &[])
    }

    /// The document's fonts, one line each.
    pub fn fonts(&self) -> Vec<String> {
        self.run("pdffonts", &[], &[]).lines().skip(2).map(str::to_owned).collect()
    }

    /// The outline of tags, such as `H1`.
    pub fn structure(&self) -> String {
        self.run("pdfinfo", &["-struct"], &[])
    }

    pub fn check(&self) {
        self.run("qpdf", &["--check"], &[]);
    }

    /// The document's objects in readable form.
    pub fn objects(&self) -> String {
        let out = self.0.with_extension("qdf");
        self.run("qpdf", &["--qdf", "--object-streams=disable"], &[out.to_str().unwrap()]);
        String::from_utf8_lossy(&fs::read(out).unwrap()).into_owned()
    }
}

pub fn one_line(text: &str) -> String {
    // Marks of direction do not show: what a reader sees is compared, not what holds it in order.
    let visible: String =
        text.chars().filter(|c| !matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')).collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}
