//! Letters to every government, through the pages of the desk.

use demarche::{accounts::Role, domain::language::Language};

use crate::{
    chromium::{Wish, drive},
    person::{arrives, at, choose, demonstration, fill, open, open_sample, sign_in_as, sign_out, status, words},
};

const PDF: &str = "const done = arguments[arguments.length - 1];
    fetch(arguments[0]).then(async (answer) => done([answer.status, answer.headers.get('content-type'),
      String.fromCharCode(...new Uint8Array(await answer.arrayBuffer()).slice(0, 4))]), (fault) => done([0, String(fault), '']));";

/// R30, R31: one letter to each of 195 states; who approves does not release.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn letters_to_all_states_are_made_approved_by_one_and_released_by_another() {
    let program = demonstration().await;
    drive("letters_board", Wish::default(), async |client| {
        sign_in_as(&client, &program, "first", Role::Coordinator, Language::En).await;
        open(&client, &program, "/desk/waves").await;
        at(&client, "main form button").await.click().await.unwrap();
        arrives(&client, "/desk/waves/1").await;
        open(&client, &program, "/desk/letters").await;
        at(&client, "main form.form button").await.click().await.unwrap();
        at(&client, ".error-summary").await;
        assert_eq!(status(&client).await, 422, "a round without a name, an event and a wave is no round");
        fill(&client, "name", "January session").await;
        at(&client, "[name=event]").await.select_by_index(1).await.unwrap();
        at(&client, "[name=wave]").await.select_by_value("1").await.unwrap();
        let post = at(&client, "[name=posts][value=foreign_minister]").await;
        if post.is_selected().await.unwrap() {
            post.click().await.unwrap();
        }
        assert!(at(&client, "[name=posts][value=permanent_representative]").await.is_selected().await.unwrap());
        choose(&client, "[name=mode][value=rehearsal]").await;
        at(&client, "main form.form button").await.click().await.unwrap();
        arrives(&client, "/desk/letters/0").await;
        let board = client.current_url().await.unwrap().path().to_owned();
        program.drain().await;
        open(&client, &program, &board).await;
        let script =
            "return [...document.querySelectorAll('#board tbody tr')].map((row) => [row.dataset.state, row.querySelector('a').href]);";
        let rows = client.execute(script, Vec::new()).await.unwrap();
        let rows = rows.as_array().unwrap();
        let states: std::collections::BTreeSet<&str> = rows.iter().map(|row| row[0].as_str().unwrap()).collect();
        assert_eq!((rows.len(), states.len()), (195, 195), "one letter to each state");
        let address = format!("{}/letter.pdf", rows[100][1].as_str().unwrap());
        let pdf = client.execute_async(PDF, vec![address.into()]).await.unwrap();
        assert_eq!(pdf, serde_json::json!([200, "application/pdf", "%PDF"]));

        open_sample(&client, &program, &board).await;
        at(&client, "form[action$='/approve'] button").await.click().await.unwrap();
        at(&client, ".notice--good").await;
        let release = "form[action$='/release'] button";
        assert!(client.find(fantoccini::Locator::Css(release)).await.is_err(), "who approved is not asked to release");
        assert!(words(&client).await.contains("Test first"), "the board says who approved");
        sign_out(&client).await;
        sign_in_as(&client, &program, "second", Role::Coordinator, Language::En).await;
        open(&client, &program, &board).await;
        at(&client, release).await.click().await.unwrap();
        at(&client, ".notice--good").await;
        let board = words(&client).await;
        assert!(board.contains("Test first") && board.contains("Test second"), "{board}");
        assert!(client.find(fantoccini::Locator::Css(release)).await.is_err(), "a round is released once");
    })
    .await;
}
