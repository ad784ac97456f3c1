//! The present, as given on the command line or by the clock.

use std::{
    str::FromStr,
    time::{SystemTime, UNIX_EPOCH},
};

/// Seconds since 1970-01-01 UTC.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Now(pub(crate) u64);

impl Now {
    pub(crate) fn of_the_clock() -> Option<Self> {
        let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
        Some(Self(elapsed.as_secs()))
    }
}

impl FromStr for Now {
    type Err = &'static str;

    /// Reads a date, or a date and a time as RFC 3339 writes it.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        read(text).map(Self).ok_or(
            "expected a date such as `2026-01-31` or a time such as `2026-01-31T12:00:00Z`, \
             not before 1970",
        )
    }
}

fn read(text: &str) -> Option<u64> {
    let (date, time) = match text.split_once(['T', 't', ' ']) {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let seconds = time.map_or(Some(0), seconds_of_day)?;
    u64::try_from(days_since_1970(date)? * 86_400 + seconds).ok()
}

fn days_since_1970(date: &str) -> Option<i64> {
    let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        2 => 28 + i64::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=length).contains(&day) {
        return None;
    }
    // With March first, leap days fall on the end of a year.
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    Some(year * 365 + leap_days + day_of_year - 719_468)
}

/// Seconds between midnight UTC and a time with its offset, `14:00:00.5+02:00` say.
fn seconds_of_day(text: &str) -> Option<i64> {
    let (time, offset) = match text.strip_suffix(['Z', 'z']) {
        Some(time) => (time, 0),
        None => with_offset(text)?,
    };
    let whole = match time.split_once('.') {
        Some((whole, fraction)) => {
            fraction.parse::<u64>().ok()?;
            whole
        }
        None => time,
    };
    let [hours, minutes, seconds] = numbers(whole, ':', [2, 2, 2])?;
    // 60 is a leap second.
    Some(seconds_of(hours, minutes)? + within(seconds, 60)? - offset)
}

/// A time and the seconds that its zone is ahead of UTC.
fn with_offset(text: &str) -> Option<(&str, i64)> {
    let (time, offset) = text.split_at_checked(text.rfind(['+', '-'])?)?;
    let [hours, minutes] = numbers(offset.get(1..)?, ':', [2, 2])?;
    let sign = if offset.starts_with('-') { -1 } else { 1 };
    Some((time, sign * seconds_of(hours, minutes)?))
}

fn seconds_of(hours: i64, minutes: i64) -> Option<i64> {
    Some(within(hours, 23)? * 3600 + within(minutes, 59)? * 60)
}

fn within(number: i64, most: i64) -> Option<i64> {
    (number <= most).then_some(number)
}

/// As many numbers as there are `widths`, each of exactly so many digits.
fn numbers<const N: usize>(text: &str, separator: char, widths: [usize; N]) -> Option<[i64; N]> {
    let mut parts = text.split(separator);
    let mut read = [0; N];
    for (number, width) in read.iter_mut().zip(widths) {
        let part = parts.next()?;
        if part.len() != width || !part.bytes().all(|it| it.is_ascii_digit()) {
            return None;
        }
        *number = part.parse().ok()?;
    }
    parts.next().is_none().then_some(read)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_times_are_seconds_since_1970() {
        assert_eq!(read("1970-01-01"), Some(0));
        assert_eq!(read("2000-02-29"), Some(951_782_400));
        assert_eq!(read("2026-01-31"), Some(1_769_817_600));
        assert_eq!(read("2026-01-31T12:00:00Z"), Some(1_769_860_800));
        assert_eq!(read("2026-01-31T14:00:00.25+02:00"), Some(1_769_860_800));
        assert_eq!(read("2026-01-31t07:30:00-04:30"), Some(1_769_860_800));
        assert_eq!(read("2100-03-01"), Some(4_107_542_400));
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "",
            "2026",
            "2026-1-31",
            "2026-02-29",
            "2026-13-01",
            "2026-00-10",
            "1969-12-31",
            "2026-01-31T",
            "2026-01-31T12:00:00",
            "2026-01-31T24:00:00Z",
            "2026-01-31T12:00Z",
            "2026-01-31T12:00:00.Z",
            "2026-01-31T12:00:00+2:00",
            "+026-01-31",
            "2026-01-31-01",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
