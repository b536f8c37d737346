//! Sheets of signatories at the desk: uploaded, given their columns, tried, taken, stopped (R17, US3).

use chrono::Duration;
use demarche::{
    accounts::Role,
    domain::clock::Clock,
    entities::{signatory, signature_import},
};
use reqwest::multipart::{Form, Part};
use sea_orm::{EntityTrait, PaginatorTrait};

use crate::{
    on_both_databases,
    signing::signatures,
    support::{Program, program::Browser, reading::Answer},
};

/// As a web form hands it out: its own headings, people's words, no number of a line.
const SHEET: &str = "Timestamp,Name as it should be printed,Type of organisation,Country,E-mail address,Contact person\r\n\
    11/20/2026 9:00:00,Harbour Lantern Society,Organisation,Kenya,keeper@lantern.example.org,Awa Test\r\n\
    11/20/2026 9:01:00,Réseau des Étoiles,Réseau,Sénégal,awa@etoiles.example.org,Awa Test\r\n\
    11/20/2026 9:02:00,جمعية المنارة,,مصر,m@manara.example.org,منى\r\n\
    11/20/2026 9:03:00,River Watch,organisation,Kenya,no address,Nobody\r\n\
    11/20/2026 9:04:00,=cmd(),Society of friends,Kenya,x@cmd.example.org,Nobody\r\n";

async fn upload(staff: &Browser, name: &str, encoding: &str, content: Vec<u8>) -> Answer {
    let csrf = staff.get("/desk/imports").await.field("csrf").unwrap();
    let form =
        Form::new().text("csrf", csrf).text("encoding", encoding.to_owned()).part("file", Part::bytes(content).file_name(name.to_owned()));
    Answer::of(staff.client.post(format!("{}/desk/imports", staff.base_url)).multipart(form).send().await.unwrap()).await
}

/// The page of an uploaded sheet.
async fn uploaded(staff: &Browser, encoding: &str, content: Vec<u8>) -> String {
    let answer = upload(staff, "answers.csv", encoding, content).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    answer.location().to_owned()
}

/// What the page's selects say now, with some of them changed.
async fn try_with(staff: &Browser, at: &str, changed: &[(&str, &str)]) -> Answer {
    let page = staff.get(at).await;
    let names: Vec<String> = page.attributes("form.form--wide select, form.form--wide input[name=time_zone]", "name");
    let chosen =
        |name: &str| page.attributes(&format!("select[name={name}] option[selected]"), "value").first().cloned().unwrap_or_default();
    let mut fields: Vec<(String, String)> = names.iter().map(|name| (name.clone(), chosen(name))).collect();
    for (name, value) in changed {
        fields.retain(|(known, _)| known != name);
        fields.push(((*name).to_owned(), (*value).to_owned()));
    }
    fields.push(("wish".to_owned(), "try".to_owned()));
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    staff.submit(at, at, &fields).await
}

async fn rows(program: &Program) -> Vec<signature_import::Model> {
    let mut rows = signature_import::Entity::find().all(program.app.platform.database.read()).await.unwrap();
    rows.sort_by_key(|row| row.id);
    rows
}

const COLUMNS: [(&str, &str); 3] = [("column_kind", "2"), ("default_kind", "organisation"), ("column_contact_email", "4")];

on_both_databases! {
    /// R17, US3: a sheet in its own columns and in people's words is tried, its faulty lines go back with their reasons, and the rest is vetted like any other.
    async fn a_sheet_of_a_web_form_is_tried_and_taken(program: Program) {
        let staff = program.staff(Role::Coordinator).await;
        let at = uploaded(&staff, "", SHEET.into()).await;
        let page = staff.get(&at).await;
        assert_eq!(page.texts("#sheet thead th").len(), 6);
        assert!(page.texts("#sheet tbody tr").len() == 5 && page.text().contains("جمعية المنارة"));
        let chosen = page.attributes("select[name=column_name] option[selected]", "value");
        assert_eq!(chosen, ["1"], "a column called as on the form is found");
        assert_eq!(try_with(&staff, &at, &COLUMNS).await.status, 303);
        program.drain().await;
        assert!(signatures(&program).await.is_empty(), "trying changes nothing");
        let page = staff.get(&at).await.text();
        assert!(page.contains("What would happen") && page.contains("Take 3 new signatures"), "{page}");
        let faulty = staff.get(&format!("{at}/rejects.csv")).await.body;
        assert!(faulty.contains("contact_email: not an address") && faulty.contains("kind: not one of the known values"), "{faulty}");
        assert!(faulty.contains("River Watch") && faulty.contains("'=cmd()") && faulty.contains("\r\n5,") && !faulty.contains("Lantern"), "{faulty}");
        for _ in 0..2 {
            staff.submit(&at, &at, &[("wish", "take")]).await;
        }
        program.drain().await;
        let taken = signatures(&program).await;
        assert!(taken.len() == 3 && taken.iter().all(|row| row.state == "confirmed" && row.origin == "import"), "{taken:?}");
        let of = signatory::Entity::find().all(program.app.platform.database.read()).await.unwrap();
        let mut places: Vec<(String, Option<String>)> = of.into_iter().map(|of| (of.kind, of.iso3)).collect();
        places.sort();
        let expected = [("network", "SEN"), ("organisation", "EGY"), ("organisation", "KEN")];
        assert_eq!(places, expected.map(|(kind, iso3)| (kind.to_owned(), Some(iso3.to_owned()))));
        assert!(staff.get(&at).await.text().contains("What happened") && staff.get("/desk/signatures").await.text().contains("Réseau des Étoiles"));
    }

    /// R17, R8: when each line signed is read as the web form writes it, by the clock somebody names; what cannot be a time is sent back.
    async fn the_time_of_a_web_form_is_read_by_its_own_clock(program: Program) {
        let staff = program.staff(Role::Coordinator).await;
        let at = uploaded(&staff, "", SHEET.into()).await;
        let page = staff.get(&at).await;
        assert_eq!(page.attributes("select[name=time_form] option[selected]", "value"), ["month_first"], "no other order fits these times");
        assert_eq!(page.attributes("select[name=column_signed_at] option[selected]", "value"), ["0"]);
        let odd = try_with(&staff, &at, &[("column_signed_at", "0"), ("time_zone", "Narnia")]).await;
        assert_eq!((odd.status, odd.attributes(".error-summary a", "href").contains(&"#time_zone".to_owned())), (422, true));
        assert_eq!(odd.field("time_zone").as_deref(), Some("Narnia"));
        let mut columns = COLUMNS.to_vec();
        columns.extend([("column_signed_at", "0"), ("time_form", "day_first")]);
        try_with(&staff, &at, &columns).await;
        program.drain().await;
        let faulty = staff.get(&format!("{at}/rejects.csv")).await.body;
        assert_eq!(faulty.matches("signed_at: not a time").count(), 4, "{faulty}");
        columns.extend([("time_form", "month_first"), ("time_zone", "America/New_York")]);
        try_with(&staff, &at, &columns).await;
        program.drain().await;
        staff.submit(&at, &at, &[("wish", "take")]).await;
        program.drain().await;
        let mut times: Vec<String> = signatures(&program).await.iter().map(|row| row.signed_at.format("%d %H:%M").to_string()).collect();
        times.sort();
        assert_eq!(times, ["20 14:00", "20 14:01", "20 14:02"]);
    }

    /// R17: next week's sheet of the same form is read the same way, adds what is new, and nothing twice.
    async fn the_next_sheet_of_the_same_form_is_read_the_same_way(program: Program) {
        let staff = program.staff(Role::Coordinator).await;
        for (sheet, new) in [(SHEET.to_owned(), 3), (SHEET.to_owned(), 0), (format!("{SHEET}12/1/2026,Hill House,,Kenya,h@hill.example.org,H\r\n"), 1)] {
            let at = uploaded(&staff, "", sheet.into()).await;
            let changed: &[(&str, &str)] = if rows(&program).await.len() == 1 { &COLUMNS } else { &[] };
            assert_eq!(try_with(&staff, &at, changed).await.status, 303);
            program.drain().await;
            assert!(staff.get(&at).await.text().contains(&format!("Take {new} new signatures")), "{}", staff.get(&at).await.text());
            staff.submit(&at, &at, &[("wish", "take")]).await;
            program.drain().await;
        }
        assert_eq!(signatures(&program).await.len(), 4);
    }

    /// R17, R14: what a sheet holds of people is sealed while it waits, and gone when it is taken or two weeks old.
    async fn an_uploaded_sheet_is_sealed_and_forgotten(program: Program) {
        let staff = program.staff(Role::Coordinator).await;
        let at = uploaded(&staff, "", SHEET.into()).await;
        try_with(&staff, &at, &COLUMNS).await;
        program.drain().await;
        let bytes = program.database_bytes().await;
        for name in ["Harbour Lantern", "keeper@lantern", "River Watch"] {
            assert!(!bytes.windows(name.len()).any(|window| window == name.as_bytes()), "{name}");
        }
        staff.submit(&at, &at, &[("wish", "take")]).await;
        program.drain().await;
        assert!(rows(&program).await[0].sealed_content.is_none());
        uploaded(&staff, "", SHEET.into()).await;
        program.clock.set(program.clock.now() + Duration::days(15));
        demarche::signing::uploads::forget_old(&program.app.platform).await.unwrap();
        assert!(rows(&program).await.iter().all(|row| row.sealed_content.is_none() && row.sealed_rejects.is_none()));
        let staff = program.staff(Role::Coordinator).await;
        assert_eq!(staff.get(&at).await.status, 200, "its page stays");
        assert_eq!(staff.get(&format!("{at}/rejects.csv")).await.status, 404);
    }

    /// R17: older encodings when somebody says which, and a word beside the field when nobody does.
    async fn a_sheet_in_an_older_encoding_says_so(program: Program) {
        let staff = program.staff(Role::Coordinator).await;
        let (bytes, ..) = encoding_rs::WINDOWS_1251.encode("name;kind;country\r\nОбщество «Маяк»;Организация;Кения\r\n");
        let refused = upload(&staff, "list.csv", "", bytes.to_vec()).await;
        assert_eq!((refused.status, refused.attributes(".error-summary a", "href").concat().as_str()), (422, "#encoding"));
        let at = uploaded(&staff, "windows-1251", bytes.to_vec()).await;
        assert!(staff.get(&at).await.text().contains("Общество «Маяк»"));
        try_with(&staff, &at, &[("column_iso3", "2")]).await;
        program.drain().await;
        let faulty = staff.get(&format!("{at}/rejects.csv")).await.body;
        assert!(staff.get(&at).await.text().contains("Take 1 new signatures"), "{faulty}");
    }

    /// Bad sheets, bad columns, bad wishes: each has its words, none a fault of ours.
    async fn bad_sheets_are_told(program: Program) {
        let staff = program.staff(Role::Coordinator).await;
        let wide = (0..300).map(|n| format!("c{n}")).collect::<Vec<_>>().join(",");
        let cases: [(Vec<u8>, &str); 6] = [
            (Vec::new(), "#file"),
            (wide.into_bytes(), "#file"),
            (b"PK\x03\x04 no workbook".to_vec(), "#file"),
            (b"name,kind\r\nNull\0House,organisation\r\n".to_vec(), "#encoding"),
            (b"name\r\n\xff\xfe\xfa".to_vec(), "#encoding"),
            (vec![b'x'; 17 * 1024 * 1024], "#file"),
        ];
        for (content, fault) in cases {
            let answer = upload(&staff, "odd.csv", "", content).await;
            assert_eq!((answer.status, answer.attributes(".error-summary a", "href").concat().as_str()), (422, fault));
        }
        assert_eq!(upload(&staff, "a.csv", "ebcdic", SHEET.into()).await.status, 422);
        let at = uploaded(&staff, "", SHEET.into()).await;
        let answer = try_with(&staff, &at, &[("column_name", "99"), ("column_kind", ""), ("default_kind", "")]).await;
        let faults = answer.attributes(".error-summary a", "href");
        assert!(answer.status == 422 && faults.contains(&"#column_name".to_owned()) && faults.contains(&"#column_kind".to_owned()), "{faults:?}");
        staff.submit(&at, &at, &[("wish", "take")]).await;
        assert!(staff.get(&at).await.text().contains("has to be tried first"));
        assert_eq!(staff.submit(&at, &at, &[("wish", "eat")]).await.status, 400);
        program.drain().await;
        assert!(signatures(&program).await.is_empty());
        let reader = program.staff(Role::Reader).await;
        for path in ["/desk/imports".to_owned(), at.clone(), format!("{at}/rejects.csv")] {
            assert_eq!(reader.get(&path).await.status, 403, "{path}");
        }
    }

    /// R17: a long sheet is stopped between two batches; what was taken stays, and the same sheet goes on from there.
    async fn a_long_sheet_is_stopped_and_goes_on(program: Program) {
        use std::fmt::Write;
        let staff = program.staff(Role::Coordinator).await;
        let mut sheet = "name,kind,iso3,contact_email\r\n".to_owned();
        for n in 0..4000 {
            write!(sheet, "Long House {n},organisation,KEN,a{n}@long{n}.example.org\r\n").unwrap();
        }
        let at = uploaded(&staff, "", sheet.into_bytes()).await;
        try_with(&staff, &at, &[]).await;
        program.drain().await;
        staff.submit(&at, &at, &[("wish", "take")]).await;
        let watching = async {
            loop {
                if rows(&program).await[0].lines_read > 0 {
                    staff.submit(&at, &format!("{at}/stop"), &[]).await;
                    break;
                }
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            }
        };
        tokio::join!(program.drain(), watching);
        let taken = signatory::Entity::find().count(program.app.platform.database.read()).await.unwrap();
        assert!(taken > 0 && taken < 4000 && rows(&program).await[0].state == "stopped", "{taken}");
        try_with(&staff, &at, &[]).await;
        program.drain().await;
        staff.submit(&at, &at, &[("wish", "take")]).await;
        program.drain().await;
        assert_eq!(signatory::Entity::find().count(program.app.platform.database.read()).await.unwrap(), 4000);
        assert_eq!(rows(&program).await[0].state, "done");
    }
}
