//! What anybody can send to any address: every route of the source, signed in and signed out, with what no page would ever send. The answer is a
//! clear page or the plain print of what was typed; never a fault, never markup, never a lost entry.

use std::collections::BTreeMap;

use demarche::{
    accounts::Role,
    domain::clock::Clock,
    entities::{
        account, correction, duplicate_pair, evidence, evidence_proposal, job, letter, letter_report, promise, reply, signatory, signature,
        signature_import, wave,
    },
    platform::jobs,
    replies::inbound::{self, Received},
};
use futures_util::{StreamExt, stream};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::json;

use super::{dispatch::letter_in, replies::send as send_reply};
use crate::{
    on_both_databases,
    reminding::hold_templates_of_tests,
    support::{
        Kind, Program,
        addresses::{Route, field_names, routes},
        program::Browser,
        reading::Answer,
    },
};

/// Forms with a file: they bear larger bodies, and each is tried beside what it is for.
const WITH_FILE: [&str; 7] = [
    "/{lang}/genuine",
    "/{lang}/write/sent",
    "/{lang}/signature/{token}/logo",
    "/desk/imports",
    "/desk/register/sheet",
    "/desk/replies",
    "/desk/letters/{round}/{letter}/delivery",
];
const SCRIPT: &str = "<script>hostile7()</script>";
const ATTRIBUTE: &str = "\" autofocus onfocus=\"hostile7()\" x=\"";
/// 7001 × 7001: in an answer it would mean that somebody reckoned.
const RECKONED: &str = "49014001";

fn values() -> Vec<String> {
    let plain = [
        "a\0b",
        "a\u{7}b\r\nset-cookie: hostile=7",
        "\u{202e}gnp.exe\u{2066}",
        "=cmd()|' /C calc'!A0",
        "#eval(\"7001*7001\")",
        SCRIPT,
        ATTRIBUTE,
        "{{ 7001*7001 }}{% raw %}{# #}",
        "'; DROP TABLE job; --",
        "%",
        "../../etc/passwd",
        "xx",
        "00000000-0000-4000-8000-000000000000",
        "-1",
        "99999999999999999999999999",
        "9223372036854775807",
        "2026-02-31",
        "-262143-01-01",
        "\u{200b}\u{feff}",
        "\u{10FFFF}\u{FDD0}𒀀",
        "",
    ];
    let mut values: Vec<String> = plain.iter().map(|value| (*value).to_owned()).collect();
    values.push("x".repeat(20_000));
    values
}

fn encoded(value: &str) -> String {
    value.bytes().map(|b| if b.is_ascii_alphanumeric() { (b as char).to_string() } else { format!("%{b:02X}") }).collect()
}

/// What stands behind the parts of addresses, so that hostile fields meet handlers that have something to work on.
struct Known(BTreeMap<&'static str, String>);

impl Known {
    /// A full house: signatures, a letter in a round, a reply with its proposal, a job given up.
    async fn of(program: &Program, staff: &Browser) -> Self {
        program.app.load_demo().await.unwrap();
        // A round as the desk makes it: its letters have all that a page of theirs shows.
        let next = staff.get("/desk/waves").await.field("next").unwrap();
        assert_eq!(staff.submit("/desk/waves", "/desk/waves", &[("next", next.as_str())]).await.status, 303);
        let form = staff.get("/desk/letters").await;
        let event = form.attributes("select[name=event] option[value]:not([value=''])", "value")[0].clone();
        let fields =
            [("name", "Round"), ("event", event.as_str()), ("wave", next.as_str()), ("posts", "foreign_minister"), ("mode", "rehearsal")];
        let made = staff.submit("/desk/letters", "/desk/letters", &fields).await;
        assert_eq!(made.status, 303, "{}", made.text());
        program.drain().await;
        let round: uuid::Uuid = made.location().rsplit('/').next().unwrap().parse().unwrap();
        let db = program.app.platform.database.write();
        let drafted = letter::Entity::find().filter(letter::Column::RoundId.eq(round)).one(db).await.unwrap().unwrap();
        let letter = letter_in(program, "KEN", "sent", false).await;
        hold_templates_of_tests(program).await;
        let answer = send_reply(staff, &format!("/desk/replies/new?letter={}", letter.id), &[], None).await;
        assert_eq!(answer.status, 303, "{}", answer.text());
        let met = [("country", "KEN"), ("status", "held"), ("met_on", "2026-11-20"), ("level", "adviser"), ("met", "A legal adviser")];
        let made = staff.submit("/desk/meetings", "/desk/meetings", &met).await;
        assert_eq!(made.status, 303, "{}", made.text());
        let meeting = made.location().rsplit('/').next().unwrap().to_owned();
        let page = format!("/desk/meetings/{meeting}");
        assert_eq!(staff.submit(&page, &format!("{page}/promises"), &[("text", "To think about it.")]).await.status, 303);
        let promise = promise::Entity::find().one(db).await.unwrap().unwrap();
        let campaign = program.app.campaigns.get(&program.app.platform).await.unwrap();
        let mail = b"From: a@b.example\r\nSubject: A mail\r\n\r\nWords.\r\n";
        let Received::New(mail) = inbound::receive(&program.app.platform, &campaign, mail).await.unwrap() else { panic!("it is new") };
        let reported = letter_report::ActiveModel {
            id: Set(uuid::Uuid::now_v7()),
            campaign_id: Set(campaign.id),
            iso3: Set("KEN".to_owned()),
            post: Set("foreign_minister".to_owned()),
            organisation: Set("A forum".to_owned()),
            sent_on: Set(program.clock.now().date_naive()),
            channel: Set("mail".to_owned()),
            state: Set("waiting".to_owned()),
            mark: Set("a mark".to_owned()),
            created_at: Set(program.clock.now()),
            ..Default::default()
        };
        let reported = letter_report::Entity::insert(reported).exec(db).await.unwrap().last_insert_id;
        let job = jobs::Job::new("tests.nobody", &json!({}));
        jobs::enqueue(db, job, program.clock.now()).await.unwrap();
        let waiting =
            signature::Entity::find().filter(signature::Column::State.is_in(["pending", "confirmed"])).one(db).await.unwrap().unwrap();
        let item = evidence::Entity::find().filter(evidence::Column::Iso3.eq("KEN")).one(db).await.unwrap();
        let item = item.map_or_else(|| "00000000-0000-4000-8000-000000000000".to_owned(), |item| item.id.to_string());
        let corrected = correction::ActiveModel {
            id: Set(uuid::Uuid::now_v7()),
            signature_id: Set(waiting.id),
            name: Set("Another name".to_owned()),
            state: Set("proposed".to_owned()),
            created_at: Set(program.clock.now()),
            decided_by: Set(None),
            decided_at: Set(None),
        };
        correction::Entity::insert(corrected).exec_without_returning(db).await.unwrap();
        let pair = duplicate_pair::ActiveModel {
            id: Set(uuid::Uuid::now_v7()),
            campaign_id: Set(waiting.campaign_id),
            one_id: Set(waiting.id),
            other_id: Set(signature::Entity::find().filter(signature::Column::State.eq("verified")).one(db).await.unwrap().unwrap().id),
            score: Set(70),
            reasons: Set("same_name nonsense".to_owned()),
            state: Set("open".to_owned()),
            created_at: Set(program.clock.now()),
            ..Default::default()
        };
        duplicate_pair::Entity::insert(pair).exec_without_returning(db).await.unwrap();
        let rule = [("name", "A rule"), ("decision", "quarantine"), ("state", "confirmed"), ("signal", "burst")];
        let rule = staff.submit("/desk/rules", "/desk/rules", &rule).await;
        let sheet = signature_import::ActiveModel {
            id: Set(uuid::Uuid::now_v7()),
            campaign_id: Set(waiting.campaign_id),
            file_name: Set("a.csv".to_owned()),
            head: Set("[\"name\"]".to_owned()),
            head_mark: Set("x".to_owned()),
            state: Set("uploaded".to_owned()),
            lines_read: Set(0),
            account_id: Set(account::Entity::find().one(db).await.unwrap().unwrap().id),
            created_at: Set(program.clock.now()),
            ..Default::default()
        };
        signature_import::Entity::insert(sheet).exec_without_returning(db).await.unwrap();
        Self(BTreeMap::from([
            ("inbox/id", mail.to_string()),
            ("blocks/key", "open-who".to_owned()),
            ("written/id", reported.to_string()),
            ("imports/id", signature_import::Entity::find().one(db).await.unwrap().unwrap().id.to_string()),
            ("rules/id", rule.location().rsplit('/').next().unwrap().to_owned()),
            ("run", uuid::Uuid::now_v7().to_string()),
            ("duplicates/id", duplicate_pair::Entity::find().one(db).await.unwrap().unwrap().id.to_string()),
            ("corrections/id", correction::Entity::find().one(db).await.unwrap().unwrap().id.to_string()),
            ("logos/id", uuid::Uuid::now_v7().to_string()),
            ("lang", "en".to_owned()),
            ("meetings/id", meeting.clone()),
            ("promise", promise.id.to_string()),
            ("plan/event", event.clone()),
            ("events/id", event),
            ("step", "mission".to_owned()),
            ("iso3", "KEN".to_owned()),
            ("post", "permanent_representative".to_owned()),
            ("format", "docx".to_owned()),
            ("token", "A".repeat(43)),
            ("name", "nothing.css".to_owned()),
            ("number", "1".to_owned()),
            ("genuine/reference", drafted.reference.clone()),
            ("round", round.to_string()),
            ("letter", drafted.id.to_string()),
            ("signatures/id", waiting.id.to_string()),
            ("replies/id", reply::Entity::find().one(db).await.unwrap().unwrap().id.to_string()),
            ("proposals/id", evidence_proposal::Entity::find().one(db).await.unwrap().unwrap().id.to_string()),
            ("evidence/id", item),
            ("work/id", job::Entity::find().filter(job::Column::Kind.eq("tests.nobody")).one(db).await.unwrap().unwrap().id.to_string()),
            ("dispatch", uuid::Uuid::now_v7().to_string()),
            ("mailbox/id", "some-mail@example.org".to_owned()),
        ]))
    }

    /// The address with its parts filled in; `instead` stands where the last part would.
    fn path(&self, route: &Route, instead: Option<&str>) -> String {
        let parts: Vec<&str> = route.pattern.split('/').collect();
        let last = parts.iter().rposition(|part| part.starts_with('{'));
        let fill = |(at, part): (usize, &&str)| {
            let Some(name) = part.strip_prefix('{').and_then(|part| part.split_once('}')) else { return (*part).to_owned() };
            let value = self.0.get(name.0).or_else(|| self.0.get(format!("{}/{}", parts[at - 1], name.0).as_str()));
            let value = value.unwrap_or_else(|| panic!("{}: say in `Known` what stands for {part}", route.pattern));
            let value = instead.filter(|_| Some(at) == last).map_or_else(|| value.clone(), encoded);
            format!("{value}{}", name.1)
        };
        parts.iter().enumerate().map(fill).collect::<Vec<_>>().join("/")
    }
}

/// What every answer is held to; the faults of this one.
fn faults(answer: &Answer) -> Vec<String> {
    let mut faults = Vec::new();
    let mut hold = |holds: bool, words: &str| {
        if !holds {
            faults.push(format!("{} {words}", answer.status));
        }
    };
    hold(answer.status < 500, "is a fault of ours");
    hold(answer.status != 200 || !answer.body.is_empty(), "is an empty page");
    let is_html = answer.header("content-type").starts_with("text/html");
    hold(answer.status < 400 || is_html, "comes without a page");
    if is_html {
        hold(answer.body.contains("<h1"), "comes without a heading");
        hold(!answer.body.contains("<script>hostile7") && !answer.body.contains("onfocus=\"hostile7"), "holds markup");
        // A title that names a key instead of saying something is no clear answer.
        hold(!answer.body.contains("<h1>site-problem"), "has no words");
    }
    hold(!answer.body.contains(RECKONED), "has reckoned something");
    hold(answer.headers.get_all("set-cookie").iter().all(|cookie| !cookie.to_str().unwrap().contains("hostile")), "sets a foreign cookie");
    hold(answer.header("content-security-policy").contains("default-src 'none'"), "comes without the fence");
    faults
}

fn hold(what: &str, answer: &Answer) {
    assert_eq!(faults(answer), Vec::<String>::new(), "{what}: {}", answer.text());
}

async fn send(browser: &Browser, method: &str, path: &str, body: Vec<u8>, media_type: &str) -> Answer {
    let url = format!("{}{path}", browser.base_url);
    let request =
        if method == "POST" { browser.client.post(url).header("content-type", media_type).body(body) } else { browser.client.get(url) };
    Answer::of(request.header("sec-fetch-site", "same-origin").send().await.unwrap()).await
}

const FORM: &str = "application/x-www-form-urlencoded";

/// Names whose values are numbers would hide what the others do: a wrong one ends the reading.
fn numeric(name: &str) -> bool {
    matches!(name, "page" | "against" | "next" | "ids")
}

/// Everything that is sent to one address.
fn attacks(known: &Known, route: &Route, names: &[String], csrf: &str) -> Vec<(String, Vec<u8>, &'static str)> {
    let mut attacks = Vec::new();
    let good = known.path(route, None);
    let all = |value: &str, wanted: &dyn Fn(&str) -> bool| {
        let fields = names.iter().filter(|name| wanted(name)).map(|name| format!("{name}={value}"));
        fields.collect::<Vec<_>>().join("&")
    };
    for value in values() {
        if route.pattern.contains('{') {
            attacks.push((known.path(route, Some(&value)), format!("csrf={csrf}").into_bytes(), FORM));
        }
        // Long values do not fit an address; other tests send those in bodies.
        if value.len() >= 200 {
            continue;
        }
        let value = encoded(&value);
        let (words, numbers) = (all(&value, &|name| !numeric(name)), all(&value, &numeric));
        if route.method == "GET" {
            attacks.push((format!("{good}?{words}"), Vec::new(), FORM));
            attacks.push((format!("{good}?{numbers}"), Vec::new(), FORM));
        }
        if route.method == "POST" {
            attacks.push((good.clone(), format!("csrf={csrf}&{words}").into_bytes(), FORM));
            attacks.push((good.clone(), format!("csrf={csrf}&{numbers}").into_bytes(), FORM));
        }
    }
    if route.method == "POST" {
        let utf16: Vec<u8> = format!("csrf={csrf}&name=Ünï").encode_utf16().flat_map(u16::to_le_bytes).collect();
        let bodies: [(Vec<u8>, &'static str); 12] = [
            (Vec::new(), FORM),
            (format!("csrf={csrf}&name=%ff%fe&reason=%ff&summary=%C3%28&decision=%F0%28").into_bytes(), FORM),
            ([format!("csrf={csrf}&name=").as_bytes(), &[0xff, 0xfe, 0, 0x80]].concat(), FORM),
            (utf16, FORM),
            (format!("csrf={csrf}&{}", "a=b&".repeat(20_000)).into_bytes(), FORM),
            (format!("csrf={csrf}&csrf=other&name=a&name=b&state=KEN&state=PER").into_bytes(), FORM),
            (b"&&==&=&%&%%&%zz".to_vec(), FORM),
            (format!("csrf={csrf}&name={}", "x".repeat(100_000)).into_bytes(), FORM),
            (br#"{"csrf":"x","name":"y"}"#.to_vec(), "application/json"),
            (b"--x\r\ncontent-disposition: form-data; name=\"csrf\"\r\n\r\n".to_vec(), "multipart/form-data; boundary=x"),
            (b"nothing".to_vec(), "multipart/form-data"),
            (b"csrf=x".to_vec(), "text/plain; charset=utf-16"),
        ];
        attacks.extend(bodies.map(|(body, media_type)| (good.clone(), body, media_type)));
    }
    attacks
}

async fn everything_is_answered(kind: Kind) {
    let program = Program::start_with(kind, |config| config.demo = true).await;
    let staff = program.staff(Role::Coordinator).await;
    let known = Known::of(&program, &staff).await;
    let db = program.app.platform.database.read();
    let before = signature::Entity::find().count(db).await.unwrap();
    let names = field_names();
    let csrf = staff.get("/desk").await.field("csrf").unwrap();
    let visitor = program.browser();
    let (mut sent, mut found) = (0, Vec::new());
    for signed_in in [false, true] {
        for route in routes() {
            // Signing out would end the walk; that it bears a bad body is tried below.
            if signed_in && route.pattern == "/desk/sign-out" {
                continue;
            }
            let of_desk = route.pattern.starts_with("/desk") && route.pattern != "/desk/sign-in";
            let browser = if signed_in { &staff } else { &visitor };
            let token = if signed_in { csrf.as_str() } else { "none" };
            let mut attacks = attacks(&known, &route, &names, token);
            if of_desk != signed_in {
                // Strangers at the desk get no further than its door, and staff see the public pages everybody sees.
                attacks.truncate(6);
            }
            let answers = stream::iter(attacks).map(|(path, body, media_type)| {
                let (browser, method) = (browser.clone(), route.method);
                async move {
                    let shown = String::from_utf8_lossy(&body).chars().take(300).collect::<String>();
                    let answer = send(&browser, method, &path, body, media_type).await;
                    (format!("{method} {} {shown:?}", path.chars().take(300).collect::<String>()), answer)
                }
            });
            let mut answers = answers.buffer_unordered(4);
            while let Some((what, answer)) = answers.next().await {
                let what = format!("{} {what}", if signed_in { "staff" } else { "visitor" });
                found.extend(faults(&answer).into_iter().map(|fault| format!("{what}: {fault}")));
                sent += 1;
                if !signed_in && of_desk {
                    assert!(matches!(answer.status, 303 | 404 | 400 | 403), "{what}: {}", answer.status);
                    assert!(answer.status != 303 || answer.location().starts_with("/desk/sign-in"), "{what}: {}", answer.location());
                }
            }
        }
    }
    assert!(found.is_empty(), "{} of {sent} answers:\n{}", found.len(), found.iter().take(40).cloned().collect::<Vec<_>>().join("\n"));
    assert!(sent > 2000, "{sent}");
    assert_eq!(staff.get("/desk/audit").await.status, 200, "still signed in");
    assert_eq!(staff.post("/desk/sign-out", &[("csrf", "a\0b")]).await.status, 403);
    assert_eq!(signature::Entity::find().count(db).await.unwrap(), before, "nothing was lost and nothing came of it");
    assert!(letter::Entity::find().count(db).await.unwrap() >= 1 && wave::Entity::find().count(db).await.unwrap() >= 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_address_answers_every_hostile_request_on_sqlite() {
    everything_is_answered(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_address_answers_every_hostile_request_on_postgres() {
    everything_is_answered(Kind::Postgres).await;
}

fn sign_on<'a>(name: &'a str, email: &'a str, key: &'a str) -> Vec<(&'static str, &'a str)> {
    vec![
        ("kind", "organisation"),
        ("name", name),
        ("country", "SEN"),
        ("contact_name", "Awa Test"),
        ("contact_email", email),
        ("contact_role", "Director"),
        ("visibility", "named"),
        ("authority", "yes"),
        ("consent", "yes"),
        ("submission_key", key),
    ]
}

on_both_databases! {
    async fn hostile_words_that_are_kept_print_as_themselves_wherever_they_are_shown(program: Program) {
        let (visitor, staff) = (program.browser(), program.staff(Role::Coordinator).await);
        let odd = ["=cmd()|' /C calc'!A0", "#eval(\"7001*7001\") Trust", SCRIPT, "{{ 7001*7001 }} Union", "+1 Society", "@sum(1) Forum", "\" onfocus=\"hostile7()"];
        for (n, name) in odd.iter().enumerate() {
            let answer = visitor.post("/en/sign", &sign_on(name, &format!("odd{n}@odd{n}.example.org"), &format!("odd-{n}"))).await;
            assert_eq!(answer.status, 303, "{name}: {}", answer.text());
        }
        program.drain().await;
        let mails = program.mail.take();
        assert_eq!(mails.len(), odd.len(), "each of them has its mail");
        for (mail, name) in mails.iter().zip(odd) {
            let text = crate::support::reading::mail_text(&mail.bytes);
            assert!(text.contains(name), "{name} in {text}");
            let link = text.split_whitespace().find(|word| word.contains("/confirm/")).unwrap();
            let page = visitor.get(link.strip_prefix(&program.base_url).unwrap()).await;
            hold(name, &page);
            assert!(page.text().contains(&name.split_whitespace().collect::<Vec<_>>().join(" ")), "{name} in {}", page.text());
            hold(name, &visitor.post(link.strip_prefix(&program.base_url).unwrap(), &[]).await);
        }
        for row in signature::Entity::find().all(program.app.platform.database.read()).await.unwrap() {
            let at = format!("/desk/signatures/{}", row.id);
            let checked = [("answer_website", "yes"), ("evidence_website", SCRIPT)];
            hold("a check", &staff.submit(&at, &format!("{at}/check"), &checked).await);
            assert_eq!(staff.submit(&at, &format!("{at}/decision"), &[("decision", "verify"), ("reason", "a\0b <script>hostile7()</script>")]).await.status, 303);
            hold("one signature", &staff.get(&at).await);
        }
        program.drain().await;
        let roll = visitor.get("/en/signatories").await;
        hold("the roll", &roll);
        for name in odd {
            assert!(roll.text().contains(name), "{name} in {}", roll.text());
        }
        let sheet = visitor.get("/en/signatories.csv").await;
        for line in sheet.body.lines() {
            for cell in line.split(',').map(|cell| cell.trim_matches('"')) {
                assert!(!cell.starts_with(['=', '+', '@']), "R18: {line}");
            }
        }
        assert!(sheet.body.contains("=cmd()"), "neutralised, not lost: {}", sheet.body);
        for page in ["/desk/signatures?state=verified", "/desk/audit", "/desk", "/desk/waves"] {
            hold(page, &staff.get(page).await);
        }
    }

    /// A person who goes back and mends a mistake sends the same form key with other words: that is another entry, not a double click.
    async fn a_form_that_is_mended_and_sent_again_is_not_lost(program: Program) {
        let browser = program.browser();
        let first = browser.post("/en/sign", &sign_on("Mended Lamp Trust", "wrong@lamp.example.org", "one-form")).await;
        let mended = browser.post("/en/sign", &sign_on("Mended Lamp Trust", "right@lamp.example.org", "one-form")).await;
        assert_eq!((first.status, mended.status), (303, 303));
        program.drain().await;
        let to: Vec<String> = program.mail.take().iter().map(|mail| mail.envelope.to()[0].to_string()).collect();
        assert_eq!(to, ["wrong@lamp.example.org", "right@lamp.example.org"], "both addresses were asked");
        assert_eq!(signatory::Entity::find().count(program.app.platform.database.read()).await.unwrap(), 2);
    }

    /// One key is one form: whoever guesses another's, or sends none, loses nothing by it.
    async fn a_foreign_or_damaged_form_key_loses_no_entry(program: Program) {
        let browser = program.browser();
        for (n, key) in ["same", "same", "", "", "a\0b", "\u{202e}", &"k".repeat(5000)].into_iter().enumerate() {
            let answer = browser.post("/en/sign", &sign_on(&format!("Keyed House {n}"), &format!("k{n}@house.example.org"), key)).await;
            assert_eq!(answer.status, 303, "{key:?}: {}", answer.text());
        }
        assert_eq!(signature::Entity::find().count(program.app.platform.database.read()).await.unwrap(), 7);
    }

    /// An oversize body gets a page, and a file over its limit gets the form back with every word beside it.
    async fn a_body_that_is_too_large_gets_a_page_at_every_form(program: Program) {
        let staff = program.staff(Role::Coordinator).await;
        let known = Known::of(&program, &staff).await;
        let csrf = staff.get("/desk").await.field("csrf").unwrap();
        let body = format!("csrf={csrf}&name={}", "x".repeat(300 * 1024)).into_bytes();
        for route in routes().iter().filter(|route| route.method == "POST" && !WITH_FILE.contains(&route.pattern.as_str())) {
            let answer = send(&staff, "POST", &known.path(route, None), body.clone(), FORM).await;
            hold(&route.pattern, &answer);
            // Confirming, ending an invitation and taking one’s data along read no body at all: the address says everything.
            let reads_none = ["/confirm/", "/invitation/", "/data"].iter().any(|part| route.pattern.contains(part));
            let expected = if reads_none { 404 } else { 413 };
            assert_eq!(answer.status, expected, "{}", route.pattern);
        }
        let typed = [("summary", "Every word of it."), ("reference", "a\0b")];
        let answer = send_reply(&staff, "/desk/replies/new", &typed, Some(("big.pdf", vec![b'x'; 6 * 1024 * 1024]))).await;
        assert_eq!(answer.status, 422);
        assert!(answer.body.contains("Every word of it."), "{}", answer.text());
    }

    /// A reply with hostile words: kept as typed, shown as typed.
    async fn a_reply_with_hostile_words_is_kept_and_printed(program: Program) {
        let staff = program.staff(Role::Coordinator).await;
        let key = "a\0b";
        for summary in [SCRIPT, "=cmd()", "{{ 7001*7001 }}", "#eval(\"7001*7001\")", "\u{202e}turned"] {
            let fields = [("summary", summary), ("country", "KEN"), ("submission_key", key)];
            let answer = send_reply(&staff, "/desk/replies/new", &fields, None).await;
            assert!(matches!(answer.status, 303 | 422), "{summary}: {} {}", answer.status, answer.text());
            hold(summary, &answer);
            if answer.status == 303 {
                let shown = staff.get(answer.location()).await;
                hold(summary, &shown);
            }
        }
        for page in ["/desk/replies", "/desk/positions/proposals", "/desk/audit"] {
            hold(page, &staff.get(page).await);
        }
    }
}
