use super::*;
#[test]
fn every_built_in_file_loads_and_keeps_its_promises() {
    let catalogue = Catalogue::builtin().unwrap();
    let failures: Vec<String> = catalogue.check().iter().map(ToString::to_string).collect();
    assert_eq!(failures, Vec::<String>::new());
}
