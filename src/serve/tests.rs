use super::*;

fn site() -> Site {
    let site = Site::new(Language::English);
    let files = [("a/b.html", "page"), ("أ.md", "text")].map(|(path, text)| (path.to_owned(), text.into()));
    site.show(Round {
        files: Some(files.into()),
        findings: b"<p>none".into(),
        counts: Counts::default(),
        trouble: None,
    });
    site
}

fn read(site: &Site, url: &str) -> (u16, String) {
    let reply = reply::answer(site, url);
    let status = reply.status_code().0;
    let mut text = String::new();
    io::Read::read_to_string(&mut reply.into_reader(), &mut text).expect("text");
    (status, text)
}

#[test]
fn files_of_the_build_are_answered_and_nothing_else() {
    let site = site();
    assert_eq!(read(&site, "/a/b.html"), (200, "page".to_owned()));
    assert_eq!(read(&site, "/%D8%A3.md"), (200, "text".to_owned()));
    for outside in ["/a", "/a/../a/b.html", "/%2e%2e/etc/passwd", "/%ff", "/%", "//etc/passwd", "/~/other"] {
        assert_eq!(read(&site, outside).0, 404, "{outside}");
    }
}

#[test]
fn a_build_without_files_leaves_those_before() {
    let site = site();
    let counts = Counts { errors: 2, others: 0 };
    site.show(Round { files: None, findings: b"<p>two".into(), counts, trouble: Some("why".to_owned()) });
    assert_eq!(read(&site, "/a/b.html").0, 200);
    assert_eq!(read(&site, "/~/findings").1, "<p>two");
    let state: serde_json::Value = serde_json::from_str(&read(&site, "/~/state?seen=1").1).expect("JSON");
    let expected = serde_json::json!({
        "version": 2, "pages_version": 1, "pages": ["a/b.html"], "counts": { "errors": 2, "others": 0 },
        "trouble": "why", "is_current": false,
    });
    assert_eq!(state, expected);
}

#[test]
fn the_frame_has_its_words() {
    for language in Language::ALL {
        let frame = read(&Site::new(language), "/").1;
        assert!(!frame.contains("{{") && frame.contains(language.tag()), "{frame}");
    }
}

#[test]
fn a_taken_port_is_passed_over() {
    let first = listen(0).expect("a port");
    let second = listen(first.port).expect("another port");
    assert_ne!(first.port, second.port);
}
