//! Tests of media and their renditions.

use super::*;

fn file(width: u32, height: u32, transparent: bool) -> MediaFile {
    let now = Timestamp::from_millis(1_700_000_000_000);
    MediaFile {
        id: Id::new(now),
        digest: String::new(),
        address: "0123456789abcdef0123456789abcdef".to_owned(),
        format: Format::Png,
        width,
        height,
        bytes: 1,
        transparent,
        state: FileState::Pending,
        renditions: Vec::new(),
        created_at: now,
    }
}

#[test]
fn renditions_are_never_wider_than_the_picture_nor_than_the_widest() {
    let widths = |width| {
        let mut widths: Vec<u32> = file(width, 10, false).plan().iter().map(|p| p.0).collect();
        widths.dedup();
        widths
    };
    assert_eq!(widths(100), [100]);
    assert_eq!(widths(640), [320, 640]);
    assert_eq!(widths(700), [320, 640, 700]);
    assert_eq!(widths(8_000), WIDTHS);
}

#[test]
fn transparency_is_kept_by_png_and_a_sliver_keeps_a_pixel() {
    assert!(file(10, 10, true).plan().contains(&(10, Format::Png)));
    assert!(!file(10, 10, false).plan().contains(&(10, Format::Png)));
    assert_eq!(file(10_000, 1, false).height_at(320), 1);
    assert_eq!(file(3, 2, false).height_at(2), 1);
}

#[test]
fn a_file_s_name_has_one_spelling() {
    let name = "0123456789abcdef0123456789abcdef-w320.webp";
    let parsed = FileName::parse(name).unwrap();
    assert_eq!((parsed.width, parsed.format), (320, Format::Webp));
    for other in [
        "",
        "0123456789abcdef0123456789abcdef-w0320.webp",
        "0123456789abcdef0123456789abcdef-w+320.webp",
        "0123456789ABCDEF0123456789abcdef-w320.webp",
        "0123456789abcdef0123456789abcdef-w320.jpeg",
        "0123456789abcdef0123456789abcdef-w320.webp/..",
        "../../../../../../../etc/passwd0-w320.webp",
        "0123-w320.webp",
    ] {
        assert_eq!(FileName::parse(other), None, "{other}");
    }
}

#[test]
fn a_file_that_was_tampered_with_is_not_sound() {
    let sound = || MediaFile {
        digest: "0".repeat(64),
        ..file(100, 50, false)
    };
    assert!(sound().is_sound());
    let tampered: [fn(&mut MediaFile); 4] = [
        |file| file.digest = "x".repeat(64),
        |file| file.address = "../../../../../../../../../../..".to_owned(),
        |file| file.width = 0,
        |file| {
            file.renditions.push(StoredRendition {
                format: Format::Gif,
                width: 1,
                height: 1,
                bytes: 1,
            });
        },
    ];
    for tamper in tampered {
        let mut file = sound();
        tamper(&mut file);
        assert!(!file.is_sound());
    }
}

#[test]
fn a_sent_name_is_its_last_step_without_tricks() {
    assert_eq!(clean_name("../../etc/passwd").as_deref(), Some("passwd"));
    assert_eq!(clean_name("C:\\x\\a b.jpg").as_deref(), Some("a b.jpg"));
    assert_eq!(clean_name("a\0b\n.png").as_deref(), Some("ab .png"));
    assert_eq!(clean_name("../"), None);
}

#[test]
fn words_are_those_of_the_language_else_of_its_kin_else_the_first() {
    let lang = LanguageTag::parse("fr-CA").unwrap();
    let among = |langs: &[&str]| {
        let texts = langs.iter().map(|l| ((*l).to_owned(), format!("in {l}")));
        words_in(&texts.collect(), &lang)
    };
    assert_eq!(among(&["de", "fr", "fr-CA"]).as_deref(), Some("in fr-CA"));
    assert_eq!(among(&["de", "fr", "fr-BE"]).as_deref(), Some("in fr"));
    assert_eq!(among(&["en", "de"]).as_deref(), Some("in de"));
    assert_eq!(among(&[]), None);
}

#[test]
fn a_focal_point_is_inside_the_picture() {
    assert!(FocalPoint::new(0.0, 1.0).is_ok());
    for (x, y) in [(-0.1, 0.5), (0.5, 1.1), (f64::NAN, 0.5)] {
        assert!(FocalPoint::new(x, y).is_err());
    }
}
