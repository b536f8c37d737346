//! The program as a person starts it: what each command says, how it ends, and what is in its log after a full run.

use std::{
    io::Write,
    net::TcpListener,
    path::Path,
    process::{Command, Output, Stdio},
};

use crate::support::{Kind, databases};

const KEY: &str = "a secret of the tests, long enough to be one";

/// The program with nothing of this process's own settings.
pub fn demarche(arguments: &[&str], settings: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_demarche"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("DEMARCHE_") || name == "DATABASE_URL" || name == "RUST_LOG" {
            command.env_remove(name);
        }
    }
    command.args(arguments).envs(settings.iter().copied()).stdin(Stdio::null());
    command
}

fn run(arguments: &[&str], settings: &[(&str, &str)]) -> (i32, String, String) {
    told(demarche(arguments, settings).output().unwrap())
}

pub fn told(output: Output) -> (i32, String, String) {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

pub fn settings<'a>(url: &'a str, mail: &'a str) -> [(&'a str, &'a str); 3] {
    [("DATABASE_URL", url), ("DEMARCHE_MAIL_DIR", mail), ("DEMARCHE_SECRET_KEY", KEY)]
}

#[test]
fn wrong_usage_and_wrong_settings_end_with_two_and_say_everything_at_once() {
    assert_eq!(run(&["nonsense"], &[]).0, 2);
    assert_eq!(run(&["user", "add"], &[]).0, 2);
    assert_eq!(run(&["--help"], &[]).0, 0);
    for command in ["serve", "worker", "migrate", "check", "config", "health"] {
        let (code, _, said) =
            run(&[command], &[("DATABASE_URL", "mysql://x"), ("DEMARCHE_SMPT_URL", "smtp://x"), ("DEMARCHE_THREADS", "0")]);
        assert_eq!(code, 2, "{command}: {said}");
        for name in ["DATABASE_URL", "DEMARCHE_SMPT_URL", "DEMARCHE_SMTP_URL", "DEMARCHE_THREADS", "DEMARCHE_SECRET_KEY"] {
            assert!(said.contains(name), "{command}: {name} in {said}");
        }
    }
}

#[test]
fn all_settings_are_shown_with_their_origin_and_no_secret() {
    let secrets = [
        ("DATABASE_URL", "postgres://demarche:hunter2@db/demarche"),
        ("DEMARCHE_SMTP_URL", "smtp://u:hunter2@mail"),
        ("DEMARCHE_SECRET_KEY", KEY),
    ];
    let (code, shown, said) = run(&["config"], &secrets);
    assert_eq!((code, said.as_str()), (0, ""));
    assert!(!shown.contains("hunter2") && !shown.contains(KEY), "{shown}");
    assert!(shown.lines().any(|line| line.starts_with("DATABASE_URL") && line.contains("environment")), "{shown}");
    assert!(shown.lines().any(|line| line.starts_with("DEMARCHE_THREADS") && line.contains("default")), "{shown}");
}

#[test]
fn a_command_that_needs_a_schema_or_a_server_says_so_and_ends_with_one() {
    let folder = tempfile::tempdir().unwrap();
    let (url, mail) = (format!("sqlite://{}/x.sqlite", folder.path().display()), folder.path().join("mail").display().to_string());
    let settings = settings(&url, &mail);
    for command in [&["worker"][..], &["check"], &["export", "signatures"]] {
        let (code, _, said) = run(command, &settings);
        assert_eq!(code, 1, "{said}");
        assert!(said.contains("run `demarche migrate`") && said.lines().count() == 1, "{said}");
    }
    assert_eq!(run(&["migrate"], &settings).0, 0);
    let (code, _, said) = run(&["serve"], &settings);
    assert!(code == 1 && said.contains("run `demarche load`"), "{said}");
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let (code, _, said) = run(&["health"], &[&settings[..], &[("DEMARCHE_LISTEN", nobody.as_str())]].concat());
    assert!(code == 1 && said.contains("no answer"), "{said}");
    let unreachable = [("DATABASE_URL", "postgres://nobody@127.0.0.1:1/x"), settings[1], settings[2], ("DEMARCHE_DATABASE_POOL", "1")];
    let (code, _, said) = run(&["migrate"], &unreachable);
    assert!(code == 1 && !said.contains("panicked"), "{said}");
}

#[test]
fn a_second_demonstration_on_one_folder_says_so_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let lock = std::fs::File::create(folder.path().join("lock")).unwrap();
    lock.lock().unwrap();
    let (code, _, said) = run(&["demo", "--listen", "127.0.0.1:0", "--data", folder.path().to_str().unwrap()], &[]);
    assert!(code == 1 && said.contains("another demo is running") && said.lines().count() == 1, "{said}");
    assert!(!folder.path().join("demarche.sqlite").exists() && !folder.path().join("secret-key").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_added_from_standard_input_and_a_weak_password_is_refused() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let scratch = databases::scratch(kind).await;
        let folder = tempfile::tempdir().unwrap();
        let mail = folder.path().display().to_string();
        let add = |email: &str, password: &str| {
            let arguments = ["user", "add", "--email", email, "--name", "Ana Test", "--role", "coordinator"];
            let mut command = demarche(&arguments, &settings(&scratch.url, &mail));
            let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
            writeln!(child.stdin.take().unwrap(), "{password}").unwrap();
            told(child.wait_with_output().unwrap())
        };
        for (email, password, words) in [
            ("ana@example.org", "short", "at least 12"),
            ("ana@example.org", "", "at least 12"),
            ("ana@example.org", "aaaaaaaaaaaaaaa", "different characters"),
            ("ana@example.org", "Password1234", "first that are tried"),
            ("not an address", "seven unusual words", "not an e-mail address"),
        ] {
            let (code, _, said) = add(email, password);
            assert!(code == 1 && said.contains(words), "{email} {password}: {said}");
            assert!(password.is_empty() || !said.contains(password), "{said}");
        }
        assert_eq!(add("ana@example.org", "seven unusual words").0, 0);
        let (code, _, said) = add("ANA@example.org", "seven unusual words");
        assert!(code == 1 && said.contains("exists"), "{said}");
    }
}

/// Every page and every mail is rendered with sample data in every language, no link of theirs is dead, and a letter is typeset in each.
#[tokio::test(flavor = "multi_thread")]
async fn check_renders_every_template_in_every_language_and_changes_nothing() {
    let scratch = databases::scratch(Kind::Sqlite).await;
    let folder = tempfile::tempdir().unwrap();
    let file = scratch.url.trim_start_matches("sqlite://").to_owned();
    let before = std::fs::read(&file).unwrap();
    let mail = folder.path().display().to_string();
    let (code, shown, said) = tokio::task::spawn_blocking({
        let url = scratch.url.clone();
        move || run(&["check"], &settings(&url, &mail))
    })
    .await
    .unwrap();
    assert_eq!(code, 0, "{said}");
    for line in ["settings     good", "database     good, 195 states", "campaign     good", "words        good", "mail         good"] {
        assert!(shown.contains(line), "{line} in {shown}");
    }
    assert!(shown.contains("pages and mails rendered in 6 languages"), "{shown}");
    assert_eq!(std::fs::read(&file).unwrap(), before, "the database of the settings is as it was");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "no mail was written");
}

/// R73: a full run with faults in it, and nothing of a person in the log: no name, no address, no token, no IP.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_of_a_full_run_holds_nothing_of_a_person() {
    let scratch = databases::scratch(Kind::Sqlite).await;
    let folder = tempfile::tempdir().unwrap();
    let mail = folder.path().join("mail");
    let log = run_with_faults(&scratch.url, &mail).await;
    assert!(log.lines().count() > 3 && log.contains("could not be kept"), "the log is there, with a fault of ours in it: {log}");
    let mails: Vec<String> = std::fs::read_dir(&mail)
        .unwrap()
        .filter_map(|entry| std::fs::read_to_string(entry.unwrap().path()).ok())
        .map(|mail| mail.replace("=\r\n", ""))
        .collect();
    let token = mails.iter().find_map(|mail| Some(mail.split_once("/confirm/")?.1.chars().take(20).collect::<String>())).unwrap();
    for private in
        ["Zyzzyva", "zyzzyva", "Quixote", "example.org", "ana@", "correct horse", KEY, token.as_str(), "127.0.0.1", "peer", "[::1]"]
    {
        let found: Vec<&str> = log.lines().filter(|line| line.contains(private) && !line.contains("listens on")).collect();
        assert!(found.is_empty(), "{private} in {found:?}");
    }
}

/// Serves, signs, confirms, signs in wrongly and rightly, breaks a table under the program, stops; returns all it said.
async fn run_with_faults(url: &str, mail: &Path) -> String {
    use std::io::{BufRead, BufReader};
    let path = mail.display().to_string();
    let mut command = demarche(&["serve"], &settings(url, &path));
    // As much as anybody could ask for.
    let mut child = command
        .env("DEMARCHE_LISTEN", "127.0.0.1:0")
        .env("RUST_LOG", "trace")
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let base = lines.find_map(|line| line.unwrap().split_once("listens on ").map(|(_, url)| url.trim().to_owned())).unwrap();
    let rest = std::thread::spawn(move || lines.map_while(Result::ok).collect::<Vec<_>>().join("\n"));
    let client = reqwest::Client::builder().cookie_store(true).build().unwrap();
    let post = async |path: &str, fields: &[(&str, &str)]| client.post(format!("{base}{path}")).form(fields).send().await.unwrap();
    let fields = [
        ("kind", "organisation"),
        ("name", "Zyzzyva Press"),
        ("country", "SEN"),
        ("contact_name", "Quixote Person"),
        ("contact_email", "quixote@zyzzyva.example.org"),
        ("contact_role", "Director"),
        ("visibility", "withheld"),
        ("authority", "yes"),
        ("consent", "yes"),
    ];
    assert_eq!(post("/en/sign", &fields).await.status().as_u16(), 200);
    assert_eq!(post("/en/sign", &[("name", "Zyzzyva Press"), ("contact_email", "quixote@zyzzyva")]).await.status().as_u16(), 422);
    let mut link = None;
    for _ in 0..200 {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        let found = std::fs::read_dir(mail).unwrap().filter_map(|entry| std::fs::read_to_string(entry.unwrap().path()).ok());
        let found = found.map(|mail| mail.replace("=\r\n", "").replace("=3D", "="));
        link = found.filter_map(|mail| Some(mail.split_once("/confirm/")?.1.split_whitespace().next()?.to_owned())).next();
        if link.is_some() {
            break;
        }
    }
    let confirm = format!("/en/confirm/{}", link.expect("no mail"));
    assert_eq!(post(&confirm, &[]).await.status().as_u16(), 200);
    for password in ["wrong wrong wrong", "correct horse battery staple"] {
        post("/desk/sign-in", &[("email", "ana@staff.example.org"), ("password", password)]).await;
    }
    client.get(format!("{base}/en/nothing?q=Zyzzyva")).send().await.unwrap();
    client.get(format!("{base}/en/signatories?q=Zyzzyva+Quixote")).send().await.unwrap();
    // A fault of ours, with a name and an address in the statement that fails.
    let db = sea_orm::Database::connect(url).await.unwrap();
    sea_orm::ConnectionTrait::execute_unprepared(&db, "ALTER TABLE signatory RENAME TO signatory_gone").await.unwrap();
    db.close().await.unwrap();
    assert_eq!(post("/en/sign", &[&fields[..], &[("acronym", "ZYZ")]].concat()).await.status().as_u16(), 503);
    Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert!(child.wait().unwrap().success());
    rest.join().unwrap()
}
