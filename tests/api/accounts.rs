//! Signing in and out of the desk, and what keeps strangers out.

use demarche::{
    accounts::Role,
    domain::clock::Clock,
    entities::audit_entry,
    platform::{jobs, mail::Delivery},
};
use sea_orm::{ConnectionTrait, EntityTrait};
use serde_json::json;

use crate::{
    on_both_databases,
    support::{Program, program::PASSWORD, reading::Answer},
};

on_both_databases! {
    async fn staff_sign_in_read_the_trail_and_sign_out(program: Program) {
        let browser = program.staff(Role::Coordinator).await;
        let trail = browser.get("/desk/audit").await;
        assert_eq!(trail.status, 200);
        assert!(trail.text().contains("Signed in") && !trail.text().contains("account.signed_in"), "{}", trail.text());
        let out = browser.submit("/desk/audit", "/desk/sign-out", &[]).await;
        assert_eq!((out.status, out.location()), (303, "/desk/sign-in?signed_out=true"));
        assert!(browser.get(out.location()).await.text().contains("You are signed out."));
        assert!(!browser.get("/desk/sign-in").await.text().contains("You are signed out."));
        assert_eq!(browser.get("/desk/audit").await.location(), "/desk/sign-in?next=%2Fdesk%2Faudit");
    }

    async fn a_wrong_password_and_an_unknown_address_get_the_same_answer(program: Program) {
        program.add_account("ana@staff.example.org", Role::Reader).await;
        let wrong = program.browser().post("/desk/sign-in", &[("email", "ana@staff.example.org"), ("password", "wrong wrong wrong")]).await;
        let unknown = program.browser().post("/desk/sign-in", &[("email", "eve@staff.example.org"), ("password", "wrong wrong wrong")]).await;
        assert_eq!((wrong.status, unknown.status), (422, 422));
        assert_eq!(wrong.texts(".error-summary"), unknown.texts(".error-summary"));
        assert_eq!(wrong.field("email").as_deref(), Some("ana@staff.example.org"), "what was typed stays");
        assert!(!wrong.body.contains("wrong wrong"), "a password never comes back");
    }

    async fn tries_are_counted_across_processes(program: Program) {
        let sibling = program.sibling().await;
        program.add_account("ana@staff.example.org", Role::Reader).await;
        let wrong = [("email", "ana@staff.example.org"), ("password", "wrong wrong wrong")];
        for n in 0..8 {
            let at = if n % 2 == 0 { &program } else { &sibling };
            assert_eq!(at.browser().post("/desk/sign-in", &wrong).await.status, 422, "try {n}");
        }
        let right = [("email", "ana@staff.example.org"), ("password", PASSWORD)];
        assert_eq!(sibling.browser().post("/desk/sign-in", &right).await.status, 429);
    }

    /// Strangers cannot keep a colleague out, and a colleague who signs in often is no stranger.
    async fn wrong_tries_from_elsewhere_lock_nobody_out(program: Program) {
        let behind = Program::start_with(program.kind, |config| config.proxies = 1).await;
        behind.add_account("ana@staff.example.org", Role::Reader).await;
        let sign_in = async |from: &str, password: &str| {
            let browser = behind.browser();
            let request = browser.client.post(format!("{}/desk/sign-in", behind.base_url)).header("x-forwarded-for", from);
            request.form(&[("email", "ana@staff.example.org"), ("password", password)]).send().await.unwrap().status().as_u16()
        };
        for n in 0..20 {
            assert_eq!(sign_in("203.0.113.9", "wrong wrong wrong").await, if n < 8 { 422 } else { 429 }, "try {n}");
        }
        for n in 0..20 {
            assert_eq!(sign_in("198.51.100.7", PASSWORD).await, 303, "sign-in {n}");
        }
        // From everywhere together there is an end to guessing.
        let mut refused = 0;
        for network in 0..15 {
            for _ in 0..8 {
                refused += u32::from(sign_in(&format!("192.0.2.{network}"), "wrong wrong wrong").await == 429);
            }
        }
        assert!(refused > 0);
    }

    async fn the_page_one_came_for_is_no_way_elsewhere(program: Program) {
        program.add_account("ana@staff.example.org", Role::Reader).await;
        for next in ["/desk/audit\u{1}", "/desk/\nx", "//evil.example", "/desk/\\evil.example", "/desk/é", "https://evil.example", "/desk/ x"] {
            let form = [("email", "ana@staff.example.org"), ("password", PASSWORD), ("next", next)];
            let answer = program.browser().post("/desk/sign-in", &form).await;
            assert_eq!((answer.status, answer.location()), (303, "/desk"), "{next:?}");
        }
    }

    async fn a_session_of_one_process_is_known_to_another(program: Program) {
        let sibling = program.sibling().await;
        let mut browser = program.staff(Role::Coordinator).await;
        assert_eq!(browser.get("/desk/audit").await.status, 200);
        // Cookies go by host, not port: the same browser is signed in at the other process.
        browser.base_url = sibling.base_url.clone();
        assert_eq!(browser.get("/desk/audit").await.status, 200);
    }

    async fn a_reader_may_not_read_the_trail(program: Program) {
        let browser = program.staff(Role::Reader).await;
        let answer = browser.get("/desk/audit").await;
        assert_eq!(answer.status, 403);
        assert!(answer.text().contains("Not for your role"));
    }

    async fn a_form_without_its_token_or_from_another_site_changes_nothing(program: Program) {
        let browser = program.staff(Role::Coordinator).await;
        assert_eq!(browser.post("/desk/sign-out", &[("csrf", "guess")]).await.status, 403);
        let foreign = browser.client.post(format!("{}/desk/sign-out", browser.base_url)).header("sec-fetch-site", "cross-site");
        let refused = Answer::of(foreign.send().await.unwrap()).await;
        assert_eq!(refused.status, 403);
        assert!(refused.text().contains("This form is out of date"), "a page, not a blank: {}", refused.body);
        assert_eq!(browser.get("/desk/audit").await.status, 200, "still signed in");
    }

    async fn every_answer_carries_the_fences(program: Program) {
        let staff = program.staff(Role::Reader).await;
        let sheet = program.browser().get("/en").await.attributes("link[rel=stylesheet]", "href")[0].clone();
        let paths = ["/", "/en", "/en/nothing-here", "/en/states?as_of=never", "/en/signatories.csv", "/desk", "/desk/sign-in", "/health/live", "/assets/none.css"];
        for path in paths.into_iter().chain([sheet.as_str()]) {
            for answer in [program.browser().get(path).await, staff.get(path).await, staff.post(path, &[]).await] {
                let fence = answer.header("content-security-policy");
                assert!(fence.contains("default-src 'none'") && !fence.contains("unsafe"), "{path} {}", answer.status);
                assert_eq!((answer.header("x-content-type-options"), answer.header("referrer-policy")), ("nosniff", "same-origin"), "{path}");
                assert_eq!(answer.header("x-request-id").len(), 32, "{path}");
                assert!(answer.headers.get("server").is_none() && answer.headers.get("strict-transport-security").is_none(), "{path}");
            }
        }
        // Nothing of the desk is kept by a cache, and neither is a page that says who is signed in.
        assert!(staff.get("/desk").await.header("cache-control").contains("no-store"));
    }

    async fn the_cookie_is_for_this_site_alone_and_for_tls_where_there_is_tls(program: Program) {
        let secured = Program::start_with(program.kind, |config| config.base_url = "https://sign.example.org".to_owned()).await;
        for (at, secure) in [(&program, false), (&secured, true)] {
            at.add_account("ana@staff.example.org", Role::Reader).await;
            let form = [("email", "ana@staff.example.org"), ("password", PASSWORD)];
            let answer = at.browser().post("/desk/sign-in", &form).await;
            let cookie = answer.header("set-cookie").to_owned();
            for part in ["demarche_session=", "HttpOnly", "SameSite=Lax", "Path=/"] {
                assert!(cookie.contains(part), "{part} in {cookie}");
            }
            assert_eq!((cookie.contains("Secure"), cookie.contains("Domain")), (secure, false), "{cookie}");
            assert_eq!(answer.headers.contains_key("strict-transport-security"), secure);
            let mut other = at.browser();
            other.base_url.clone_from(&at.base_url);
            assert!(other.get("/en").await.headers.get("set-cookie").is_none(), "a reader of public pages gets no cookie");
        }
    }

    /// R85: whoever has the program's own rights on the database can add lines and not change one.
    async fn the_database_refuses_to_change_or_remove_a_line_of_the_trail(program: Program) {
        program.staff(Role::Coordinator).await;
        let db = program.app.platform.database.write();
        let before = audit_entry::Entity::find().all(db).await.unwrap();
        assert!(before.len() >= 2);
        for statement in ["UPDATE audit_entry SET action = 'x'", "DELETE FROM audit_entry"] {
            let error = db.execute_unprepared(statement).await.unwrap_err().to_string();
            assert!(error.contains("append-only"), "{error}");
        }
        assert_eq!(audit_entry::Entity::find().all(db).await.unwrap(), before);
    }

    /// What failed, what nobody takes and what a dead worker left is shown in words; a person tries again or gives up, and that is in the trail.
    async fn failed_and_stuck_work_is_shown_tried_again_and_given_up(program: Program) {
        let (db, now) = (program.app.platform.database.write(), program.clock.now());
        for (kind, minutes) in [("tests.nobody", 20), ("signing.fold_counts", 1)] {
            jobs::enqueue(db, jobs::Job::new(kind, &json!({})).at(now - chrono::Duration::minutes(minutes)), now).await.unwrap();
        }
        jobs::enqueue(db, jobs::Job::new("signing.confirm_mail", &json!({ "signature": uuid::Uuid::now_v7() })), now).await.unwrap();
        program.drain().await;
        let staff = program.staff(Role::Coordinator).await;
        let page = staff.get("/desk/work").await;
        for words in ["the signature is gone", "Failed", "Overdue"] {
            assert!(page.text().contains(words), "{words} in {}", page.text());
        }
        let buttons = page.attributes("form[action$='/retry']", "action");
        assert_eq!(buttons.len(), 2, "{}", page.text());
        assert_eq!(staff.submit("/desk/work", &buttons[0], &[]).await.status, 303);
        let shown = staff.get("/desk/work").await.text();
        assert!(shown.contains("It will be tried again now."), "{shown}");
        for action in buttons {
            let discard = action.replace("/retry", "/discard");
            assert_eq!(staff.submit("/desk/work", &discard, &[]).await.status, 303);
        }
        assert!(staff.get("/desk/work").await.text().contains("Nothing has failed and nothing is stuck."));
        let trail = staff.get("/desk/audit").await.text();
        assert!(trail.contains("Work tried again") && trail.contains("Work given up"), "{trail}");
        let reader = program.staff(Role::Reader).await;
        assert_eq!(reader.get("/desk/work").await.status, 403);
    }

    /// R79: the mail server is away for an hour; then everything leaves, once.
    async fn a_mail_server_that_was_away_for_an_hour_gets_everything_once(program: Program) {
        for n in 0..20 {
            let (name, email) = (format!("Patient House {n}"), format!("p{n}@house.example.org"));
            let fields = [
                ("kind", "organisation"), ("name", name.as_str()), ("country", "SEN"), ("contact_name", "Awa Test"), ("contact_email", email.as_str()),
                ("contact_role", "Director"), ("visibility", "named"), ("authority", "yes"), ("consent", "yes"),
            ];
            assert_eq!(program.browser().post("/en/sign", &fields).await.status, 303);
        }
        let start = program.clock.now();
        let mut tries = 0;
        while program.clock.now() < start + chrono::Duration::hours(1) {
            for _ in 0..20 {
                program.mail.answer_next(Delivery::Deferred { answer: "no connection to the mail server".to_owned() });
            }
            let ran = program.drain().await.into_iter().filter(|ran| ran.kind == "signing.confirm_mail").count();
            // Answers nobody asked for would be left for later.
            program.mail.forget_answers();
            tries += ran;
            program.clock.set(program.clock.now() + chrono::Duration::minutes(5));
        }
        assert!(program.mail.take().is_empty() && tries >= 60, "{tries}");
        for _ in 0..60 {
            program.drain().await;
            program.clock.set(program.clock.now() + chrono::Duration::minutes(5));
        }
        let to: std::collections::BTreeSet<String> = program.mail.accepted().iter().map(|mail| mail.envelope.to()[0].to_string()).collect();
        assert_eq!((program.mail.accepted().len(), to.len()), (20, 20));
    }

    async fn oversize_and_senseless_requests_get_a_page_not_a_fault(program: Program) {
        let browser = program.browser();
        let huge = "x".repeat(400 * 1024);
        let answer = browser.post("/desk/sign-in", &[("email", huge.as_str())]).await;
        assert_eq!(answer.status, 413, "{}", answer.body);
        assert!(answer.text().contains("Too large"), "{}", answer.text());
        assert_eq!(browser.get("/en/%00%ff").await.status, 404);
        assert_eq!(browser.get("/xx/sign").await.status, 404);
        assert_eq!(browser.client.put(format!("{}/desk/sign-in", browser.base_url)).send().await.unwrap().status().as_u16(), 404);
    }
}
