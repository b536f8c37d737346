//! A diplomat holds a PDF against what left us (R46).

use reqwest::multipart::{Form, Part};

use crate::{
    dispatch::{letter_in, queue},
    on_both_databases,
    support::{Program, program::Browser, reading::Answer},
};

async fn compare(browser: &Browser, language: &str, file: Option<Vec<u8>>) -> Answer {
    let form = match file {
        Some(bytes) => Form::new().part("file", Part::bytes(bytes).file_name("letter.pdf").mime_str("application/pdf").unwrap()),
        None => Form::new().text("file", ""),
    };
    let request = browser.client.post(format!("{}/{language}/genuine", browser.base_url)).header("sec-fetch-site", "same-origin");
    Answer::of(request.multipart(form).send().await.unwrap()).await
}

fn said(answer: &Answer) -> String {
    answer.texts("[role=status], [role=alert]").join(" ")
}

on_both_databases! {
    /// R46: the file that left is ours, to whom and when; one byte changed, and it is not.
    async fn one_changed_byte_and_the_file_is_not_ours(program: Program) {
        let browser = program.browser();
        let letter = letter_in(&program, "KEN", "approved", false).await;
        let before = browser.get(&format!("/en/genuine?reference={}", letter.reference)).await;
        assert!(before.texts("code.fingerprint").is_empty(), "what has not left has no fingerprint to show");
        queue(&program, &letter, false).await;
        program.drain().await;
        let file = demarche::platform::files::load(program.app.platform.database.read(), letter.file_id.unwrap()).await.unwrap().unwrap();
        let ours = compare(&browser, "en", Some(file.content.clone())).await;
        assert_eq!(ours.status, 200);
        for part in ["This letter is ours.", &letter.reference, "Kenya", "23 November 2026"] {
            assert!(said(&ours).contains(part), "{part}: {}", said(&ours));
        }
        assert_eq!(ours.texts("code.fingerprint").concat(), file.sha256);
        let asked = browser.get(&format!("/en/genuine?reference={}", letter.reference)).await;
        assert_eq!(asked.texts("code.fingerprint").concat(), file.sha256, "the reference shows the same fingerprint");
        let mut changed = file.content.clone();
        *changed.last_mut().unwrap() ^= 1;
        for language in ["en", "fr", "es", "ru", "ar", "zh"] {
            let other = compare(&browser, language, Some(changed.clone())).await;
            assert_eq!(other.status, 200, "{language}");
            assert!(!said(&other).contains(&letter.reference) && !said(&other).contains("publishing-"), "{language}: {}", said(&other));
        }
        assert!(said(&compare(&browser, "en", Some(changed)).await).contains("This file is not ours."));
    }

    /// R46: a file of a letter that never left vouches for nothing, and a form without a file says so.
    async fn what_has_not_left_vouches_for_nothing(program: Program) {
        let browser = program.browser();
        let letter = letter_in(&program, "KEN", "approved", true).await;
        let file = demarche::platform::files::load(program.app.platform.database.read(), letter.file_id.unwrap()).await.unwrap().unwrap();
        assert!(said(&compare(&browser, "en", Some(file.content)).await).contains("This file is not ours."));
        for empty in [None, Some(Vec::new())] {
            let answer = compare(&browser, "en", empty.clone()).await;
            assert!(answer.status == 422 || said(&answer).contains("This file is not ours."), "{empty:?}: {}", answer.text());
        }
        let large = compare(&browser, "en", Some(vec![b'x'; 5 * 1024 * 1024])).await;
        assert_eq!(large.status, 422);
        assert!(large.text().contains("larger than 4 MB"), "{}", large.text());
    }

    /// R46: a letter that left has a signature which the reader's own tools accept; one that was only prepared or rehearsed has none.
    async fn what_left_is_signed_and_nothing_else(program: Program) {
        let browser = program.browser();
        let (sent, prepared) = (letter_in(&program, "KEN", "approved", false).await, letter_in(&program, "JPN", "approved", false).await);
        let rehearsed = letter_in(&program, "NZL", "approved", true).await;
        queue(&program, &sent, false).await;
        queue(&program, &rehearsed, true).await;
        program.drain().await;
        for other in [prepared.reference.as_str(), rehearsed.reference.as_str(), "none-at-all", "..%2F..%2Fetc", "%00"] {
            assert_eq!(browser.get(&format!("/genuine/{other}.sig")).await.status, 404, "{other}");
        }
        let page = browser.get(&format!("/en/genuine?reference={}", sent.reference)).await;
        let link = page.attributes("main a[download]", "href").remove(0);
        let (signature, key) = (browser.get(&link).await, browser.get("/genuine/key").await);
        assert_eq!((signature.status, key.status), (200, 200));
        let from = &program.app.platform.mail_from;
        assert!(page.text().contains(key.body.trim()) && key.body.starts_with(from), "the page shows the key it hands out");
        let file = demarche::platform::files::load(program.app.platform.database.read(), sent.file_id.unwrap()).await.unwrap().unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("allowed_signers"), &key.body).unwrap();
        std::fs::write(folder.path().join("letter.pdf.sig"), &signature.body).unwrap();
        std::fs::write(folder.path().join("letter.pdf"), &file.content).unwrap();
        // The command as the page has it.
        let command = page.texts("main pre code").into_iter().find(|text| text.starts_with("ssh-keygen")).unwrap();
        let run = || std::process::Command::new("sh").args(["-c", &command]).current_dir(folder.path()).output().unwrap().status.success();
        assert!(run(), "{command}");
        let mut changed = file.content;
        *changed.last_mut().unwrap() ^= 1;
        std::fs::write(folder.path().join("letter.pdf"), changed).unwrap();
        assert!(!run(), "one changed byte");
    }
}
