//! The same letters with other typesetters, in the same run and with the same fonts: WeasyPrint sets pages of HTML in one warm process, LibreOffice the
//! DOCX files that the program itself hands out, in one batch. All make tagged PDF. Must not flatter: the others get their best way of working.

use std::{fs, path::Path, process::Command, time::Instant};

use chrono::{DateTime, Utc};
use demarche::{
    letters::word,
    platform::{
        templates::Templates,
        typeset::{LetterPage, Template, Typesetter, letter::LabelledList},
    },
};
use serde::Deserialize;

use crate::{
    letters, memory,
    report::{Table, rate, ratio},
};

/// What another typesetter said of itself.
#[derive(Deserialize)]
struct Said {
    seconds: f64,
    megabytes: usize,
}

const STYLE: &str = "@page { size: A4; margin: 25mm 25mm 22mm; @bottom-center { content: counter(page) ' / ' counter(pages); font-size: 8pt } }
html { font: 10.5pt/1.35 'Noto Serif', 'Noto Naskh Arabic', 'Noto Serif SC', serif } h1 { font-size: 10.5pt } p { margin: 0 0 2.5mm }
header { border-bottom: .5pt solid; margin-bottom: 6mm } header strong { font-size: 13pt } .addressee { margin: 6mm 0 } .small { font-size: 8.5pt }
.signature { margin-top: 14mm }";

/// Escaped for HTML; our own text holds nothing else than the three.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn paragraphs<'t>(texts: impl IntoIterator<Item = &'t String>) -> String {
    texts.into_iter().filter(|text| !text.is_empty()).map(|text| format!("<p>{}</p>", escaped(text))).collect()
}

fn lines<'t>(class: &str, texts: impl IntoIterator<Item = &'t String>) -> String {
    let lines: Vec<_> = texts.into_iter().filter(|text| !text.is_empty()).map(|text| escaped(text)).collect();
    format!("<p class=\"{class}\">{}</p>", lines.join("<br>"))
}

fn list(list: Option<&LabelledList>) -> String {
    list.map_or_else(String::new, |list| format!("<p class=\"small\">{}: {}</p>", escaped(&list.label), escaped(&list.items.join("; "))))
}

/// A letter as a page of HTML with everything the PDF has.
fn html(page: &LetterPage) -> String {
    let reference = page.reference.as_ref().map(|reference| format!("{}: {}", reference.label, reference.value)).unwrap_or_default();
    let asks = page.asks.as_ref().map_or_else(String::new, |asks| {
        let items: String = asks.items.iter().map(|item| format!("<li>{}</li>", escaped(item))).collect();
        format!("<p>{}</p><ol>{items}</ol>", escaped(&asks.intro))
    });
    [
        format!("<!DOCTYPE html><html lang=\"{}\"><meta charset=\"utf-8\"><title>{}</title>", page.language, escaped(&page.title)),
        format!("<header><strong>{}</strong>{}</header>", escaped(&page.letterhead.name), lines("small", &page.letterhead.lines)),
        paragraphs([&page.place_date, &reference]),
        lines("addressee", &page.addressee),
        page.translation_mark.iter().map(|mark| format!("<p class=\"small\">{}</p>", escaped(mark))).collect(),
        format!("<h1>{}</h1>", escaped(&page.subject)),
        paragraphs([&page.salutation]),
        paragraphs(&page.paragraphs),
        asks,
        paragraphs(&page.offer),
        paragraphs([&page.closing]),
        lines("signature", [&page.signature.name, &page.signature.role, &page.signature.organisation]),
        list(page.enclosures.as_ref()),
        list(page.cc.as_ref()),
        lines("small", page.verification.as_ref()),
    ]
    .concat()
}

/// Only the fonts of the program, so that nobody searches through more of them than the others.
fn fontconfig(folder: &Path) -> std::path::PathBuf {
    let fonts = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/fonts");
    let file = folder.join("fonts.conf");
    let words = format!("<fontconfig><dir>{}</dir><cachedir>{}</cachedir></fontconfig>", fonts.display(), folder.join("cache").display());
    fs::write(&file, words).unwrap();
    file
}

fn other(engine: &str, folder: &Path) -> Said {
    // `benches/run` makes the folder of WeasyPrint; LibreOffice needs no more than any Python.
    let python = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/weasyprint/bin/python");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/typesetters.py");
    let mut command = Command::new(python);
    command.arg(script).arg(engine).arg(folder).env("FONTCONFIG_FILE", folder.join("fonts.conf"));
    let output = command.output().expect("benches/run makes target/weasyprint");
    assert!(output.status.success(), "{engine}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// `pages` are set by each; the program's own rate on one thread and on two is the measure of the others.
pub fn measure(pages: &[LetterPage], stamp: DateTime<Utc>) -> Table {
    let mut table =
        Table::new(&["the same letters", "seconds", "letters a second", "ours on one thread is", "ours on two is", "MB at most"]);
    let folder = tempfile::tempdir().unwrap();
    fontconfig(folder.path());
    fs::write(folder.path().join("letter.css"), STYLE).unwrap();
    let templates = Templates::load().unwrap();
    for (at, page) in pages.iter().enumerate() {
        fs::write(folder.path().join(format!("{at:03}.html")), html(page)).unwrap();
        fs::write(folder.path().join(format!("{at:03}.docx")), word::document(&templates, page, stamp).unwrap()).unwrap();
    }
    let count = pages.len() as f64;
    let mut ours = Vec::new();
    for threads in [1, 2] {
        let typesetter = Typesetter::new();
        typesetter.render_blocking(Template::Letter, &pages[0], stamp).unwrap();
        // A second day on every letter, as elsewhere: nothing comes out of the cache.
        let fresh = letters::dated_otherwise(pages, threads);
        let started = Instant::now();
        letters::typeset(&typesetter, &fresh, threads, stamp);
        let seconds = started.elapsed().as_secs_f64();
        ours.push(count / seconds);
        let name = format!("this program, {threads} thread{}", if threads == 1 { "" } else { "s" });
        let held = memory::of_process(std::process::id()).most / 1000;
        table.row([name, format!("{seconds:.2}"), rate(count / seconds), "–".to_owned(), "–".to_owned(), held.to_string()]);
    }
    for (engine, name) in [("weasyprint", "WeasyPrint, one warm process"), ("libreoffice", "LibreOffice, one batch")] {
        let said = other(engine, folder.path());
        let theirs = count / said.seconds;
        let faster = |ours: f64| format!("{} times", ratio(ours, theirs));
        table.row([
            name.to_owned(),
            format!("{:.2}", said.seconds),
            format!("{theirs:.1}"),
            faster(ours[0]),
            faster(ours[1]),
            said.megabytes.to_string(),
        ]);
    }
    table
}
