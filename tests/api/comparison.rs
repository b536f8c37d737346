//! The board finds the letter that went wrong, and those that say all the same (R34): what letters have in common, as they were drafted and edited.

use std::{collections::BTreeMap, time::Instant};

use demarche::{campaigns::load::content_hash, entities::letter};
use sea_orm::EntityTrait;

use crate::{
    letters_written::{PR, drafted, letters, press, ready},
    on_both_databases,
    support::{Program, reading::Answer},
};

/// What stands in the column, by state.
fn column(page: &Answer) -> BTreeMap<String, String> {
    let states = page.attributes("#board tbody tr", "data-state");
    states.into_iter().zip(page.texts("#board tbody td:nth-child(6)")).collect()
}

on_both_databases! {
    /// R34
    async fn a_letter_unlike_all_others_stands_first_and_the_uniform_ones_are_counted(program: Program) {
        let staff = ready(&program).await;
        let board = drafted(&program, &staff, "Alike", &[("posts", PR), ("language", "en")]).await;
        let before = column(&staff.get(&board).await);
        assert_eq!(before.len(), 195);
        assert!(before.values().all(|said| said.contains('%')), "{before:?}");
        // Of those that say the same there are as many as each of them tells, and one more.
        let same = column(&staff.get(&format!("{board}?alike=same")).await);
        let own = column(&staff.get(&format!("{board}?alike=own")).await);
        assert_eq!((same.len() + own.len(), same.keys().any(|iso3| own.contains_key(iso3))), (195, false));
        assert!(same.len() > 20, "letters to states on which nothing is known: {}", same.len());
        assert!(same.values().all(|said| said.contains("same words as")) && own.values().all(|said| !said.contains("same words")));
        let usual = column(&staff.get(&format!("{board}?order=most")).await).into_iter().filter(|(_, said)| said.starts_with("100%"));
        let usual: Vec<(String, String)> = usual.collect();
        assert!(usual.len() > 2 && usual[0].1.ends_with(&format!("{} others", usual.len() - 1)), "{usual:?}");
        // Two of them, by their words: only the name of the state differs.
        let all = letters(&program, &board).await;
        let names = program.app.states.get(&program.app.platform).await.unwrap();
        let words = |iso3: &str| {
            let (_, content) = all.iter().find(|(letter, _)| letter.iso3 == iso3).unwrap();
            let text = content.drafted.iter().skip(1).filter_map(|block| block.text.clone()).collect::<Vec<_>>().join(" ");
            let forms = names.state(iso3).unwrap().forms.in_language(demarche::domain::language::Language::En);
            [&forms.formal, &forms.of, &forms.within, &forms.run, &forms.name].iter().filter(|form| !form.is_empty()).fold(text, |text, form| text.replace(form.as_str(), "·"))
        };
        assert_eq!(words(&usual[0].0), words(&usual[1].0));
        // Somebody writes another letter into one of them by mistake.
        let odd = &usual[0].0;
        let (letter, content) = all.iter().find(|(letter, _)| letter.iso3 == *odd).unwrap();
        let page = format!("{board}/{}/text", letter.id);
        let fields: Vec<(String, String)> = content.drafted.iter().flat_map(|block| {
            let text = block.text.clone().unwrap();
            let shown = (format!("was-{}", block.key), content_hash(&text));
            let is_prose = block.key.starts_with("body-") || block.key.starts_with("open-") || block.key.starts_with("ask-") || block.key.starts_with("clos");
            let typed = if is_prose { format!("This paragraph about {} is meant for somebody else altogether, at length, by mistake.", block.key) } else { text };
            [(format!("text-{}", block.key), typed), shown]
        }).chain([("seen".to_owned(), letter.content_hash.clone())]).collect();
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let saved = staff.submit(&page, &page, &fields).await;
        assert_eq!(saved.status, 303, "{}", saved.text());
        let first = staff.get(&format!("{board}?order=least")).await;
        assert_eq!(&first.attributes("#board tbody tr", "data-state")[0], odd);
        let unlike = column(&staff.get(&format!("{board}?alike=unlike")).await);
        assert!(unlike.get(odd).is_some_and(|said| said.contains("Unlike the others")) , "{unlike:?}");
        let after = column(&first);
        assert!(after[&usual[1].0].ends_with(&format!("{} others", usual.len() - 2)), "{}", after[&usual[1].0]);
        // What stands in the address and is no choice changes nothing.
        assert_eq!(column(&staff.get(&format!("{board}?order=x&alike=y")).await).len(), 195);
    }

    async fn letters_of_an_older_program_and_those_left_out_are_compared_with_none(program: Program) {
        let staff = ready(&program).await;
        let board = drafted(&program, &staff, "Older", &[("posts", PR), ("language", "en")]).await;
        let timed = Instant::now();
        let page = staff.get(&board).await;
        println!("{:?}: a compared board in {:?}, {} kB", program.kind, timed.elapsed(), page.bytes.len() / 1024);
        let older = letter::ActiveModel { marks: sea_orm::ActiveValue::Set(None), ..Default::default() };
        letter::Entity::update_many().set(older).exec(program.app.platform.database.write()).await.unwrap();
        let page = staff.get(&format!("{board}?order=least")).await;
        assert!(page.status == 200 && column(&page).values().all(String::is_empty), "{}", page.text());
        press(&staff, &board, "draft").await;
        program.drain().await;
        assert!(column(&staff.get(&board).await).values().all(|said| said.contains('%')));
        let letters = letters(&program, &board).await;
        let out = format!("{board}/{}", letters[3].0.id);
        assert_eq!(staff.submit(&out, &format!("{out}/cancel"), &[]).await.status, 303);
        assert!(column(&staff.get(&board).await)[&letters[3].0.iso3].is_empty());
    }
}
