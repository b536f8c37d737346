//! The desk's page about decisions: what rules ask, what votes come to, and an estimate that stays inside (R59 to R61, R91).

use demarche::{accounts::Role, entities::evidence};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use uuid::Uuid;

use crate::{
    on_both_databases,
    support::{Program, program::Browser, reading::Answer},
};

const HERE: &str = "/desk/positions/decision";

async fn ask(browser: &Browser, query: &str) -> Answer {
    browser.get(&format!("{HERE}?{query}")).await
}

fn rows(answer: &Answer, table: &str) -> Vec<String> {
    answer.texts(&format!("#{table} tbody tr"))
}

on_both_databases! {
    /// R59, R91: each reading of a rule has its own numbers, and votes that were typed come to what it makes of them.
    async fn a_vote_is_worked_out_under_each_reading_of_the_rule(program: Program) {
        program.app.load_demo().await.unwrap();
        let reader = program.staff(Role::Reader).await;
        let plain = ask(&reader, "").await;
        assert_eq!(plain.status, 200, "{}", plain.text());
        assert!(plain.text().contains("not to be quoted") && plain.text().contains("Members that may vote: 193"), "{}", plain.text());
        let plenary = ask(&reader, "forum=general_assembly").await;
        let of = |answer: &Answer| rows(answer, "rules");
        assert!(of(&plenary)[0].contains("97 97") && of(&plenary)[1].contains("129 65"), "{:?}", of(&plenary));
        let voted = ask(&reader, "forum=general_assembly&yes=110&no=63&abstain=20").await;
        assert!(of(&voted)[0].contains("87 87 23 Adopted") && of(&voted)[1].contains("116 58 -6 Not adopted"), "{:?}", of(&voted));
        let tied = ask(&reader, "forum=general_assembly&yes=60&no=60&abstain=20").await;
        assert!(of(&tied)[0].contains("A tie: not adopted"), "{:?}", of(&tied));
        let few = ask(&reader, "forum=general_assembly&yes=60&no=6").await;
        assert!(of(&few).iter().all(|row| row.contains("Too few present")), "{:?}", of(&few));
        let arrears = ask(&reader, "forum=general_assembly&without_vote=5").await;
        assert!(arrears.text().contains("Members that may vote: 188") && of(&arrears)[0].contains("95"), "{:?}", of(&arrears));
        let custom = ask(&reader, "forum=sixth_committee&yes=100&no=1&abstain=20").await;
        assert!(of(&custom)[0].contains("Somebody objects") && of(&custom)[1].contains("Adopted"), "{:?}", of(&custom));
        let none = ask(&reader, "forum=preparatory_committee").await;
        assert!(none.status == 200 && none.text().contains("no source gives its rule") && rows(&none, "rules").is_empty());
    }

    /// R60: votes before the one on the whole, in their order; a text that changed is asked about anew.
    async fn votes_on_one_text_come_in_their_order(program: Program) {
        program.app.load_demo().await.unwrap();
        let reader = program.staff(Role::Reader).await;
        let whole = "forum=conference&yes=120&no=10&abstain=20";
        let amended = ask(&reader, &format!("{whole}&question-1=amendment&yes-1=100&no-1=40&abstain-1=10")).await;
        let row = rows(&amended, "rules").join(" ");
        assert!(row.contains("Adopted, changed") && amended.text().contains("must be asked anew"), "{row}");
        let stopped = ask(&reader, &format!("{whole}&question-1=no_action&yes-1=80&no-1=70")).await;
        assert!(rows(&stopped, "rules").join(" ").contains("Not put to the vote"));
        let wrong = ask(&reader, &format!("{whole}&question-1=part&yes-1=100&no-1=40&question-2=amendment&yes-2=100&no-2=40")).await;
        assert_eq!(wrong.status, 422);
        assert!(wrong.texts(".error-summary").join(" ").contains("comes before the one above it"), "{:?}", wrong.texts(".error-summary"));
        assert_eq!(wrong.field("yes-2").as_deref(), Some("100"), "nothing typed is lost");
        for (query, words) in [
            ("forum=conference&yes=190&no=10", "More votes than members"),
            ("forum=conference&yes=-1", "a whole number"),
            ("forum=conference&yes=99999999999999999999", "a whole number"),
            ("forum=conference&question-1=amendment&yes-1=many", "a whole number"),
        ] {
            let answer = ask(&reader, query).await;
            assert!(answer.status == 422 && answer.text().contains(words), "{query}: {}", answer.text());
        }
        assert_eq!(ask(&reader, "forum=nowhere").await.status, 404);
        assert_eq!(program.browser().get(HERE).await.status, 303, "nobody outside sees it");
    }

    /// R61: the same seed draws the same page, a range is shown and not one number, and who acted against is listed with the last act, as far as one may see it.
    async fn an_estimate_is_a_range_and_the_same_for_the_same_seed(program: Program) {
        program.app.load_demo().await.unwrap();
        program.drain().await;
        let (reader, amina) = (program.staff(Role::Reader).await, program.staff(Role::Coordinator).await);
        let (one, again, other) =
            (ask(&reader, "forum=conference&seed=7").await, ask(&reader, "forum=conference&seed=7").await, ask(&reader, "forum=conference&seed=8").await);
        assert_eq!((rows(&one, "ranges"), rows(&one, "swing")), (rows(&again, "ranges"), rows(&again, "swing")));
        assert_ne!((rows(&one, "ranges"), rows(&one, "adopted")), (rows(&other, "ranges"), rows(&other, "adopted")));
        assert!(rows(&one, "ranges")[0].contains(" to ") && rows(&one, "adopted")[0].contains(" of 2000"), "{:?}", rows(&one, "ranges"));
        assert!(!rows(&one, "assumptions").is_empty());
        // A note that only the core group may read says that a state objected.
        let db = program.app.platform.database.write();
        let item = evidence::Entity::find().filter(evidence::Column::Iso3.eq("KEN")).one(db).await.unwrap().unwrap();
        let before = rows(&ask(&amina, "").await, "objectors").len();
        let mut note = item.into_active_model();
        (note.id, note.import_key, note.visibility) = (Set(Uuid::now_v7()), Set(None), Set("core".to_owned()));
        (note.direction, note.scope, note.duplicate_of) = (Set(Some("oppose".to_owned())), Set("overall".to_owned()), Set(None));
        evidence::Entity::insert(note).exec_without_returning(db).await.unwrap();
        let (core, outside) = (rows(&ask(&amina, "").await, "objectors"), rows(&ask(&reader, "").await, "objectors"));
        assert_eq!(core.len(), before + 1);
        assert!(core.iter().any(|row| row.starts_with("Kenya")) && !outside.iter().any(|row| row.starts_with("Kenya")), "{outside:?}");
    }
}
