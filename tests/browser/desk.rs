//! The desk in a browser: signing in by keyboard, vetting, freezing a wave.

use demarche::accounts::Role;

use crate::{
    chromium::{Wish, drive},
    person::{ENTER, arrives, at, demonstration, open, sign_in, tab_to, words},
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
        let named = "//table[@id='queue']//td/a[bdi]";
        let row = client.find(fantoccini::Locator::XPath(named)).await.unwrap();
        let name = row.text().await.unwrap();
        row.click().await.unwrap();
        at(&client, "button[name=decision][value=verify]").await.click().await.unwrap();
        open(&client, &program, "/desk/waves").await;
        at(&client, "main form button").await.click().await.unwrap();
        arrives(&client, "/desk/waves/1").await;
        let wave = words(&client).await;
        assert!(wave.contains(&name), "{name} is not in {wave}");
        at(&client, "a[href='/desk/waves']").await;
    })
    .await;
}
