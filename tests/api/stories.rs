//! The five stories of a sign-on, each walked from end to end over HTTP as its people would (US1 to US5).

use std::fmt::Write;

use chrono::Duration;
use demarche::{
    accounts::Role,
    domain::clock::Clock,
    entities::{duplicate_pair, signatory, signature},
    platform::jobs,
    signing::{self, signer},
};
use mail_parser::{MessageParser, MimeHeaders};
use reqwest::multipart::{Form, Part};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};

use crate::{
    letters_written::{PR, drafted, pdf_words, press, ready},
    on_both_databases,
    roll::{HEAD, freeze, load, organisation as line, public_outputs, signature_of},
    signing::{Fields, link, organisation, send, signatures},
    support::{
        Kind, Program,
        program::{Browser, start_of_tests},
        reading::mail_text,
    },
};

/// The texts of the mails since the last look.
async fn mails(program: &Program) -> Vec<String> {
    program.drain().await;
    program.mail.take().iter().map(|mail| mail_text(&mail.bytes)).collect()
}

/// Fills the form in, opens the mail, presses the button; gives the link to the signer's own page.
async fn signs(program: &Program, language: &str, fields: &Fields) -> String {
    let browser = program.browser();
    let answer = send(&browser, language, fields).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    let mail = mails(program).await.pop().unwrap();
    assert_eq!(browser.post(&link(program, &mail), &[]).await.status, 200);
    let mail = mails(program).await.pop().unwrap();
    let own = mail.split_whitespace().find(|word| word.contains("/signature/")).unwrap();
    own.trim_start_matches(&program.base_url).to_owned()
}

async fn verifies(staff: &Browser, id: uuid::Uuid) {
    let page = format!("/desk/signatures/{id}");
    let fields = [("decision", "verify"), ("answer_website", "yes"), ("evidence_website", "https://example.org/about")];
    assert_eq!(staff.submit(&page, &format!("{page}/decision"), &fields).await.status, 303);
    assert!(staff.get(&page).await.text().contains("Verified"));
}

/// The plain text of the list of a wave, and the same names as a sheet.
async fn list(staff: &Browser, wave: i32, format: &str) -> Vec<u8> {
    let answer = staff.get(&format!("/desk/waves/{wave}/list?layout=table&format={format}&language=en")).await;
    assert_eq!(answer.status, 200);
    answer.bytes
}

/// The number after `word` on the first page.
async fn total(program: &Program) -> u64 {
    program.drain().await;
    crate::roll::headline(program).await.total.into()
}

async fn uploads(staff: &Browser, encoding: &str, sheet: Vec<u8>, program: &Program) -> String {
    let csrf = staff.get("/desk/imports").await.field("csrf").unwrap();
    let form = Form::new().text("csrf", csrf).text("encoding", encoding.to_owned()).part("file", Part::bytes(sheet).file_name("form.csv"));
    let sent = staff.client.post(format!("{}/desk/imports", staff.base_url)).multipart(form).send().await.unwrap();
    let at = sent.headers()["location"].to_str().unwrap().to_owned();
    let page = staff.get(&at).await;
    let chosen =
        |name: &String| page.attributes(&format!("select[name={name}] option[selected]"), "value").first().cloned().unwrap_or_default();
    for wish in ["try", "take"] {
        let names = page.attributes("form.form--wide select", "name");
        let mut fields: Vec<(String, String)> = names.iter().map(|name| (name.clone(), chosen(name))).collect();
        fields.retain(|(name, _)| name != "default_kind" && name != "column_contact_email");
        let chosen = [("default_kind", "organisation"), ("column_contact_email", "2"), ("wish", wish)];
        fields.extend(chosen.map(|(name, value)| (name.to_owned(), value.to_owned())));
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let answer = staff.submit(&at, &at, &fields).await;
        assert_eq!(answer.status, 303, "{wish}: {}", answer.text());
        program.drain().await;
    }
    staff.get(&at).await.text()
}

on_both_databases! {
    /// US1: a small organisation in Dakar signs in French from a slow phone, is vetted the next day, listed under its country, counted once, thanked, and not
    /// reminded.
    async fn us1_a_small_organisation_in_dakar(program: Program) {
        let browser = program.browser();
        let text = browser.get("/fr/statement").await;
        assert!(text.bytes.len() < 50_000 && text.text().contains("Traduction non officielle"), "{}", text.text());
        let form = browser.get("/fr/sign").await;
        assert!(form.bytes.len() < 50_000 && form.attributes("input[name=newsletter][checked]", "name").is_empty());
        let mut fields = organisation("Réseau des Étoiles de Médina", "contact@etoiles.example.org");
        fields.extend([("acronym", "REM".to_owned()), ("look", "yes".to_owned())]);
        assert!(send(&browser, "fr", &fields).await.texts("#line").join("").contains("Réseau des Étoiles de Médina"));
        fields.remove("look");
        assert_eq!(send(&browser, "fr", &fields).await.status, 303);
        let mail = mails(&program).await.pop().unwrap();
        assert!(mail.contains("pressez le bouton") && mail.contains("Réseau des Étoiles de Médina"), "{mail}");
        assert_eq!(browser.get(&link(&program, &mail)).await.status, 200);
        assert_eq!(signatures(&program).await[0].state, "pending", "a scanner that follows the link confirms nothing");
        assert_eq!(browser.post(&link(&program, &mail), &[]).await.status, 200);
        mails(&program).await;
        assert!(!public_outputs(&program).await.contains("Étoiles de Médina"), "nothing is public before it is vetted");
        program.clock.set(start_of_tests() + Duration::days(1));
        load(&program, &[line("o1", "Zébu Sénégal", "verified"), line("o2", "Abeille Sénégal", "verified")]).await;
        let staff = program.staff(Role::Moderator).await;
        let id = signatures(&program).await.into_iter().find(|row| row.state == "confirmed").unwrap().id;
        verifies(&staff, id).await;
        assert_eq!(total(&program).await, 3);
        let names = browser.get("/fr/signatories?country=SEN").await.texts("ul.names li");
        let order: Vec<bool> = ["Abeille", "Réseau", "Zébu"].iter().zip(&names).map(|(start, name)| name.starts_with(start)).collect();
        assert_eq!(order, [true; 3], "{names:?}");
        let coordinator = program.staff(Role::Coordinator).await;
        freeze(&coordinator, "1").await;
        assert_eq!(coordinator.submit("/desk/waves/1", "/desk/waves/1/publish", &[]).await.status, 303);
        program.drain().await;
        let sent = program.mail.take();
        let thanks: Vec<_> = sent.iter().filter(|mail| mail_text(&mail.bytes).contains("Merci d’avoir signé")).collect();
        assert_eq!(thanks.len(), 1);
        let parsed = MessageParser::default().parse(thanks[0].bytes.as_slice()).unwrap();
        let pdf = parsed.attachments().next().unwrap();
        assert!(pdf.attachment_name() == Some("signatories-1-fr.pdf") && pdf_words(pdf.contents()).contains("Étoiles de Médina"));
        for days in [3, 8, 30] {
            program.clock.set(start_of_tests() + Duration::days(days));
            assert!(mails(&program).await.is_empty(), "no reminder to who has signed");
        }
    }

    /// US2: a group in exile signs withheld, without scripts; its name is nowhere; two reveals leave two lines; erased, it leaves a tombstone.
    async fn us2_a_group_in_exile(program: Program) {
        const SECRET: &str = "Zyzzyva Night Printers";
        load(&program, &[line("o1", "First House", "verified")]).await;
        let before = total(&program).await;
        let mut fields = organisation(SECRET, "press@zyzzyva.example.org");
        fields.extend([("visibility", "withheld".to_owned()), ("location_label", "in exile".to_owned()), ("country", "SDN".to_owned())]);
        let own = signs(&program, "en", &fields).await;
        let id = signatures(&program).await.into_iter().find(|row| row.visibility == "withheld").unwrap().id;
        let moderator = program.staff(Role::Moderator).await;
        verifies(&moderator, id).await;
        assert_eq!(total(&program).await, before + 1);
        let coordinator = program.staff(Role::Coordinator).await;
        freeze(&coordinator, "1").await;
        coordinator.submit("/desk/waves/1", "/desk/waves/1/publish", &[]).await;
        program.drain().await;
        let mut all = public_outputs(&program).await + &moderator.get("/desk/signatures").await.body + &moderator.get(&format!("/desk/signatures/{id}")).await.body;
        for format in ["txt", "csv", "html"] {
            all += &String::from_utf8_lossy(&list(&coordinator, 1, format).await);
        }
        for mail in program.mail.take() {
            all += &mail_text(&mail.bytes);
        }
        all += &coordinator.get("/desk/audit").await.body;
        assert!(!all.contains("Zyzzyva") && !all.contains("zyzzyva"), "the name is out");
        let dump = program.database_bytes().await;
        assert!(!dump.windows(7).any(|window| window.eq_ignore_ascii_case(b"zyzzyva")), "the database tells it");
        // Only who may reveal does, with a reason, and leaves a line each time.
        let page = format!("/desk/signatures/{id}");
        assert_eq!(moderator.submit(&page, &format!("{page}/reveal"), &[("reason", "curious")]).await.status, 403);
        for reader in [&coordinator, &program.staff(Role::Coordinator).await] {
            let shown = reader.submit(&page, &format!("{page}/reveal"), &[("reason", "a court asks")]).await;
            assert!(shown.text().contains(SECRET) && shown.header("cache-control").contains("no-store"));
        }
        assert_eq!(coordinator.get("/desk/audit").await.text().matches("a court asks").count(), 2);
        // Later it asks for erasure.
        let erased = program.browser().post(&own, &[("wish", "erase")]).await;
        assert_eq!(erased.status, 200, "{}", erased.text());
        assert_eq!(total(&program).await, before, "the current count falls by one");
        assert!(coordinator.get("/desk/waves/1").await.text().contains("2 organisations"), "the wave's count stays");
        let row = signature::Entity::find_by_id(id).one(program.app.platform.database.read()).await.unwrap().unwrap();
        let of = signatory::Entity::find_by_id(row.signatory_id).one(program.app.platform.database.read()).await.unwrap().unwrap();
        assert!(row.state == "withdrawn" && of.sealed_contact.is_none() && of.sealed_names.is_none());
    }

    /// US3: a secretariat brings in a sheet of 312 rows and types in mails, merges what is one, sets a burst aside, verifies the rest with a colleague and
    /// freezes; every form of the list says the same.
    async fn us3_a_secretariat_runs_a_sign_on(program: Program) {
        let mut sheet = "Name as it should be printed,Country,E-mail address,Contact person\r\n".to_owned();
        // Names that no two share, with letters that the older encoding has.
        let name = |n: usize| {
            let parts = ["ba", "dé", "ki", "lo", "mu", "ñan", "po", "ri", "sa", "te", "vü", "zo"];
            let word = |n: usize| [parts[n % 12], parts[n / 12 % 12], parts[(n / 144 + n) % 12]].concat();
            format!("{} {}", word(n), word(n * 31 + 7))
        };
        for n in 0..303 {
            writeln!(sheet, "{} Centre,{},c{n}@centre{n}.example.org,Person {n}\r", name(n), ["Kenya", "Senegal", "Peru"][n % 3]).unwrap();
        }
        for n in (0..27).step_by(3) {
            writeln!(sheet, "The {} centre,Kenya,d{n}@double{n}.example.org,Other {n}\r", name(n).to_uppercase()).unwrap();
        }
        let staff = program.staff(Role::Coordinator).await;
        // Half of it came from a computer with an older encoding.
        let lines: Vec<&str> = sheet.split_inclusive('\n').collect();
        let part = |from: usize, to: usize| lines[0].to_owned() + &lines[from..to].concat();
        let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(part(1, 200).encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let latin: Vec<u8> = part(200, 313).chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
        let mut taken = Vec::new();
        for (encoding, bytes) in [("", utf16), ("windows-1252", latin)] {
            let page = uploads(&staff, encoding, bytes, &program).await;
            assert!(page.contains("What happened"), "{page}");
            taken.push(page);
        }
        assert_eq!(signatures(&program).await.len(), 312, "{taken:?}");
        program.mail.take();
        // Mails in four languages, typed in as they came; each is confirmed by its writer.
        for n in 0..41 {
            let mut fields = organisation(&format!("Vilao {n} Letter House"), &format!("writer@letter{n}.example.org"));
            fields.remove("consent");
            fields.extend([("received", "2026-11-20T10:00".to_owned()), ("language", ["en", "fr", "es", "ar"][n % 4].to_owned()), ("kept_at", format!("Folder {n}"))]);
            let pairs: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            assert_eq!(staff.submit("/desk/signatures/new", "/desk/signatures/new", &pairs).await.status, 303);
        }
        let visitor = program.browser();
        for text in mails(&program).await.iter().filter(|text| text.contains("/confirm/")) {
            assert_eq!(visitor.post(&link(&program, text), &[]).await.status, 200);
        }
        program.drain().await;
        // Candidates are proposed; a person merges seven and keeps two apart.
        let db = program.app.platform.database.read();
        let open = duplicate_pair::Entity::find().filter(duplicate_pair::Column::State.eq("open")).order_by_desc(duplicate_pair::Column::Score);
        let open = open.all(db).await.unwrap();
        assert!(open.len() >= 9, "{open:?}");
        for (n, pair) in open.iter().take(9).enumerate() {
            let at = format!("/desk/duplicates/{}", pair.id);
            let kept = pair.one_id.to_string();
            let fields: &[(&str, &str)] = if n < 7 { &[("decision", "merge"), ("kept", &kept)] } else { &[("decision", "apart")] };
            assert_eq!(staff.submit(&at, &at, fields).await.status, 303);
        }
        let count = async |state: &str| signature::Entity::find().filter(signature::Column::State.eq(state)).count(db).await.unwrap();
        assert_eq!((count("merged").await, count("confirmed").await), (7, 312 + 41 - 7));
        // Twelve of a burst, set aside by a rule that is counted first.
        for n in 0..12 {
            signs(&program, "en", &organisation(&format!("Instant Front {n}"), &format!("f@front{n}.example.org"))).await;
        }
        let rule = [("name", "Fronts"), ("decision", "quarantine"), ("state", "confirmed"), ("name_part", "instant front")];
        let at = staff.submit("/desk/rules", "/desk/rules", &rule).await.location().to_owned();
        let page = staff.get(&at).await;
        assert!(page.text().contains("Meets now: 12"), "{}", page.text());
        let seen = [("counted", page.field("counted").unwrap()), ("counted_at", page.field("counted_at").unwrap())];
        let seen: Vec<(&str, &str)> = seen.iter().map(|(name, value)| (*name, value.as_str())).collect();
        staff.submit(&at, &at, &seen).await;
        program.drain().await;
        assert_eq!(count("quarantined").await, 12);
        // The rest is verified with a colleague, a page each at a time.
        let colleague = program.staff(Role::Moderator).await;
        for turn in 0.. {
            let by = if turn % 2 == 0 { &staff } else { &colleague };
            let ids = by.get("/desk/signatures?state=confirmed").await.attributes("#queue [name=ids]", "value");
            if ids.is_empty() {
                break;
            }
            let fields: Vec<(&str, &str)> = ids.iter().map(|id| ("ids", id.as_str())).collect();
            assert_eq!(by.submit("/desk/signatures?state=confirmed", "/desk/signatures/verify", &fields).await.status, 303);
        }
        assert_eq!(total(&program).await, 346);
        freeze(&staff, "1").await;
        load(&program, &[line("late1", "Own Second Wave", "verified")]).await;
        freeze(&staff, "2").await;
        let said = "347 organisations from 3 countries, as of 23 November 2026";
        let csv = csv::ReaderBuilder::new().flexible(true).has_headers(false).from_reader(list(&staff, 2, "csv").await.as_slice()).into_records()
            .map(|row| row.unwrap().get(0).unwrap().to_owned()).collect::<Vec<_>>();
        let text = String::from_utf8(list(&staff, 2, "txt").await).unwrap().replace(['\u{2068}', '\u{2069}'], "");
        assert!(text.contains(said), "{text}");
        let names: Vec<&String> = csv.iter().filter(|cell| cell.ends_with("Centre") || cell.ends_with("centre") || cell.contains("House") || cell.contains("Wave") && !cell.contains("frozen")).collect();
        assert_eq!(names.len(), 347, "{names:?}");
        let mut at = 0;
        for name in &names {
            at += text[at..].find(name.as_str()).unwrap_or_else(|| panic!("{name} is not where the sheet has it"));
        }
        if program.kind == Kind::Sqlite {
            let words = pdf_words(&list(&staff, 2, "pdf").await);
            assert!(names.iter().all(|name| words.contains(name.as_str())) && words.contains(said), "{words}");
        }
        let document = list(&staff, 2, "docx").await;
        let mut xml = String::new();
        std::io::Read::read_to_string(&mut zip::ZipArchive::new(std::io::Cursor::new(document)).unwrap().by_name("word/document.xml").unwrap(), &mut xml).unwrap();
        assert!(names.iter().all(|name| xml.contains(name.as_str())));
        let web: String = { let mut all = String::new(); for page in 1..=4 { all += &visitor.get(&format!("/en/signatories?page={page}")).await.text(); } all };
        assert!(names.iter().all(|name| web.contains(name.as_str())));
    }

    /// US4: a flood before the deadline is set aside and answered like success; real ones get through; the deadline is extended in one step and says so; who is
    /// late after that lands in the next wave.
    async fn us4_deadline_night(program: Program) {
        let program = Program::start_with(program.kind, |config| config.proxies = 1).await;
        let (platform, db) = (&program.app.platform, program.app.platform.database.read());
        let deadline = program.app.campaigns.get(platform).await.unwrap().deadline();
        program.clock.set(deadline.instant - Duration::minutes(40));
        let robot = program.browser();
        for n in 0..60 {
            program.clock.set(program.clock.now() + Duration::seconds(2));
            let form = organisation(&format!("Robot Front {n}"), &format!("r{n}@robot{n}.example.org"));
            let sent = robot.client.post(format!("{}/en/sign", program.base_url)).header("x-forwarded-for", "203.0.113.9").form(&form).send().await.unwrap();
            assert_eq!(sent.status(), 303);
            if n % 20 == 0 {
                let visitor = program.browser();
                assert_eq!((visitor.get("/en").await.status, visitor.get("/en/statement").await.status, visitor.get("/en/sign").await.status), (200, 200, 200));
                assert!(visitor.get("/en/sign").await.text().contains("Does the form not work for you? Write to"));
            }
        }
        let own = signs(&program, "es", &organisation("Casa de la Memoria", "m@memoria.example.org")).await;
        assert!(own.starts_with("/es/signature/"));
        jobs::enqueue(platform.database.write(), signing::jobs::watch(), program.clock.now()).await.unwrap();
        program.drain().await;
        let count = async |state: &str| signature::Entity::find().filter(signature::Column::State.eq(state)).count(db).await.unwrap();
        assert_eq!((count("quarantined").await, count("confirmed").await), (60, 1), "none is lost, none of them counts");
        let staff = program.staff(Role::Coordinator).await;
        assert_eq!(staff.submit("/desk/waves", "/desk/waves/deadline", &[("number", "1"), ("hours", "12")]).await.status, 303);
        let page = program.browser().get("/en/sign").await.text();
        assert!(page.contains("The deadline was extended on") && page.contains("anywhere on earth") && page.contains("1 April 2027, 23:59 UTC"), "{page}");
        program.clock.set(deadline.instant + Duration::hours(11));
        signs(&program, "en", &organisation("Saved By Twelve Hours", "s@saved.example.org")).await;
        program.clock.set(deadline.extended_by(12).end_of_grace() + Duration::minutes(20));
        signs(&program, "en", &organisation("Twenty Minutes Late", "t@late.example.org")).await;
        let staff = program.staff(Role::Coordinator).await;
        for row in signatures(&program).await.iter().filter(|row| row.state == "confirmed") {
            verifies(&staff, row.id).await;
        }
        for (wave, late) in [("1", false), ("2", true)] {
            freeze(&staff, wave).await;
            let page = staff.get(&format!("/desk/waves/{wave}")).await.text();
            assert!(page.contains("Saved By Twelve Hours") && page.contains("Casa de la Memoria") && page.contains("Twenty Minutes Late") == late, "{wave}: {page}");
        }
        let trail = staff.get("/desk/audit").await.text() + &staff.get("/desk/audit?page=2").await.text() + &staff.get("/desk/audit?page=3").await.text();
        assert!(trail.contains("Deadline extended") && trail.contains("Signature set aside with a burst"), "the night can be told afterwards");
    }

    /// US5: a board never agreed: by the link of the mail the name leaves the site, the trail is dated, letters that carry it are set anew, an old sheet brings
    /// nothing back, and the old wave keeps its count.
    async fn us5_withdrawn_after_publication(program: Program) {
        const NAME: &str = "Testers 0 (demo)";
        let amina = ready(&program).await;
        let board = drafted(&program, &amina, "After publication", &[("posts", PR), ("mode", "send"), ("language", "en")]).await;
        press(&amina, &board, "approve").await;
        let bruno = program.staff(Role::Campaigner).await;
        press(&bruno, &board, "release").await;
        program.drain().await;
        let wave = program.staff(Role::Coordinator).await.get("/desk/waves/1").await.text();
        let frozen = crate::roll::headline(&program).await.total;
        let row = signature_of(&program, "T0").await;
        let own = signer::issue(&program.app.platform, &row).await.unwrap();
        let own = own.trim_start_matches(&program.base_url).to_owned();
        let director = program.browser();
        assert!(public_outputs(&program).await.contains(NAME));
        let page = director.get(&own).await.text();
        assert!(page.contains("Wave 1") && page.contains("cannot be called back"), "{page}");
        assert_eq!(director.post(&own, &[("wish", "withdraw")]).await.status, 200);
        program.drain().await;
        let public = public_outputs(&program).await;
        assert!(!public.contains(NAME) && public.contains("signatures withdrawn"), "a dated note stays");
        assert!(director.get(&own).await.text().contains("letters"), "the page says how many letters carried the name");
        assert!(!program.staff(Role::Coordinator).await.get("/desk/waves/1").await.body.contains(NAME));
        let letters = demarche::entities::stored_file::Entity::find().all(program.app.platform.database.read()).await.unwrap();
        assert!(letters.iter().filter(|file| file.media_type == "application/pdf").all(|file| !pdf_words(&file.content).contains(NAME)), "set anew");
        // The sheet it once came by brings nothing back.
        let (campaign, states) = (program.app.campaigns.get(&program.app.platform).await.unwrap(), program.app.states.get(&program.app.platform).await.unwrap());
        let sheet = format!("{HEAD}{}", line("T0", NAME, "verified"));
        let options = signing::import::Options { dry_run: false, origin: demarche::domain::signature::SignatureOrigin::Import };
        let report = signing::import::signatures(&program.app.platform, (&campaign, &states), sheet.as_bytes(), options, |_| {}).await.unwrap();
        assert_eq!(report.added, 0);
        assert_eq!(u64::from(frozen) - 1, total(&program).await);
        let after = program.staff(Role::Coordinator).await.get("/desk/waves/1").await.text();
        let counted = |page: &str| page.split("as of").next().unwrap_or_default().rsplit("Wave 1").next().unwrap_or_default().to_owned();
        assert_eq!(counted(&wave), counted(&after), "the old wave keeps its count");
    }
}
