//! Country codes.

use std::fmt;

/// A country or territory by its ISO 3166-1 alpha-2 code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country([u8; 2]);

/// Codes that databases use for "somewhere": Asia and Pacific, Europe, unknown. They name no country.
const NO_COUNTRY: &[&str] = &["AP", "EU", "XX", "ZZ"];

impl Country {
    /// A code in upper or lower case; `None` when it is not two ASCII letters or names no single country.
    pub fn parse(code: &str) -> Option<Country> {
        let code: [u8; 2] = code.as_bytes().try_into().ok()?;
        let country = Country(code.map(|letter| letter.to_ascii_uppercase()));
        let letters = code.iter().all(u8::is_ascii_alphabetic);
        (letters && !NO_COUNTRY.contains(&country.as_str())).then_some(country)
    }

    /// The two capital letters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("??")
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_two_letters_and_nothing_else() {
        assert_eq!(Country::parse("de").map(|country| country.to_string()), Some("DE".to_owned()));
        for wrong in ["", "D", "DEU", "D3", "Ä", "EU", "ap", "ZZ", "--"] {
            assert_eq!(Country::parse(wrong), None, "{wrong}");
        }
    }
}
