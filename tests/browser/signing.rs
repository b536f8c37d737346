//! Signing as a person does it: without scripts, and by keyboard alone.

use crate::{
    chromium::{Wish, drive},
    person::{ENTER, TAB, arrives, at, choose, confirmation_link, demonstration, fill, open, tab_to, words},
};

/// R2, R4, US1.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn us1_a_person_signs_without_scripts_from_the_form_to_the_button_in_the_mail() {
    let program = demonstration().await;
    drive("signs_without_scripts", Wish { without_scripts: true, ..Wish::default() }, async |client| {
        client.goto("data:text/html,<title>off</title><script>document.title = 'on'</script>").await.unwrap();
        assert_eq!(client.title().await.unwrap(), "off", "this browser runs scripts");
        open(&client, &program, "/fr/sign").await;
        choose(&client, "[name=kind][value=organisation]").await;
        fill(&client, "name", "Réseau des Étoiles").await;
        at(&client, "[name=country]").await.select_by_value("SEN").await.unwrap();
        // A wrong address first: nothing typed is lost, and the summary leads to the field.
        for (name, text) in [("contact_name", "Awa Test"), ("contact_email", "awa at example"), ("contact_role", "Directrice")] {
            fill(&client, name, text).await;
        }
        choose(&client, "[name=visibility][value=named]").await;
        choose(&client, "[name=authority]").await;
        choose(&client, "[name=consent]").await;
        at(&client, "main form button").await.click().await.unwrap();
        at(&client, ".error-summary a[href='#contact_email']").await.click().await.unwrap();
        assert_eq!(at(&client, "[name=name]").await.prop("value").await.unwrap().as_deref(), Some("Réseau des Étoiles"));
        assert!(at(&client, "[name=consent]").await.is_selected().await.unwrap());
        at(&client, "[name=contact_email]").await.clear().await.unwrap();
        fill(&client, "contact_email", "awa@etoiles.example.org").await;
        at(&client, "main form button").await.click().await.unwrap();
        arrives(&client, "/fr/sign/sent").await;
        let link = confirmation_link(&program).await;
        client.goto(&link).await.unwrap();
        assert!(words(&client).await.contains("Réseau des Étoiles"));
        at(&client, "main form button").await.click().await.unwrap();
        at(&client, ".notice--good").await;
    })
    .await;
}

/// R77: no mouse anywhere, and the focus is always to be seen.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_signs_with_the_keyboard_alone() {
    let program = demonstration().await;
    drive("signs_by_keyboard", Wish::default(), async |client| {
        open(&client, &program, "/en/sign").await;
        let first = "return document.activeElement.className;";
        client.active_element().await.unwrap().send_keys(TAB).await.unwrap();
        assert_eq!(client.execute(first, Vec::new()).await.unwrap(), "skip-link", "the first stop leads past the navigation");
        client.active_element().await.unwrap().send_keys(ENTER).await.unwrap();
        arrives(&client, "/en/sign#main").await;
        tab_to(&client, "[name=kind]").await.send_keys(" ").await.unwrap();
        tab_to(&client, "[name=name]").await.send_keys("Keyboard Network").await.unwrap();
        tab_to(&client, "[name=country]").await.send_keys("Senegal").await.unwrap();
        tab_to(&client, "[name=contact_name]").await.send_keys("Kay Board").await.unwrap();
        tab_to(&client, "[name=contact_email]").await.send_keys("kay@keyboard.example.org").await.unwrap();
        tab_to(&client, "[name=contact_role]").await.send_keys("Director").await.unwrap();
        tab_to(&client, "[name=visibility]").await.send_keys(" ").await.unwrap();
        tab_to(&client, "[name=authority]").await.send_keys(" ").await.unwrap();
        tab_to(&client, "[name=consent]").await.send_keys(" ").await.unwrap();
        tab_to(&client, "main form button").await.send_keys(ENTER).await.unwrap();
        arrives(&client, "/en/sign/sent").await;
        client.goto(&confirmation_link(&program).await).await.unwrap();
        assert!(words(&client).await.contains("Keyboard Network"));
        tab_to(&client, "main form button").await.send_keys(ENTER).await.unwrap();
        at(&client, ".notice--good").await;
    })
    .await;
}
