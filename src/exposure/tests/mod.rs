mod call;
mod foreign;
mod local;
mod meeting;
mod people;
mod statement;

use super::*;

#[test]
fn places_are_countries_or_points() {
    assert_eq!(GivenPlace::parse("de"), Some(GivenPlace::Country("DE".into())));
    assert_eq!(GivenPlace::parse("-33.9, 18.4"), Some(GivenPlace::Point(-33.9, 18.4)));
    assert_eq!(GivenPlace::parse("91,0"), None);
    assert_eq!(GivenPlace::parse("Berlin"), None);
}
