//! A signer's way: the statement, the form, the mail, the button; and what must never happen on it.

use std::collections::BTreeMap;

use chrono::Duration;
use demarche::{
    domain::clock::Clock,
    entities::{signatory, signature},
};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

use crate::{
    on_both_databases,
    support::{
        Program,
        program::Browser,
        reading::{Answer, mail_text},
    },
};

pub type Fields = BTreeMap<&'static str, String>;

pub fn organisation(name: &str, email: &str) -> Fields {
    let fields = [
        ("kind", "organisation"),
        ("name", name),
        ("country", "SEN"),
        ("contact_name", "Awa Test"),
        ("contact_email", email),
        ("contact_role", "Director"),
        ("visibility", "named"),
        ("authority", "yes"),
        ("consent", "yes"),
    ];
    fields.into_iter().map(|(name, value)| (name, value.to_owned())).collect()
}

pub async fn send(browser: &Browser, language: &str, fields: &Fields) -> Answer {
    let pairs: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    browser.post(&format!("/{language}/sign"), &pairs).await
}

/// The path of the confirmation link in the newest mail.
pub fn link(program: &Program, text: &str) -> String {
    let at = text.find(&format!("{}/", program.base_url)).unwrap();
    let rest = &text[text[at..].find("/confirm/").map_or(at, |found| at + found - 3)..];
    rest.split_whitespace().next().unwrap().to_owned()
}

pub async fn signatures(program: &Program) -> Vec<signature::Model> {
    signature::Entity::find().all(program.app.platform.database.read()).await.unwrap()
}

on_both_databases! {
    /// R2, R4, US1: the form works without scripts, the mail is in the signer's language, only the button confirms.
    async fn a_small_organisation_signs_in_french(program: Program) {
        let browser = program.browser();
        let form = browser.get("/fr/sign").await;
        assert!(form.bytes.len() < 50_000, "{} bytes (R82)", form.bytes.len());
        assert_eq!(form.attributes("input[name=newsletter][checked]", "name"), Vec::<String>::new(), "newsletter is off");
        let answer = send(&browser, "fr", &organisation("Réseau des Étoiles d’Été", "awa@etoiles.example.org")).await;
        assert_eq!((answer.status, answer.location()), (303, "/fr/sign/sent"));
        program.drain().await;
        let mails = program.mail.take();
        assert_eq!(mails.len(), 1);
        let text = mail_text(&mails[0].bytes);
        assert!(text.contains("Réseau des Étoiles d’Été") && text.contains("pressez le bouton"), "{text}");
        let link = link(&program, &text);
        // A mail scanner follows the link with GET and HEAD.
        for _ in 0..3 {
            assert!(browser.get(&link).await.text().contains("Réseau des Étoiles"));
            browser.client.head(format!("{}{link}", program.base_url)).send().await.unwrap();
        }
        assert_eq!(signatures(&program).await[0].state, "pending");
        assert_eq!(browser.post(&link, &[]).await.status, 200);
        assert_eq!(signatures(&program).await[0].state, "confirmed");
        assert_eq!(browser.post(&link, &[]).await.status, 200, "a second press is harmless");
        assert_eq!(signatures(&program).await.len(), 1);
        assert!(!browser.get("/fr/signatories").await.body.contains("Étoiles"), "not public before it is vetted (R12)");
    }

    /// R2: a bad form comes back with everything that was typed and the words beside the fields.
    async fn a_bad_form_loses_nothing(program: Program) {
        let mut fields = organisation("x", "not an address");
        fields.insert("country", "XXX".into());
        fields.insert("contact_role", String::new());
        fields.insert("acronym", "=cmd()".into());
        fields.remove("authority");
        let answer = send(&program.browser(), "en", &fields).await;
        assert_eq!(answer.status, 422);
        let linked = answer.attributes(".error-summary a", "href");
        for field in ["name", "country", "contact_email", "contact_role", "authority"] {
            assert!(linked.contains(&format!("#{field}")), "{field} in {linked:?}");
        }
        assert_eq!(answer.field("acronym").as_deref(), Some("=cmd()"));
        assert_eq!(answer.field("contact_email").as_deref(), Some("not an address"));
        assert!(signatures(&program).await.is_empty());
    }

    /// Hostile names: refused with words, or printed literally; never a fault.
    async fn hostile_names_are_refused_or_printed_literally(program: Program) {
        let browser = program.browser();
        for bad in ["Tro\u{202e}jan", "Nu\u{0}ll", "Bell\u{7}", &"x".repeat(5000), "   ", "\u{200b}\u{200b}"] {
            let answer = send(&browser, "en", &organisation(bad, "a@b.example.org")).await;
            assert_eq!(answer.status, 422, "{bad:?}");
        }
        for (n, odd) in ["=cmd()|' /C calc'!A0", "#eval(\"1\") <b>bold</b>", "{{ 7*7 }} {% raw %}"].into_iter().enumerate() {
            let answer = send(&browser, "en", &organisation(odd, &format!("odd{n}@b.example.org"))).await;
            assert_eq!(answer.status, 303, "{odd:?} {}", answer.body);
        }
        program.drain().await;
        for mail in program.mail.take() {
            let text = mail_text(&mail.bytes);
            let page = browser.get(&link(&program, &text)).await;
            assert_eq!(page.status, 200);
            assert!(!page.body.contains("<b>bold</b>"), "markup is never markup");
        }
        for body in ["%ff%fe%00", "kind=%E0%A4%A", "kind", "=&=&=", "kind=organisation&kind=network"] {
            let request = browser.client.post(format!("{}/en/sign", program.base_url)).header("content-type", "application/x-www-form-urlencoded");
            let status = request.body(body).send().await.unwrap().status().as_u16();
            assert!(matches!(status, 400 | 422), "{body}: {status}");
        }
    }

    /// The same page for a new, a repeated and a known address; one signature.
    async fn the_same_answer_for_a_new_a_repeated_and_a_known_address(program: Program) {
        let browser = program.browser();
        let fields = organisation("Blue Lamp Clinic", "one@lamp.example.org");
        let new = send(&browser, "en", &fields).await;
        let repeated = send(&browser, "en", &fields).await;
        program.drain().await;
        let text = mail_text(&program.mail.take()[0].bytes);
        browser.post(&link(&program, &text), &[]).await;
        let known = send(&browser, "en", &fields).await;
        for answer in [&new, &repeated, &known] {
            assert_eq!((answer.status, answer.location(), answer.body.as_str()), (303, "/en/sign/sent", ""));
        }
        program.drain().await;
        let text = mail_text(&program.mail.take()[0].bytes);
        assert!(text.contains("confirmed before") && !text.contains("/confirm/"), "{text}");
        assert_eq!(signatures(&program).await.len(), 1);
    }

    async fn a_double_click_is_one_signature(program: Program) {
        let browser = program.browser();
        let fields = organisation("Twice Shy Trust", "two@shy.example.org");
        let (a, b, c) = tokio::join!(send(&browser, "en", &fields), send(&browser, "en", &fields), send(&browser, "en", &fields));
        assert_eq!((a.status, b.status, c.status), (303, 303, 303));
        assert_eq!(signatures(&program).await.len(), 1);
    }

    /// R4: a token expires, belongs to one purpose, and no other opens anything.
    async fn expired_and_foreign_links_are_told_apart_and_change_nothing(program: Program) {
        let browser = program.browser();
        send(&browser, "en", &organisation("Late Reader", "late@reader.example.org")).await;
        program.drain().await;
        let link = link(&program, &mail_text(&program.mail.take()[0].bytes));
        for foreign in ["/en/confirm/x", "/en/confirm/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "/en/confirm/%00"] {
            assert_eq!(browser.get(foreign).await.status, 404, "{foreign}");
            assert_eq!(browser.post(foreign, &[]).await.status, 404, "{foreign}");
        }
        program.clock.set(program.clock.now() + Duration::days(8));
        assert_eq!(browser.get(&link).await.status, 410);
        assert_eq!(browser.post(&link, &[]).await.status, 410);
        assert_eq!(signatures(&program).await[0].state, "pending");
    }

    /// R7, R8: after the deadline and its grace a signature is taken for the next wave; before the opening none is.
    async fn a_late_signature_is_kept_for_the_next_wave(program: Program) {
        let browser = program.browser();
        let form = browser.get("/en/sign").await.text();
        assert!(form.contains("1 April 2027, 11:59 UTC") && form.contains("31 March 2027 23:59, anywhere on earth"), "{form}");
        let opens = demarche::campaigns::load::configuration(&demarche::campaigns::files::Folder::Shipped("cah".into())).unwrap().sign_on.opens;
        program.clock.set(opens - Duration::minutes(1));
        assert_eq!(send_blindly(&browser, &organisation("Too Early", "early@x.example.org")).await.status, 409);
        program.clock.set("2027-04-01T13:58:30Z".parse().unwrap());
        assert_eq!(send(&browser, "en", &organisation("In Grace", "grace@x.example.org")).await.status, 303);
        program.clock.set("2027-04-01T13:59:30Z".parse().unwrap());
        assert_eq!(send(&browser, "en", &organisation("After Grace", "after@x.example.org")).await.status, 303);
        let late: Vec<bool> = signatures(&program).await.iter().map(|row| row.late).collect();
        assert_eq!(late, [false, true]);
    }

    /// R14: a withheld name is in no table, page, list or mail; R5: the signature is bound to text, language and notice.
    async fn a_withheld_name_is_nowhere(program: Program) {
        const SECRET: &str = "Zyzzyva Underground Press";
        let browser = program.browser();
        let mut fields = organisation(SECRET, "editor@zyzzyva.example.org");
        fields.insert("visibility", "withheld".into());
        fields.insert("website", String::new());
        fields.insert("site", "https://zyzzyva-underground.example.org".into());
        fields.insert("location_label", "in exile".into());
        assert_eq!(send(&browser, "ru", &fields).await.status, 303);
        program.drain().await;
        let mails = program.mail.take();
        let text = mail_text(&mails[0].bytes);
        assert!(!text.contains("Zyzzyva Underground"), "{text}");
        let link = link(&program, &text);
        let page = browser.get(&link).await;
        assert!(!page.body.contains(SECRET));
        browser.post(&link, &[]).await;
        let row = &signatures(&program).await[0];
        assert_eq!((row.language.as_str(), row.privacy_notice, row.visibility.as_str()), ("ru", 1, "withheld"));
        let of = signatory::Entity::find_by_id(row.signatory_id).one(program.app.platform.database.read()).await.unwrap().unwrap();
        assert!(of.name.is_none() && of.website.is_none() && of.sealed_names.is_some());
        assert!(!program.database_bytes().await.windows(7).any(|bytes| bytes.eq_ignore_ascii_case(b"zyzzyva")), "in the database");
        // Two members of staff verify it; it is counted and still not named anywhere.
        let staff = program.staff(demarche::accounts::Role::Moderator).await;
        let at = format!("/desk/signatures/{}", row.id);
        assert!(!staff.get(&at).await.body.contains(SECRET));
        assert_eq!(staff.submit(&at, &format!("{at}/decision"), &[("decision", "verify")]).await.status, 303);
        program.drain().await;
        for path in ["/en/signatories", "/en/signatories.csv", "/en/signatories?q=zyzzyva", "/en/signatories?country=SEN", "/en/statement"] {
            assert!(!browser.get(path).await.body.to_lowercase().contains("zyzzyva und"), "{path}");
        }
        // R14, R74: opening it needs the right, a reason, and leaves a trace.
        assert_eq!(staff.submit(&at, &format!("{at}/reveal"), &[("reason", "check")]).await.status, 403);
        let coordinator = program.staff(demarche::accounts::Role::Coordinator).await;
        assert_eq!(coordinator.submit(&at, &format!("{at}/reveal"), &[("reason", " ")]).await.status, 303);
        let revealed = coordinator.submit(&at, &format!("{at}/reveal"), &[("reason", "asked by the signer")]).await;
        assert!(revealed.body.contains(SECRET));
        let trail = coordinator.get("/desk/audit").await.text();
        assert!(trail.contains("Withheld name shown") && trail.contains("asked by the signer") && !trail.contains(SECRET));
    }

    /// R12: pending is not public or counted; a decline needs two people.
    async fn a_decline_needs_two_people(program: Program) {
        let browser = program.browser();
        send(&browser, "en", &organisation("Doubtful Lodge", "d@lodge.example.org")).await;
        let id = signatures(&program).await[0].id;
        let at = format!("/desk/signatures/{id}");
        let (one, two) = (program.staff(demarche::accounts::Role::Moderator).await, program.staff(demarche::accounts::Role::Moderator).await);
        one.submit(&at, &format!("{at}/decision"), &[("decision", "decline"), ("reason", "")]).await;
        assert!(one.get(&at).await.text().contains("Give a reason"));
        one.submit(&at, &format!("{at}/decision"), &[("decision", "decline"), ("reason", "no such body")]).await;
        one.submit(&at, &format!("{at}/second"), &[]).await;
        assert_eq!(signatures(&program).await[0].state, "pending", "one person cannot do both");
        two.submit(&at, &format!("{at}/second"), &[]).await;
        assert_eq!(signatures(&program).await[0].state, "declined");
        assert!(!browser.get("/en/signatories").await.body.contains("no such body"), "reasons are internal");
    }

    /// The robots' field: the page everybody gets, and nothing kept.
    async fn a_robot_gets_the_same_page_and_leaves_nothing(program: Program) {
        let mut fields = organisation("Robot", "r@robot.example.org");
        fields.insert("website", "http://spam.example".into());
        let answer = send(&program.browser(), "en", &fields).await;
        assert_eq!((answer.status, answer.location()), (303, "/en/sign/sent"));
        let count = signature::Entity::find().filter(signature::Column::Origin.eq("form")).count(program.app.platform.database.read()).await.unwrap();
        assert_eq!(count, 0);
    }
}

/// Sends without opening the form first.
async fn send_blindly(browser: &Browser, fields: &Fields) -> Answer {
    let pairs: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    browser.post("/en/sign", &pairs).await
}
