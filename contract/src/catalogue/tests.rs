use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::fl_line::{FL_LINES, FlLineId};

#[test]
fn the_catalogue_has_its_196_rows() {
    assert_eq!(REQUIREMENTS.len(), 196);
}

#[test]
fn each_area_has_its_rows_of_each_level() {
    let mut counts: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
    for row in &REQUIREMENTS {
        let place = match row.level {
            Level::Must => 0,
            Level::Should => 1,
            Level::May => 2,
        };
        counts.entry(row.area()).or_default()[place] += 1;
    }
    let expected = BTreeMap::from([
        ("TRUST", [47, 12, 1]),
        ("HUB", [51, 6, 0]),
        ("FL", [16, 3, 0]),
        ("KIT", [15, 0, 0]),
        ("HOST", [10, 5, 1]),
        ("NET", [8, 1, 0]),
        ("ROT", [8, 1, 0]),
        ("UPG", [10, 1, 0]),
    ]);
    assert_eq!(counts, expected);
}

#[test]
fn ids_are_unique_and_well_formed() {
    let ids: BTreeSet<&str> = REQUIREMENTS.iter().map(|row| row.id).collect();
    assert_eq!(ids.len(), REQUIREMENTS.len());
    let capitals = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_uppercase());
    for id in ids {
        let [area, topic, number] = id.split('-').collect::<Vec<_>>()[..] else {
            panic!("{id} has other than three parts");
        };
        assert!(capitals(area) && capitals(topic), "{id}");
        assert!(number.len() == 2 && number.parse::<u8>().is_ok_and(|n| n > 0), "{id}");
    }
}

#[test]
fn numbers_of_a_topic_run_from_one_without_gap() {
    let mut last: BTreeMap<&str, usize> = BTreeMap::new();
    for row in &REQUIREMENTS {
        let (topic, number) = row.id.rsplit_once('-').unwrap();
        let before = last.entry(topic).or_default();
        assert_eq!(number.parse::<usize>().unwrap(), *before + 1, "{}", row.id);
        *before += 1;
    }
}

#[test]
fn clauses_are_sentences_and_the_other_cells_are_fragments() {
    for row in &REQUIREMENTS {
        assert!(row.sentence.ends_with('.') && row.sentence.len() > 20, "{}", row.id);
        let mut fragments = vec![row.observe, row.hint.what, row.source];
        fragments.extend(row.note);
        fragments.extend(row.deviations.iter().map(|entry| entry.sentence));
        for text in fragments {
            assert!(!text.is_empty() && !text.ends_with('.'), "{}: {text:?}", row.id);
        }
    }
}

#[test]
fn no_cell_has_stray_blanks_bars_or_an_open_backtick() {
    for row in &REQUIREMENTS {
        let mut cells = vec![row.sentence, row.observe, row.hint.what, row.source];
        cells.extend(row.note);
        cells.extend(row.deviations.iter().map(|entry| entry.sentence));
        for text in cells {
            assert_eq!(text.trim(), text, "{}", row.id);
            assert!(!text.contains("  ") && !text.contains(['|', '\n']), "{}: {text:?}", row.id);
            assert_eq!(text.matches('`').count() % 2, 0, "{}: {text:?}", row.id);
        }
    }
}

#[test]
fn every_row_and_deviation_speaks_about_an_edition() {
    for row in &REQUIREMENTS {
        assert!(row.editions.ids().next().is_some(), "{}", row.id);
        for entry in row.deviations {
            let common = row.editions.ids().any(|edition| entry.concerns(edition));
            assert!(common, "{}: {:?} is outside {}", row.id, entry.editions, row.editions);
        }
    }
}

#[test]
fn every_list_of_editions_is_in_order_of_release() {
    for (row, entry) in deviations() {
        if let Editions::OneOf(some) = entry.editions {
            assert!(some.is_sorted() && some.len() > 1, "{}", row.id);
        }
    }
}

#[test]
fn every_source_names_a_document_a_chapter_or_a_bug() {
    const FIRST_WORDS: [&str; 10] =
        ["S1", "S2", "trust", "hub", "fl", "kit", "network", "rotation", "README", "B"];
    for row in &REQUIREMENTS {
        for part in row.sources() {
            let word = part.split([' ', ',']).next().unwrap();
            let first = if row.bugs().any(|bug| bug == word) { "B" } else { word };
            assert!(FIRST_WORDS.contains(&first), "{}: {part:?}", row.id);
        }
    }
}

#[test]
fn bugs_are_read_out_of_the_source() {
    let bugs = |id| find(id).unwrap().bugs().collect::<Vec<_>>();
    assert_eq!(bugs("TRUST-HB-02"), ["B14"]);
    assert_eq!(bugs("KIT-PACKAGE-02"), ["B9", "B10"]);
    assert!(bugs("TRUST-BOOT-01").is_empty());
}

#[test]
fn deviations_of_fl_lines_name_lines_once_and_oldest_first() {
    let mut seen = 0;
    for (row, entry) in deviations() {
        if matches!(entry.by, By::FlLines(_)) {
            seen += 1;
            assert!(!entry.fl_lines().is_empty(), "{}", row.id);
            assert!(entry.fl_lines().is_sorted_by(|a, b| a < b), "{}", row.id);
        }
    }
    assert!(seen > 0);
    assert_eq!(deviation::EVERY_LINE.len(), FL_LINES.len());
}

#[test]
fn find_knows_exact_ids_only() {
    assert_eq!(find("HUB-REG-05").map(|row| row.subject), Some(Subject::Hub));
    assert_eq!(find("hub-reg-05"), None);
    assert_eq!(find("HUB-REG-99"), None);
}

#[test]
fn subjects_share_out_the_whole_catalogue() {
    use Subject::{FlServer, Host, Hub, Kit, Network, Trust};
    let counts = [Trust, Hub, FlServer, Kit, Host, Network].map(|subject| of(subject).count());
    assert_eq!(counts.iter().sum::<usize>(), REQUIREMENTS.len());
    assert_eq!(counts, [67, 76, 8, 19, 17, 9]);
    assert!(of(FlServer).any(|row| row.id == "FL-LOSS-01"));
}

#[test]
fn an_edition_gets_the_rows_written_for_it() {
    let ids = |edition| applying_to(edition).map(|row| row.id).collect::<BTreeSet<_>>();
    let (oldest, newest) = (ids(EditionId::V2026_03), ids(EditionId::V2026_09));
    assert!(oldest.contains("HUB-AUTH-07") && !newest.contains("HUB-AUTH-07"));
    assert!(newest.contains("TRUST-TASK-04") && !oldest.contains("TRUST-TASK-04"));
    assert!(ids(EditionId::TrustKeys).contains("TRUST-HB-02"));
    assert!(!ids(EditionId::TrustKeys).contains("HUB-ENC-02"));
    assert_eq!(EditionId::ALL.map(|edition| ids(edition).len()), [124, 164, 174, 174, 186, 194]);
}

#[test]
fn deviations_are_expected_where_they_were_seen() {
    let on = |id, edition| find(id).unwrap().deviations_on(edition).count();
    assert_eq!(on("TRUST-HB-02", EditionId::TrustKeys), 1);
    assert_eq!(on("TRUST-HB-02", EditionId::V2026_09), 0);
    assert_eq!(on("HUB-ERR-02", EditionId::V2026_09), 2);
    assert_eq!(on("TRUST-TASK-06", EditionId::V2026_03), 1);
}

#[test]
fn a_row_has_the_documented_json_shape() {
    let json = serde_json::to_value(find("TRUST-HB-02").unwrap()).unwrap();
    assert_eq!(json["level"], "MUST");
    assert_eq!(json["subject"], "trust");
    assert_eq!(
        json["editions"],
        serde_json::json!(["2026.07", "trust-keys", "2026.09", "2026.11"])
    );
    assert_eq!(json["source"], "trust 4.1; B14");
    assert!(json["hint"].as_str().unwrap().starts_with("trust-dev: "));
    assert_eq!(json["deviation"][0]["by"], "services");
    assert_eq!(json["deviation"][0]["mark"], "read");
    assert!(json.get("note").is_none());
}

#[test]
fn a_deviation_of_fl_lines_lists_them_in_json() {
    let json = serde_json::to_value(find("FL-LOSS-03").unwrap()).unwrap();
    assert_eq!(json["subject"], "fl-server");
    assert_eq!(json["deviation"][0]["by"], "services");
    assert!(json["deviation"][0].get("fl_lines").is_none());
    assert_eq!(json["deviation"][1]["by"], "fl-lines");
    assert_eq!(json["deviation"][1]["fl_lines"], serde_json::json!(["fl-0.1.8"]));
    assert_eq!(find("FL-LOSS-03").unwrap().deviations[1].fl_lines(), [FlLineId::V0_1_8]);
}

#[test]
fn words_in_print_are_the_words_in_json() {
    for row in &REQUIREMENTS {
        assert_eq!(serde_json::to_value(row.level).unwrap(), row.level.to_string());
        assert_eq!(serde_json::to_value(row.subject).unwrap(), row.subject.to_string());
        assert_eq!(serde_json::to_value(row.hint.who).unwrap(), row.hint.who.to_string());
        for entry in row.deviations {
            assert_eq!(serde_json::to_value(entry.mark).unwrap(), entry.mark.to_string());
        }
    }
}
