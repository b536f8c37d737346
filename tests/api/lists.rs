//! Frozen lists as documents: the same names in the same order whatever the format (R21).

use std::io::{Cursor, Read};

use demarche::accounts::Role;

use crate::{
    letters_written::pdf_words,
    on_both_databases,
    roll::{load, organisation},
    support::{Program, program::Browser},
};

const LAYOUTS: [&str; 6] = ["running", "table", "columns", "country", "kind", "un"];

async fn file(staff: &Browser, layout: &str, format: &str, language: &str) -> Vec<u8> {
    let path = format!("/desk/waves/1/list?layout={layout}&format={format}&language={language}");
    let answer = staff.get(&path).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    assert!(answer.header("content-disposition").contains(&format!("signatories-1-{layout}-{language}.{format}")));
    answer.bytes
}

pub fn part(archive: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(archive)).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap_or_else(|_| panic!("no {name}")).read_to_string(&mut text).unwrap();
    text
}

/// The text of a format, tags gone.
pub fn words(format: &str, file: &[u8]) -> String {
    let plain = |xml: &str| {
        let html = scraper::Html::parse_fragment(&xml.replace("</w:t>", "</w:t> ").replace("</t>", "</t> "));
        html.root_element().text().collect::<String>()
    };
    let text = match format {
        "docx" => plain(&part(file, "word/document.xml")),
        "xlsx" => plain(&part(file, "xl/sharedStrings.xml")),
        "pdf" => pdf_words(file),
        "html" => plain(std::str::from_utf8(file).unwrap()),
        _ => String::from_utf8(file.to_vec()).unwrap(),
    };
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace(['\u{200E}', '\u{200F}', '\u{2068}', '\u{2069}'], "")
}

fn order_of(text: &str, names: &[&str]) -> Vec<usize> {
    let mut found: Vec<(usize, usize)> =
        names.iter().enumerate().map(|(at, name)| (text.find(name).unwrap_or_else(|| panic!("{name} in {text}")), at)).collect();
    found.sort_unstable();
    found.into_iter().map(|(_, at)| at).collect()
}

on_both_databases! {
    /// R21, R14, R18: six formats, five layouts, one order; a hostile name stands as it is and no withheld one at all.
    async fn every_format_holds_the_same_names_in_the_same_order(program: Program) {
        let mut lines: Vec<String> = ["Zebra House", "Åland Peace Circle", "=cmd() <b>&amp;</b>", "The Amber House"]
            .iter()
            .enumerate()
            .map(|(n, name)| organisation(&format!("o{n}"), name, "verified"))
            .collect();
        lines.push("w1,organisation,Seeded Secret House,,SEN,Contact w1,w1@example.org,Director,en,withheld,,,2026-11-20T09:00:00Z,verified\n".to_owned());
        lines.push("p1,individual,Maria Testperson,in exile,PER,Contact p1,p1@example.org,,es,named,,,2026-11-20T09:00:00Z,verified\n".to_owned());
        load(&program, &lines).await;
        let staff = program.staff(Role::Coordinator).await;
        staff.submit("/desk/waves", "/desk/waves", &[("next", "1")]).await;
        let page = staff.get("/desk/waves/1").await;
        assert_eq!(page.attributes("form[action='/desk/waves/1/list'] [name=layout] option", "value"), LAYOUTS);
        let hash = page.texts("code")[0].clone();
        let names = ["=cmd() <b>&amp;</b>", "Åland Peace Circle", "The Amber House", "Maria Testperson", "Zebra House"];
        for layout in LAYOUTS {
            let mut orders = Vec::new();
            for format in ["docx", "pdf", "html", "csv", "xlsx", "txt"] {
                if program.kind == crate::support::databases::Kind::Postgres && format == "pdf" && layout != "table" {
                    continue;
                }
                let text = words(format, &file(&staff, layout, format, "en").await);
                assert!(text.contains(&hash) || format == "pdf" && text.replace(' ', "").contains(&hash), "{format}: {text}");
                assert!(text.contains("Wave 1, frozen") && text.contains("5 organisations and 1 individual from 2 countries, as of 23 November 2026"), "{format}: {text}");
                assert!(text.contains("Names withheld for security: 1") && text.contains("in exile"), "{format}: {text}");
                assert!(!text.contains("Seeded") && !text.contains("Peru"), "{layout} {format}");
                orders.push((format, order_of(&text, &names)));
            }
            assert!(orders.windows(2).all(|two| two[0].1 == two[1].1), "{layout}: {orders:?}");
            if layout != "country" && layout != "kind" {
                let by_name = [0, 1, 2, 3, 4];
                assert_eq!(orders[0].1, by_name, "{layout}: leading articles are skipped, Å sorts as in the language");
            }
        }
        let html = String::from_utf8(file(&staff, "table", "html", "ar").await).unwrap();
        assert!(html.contains("dir=\"rtl\"") && html.contains("&lt;b&gt;") && !html.contains("<b>"), "{html}");
        let docx = file(&staff, "table", "docx", "ar").await;
        let document = part(&docx, "word/document.xml");
        assert!(document.contains("<w:bidiVisual/>") && document.contains("<w:rtl/>") && document.contains("&lt;b&gt;"), "{document}");
        assert_eq!(docx, file(&staff, "table", "docx", "ar").await, "the same bytes each time");
        let sheet = String::from_utf8(file(&staff, "table", "csv", "en").await).unwrap();
        assert!(sheet.contains("'=cmd()"), "{sheet}");
        for (role, status) in [(Role::Reader, 403), (Role::Moderator, 200)] {
            let other = program.staff(role).await;
            assert_eq!(other.get("/desk/waves/1/list?layout=table&format=txt&language=en").await.status, status);
        }
        for bad in ["", "?layout=x&format=pdf&language=en", "?layout=table&format=exe&language=en", "?layout=table&format=pdf&language=xx"] {
            assert_eq!(staff.get(&format!("/desk/waves/1/list{bad}")).await.status, 400, "{bad}");
        }
        assert_eq!(staff.get("/desk/waves/9/list?layout=table&format=txt&language=en").await.status, 404);
    }
}

/// R17: a workbook and a sheet in an older encoding bring the names as they are; the same file again brings nothing.
mod brought {
    use std::io::Cursor;

    use demarche::{
        domain::signature::SignatureOrigin,
        entities::signatory,
        platform::documents::source,
        signing::import::{self, Options, Report},
    };
    use sea_orm::EntityTrait;

    use crate::{on_both_databases, support::Program};

    const COLUMNS: [&str; 9] = ["id", "kind", "name", "iso3", "contact_name", "contact_email", "visibility", "signed_at", "state"];

    async fn bring(program: &Program, file: Vec<u8>, encoding: Option<&str>) -> Report {
        let platform = &program.app.platform;
        let (campaign, states) = (program.app.campaigns.get(platform).await.unwrap(), program.app.states.get(platform).await.unwrap());
        let source = source::open(Cursor::new(file), encoding.map(|name| name.parse().unwrap())).unwrap();
        let options = Options { dry_run: false, origin: SignatureOrigin::Import };
        import::signatures(platform, (&campaign, &states), source, options, |_| {}).await.unwrap()
    }

    async fn names(program: &Program) -> Vec<String> {
        let rows = signatory::Entity::find().all(program.app.platform.database.read()).await.unwrap();
        let mut names: Vec<String> = rows.into_iter().filter_map(|row| row.name).collect();
        names.sort();
        names
    }

    on_both_databases! {
        /// R17
        async fn from_a_workbook_and_from_older_encodings(program: Program) {
            let mut book = rust_xlsxwriter::Workbook::new();
            let sheet = book.add_worksheet();
            for (column, head) in COLUMNS.iter().enumerate() {
                sheet.write_string(0, column as u16, *head).unwrap();
            }
            let instant = rust_xlsxwriter::Format::new().set_num_format("yyyy-mm-dd hh:mm");
            for (row, (id, name)) in [("1", "مركز القاهرة لدراسات حقوق الإنسان"), ("2", "Žluťoučký kůň, z. s."), ("3", "=cmd()")].iter().enumerate() {
                let row = row as u32 + 1;
                sheet.write_number(row, 0, id.parse::<f64>().unwrap()).unwrap();
                for (column, text) in [(1, "organisation"), (2, name), (3, "EGY"), (4, "Contact"), (6, "named"), (8, "verified")] {
                    sheet.write_string(row, column, text).unwrap();
                }
                sheet.write_string(row, 5, format!("contact{id}@house.example.org")).unwrap();
                let at = rust_xlsxwriter::ExcelDateTime::from_ymd(2026, 11, 20).unwrap().and_hms(9, 0, 0).unwrap();
                sheet.write_datetime_with_format(row, 7, &at, &instant).unwrap();
            }
            let file = book.save_to_buffer().unwrap();
            let report = bring(&program, file.clone(), None).await;
            assert_eq!((report.added, report.rejects.len()), (3, 0), "{:?}", report.rejects);
            assert_eq!(names(&program).await, ["=cmd()", "Žluťoučký kůň, z. s.", "مركز القاهرة لدراسات حقوق الإنسان"]);
            let again = bring(&program, file, None).await;
            assert_eq!((again.added, again.known), (0, 3));

            let text = format!("{}\r\n7;organisation;Правозащитный центр;RUS;Contact;seven@house.example.org;named;;verified\r\n", COLUMNS.join(";"));
            let (bytes, ..) = encoding_rs::WINDOWS_1251.encode(&text);
            // Read as what it is not, no name is made up of it.
            let lying = bring(&program, bytes.to_vec(), None).await;
            assert_eq!((lying.added, lying.rejected), (0, 1));
            assert_eq!(bring(&program, bytes.to_vec(), Some("windows-1251")).await.added, 1);
            assert!(names(&program).await.contains(&"Правозащитный центр".to_owned()));
            let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
            assert_eq!(bring(&program, wide, None).await.known, 1, "the same rows in UTF-16");
        }
    }
}
