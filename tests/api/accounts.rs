//! Signing in and out of the desk, and what keeps strangers out.

use demarche::accounts::Role;

use crate::{
    on_both_databases,
    support::{Program, program::PASSWORD},
};

on_both_databases! {
    async fn staff_sign_in_read_the_trail_and_sign_out(program: Program) {
        let browser = program.staff(Role::Coordinator).await;
        let trail = browser.get("/desk/audit").await;
        assert_eq!(trail.status, 200);
        assert!(trail.text().contains("account.signed_in"), "{}", trail.text());
        let out = browser.submit("/desk/audit", "/desk/sign-out", &[]).await;
        assert_eq!((out.status, out.location()), (303, "/desk/sign-in"));
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
        assert_eq!(foreign.send().await.unwrap().status().as_u16(), 403);
        assert_eq!(browser.get("/desk/audit").await.status, 200, "still signed in");
    }

    async fn every_answer_carries_the_fences(program: Program) {
        for path in ["/en/nothing-here", "/desk/sign-in", "/health/live"] {
            let answer = program.browser().get(path).await;
            assert!(answer.header("content-security-policy").contains("default-src 'none'"), "{path}");
            assert!(!answer.header("content-security-policy").contains("unsafe"), "{path}");
            assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        }
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
