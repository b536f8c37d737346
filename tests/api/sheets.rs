//! The command line's sheets, with the built program: what comes in, what goes out, and that going round changes nothing.

use std::process::{Command, Output};

use demarche::entities::{
    campaign, event, evidence, evidence_issue, group_membership, issue, letter_template, position, position_change, post, privacy_notice,
    state, state_group, text_translation, text_version,
};
use sea_orm::{EntityTrait, QueryOrder};

use crate::{
    on_both_databases,
    support::{Program, program::start_of_tests},
};

/// Runs the program on a test's database.
fn demarche(program: &Program, arguments: &[&str]) -> Output {
    let settings = [
        ("DATABASE_URL", program.database_url.as_str()),
        ("DEMARCHE_BASE_URL", "http://127.0.0.1:1"),
        ("DEMARCHE_MAIL_DIR", "unused-in-tests"),
        ("DEMARCHE_SECRET_KEY", "a secret of the tests, long enough to be one"),
    ];
    Command::new(env!("CARGO_BIN_EXE_demarche")).args(arguments).envs(settings).output().unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// A sheet on disk.
fn sheet(text: &[u8]) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    file
}

fn path(file: &tempfile::NamedTempFile) -> &str {
    file.path().to_str().unwrap()
}

/// Every row that comes from a file of reference facts, as text.
async fn reference_rows(program: &Program) -> Vec<(&'static str, String)> {
    let db = program.app.platform.database.read();
    macro_rules! rows {
        ($($table:ident by $column:ident),+ $(,)?) => {
            vec![$((stringify!($table), {
                let rows = $table::Entity::find().order_by_asc($table::Column::$column).all(db).await.unwrap();
                assert!(!rows.is_empty(), "{} is empty", stringify!($table));
                format!("{} rows: {rows:?}", rows.len())
            })),+]
        };
    }
    rows![
        state by Iso3, state_group by Code, group_membership by Id, post by Id, campaign by Id, text_version by Id, text_translation by Id,
        privacy_notice by Id, event by Id, issue by Id, letter_template by Id, evidence by Id, evidence_issue by Id, position by Id,
        position_change by Id,
    ]
}

on_both_databases! {
    /// Issue 2: loading is repeatable. Every file: states, groups, memberships, tiles, the campaign, its texts, notices, events, issues,
    /// letters, and the evidence. Twice, and later, no row is new and none is another.
    async fn every_reference_file_loaded_twice_changes_no_row(program: Program) {
        let before = reference_rows(&program).await;
        let later = start_of_tests() + chrono::Duration::hours(3);
        demarche::app::load_reference(&program.app.platform.database, "cah", later).await.unwrap();
        for ((table, before), (_, after)) in before.into_iter().zip(reference_rows(&program).await) {
            assert_eq!(before, after, "{table}");
        }
    }

    async fn evidence_goes_out_and_comes_in_again_unchanged(program: Program) {
        let before = reference_rows(&program).await;
        let exported = demarche(&program, &["export", "evidence"]);
        assert_eq!(code(&exported), 0, "{}", err(&exported));
        assert_eq!(out(&exported).matches("\r\n").count(), 699);
        let file = sheet(&exported.stdout);
        for _ in 0..2 {
            let imported = demarche(&program, &["import", "evidence", path(&file)]);
            assert_eq!((code(&imported), out(&imported).as_str()), (0, "698 lines: 0 new, 0 changed, 698 known, 0 rejected\n"), "{}", err(&imported));
        }
        assert_eq!(reference_rows(&program).await, before);
    }

    async fn a_sheet_of_evidence_is_tried_before_it_is_taken(program: Program) {
        let lines = "id,iso3,type,direction,date,summary,source_url,confidence,visibility\n\
                     N1,TUV,statement,support,2026-10-01,Supports.,https://example.org/1,high,public\n\
                     N2,XXX,statement,support,2026-10-01,Unknown.,https://example.org/1,high,public\n";
        let before = reference_rows(&program).await;
        let file = sheet(lines.as_bytes());
        let tried = demarche(&program, &["import", "evidence", path(&file), "--dry-run"]);
        assert_eq!(code(&tried), 1, "a line was not taken");
        assert!(err(&tried).contains("line 3: iso3: is none of the known values"), "{}", err(&tried));
        assert!(out(&tried).contains("1 new, 0 changed, 0 known, 1 rejected (dry run: nothing was changed)"), "{}", out(&tried));
        assert_eq!(reference_rows(&program).await, before);
        let taken = demarche(&program, &["import", "evidence", path(&file)]);
        assert_eq!(code(&taken), 1);
        assert!(out(&taken).contains("2 positions written, 0 taken away, 2 stances moved"), "{}", out(&taken));
        let board = demarche(&program, &["export", "positions"]);
        assert!(out(&board).contains("TUV,Tuvalu,,support,"), "{}", out(&board));
        let unknown = sheet(lines.replace("direction", "direcion").as_bytes());
        let refused = demarche(&program, &["import", "evidence", path(&unknown)]);
        assert_eq!(code(&refused), 1);
        assert!(err(&refused).contains("line 1: the column \"direcion\" is none of this table's"), "{}", err(&refused));
        for (bad, words) in [(b"id,iso3\n".as_slice(), "no column type"), (b"\xff\xfe\x00".as_slice(), "cannot be read"), (b"".as_slice(), "no heading")] {
            let refused = demarche(&program, &["import", "evidence", path(&sheet(bad))]);
            assert!(code(&refused) == 1 && err(&refused).contains(words), "{}", err(&refused));
        }
        assert_eq!(code(&demarche(&program, &["import", "evidence", "/nowhere/at/all.csv"])), 1);
        assert_eq!(code(&demarche(&program, &["import", "evidence"])), 2, "wrong usage");
    }

    async fn states_go_out_and_come_in_again_unchanged(program: Program) {
        let before = reference_rows(&program).await;
        let exported = demarche(&program, &["export", "states"]);
        assert_eq!(code(&exported), 0, "{}", err(&exported));
        let shipped = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/data/states.csv");
        for file in [path(&sheet(&exported.stdout)), shipped] {
            let imported = demarche(&program, &["import", "states", file]);
            assert_eq!((code(&imported), out(&imported).as_str()), (0, "195 lines: 0 new, 0 changed\n"), "{}", err(&imported));
        }
        assert_eq!(reference_rows(&program).await, before);
        let changed = out(&exported).replace(",Kenya,the Republic of Kenya,", ",Kenia,the Republic of Kenya,");
        let file = sheet(changed.as_bytes());
        for (arguments, words) in [(vec!["--dry-run"], "0 new, 1 changed (dry run: nothing was changed)"), (vec![], "0 new, 1 changed\n")] {
            let imported = demarche(&program, &[&["import", "states", path(&file)], arguments.as_slice()].concat());
            assert_eq!(code(&imported), 0, "{}", err(&imported));
            assert!(out(&imported).contains("KEN name_en: \"Kenya\" becomes \"Kenia\""), "{}", out(&imported));
            assert!(out(&imported).contains(words), "{}", out(&imported));
        }
        assert_eq!(out(&demarche(&program, &["export", "states"])), changed);
    }

    async fn a_faulty_sheet_of_states_is_refused_whole_with_every_line_named(program: Program) {
        let good = out(&demarche(&program, &["export", "states"]));
        let mut lines: Vec<&str> = good.split("\r\n").filter(|line| !line.is_empty()).collect();
        let unknown = lines[1].replacen(",AFG,", ",ATL,", 1);
        let nameless = lines[3].replacen("Albania", "", 1);
        let statusless = lines[2].replacen("member", "guest", 1);
        (lines[1], lines[2], lines[3]) = (&unknown, &statusless, &nameless);
        lines.push(lines[5]);
        let before = reference_rows(&program).await;
        let refused = demarche(&program, &["import", "states", path(&sheet(lines.join("\n").as_bytes()))]);
        assert_eq!(code(&refused), 1);
        let told = err(&refused);
        for words in ["line 2: iso3: \"ATL\" is no state of ours", "line 3: AGO: un_status", "line 4: ALB lacks a form", "line 197: ", "4 lines have faults; no line was taken"] {
            assert!(told.contains(words), "{words}: {told}");
        }
        assert_eq!(reference_rows(&program).await, before);
        let column = demarche(&program, &["import", "states", path(&sheet(good.replacen("iso2,", "iso_2,", 1).as_bytes()))]);
        assert!(code(&column) == 1 && err(&column).contains("no column iso2"), "{}", err(&column));
        let column = demarche(&program, &["import", "states", path(&sheet(good.replacen("\r\n", ",population\r\n", 1).as_bytes()))]);
        assert!(code(&column) == 1 && err(&column).contains("\"population\""), "{}", err(&column));
        let few: String = good.split_inclusive("\r\n").take(4).collect();
        let some = demarche(&program, &["import", "states", path(&sheet(few.as_bytes()))]);
        assert_eq!(code(&some), 0);
        assert!(err(&some).contains("not in the file, left as they are:"), "{}", err(&some));
    }

    /// R54 at the command line, R49: every state has its line, and one without evidence says so.
    async fn positions_of_a_day_are_a_sheet(program: Program) {
        let now = demarche(&program, &["export", "positions"]);
        assert_eq!(code(&now), 0, "{}", err(&now));
        let overall = |text: &str| text.lines().skip(1).filter(|line| line.split(',').nth(2) == Some("") || line.contains(",,no_data,")).count();
        assert!(overall(&out(&now)) >= 195, "{}", overall(&out(&now)));
        assert!(out(&now).contains("TUV,Tuvalu,,no_data,"), "{}", out(&now));
        let then = demarche(&program, &["export", "positions", "--as-of", "2019-06-30"]);
        assert_eq!(code(&then), 0);
        assert!(out(&then).contains(",2019-06-30\r\n") && out(&then).len() < out(&now).len());
        let ahead = demarche(&program, &["export", "positions", "--as-of", "2999-01-01"]);
        assert!(code(&ahead) == 1 && err(&ahead).contains("lies ahead"), "{}", err(&ahead));
        assert_eq!(code(&demarche(&program, &["export", "positions", "--as-of", "soon"])), 2);
    }
}

/// Articles name known issues, issues the articles that name them, and every article has its title in each language.
#[test]
fn articles_and_issues_agree() {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/campaigns/cah/campaign.toml")).unwrap();
    let campaign: demarche::domain::campaign::Campaign = toml::from_str(&text).unwrap();
    assert_eq!((campaign.article.len(), campaign.issue.len()), (18, 28));
    for article in &campaign.article {
        assert_eq!(article.title.0.len(), campaign.languages.len(), "{}", article.key);
        assert!(article.cluster.is_none_or(|number| campaign.cluster.iter().any(|cluster| cluster.number == number)), "{}", article.key);
        assert!(article.issues.iter().all(|code| campaign.issue(code).is_some()), "article {}: {:?}", article.key, article.issues);
    }
    for issue in &campaign.issue {
        for key in &issue.articles {
            let article =
                campaign.article.iter().find(|article| article.key == *key).unwrap_or_else(|| panic!("issue {}: {key}", issue.code));
            assert!(article.issues.contains(&issue.code), "article {key} does not name issue {}", issue.code);
        }
    }
}
