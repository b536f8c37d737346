//! The desk in a browser: signing in by keyboard, vetting, freezing a wave.

use demarche::accounts::Role;

use crate::{
    chromium::{Wish, drive},
    person::{ARROW_DOWN, ENTER, arrives, at, count, demonstration, open, sign_in, tab_back_to, tab_to, words},
    support::program::PASSWORD,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn staff_sign_in_with_the_keyboard_alone() {
    let program = demonstration().await;
    program.add_account("ana@staff.example.org", Role::Coordinator).await;
    drive("signs_in_by_keyboard", Wish::default(), async |client| {
        open(&client, &program, "/desk/sign-in?next=/desk/waves").await;
        tab_to(&client, "[name=email]").await.send_keys("ana@staff.example.org").await.unwrap();
        let password = tab_to(&client, "[name=password]").await;
        password.send_keys(PASSWORD).await.unwrap();
        password.send_keys(ENTER).await.unwrap();
        arrives(&client, "/desk/waves").await;
        at(&client, "a[href='/desk/audit']").await;
    })
    .await;
}

/// R12, R16: what the desk verifies is public at once, and a frozen wave holds it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_desk_verifies_a_signature_and_freezes_a_wave_that_holds_it() {
    let program = demonstration().await;
    drive("vets_and_freezes", Wish::default(), async |client| {
        sign_in(&client, &program, Role::Coordinator).await;
        open(&client, &program, "/desk/signatures?state=confirmed").await;
        let row = at(&client, "#queue td a:has(> bdi)").await;
        let name = row.text().await.unwrap();
        row.click().await.unwrap();
        at(&client, "button[name=decision][value=verify]").await.click().await.unwrap();
        // A page opened before the answer would take the place of the decision itself.
        at(&client, ".notice--good").await;
        open(&client, &program, "/desk/waves").await;
        at(&client, "main form button").await.click().await.unwrap();
        arrives(&client, "/desk/waves/1").await;
        let wave = words(&client).await;
        assert!(wave.contains(&name), "{name} is not in {wave}");
        at(&client, "a[href='/desk/waves']").await;
    })
    .await;
}

/// R77: a signature is ticked and verified without a mouse.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_vetting_queue_is_worked_with_the_keyboard_alone() {
    let program = demonstration().await;
    drive("vets_by_keyboard", Wish::default(), async |client| {
        sign_in(&client, &program, Role::Moderator).await;
        open(&client, &program, "/desk/signatures?state=confirmed").await;
        let before = count(&client, "#queue tbody tr").await;
        tab_to(&client, "#queue [name=ids]").await.send_keys(" ").await.unwrap();
        tab_back_to(&client, "[data-bulk] button").await.send_keys(ENTER).await.unwrap();
        at(&client, ".notice").await;
        open(&client, &program, "/desk/signatures?state=confirmed").await;
        let after = count(&client, "#queue tbody tr").await;
        assert_eq!(after + 1, before, "one signature left the queue");
        tab_to(&client, "#queue td a").await.send_keys(ENTER).await.unwrap();
        arrives(&client, "/desk/signatures/0").await;
        tab_to(&client, "[name=evidence_website]").await.send_keys("https://example.org").await.unwrap();
        // The arrow goes round from "not answered", the last, to "yes", the first.
        tab_to(&client, "[name=answer_website]").await.send_keys(ARROW_DOWN).await.unwrap();
        tab_to(&client, "[formaction$='/check']").await.send_keys(ENTER).await.unwrap();
        at(&client, ".notice--good").await;
        at(&client, "[name=answer_website][value=yes]:checked").await;
        at(&client, "[name=evidence_website][value='https://example.org']").await;
        tab_to(&client, "[name=decision][value=verify]").await.send_keys(ENTER).await.unwrap();
        at(&client, ".notice--good").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_of_the_desk_are_listed_and_lead_where_they_say() {
    let program = demonstration().await;
    drive("shortcuts", Wish::default(), async |client| {
        sign_in(&client, &program, Role::Coordinator).await;
        open(&client, &program, "/desk/signatures?state=confirmed").await;
        let press = async |keys: &str| client.active_element().await.unwrap().send_keys(keys).await.unwrap();
        press("j").await;
        press("j").await;
        press("k").await;
        press("x").await;
        let script = "const row = document.activeElement.closest('tr'); return [[...row.parentNode.rows].indexOf(row), row.querySelector('input').checked];";
        assert_eq!(client.execute(script, Vec::new()).await.unwrap(), serde_json::json!([0, true]));
        press("?").await;
        let list = at(&client, "#shortcuts[open]").await.text().await.unwrap();
        for key in ["g t", "g s", "g l", "j", "x", "/"] {
            assert!(list.lines().any(|line| line.trim() == key), "{key} is not listed: {list}");
        }
        press("g").await;
        press("l").await;
        arrives(&client, "/desk/letters").await;
        press("g").await;
        press("a").await;
        arrives(&client, "/desk/audit").await;
    })
    .await;
}
