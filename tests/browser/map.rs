//! The map and the table say the same, and follow the evidence.

use std::collections::BTreeMap;

use demarche::accounts::Role;
use fantoccini::Client;

use crate::{
    chromium::{Wish, drive},
    person::{at, choose, demonstration, fill, open, sign_in, visit},
};

const READ: &str = "const words = (node) => node.textContent.trim();
    return [
      [...document.querySelectorAll('a.tile')].map((tile) => [tile.getAttribute('href'), tile.getAttribute('class').match(/tile--(\\w+)/)[1], tile.getAttribute('aria-label')]),
      [...document.querySelectorAll('#states tbody tr')].map((row) => [row.querySelector('th a').getAttribute('href'), row.querySelector('.stance').className.match(/stance--(\\w+)/)[1], words(row.querySelector('.stance__word')), words(row.querySelector('th'))]),
      [...document.querySelectorAll('#results .legend li:has(.legend__count)')].map((entry) => [entry.querySelector('.stance').className.match(/stance--(\\w+)/)[1], Number(words(entry.querySelector('.legend__count')))])];";

/// What the map says, by address of the state.
async fn map_equals_table(client: &Client, what: &str) -> BTreeMap<String, String> {
    let read = client.execute(READ, Vec::new()).await.unwrap();
    let (tiles, rows, legend) = (read[0].as_array().unwrap(), read[1].as_array().unwrap(), read[2].as_array().unwrap());
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let map: BTreeMap<String, String> = tiles.iter().map(|tile| (text(&tile[0]), text(&tile[1]))).collect();
    let table: BTreeMap<String, String> = rows.iter().map(|row| (text(&row[0]), text(&row[1]))).collect();
    assert_eq!(map.len(), tiles.len(), "{what}: one tile a state");
    assert_eq!(map, table, "{what}");
    for row in rows {
        let (href, word, name) = (text(&row[0]), text(&row[2]), text(&row[3]));
        let label = tiles.iter().find(|tile| tile[0] == row[0]).map(|tile| text(&tile[2])).unwrap();
        assert!(label.contains(&word) && label.contains(&name), "{what}: {href} is {name}, {word} in the table and {label} on the map");
    }
    for entry in legend {
        let counted = map.values().filter(|stance| **stance == text(&entry[0])).count();
        assert_eq!(entry[1], counted, "{what}: the legend counts {}", entry[0]);
    }
    map
}

/// R54: a map is never the only way to a fact.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_map_equals_the_table_and_moves_with_accepted_evidence() {
    let program = demonstration().await;
    program.drain().await;
    drive("map_and_table", Wish::default(), async |client| {
        visit(&client, &program, "/en/states").await;
        let before = map_equals_table(&client, "overall").await;
        assert_eq!(before.len(), 195);
        visit(&client, &program, "/ar/states?as_of=2023-01-01").await;
        map_equals_table(&client, "earlier, in Arabic").await;
        assert_eq!(before["/en/states/AFG"], "no_data", "the walk needs a state without evidence");
        sign_in(&client, &program, Role::Coordinator).await;
        open(&client, &program, "/desk/positions/AFG").await;
        at(&client, "[name=type]").await.select_by_value("statement").await.unwrap();
        at(&client, "[name=direction]").await.select_by_value("strong_support").await.unwrap();
        for (name, text) in [("date", "2026-10-12"), ("summary", "A test says so."), ("source_url", "https://example.org/a-test")] {
            fill(&client, name, text).await;
        }
        choose(&client, "[name=visibility][value=public]").await;
        choose(&client, "[name=confidence][value=high]").await;
        at(&client, "main form:not(.filters) > button").await.click().await.unwrap();
        at(&client, ".notice--good, .error-summary").await;
        assert!(client.find(fantoccini::Locator::Css(".error-summary")).await.is_err());
        program.drain().await;
        visit(&client, &program, "/en/states").await;
        let after = map_equals_table(&client, "after the evidence").await;
        assert_eq!(after["/en/states/AFG"], "strong_support");
        visit(&client, &program, "/en/states/AFG").await;
        assert!(at(&client, "main").await.text().await.unwrap().contains("A test says so."), "the state's page shows the evidence");
    })
    .await;
}
