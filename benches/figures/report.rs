//! Puts a table between its two marks in `docs/performance.md`, and shows it.

use std::{fs, path::Path};

/// A table with its heading row; cells as they are to be read.
pub struct Table {
    head: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub fn new(head: &[&str]) -> Self {
        Self { head: head.iter().map(|cell| (*cell).to_owned()).collect(), rows: Vec::new() }
    }

    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        let cells: Vec<String> = cells.into_iter().collect();
        eprintln!("  {}", cells.join(" | "));
        assert_eq!(cells.len(), self.head.len());
        self.rows.push(cells);
    }

    fn markdown(&self) -> String {
        let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
        let rule: Vec<String> = self.head.iter().enumerate().map(|(at, _)| if at == 0 { "---" } else { "---:" }.to_owned()).collect();
        let rows: String = self.rows.iter().map(|row| line(row)).collect();
        format!("{}{}{rows}", line(&self.head), line(&rule))
    }
}

/// Replaces what stands between `<!-- NAME -->` and `<!-- /NAME -->`.
pub fn write(name: &str, table: &Table) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/performance.md");
    let text = fs::read_to_string(&path).unwrap();
    let (open, close) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
    let (before, rest) = text.split_once(&open).unwrap_or_else(|| panic!("{} has no {open}", path.display()));
    let (_, after) = rest.split_once(&close).unwrap();
    fs::write(&path, format!("{before}{open}\n{}\n{close}{after}", table.markdown())).unwrap();
}

/// A rate for people: no more digits than it is worth.
pub fn rate(per_second: f64) -> String {
    if per_second >= 1000.0 { format!("{:.1} k", per_second / 1000.0) } else { format!("{per_second:.0}") }
}

pub fn ratio(value: f64, limit: f64) -> String {
    format!("{:.2}", value / limit)
}

pub fn milliseconds(seconds: f64) -> String {
    format!("{:.1} ms", seconds * 1000.0)
}
