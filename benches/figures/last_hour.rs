//! The last hour before a deadline: fifty forms a second from everywhere, and readers beside them, for ten minutes, against the program as it is installed,
//! its worker writing the mails. Forms come at their times whether the ones before are answered or not, so that a slow answer is not hidden by waiting.

use std::time::{Duration, Instant};

use demarche::{entities::signature, platform::database::Database};
use sea_orm::{EntityTrait, PaginatorTrait};

use crate::{
    long_list::{Peak, Server, program},
    report::{Table, milliseconds},
    support::{Kind, databases},
};

const FORMS_A_SECOND: u64 = 50;
const READERS_A_SECOND: u64 = 50;

fn minutes() -> u64 {
    std::env::var("DEMARCHE_BENCH_MINUTES").ok().and_then(|number| number.parse().ok()).unwrap_or(10)
}

fn form(n: u64) -> Vec<(&'static str, String)> {
    [
        ("kind", "organisation".to_owned()),
        ("name", format!("House of the Number {n}")),
        ("country", "SEN".to_owned()),
        ("contact_name", format!("Keeper {n}")),
        ("contact_email", format!("n{n}@house{n}.example.org")),
        ("contact_role", "Director".to_owned()),
        ("visibility", "named".to_owned()),
        ("authority", "yes".to_owned()),
        ("consent", "yes".to_owned()),
        ("submission_key", format!("key-{n}")),
    ]
    .into()
}

/// Sends one request at each of its times; how long each answer took, from the time it was due.
async fn at_a_pace(every: Duration, count: u64, ask: impl Fn(u64) -> reqwest::RequestBuilder) -> Vec<f64> {
    let mut tasks = tokio::task::JoinSet::new();
    let start = Instant::now();
    for n in 0..count {
        let due = start + every * u32::try_from(n).unwrap();
        tokio::time::sleep_until(due.into()).await;
        let request = ask(n);
        tasks.spawn(async move {
            let answer = request.send().await.unwrap();
            assert!(matches!(answer.status().as_u16(), 200 | 303), "{}", answer.status());
            answer.bytes().await.unwrap();
            due.elapsed().as_secs_f64()
        });
    }
    let mut times = tasks.join_all().await;
    times.sort_by(f64::total_cmp);
    times
}

pub async fn measure() -> Table {
    eprintln!("last hour");
    let mut table =
        Table::new(&["what", "a second", "minutes", "half within", "99 % within", "longest", "kept of acknowledged", "MB at most"]);
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let (scratch, folder) = (databases::scratch(kind).await, tempfile::tempdir().unwrap());
        let mut command = program(&["serve"], &scratch.url, folder.path());
        command.env("DEMARCHE_PROXIES", "1");
        let server = Server::start(command);
        let url = &server.1;
        let peak = Peak::of(server.0.id());
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let seconds = minutes() * 60;
        let sign = at_a_pace(Duration::from_millis(1000 / FORMS_A_SECOND), FORMS_A_SECOND * seconds, |n| {
            // Each from a network of its own: the limit of one is for an office, not for the world.
            let from = format!("{}.{}.{}.7", 11 + n / 65_536 % 80, n / 256 % 256, n % 256);
            client.post(format!("{url}/en/sign")).header("x-forwarded-for", from).header("sec-fetch-site", "same-origin").form(&form(n))
        });
        let pages = ["/en", "/fr/statement", "/es/sign", "/en/signatories", "/ar/states"];
        let read = at_a_pace(Duration::from_millis(1000 / READERS_A_SECOND), READERS_A_SECOND * seconds, |n| {
            client.get(format!("{url}{}", pages[usize::try_from(n).unwrap() % pages.len()]))
        });
        let (forms, readers) = tokio::join!(sign, read);
        let database = Database::open(&scratch.url, 2, false).await.unwrap();
        let kept = signature::Entity::find().count(database.read()).await.unwrap();
        let most = peak.end().to_string();
        let mut row = |what: &str, a_second: u64, times: &[f64], kept: String| {
            let at = |share: usize| milliseconds(times[(times.len() - 1) * share / 100]);
            let cells =
                [format!("{what} ({kind:?})"), a_second.to_string(), minutes().to_string(), at(50), at(99), at(100), kept, most.clone()];
            table.row(cells);
        };
        row("forms", FORMS_A_SECOND, &forms, format!("{kept} of {}", forms.len()));
        row("pages", READERS_A_SECOND, &readers, "–".to_owned());
        database.close().await.unwrap();
    }
    table
}
