//! The stories of a sign-on in a real browser (US1 to US5); US1 stands in `signing.rs`, where it is walked without scripts.

use demarche::{accounts::Role, signing::signer};

use crate::{
    chromium::{Wish, drive},
    person::{arrives, at, choose, confirmation_link, demonstration, fill, open, sign_in, words},
    support::Program,
};

const SECRET: &str = "Zyzzyva Night Printers";

async fn press(client: &fantoccini::Client, css: &str) {
    at(client, css).await.click().await.unwrap();
}

/// A signature that is listed, and the way to its signer's own page.
async fn listed(program: &Program) -> (String, String) {
    use demarche::entities::{signatory, signature};
    use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
    let db = program.app.platform.database.read();
    let named = signature::Column::Visibility.eq("named");
    let row = signature::Entity::find().filter(signature::Column::State.eq("verified")).filter(named).one(db).await.unwrap().unwrap();
    let of = signatory::Entity::find_by_id(row.signatory_id).one(db).await.unwrap().unwrap();
    (of.name.unwrap(), signer::issue(&program.app.platform, &row).await.unwrap())
}

/// US2: a group in exile signs without scripts, withheld, and no page says its name; who may reveal it gives a reason.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn us2_a_group_in_exile_signs_without_its_name() {
    let program = demonstration().await;
    drive("us2", Wish { without_scripts: true, ..Wish::default() }, async |client| {
        open(&client, &program, "/ar/sign").await;
        choose(&client, "[name=kind][value=organisation]").await;
        fill(&client, "name", SECRET).await;
        at(&client, "[name=country]").await.select_by_value("SDN").await.unwrap();
        for (name, text) in [
            ("location_label", "في المنفى"),
            ("contact_name", "A"),
            ("contact_email", "press@zyzzyva.example.org"),
            ("contact_role", "Editor"),
        ] {
            fill(&client, name, text).await;
        }
        choose(&client, "[name=visibility][value=withheld]").await;
        choose(&client, "[name=authority]").await;
        choose(&client, "[name=consent]").await;
        press(&client, "button[name=look]").await;
        assert!(!at(&client, "#line").await.text().await.unwrap().contains("Zyzzyva"), "the line is shown as it will be printed");
        press(&client, "main form button:not([name])").await;
        arrives(&client, "/ar/sign/sent").await;
        client.goto(&confirmation_link(&program).await).await.unwrap();
        assert!(!words(&client).await.contains("Zyzzyva"));
        press(&client, "main form button").await;
        at(&client, ".notice--good").await;
        sign_in(&client, &program, Role::Coordinator).await;
        open(&client, &program, "/desk/signatures?state=confirmed&country=SDN").await;
        assert!(!words(&client).await.contains("Zyzzyva"));
        press(&client, "#queue tbody tr td a").await;
        fill_last(&client, "reveal-reason", "a court asks").await;
        press(&client, "form[action$='/reveal'] button").await;
        assert!(at(&client, ".notice").await.text().await.unwrap().contains(SECRET));
    })
    .await;
}

async fn fill_last(client: &fantoccini::Client, id: &str, text: &str) {
    at(client, &format!("#{id}")).await.send_keys(text).await.unwrap();
}

/// US3, US4: staff type a mail in, extend the deadline, freeze, publish; the public pages say all of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn us3_us4_staff_type_in_a_mail_extend_the_deadline_and_publish_a_wave() {
    let program = demonstration().await;
    drive("us3", Wish::default(), async |client| {
        sign_in(&client, &program, Role::Coordinator).await;
        open(&client, &program, "/desk/signatures/new").await;
        choose(&client, "[name=kind][value=organisation]").await;
        let set = "document.querySelector('[name=received]').value = '2026-11-20T10:00';";
        client.execute(set, Vec::new()).await.unwrap();
        for (name, text) in [
            ("kept_at", "Folder 3"),
            ("name", "Carta House"),
            ("contact_name", "C"),
            ("contact_email", "c@carta.example.org"),
            ("contact_role", "Chair"),
        ] {
            fill(&client, name, text).await;
        }
        at(&client, "[name=country]").await.select_by_value("PER").await.unwrap();
        choose(&client, "[name=visibility][value=named]").await;
        choose(&client, "[name=authority]").await;
        press(&client, "main form button").await;
        arrives(&client, "state=pending").await;
        assert!(words(&client).await.contains("Carta House"));
        open(&client, &program, "/desk/waves").await;
        press(&client, "form[action='/desk/waves/deadline'] button").await;
        at(&client, ".notice--good").await;
        press(&client, "form[action='/desk/waves'] button").await;
        arrives(&client, "/desk/waves/1").await;
        press(&client, "form[action$='/publish'] button").await;
        at(&client, ".notice--good").await;
        press(&client, "a[href='/en/signatories/wave/1']").await;
        assert!(words(&client).await.contains("Pass it on"));
        open(&client, &program, "/en/sign").await;
        let page = words(&client).await;
        assert!(page.contains("The deadline was extended on") && page.contains("anywhere on earth"), "{page}");
    })
    .await;
}

/// US5: by the link of the mail a director takes the signature back; the list follows at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn us5_a_director_withdraws_by_the_link_of_the_mail() {
    let program = demonstration().await;
    let (name, own) = listed(&program).await;
    drive("us5", Wish::default(), async |client| {
        let search = format!("/en/signatories?q={}", name.split(' ').next().unwrap());
        open(&client, &program, &search).await;
        assert!(words(&client).await.contains(&name));
        client.goto(&own).await.unwrap();
        assert!(words(&client).await.contains(&name));
        press(&client, "[name=wish][value=withdraw]").await;
        at(&client, ".notice--good").await;
        open(&client, &program, &search).await;
        assert!(!words(&client).await.contains(&name), "{name}");
    })
    .await;
}
