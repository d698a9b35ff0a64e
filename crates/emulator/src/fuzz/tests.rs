//! The corpora of the fuzzer, replayed: what it once found stays found.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::*;

type Door = fn(&[u8]);

/// All doors by name, as `fuzz/` has a target and a corpus for each.
const DOORS: [(&str, Door); 10] = [
    ("authority", authority),
    ("authorize_query", authorize_query),
    ("bubble", bubble),
    ("control", control),
    ("form", form),
    ("id_token", id_token),
    ("image", image),
    ("page", page),
    ("seed", seed),
    ("template", template),
];

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz").join(name)
}

fn names_in(name: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(folder(name)).unwrap();
    entries.map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned()).collect()
}

#[test]
fn every_door_has_a_target_and_a_corpus_and_there_are_no_others() {
    let doors: BTreeSet<String> = DOORS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(names_in("fuzz_targets"), doors);
    assert_eq!(names_in("corpus"), doors);
}

#[test]
fn the_corpora_pass_their_doors() {
    for (name, door) in DOORS {
        let mut files: Vec<PathBuf> =
            fs::read_dir(folder("corpus").join(name)).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        assert!(!files.is_empty(), "{name} has no corpus");
        for file in files {
            let bytes = fs::read(&file).unwrap();
            let passed = std::panic::catch_unwind(|| door(&bytes));
            assert!(passed.is_ok(), "{}", file.display());
        }
    }
}
