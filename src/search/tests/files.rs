//! The files of an index: kept, damaged, overwritten and shared.

use std::path::{Path, PathBuf};

use super::*;

#[test]
fn files_that_are_cut_while_they_are_read_are_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::Folder(folder.path().to_owned());
    let library = Library::open(&place);
    let mut writer = library.begin().unwrap();
    let stamp = Stamp { seq: 5, mark: None };
    for number in 1..50 {
        let text = "grass snake ".repeat(200);
        let document = document(number, "en", "A title", "", &text);
        writer.put(document, stamp).unwrap();
    }
    library.commit(&mut writer, stamp).unwrap();
    drop(writer);
    let reading = library.reading().unwrap();
    let index = index_below(folder.path());
    for file in files(&index, &["idx", "pos", "term", "fast"]) {
        std::fs::File::create(file).unwrap();
    }
    let filter = Filter::default();
    let read = reading.read(&parse::parse("\"grass snake\""), &filter.sight);
    let page = PageRequest::default();
    let found = read.and_then(|read| reading.page(&read, &filter, Order::Relevance, &page));
    assert!(found.err().is_some_and(|error| error.is_of_its_files()));
}

#[test]
fn a_folder_keeps_the_index_and_a_second_process_has_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::Folder(folder.path().to_owned());
    let stamp = Stamp {
        seq: 5,
        mark: Some(3),
    };
    {
        let first = Library::open(&place);
        assert!(first.reading().is_none());
        let mut writer = first.begin().unwrap();
        writer
            .put(document(1, "en", "a", "", ""), Stamp { seq: 0, mark: None })
            .unwrap();
        first.commit(&mut writer, stamp).unwrap();
        let second = Library::open(&place);
        assert!(second.reading().is_none() && second.folder() != first.folder());
    }
    let again = Library::open(&place);
    assert_eq!(again.reading().unwrap().stamp(), stamp);
    assert_eq!(again.reading().unwrap().articles(), 1);
}

#[test]
fn files_that_are_overwritten_while_they_are_read_are_found_out() {
    let folder = tempfile::tempdir().unwrap();
    let library = Library::open(&Place::Folder(folder.path().to_owned()));
    let mut writer = library.begin().unwrap();
    let stamp = Stamp { seq: 5, mark: None };
    for n in 1..300 {
        let body = format!("words of number n{n}");
        writer
            .put(document(n, "en", "a", "", &body), stamp)
            .unwrap();
    }
    library.commit(&mut writer, stamp).unwrap();
    assert!(library.is_there() && !library.reading().unwrap().is_broken());
    for file in files(&index_below(folder.path()), &["idx", "pos", "term", "fast"]) {
        let length = std::fs::metadata(&file).unwrap().len();
        std::fs::write(file, vec![0xa5; usize::try_from(length).unwrap()]).unwrap();
    }
    let reading = library.reading().unwrap();
    assert!(reading.is_broken());
    for query in ["words", "n7*", "\"of number\"", "nummber"] {
        let asked = reading.asked(|| {
            let read = reading.read(&parse::parse(query), &Filter::default().sight)?;
            let page = PageRequest::default();
            reading.page(&read, &Filter::default(), Order::Relevance, &page)
        });
        assert!(asked.is_err_and(|error| error.is_of_its_files()) || reading.is_broken());
    }
}

#[test]
fn a_folder_that_was_deleted_is_not_shared_with_who_takes_it() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::Folder(folder.path().join("search"));
    let first = Library::open(&place);
    let own = first.folder().unwrap();
    first.take_again();
    assert_eq!(first.folder().unwrap(), own);
    std::fs::remove_dir_all(folder.path().join("search")).unwrap();
    assert!(!first.is_there());
    let second = Library::open(&place);
    assert_eq!(second.folder().unwrap(), own);
    first.take_again();
    assert!(first.is_there() && first.folder() != second.folder());
    assert_eq!(folders::taken_folders(&place).len(), 2);
}

/// Files of an index, by their endings.
fn files(index: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(index).unwrap().flatten();
    let paths = entries.map(|entry| entry.path());
    let is_one = |path: &PathBuf| {
        let ending = path.extension().unwrap_or_default();
        endings.iter().any(|one| ending == *one)
    };
    paths.filter(is_one).collect()
}

/// The folder of the only index below a place.
fn index_below(place: &Path) -> PathBuf {
    let node = std::fs::read_dir(place.join("node-1")).unwrap();
    let mut paths = node.flatten().map(|entry| entry.path());
    paths.find(|path| path.is_dir()).unwrap()
}

#[test]
fn a_damaged_index_is_not_opened() {
    let emptied = |index: &Path| {
        for file in files(index, &["idx", "pos"]) {
            std::fs::write(file, b"x").unwrap();
        }
    };
    let cut = |index: &Path| {
        for file in files(index, &["term"]) {
            let text = std::fs::read(&file).unwrap();
            std::fs::write(file, &text[..text.len() - 7]).unwrap();
        }
    };
    let changed = |index: &Path| {
        for file in files(index, &["fast"]) {
            let mut text = std::fs::read(&file).unwrap();
            text[3] ^= 0xff;
            std::fs::write(file, text).unwrap();
        }
    };
    let foreign = |index: &Path| std::fs::write(index.join("meta.json"), "{}").unwrap();
    let elsewhere = |index: &Path| {
        let current = index.parent().unwrap().join("current");
        let path = format!("../node-1/{}", index.file_name().unwrap().display());
        std::fs::write(current, path).unwrap();
    };
    let gone = |index: &Path| std::fs::remove_dir_all(index).unwrap();
    type Damage<'d> = (&'d str, &'d dyn Fn(&Path));
    let damages: [Damage<'_>; 6] = [
        ("emptied", &emptied),
        ("cut", &cut),
        ("changed", &changed),
        ("foreign", &foreign),
        ("elsewhere", &elsewhere),
        ("gone", &gone),
    ];
    for (name, damage) in damages {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::Folder(folder.path().to_owned());
        let library = Library::open(&place);
        let mut writer = library.begin().unwrap();
        let stamp = Stamp { seq: 5, mark: None };
        writer.put(document(1, "en", "a", "", ""), stamp).unwrap();
        library.commit(&mut writer, stamp).unwrap();
        drop((writer, library));
        damage(&index_below(folder.path()));
        assert!(Library::open(&place).reading().is_none(), "{name}");
    }
}
