//! Capture time. There is no `now()`: an analysis must give the same bytes whenever it is run.

use std::fmt;

/// Nanoseconds since 1970-01-01T00:00:00Z as the capture states them. Differences saturate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// Nanoseconds in a second.
pub const NANOS_PER_SECOND: i64 = 1_000_000_000;

impl Timestamp {
    /// The smallest time that can be told.
    pub const MIN: Timestamp = Timestamp(i64::MIN);

    /// From nanoseconds since the epoch.
    #[inline]
    pub const fn from_nanos(nanos: i64) -> Self {
        Timestamp(nanos)
    }

    /// From whole seconds and nanoseconds; saturates at the ends of the range (years 1677 and 2262).
    #[inline]
    pub const fn new(seconds: i64, nanos: i64) -> Self {
        Timestamp(seconds.saturating_mul(NANOS_PER_SECOND).saturating_add(nanos))
    }

    /// Nanoseconds since the epoch.
    #[inline]
    pub const fn nanos(self) -> i64 {
        self.0
    }

    /// Seconds since the epoch, rounded down.
    #[inline]
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(NANOS_PER_SECOND)
    }

    /// Nanoseconds from `earlier` to `self`; negative when time ran backwards.
    #[inline]
    pub const fn since(self, earlier: Timestamp) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// This time, `nanos` later.
    #[inline]
    pub const fn plus(self, nanos: i64) -> Timestamp {
        Timestamp(self.0.saturating_add(nanos))
    }

    /// Seconds from `earlier` to `self`, for reports.
    pub fn seconds_since(self, earlier: Timestamp) -> f64 {
        self.since(earlier) as f64 / NANOS_PER_SECOND as f64
    }

    /// The calendar day in UTC as (year, month, day): the day whose law applies.
    pub fn date(self) -> jiff::civil::Date {
        let instant = jiff::Timestamp::from_nanosecond(i128::from(self.0)).unwrap_or_default();
        jiff::tz::TimeZone::UTC.to_datetime(instant).date()
    }
}

/// RFC 3339 in UTC with microseconds: `2026-11-23T08:35:19.000000Z`.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let instant = jiff::Timestamp::from_nanosecond(i128::from(self.0)).unwrap_or_default();
        let moment = jiff::tz::TimeZone::UTC.to_datetime(instant);
        let (date, micros) = (moment.date(), self.0.rem_euclid(NANOS_PER_SECOND) / 1_000);
        write!(
            f,
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{micros:06}Z",
            date.year(),
            date.month(),
            date.day(),
            moment.hour(),
            moment.minute(),
            moment.second()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_rfc_3339_with_microseconds() {
        let time = Timestamp::new(1_795_412_036, 791_273_999);
        assert_eq!(time.to_string(), "2026-11-23T05:33:56.791273Z");
        assert_eq!(time.date(), jiff::civil::date(2026, 11, 23));
    }

    #[test]
    fn time_before_the_epoch_and_at_both_ends_prints() {
        assert_eq!(Timestamp::new(-1, 0).to_string(), "1969-12-31T23:59:59.000000Z");
        assert!(Timestamp::new(i64::MAX, 0).to_string().starts_with("2262"));
        assert!(Timestamp::new(i64::MIN, 0).to_string().starts_with("1677"));
        assert_eq!(Timestamp::new(i64::MAX, 0).since(Timestamp::new(i64::MIN, 0)), i64::MAX);
    }
}
