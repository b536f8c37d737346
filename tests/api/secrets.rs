//! R14, R74: what is sealed is sought in everything that leaves the house, and in everything that is kept.

use demarche::{
    accounts::Role,
    domain::signature::SignatureOrigin,
    entities::{evidence_proposal, signatory, signature},
    positions::item::Typed,
    signing::{
        contact, export,
        import::{self, Options},
    },
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

use crate::{
    dispatch::letter_in,
    on_both_databases,
    positions::{enter, typed},
    replies,
    signing::{Fields, link, organisation, send, signatures},
    support::{Program, addresses, program::Browser, reading::mail_text},
};

/// What may be printed of nobody who is withheld, each word from another field.
const PRINTED: [&str; 9] =
    ["name", "original_name", "latin_name", "official_name", "acronym", "affiliation", "site", "location_label", "network_members"];
/// Whom to write to: sealed for everybody.
const CONTACT: [&str; 3] = ["contact_name", "contact_email", "contact_role"];

/// A word nobody else uses, for one field of one signer.
fn secret(of: &str, field: &str) -> String {
    let word: String = format!("{of}{field}").bytes().map(|byte| char::from(b'a' + byte.wrapping_mul(7) % 26)).collect();
    match field {
        "network_members" => (40_000 + word.bytes().map(u32::from).sum::<u32>() * 7).to_string(),
        "contact_email" => format!("{word}@{word}.example.org"),
        "site" => format!("https://{word}.example.org"),
        _ => format!("Q{word}"),
    }
}

fn form(of: &str, kind: &str, visibility: &str) -> Fields {
    let mut fields = organisation("", "");
    for field in PRINTED.into_iter().chain(CONTACT) {
        fields.insert(field, secret(of, field));
    }
    for (field, value) in [("kind", kind), ("visibility", visibility), ("network_mode", "members")] {
        fields.insert(field, value.to_owned());
    }
    fields
}

/// Sends a form, presses the link of its mail, and verifies it.
async fn sign(program: &Program, staff: &Browser, fields: &Fields) -> Vec<u8> {
    assert_eq!(send(&program.browser(), "en", fields).await.status, 303);
    program.drain().await;
    let mail = program.mail.take().pop().expect("no mail");
    let pressed = program.browser().post(&link(program, &mail_text(&mail.bytes)), &[]).await;
    assert_eq!(pressed.status, 200);
    verify(program, staff).await;
    mail.bytes
}

async fn verify(program: &Program, staff: &Browser) {
    for row in signatures(program).await.iter().filter(|row| row.state == "confirmed") {
        let at = format!("/desk/signatures/{}", row.id);
        assert_eq!(staff.submit(&at, &format!("{at}/decision"), &[("decision", "verify")]).await.status, 303);
    }
    program.drain().await;
}

async fn import(program: &Program, of: &str) {
    let value = |field: &str| secret(of, field);
    let sheet = format!(
        "id,kind,name,original_name,latin_name,official_name,acronym,affiliation,website,location_label,network_members,contact_name,contact_email,contact_role,iso3,visibility,network_mode\n\
         sheet-1,network,{},{},{},{},{},{},{},{},{},{},{},{},SEN,withheld,members\n",
        value("name"),
        value("original_name"),
        value("latin_name"),
        value("official_name"),
        value("acronym"),
        value("affiliation"),
        value("site"),
        value("location_label"),
        value("network_members"),
        value("contact_name"),
        value("contact_email"),
        value("contact_role"),
    );
    let platform = &program.app.platform;
    let (campaign, states) = (program.app.campaigns.get(platform).await.unwrap(), program.app.states.get(platform).await.unwrap());
    let options = Options { dry_run: false, origin: SignatureOrigin::Import };
    let report = import::signatures(platform, (&campaign, &states), sheet.as_bytes(), options, |_| {}).await.unwrap();
    assert_eq!((report.added, report.rejects), (1, Vec::new()));
}

/// Every page that a visitor, and that a coordinator of the desk, can open by its address, the sheets among them.
async fn pages(program: &Program, staff: &Browser) -> Vec<(String, String)> {
    let ids: Vec<String> = signatures(program).await.iter().map(|row| row.id.to_string()).collect();
    let mut paths = vec!["/en/signatories?q=q".to_owned(), "/en/signatories?country=SEN".to_owned(), "/desk/waves/2?against=1".to_owned()];
    paths.extend(["pending", "confirmed", "verified", "withdrawn"].map(|state| format!("/desk/signatures?state={state}")));
    for route in addresses::routes().iter().filter(|route| route.method == "GET") {
        let filled = route.pattern.replace("{lang}", "en").replace("{iso3}", "SEN").replace("{number}", "1");
        match filled.strip_suffix("/desk/signatures/{id}") {
            Some(_) => paths.extend(ids.iter().map(|id| filled.replace("{id}", id))),
            None if filled.contains('{') => {}
            None => paths.push(filled),
        }
    }
    let (visitor, mut all) = (program.browser(), Vec::new());
    for path in paths {
        let body = if path.starts_with("/desk") { staff.get(&path).await.body } else { visitor.get(&path).await.body };
        all.push((path, body));
    }
    all
}

/// Every table, as a back-up would hold it.
async fn stored(program: &Program) -> String {
    use demarche::platform::database::Database;
    let bytes = if program.kind == crate::support::Kind::Sqlite {
        use sea_orm::ConnectionTrait;
        let folder = tempfile::tempdir().unwrap();
        let copy = folder.path().join("copy.db");
        let database: &Database = &program.app.platform.database;
        database.write().execute_unprepared(&format!("VACUUM INTO '{}'", copy.display())).await.unwrap();
        std::fs::read(copy).unwrap()
    } else {
        program.database_bytes().await
    };
    String::from_utf8_lossy(&bytes).to_lowercase()
}

on_both_databases! {
    /// R14, R74: by form, by sheet, and of who was named first, printed in a frozen list, and withheld later.
    async fn nothing_of_a_withheld_signatory_is_found_anywhere(program: Program) {
        let staff = program.staff(Role::Coordinator).await;
        sign(&program, &staff, &organisation("Visible Lantern House", "visible@lantern.example.org")).await;
        // Before it asks to be withheld all of it is public: the search below can fail.
        sign(&program, &staff, &form("late", "network", "named")).await;
        assert_eq!(staff.submit("/desk/waves", "/desk/waves", &[("next", "1")]).await.status, 303);
        let before = pages(&program, &staff).await;
        for field in ["name", "original_name", "location_label"] {
            assert!(before.iter().any(|(_, body)| body.contains(&secret("late", field))), "{field}");
        }
        assert!(stored(&program).await.contains(&secret("late", "location_label").to_lowercase()));
        let mut mails = vec![sign(&program, &staff, &form("late", "network", "withheld")).await];
        mails.push(sign(&program, &staff, &form("form", "network", "withheld")).await);
        mails.push(sign(&program, &staff, &form("sole", "individual", "total_only")).await);
        import(&program, "sheet").await;
        verify(&program, &staff).await;
        assert_eq!(staff.submit("/desk/waves", "/desk/waves", &[("next", "2")]).await.status, 303);

        let mut sheet = Vec::new();
        let campaign = program.app.campaigns.get(&program.app.platform).await.unwrap();
        export::signatures_csv(&program.app.platform, &campaign, &mut sheet).await.unwrap();
        let mut leaving = pages(&program, &staff).await;
        leaving.push(("the sheet".to_owned(), String::from_utf8(sheet).unwrap()));
        leaving.extend(mails.iter().map(|mail| ("a mail".to_owned(), mail_text(mail))));
        let kept = stored(&program).await;
        assert!(leaving.iter().any(|(_, body)| body.contains("Visible Lantern House")) && kept.contains("visible lantern house"));
        let rows = signatory::Entity::find().all(program.app.platform.database.read()).await.unwrap();
        assert!(rows.len() == 6 && rows.iter().all(|row| row.network_members.is_none()));
        for of in ["late", "form", "sole", "sheet"] {
            for field in PRINTED.into_iter().chain(CONTACT) {
                let secret = secret(of, field).to_lowercase();
                if field == "network_members" {
                    // So short a number stands in many a hash by chance: sought where it would have a cell of its own.
                    assert!(!leaving.iter().any(|(_, body)| body.contains(&format!(",{secret},"))), "{field} of {of}");
                    continue;
                }
                assert!(!kept.contains(&secret), "{field} of {of} is kept: {secret}");
                for (path, body) in &leaving {
                    // Who vets sees in what role and at whose mailbox somebody signs.
                    let vetting = field != "contact_name" && CONTACT.contains(&field) && path.starts_with("/desk/signatures/");
                    assert!(vetting || !body.to_lowercase().contains(&secret), "{field} of {of} in {path}");
                }
            }
        }
    }

    /// R54: a role reads what is of its work. Every page of the desk, opened by a reader, holds neither a reply nor evidence that is not public.
    async fn a_reader_of_the_desk_reads_no_reply_and_no_evidence_that_is_not_public(program: Program) {
        const SECRETS: [&str; 3] = ["Whispered at the mission", "Confided over coffee", "Noted behind the door"];
        let staff = program.staff(Role::Campaigner).await;
        let letter = letter_in(&program, "KEN", "sent", false).await;
        let reply = replies::send(&staff, &format!("/desk/replies/new?letter={}", letter.id), &[("summary", SECRETS[0])], None).await;
        assert_eq!(reply.status, 303, "{}", reply.text());
        let mut kept = Vec::new();
        for (visibility, secret) in [("core", SECRETS[1]), ("coalition", SECRETS[2])] {
            let item = Typed { visibility: visibility.into(), summary: secret.into(), ..typed("KEN", "strong_support", "2026-11-20") };
            kept.push(enter(&program, &item).await);
        }
        let proposal = evidence_proposal::Entity::find().one(program.app.platform.database.read()).await.unwrap().unwrap().id;
        let mut paths = vec![
            reply.location().to_owned(),
            format!("/desk/positions/proposals/{proposal}"),
            format!("/desk/letters/{}", letter.round_id),
            format!("/desk/letters/{}/{}", letter.round_id, letter.id),
        ];
        paths.extend(kept.iter().map(|id| format!("/desk/positions/KEN/evidence/{id}")));
        let routes = addresses::routes();
        let desk = routes.iter().filter(|route| route.method == "GET" && route.pattern.starts_with("/desk"));
        paths.extend(desk.map(|route| route.pattern.replace("{iso3}", "KEN")).filter(|path| !path.contains('{')));
        let reader = program.staff(Role::Reader).await;
        let mut seen_by_staff = 0;
        for path in &paths {
            let body = reader.get(path).await.body;
            assert!(SECRETS.iter().all(|secret| !body.contains(secret)), "{path}");
            let theirs = staff.get(path).await.body;
            seen_by_staff += SECRETS.iter().filter(|secret| theirs.contains(**secret)).count();
        }
        assert!(seen_by_staff >= 6, "the search could not have found them: {seen_by_staff}");
    }

    /// R14: what an earlier release left readable is sealed when this one starts, and is still there for who may reveal it.
    async fn what_an_earlier_release_left_readable_is_sealed_at_the_start(program: Program) {
        let staff = program.staff(Role::Coordinator).await;
        sign(&program, &staff, &form("old", "network", "withheld")).await;
        let platform = &program.app.platform;
        let row = signatory::Entity::find().one(platform.database.read()).await.unwrap().unwrap();
        let id = row.id;
        let names = contact::Names { name: "Old House".into(), ..contact::Names::default() };
        let mut as_before = row.into_active_model();
        as_before.sealed_names = Set(Some(contact::seal_names(&platform.keys, id, &names).unwrap()));
        as_before.location_label = Set(Some(secret("old", "location_label")));
        as_before.network_members = Set(Some(48_731));
        as_before.update(platform.database.write()).await.unwrap();
        let _restarted = program.sibling().await;
        let row = signatory::Entity::find_by_id(id).one(platform.database.read()).await.unwrap().unwrap();
        assert_eq!((&row.location_label, row.network_members), (&None, None));
        let names = contact::open_names(&platform.keys, id, &row.sealed_names.unwrap()).unwrap();
        assert_eq!((names.name.as_str(), names.location_label, names.network_members), ("Old House", Some(secret("old", "location_label")), Some(48_731)));
        assert!(!stored(&program).await.contains(&secret("old", "location_label").to_lowercase()));
        // Who is named keeps a label that can be read.
        sign(&program, &staff, &form("new", "network", "named")).await;
        let _restarted = program.sibling().await;
        let named = signature::Entity::find().filter(signature::Column::Visibility.eq("named")).one(platform.database.read()).await.unwrap().unwrap();
        let named = signatory::Entity::find_by_id(named.signatory_id).one(platform.database.read()).await.unwrap().unwrap();
        assert_eq!(named.location_label, Some(secret("new", "location_label")));
    }
}
