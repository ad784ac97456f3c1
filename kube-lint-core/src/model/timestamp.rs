//! Points in time as Kubernetes writes them (RFC 3339).

/// Seconds since 1970-01-01 UTC of an RFC 3339 timestamp; `None` where it is none, or before 1970.
///
/// ```
/// use kube_lint_core::model::timestamp;
///
/// assert_eq!(timestamp("1970-01-02T00:00:01Z"), Some(86_401));
/// assert_eq!(timestamp("2017-03-10T03:22:11+01:00"), Some(1_489_112_531));
/// assert_eq!(timestamp("2017-03-10"), None);
/// ```
pub fn timestamp(text: &str) -> Option<u64> {
    let (date, time) = text.split_once(['T', 't'])?;
    let mut date = date.split('-');
    let [year, month, day] = [(4, 9999), (2, 12), (2, 31)].map(|(digits, most)| {
        let part = date.next().filter(|it| it.len() == digits)?;
        part.parse::<i64>().ok().filter(|it| *it <= most)
    });
    if date.next().is_some() || time.len() < 9 {
        return None;
    }
    let (clock, zone) = time.split_at_checked(8)?;
    let mut clock = clock.split(':');
    let mut part = |most| {
        let part = clock.next().filter(|it| it.len() == 2)?;
        part.parse::<i64>().ok().filter(|it| *it <= most)
    };
    let seconds = part(23)? * 3600 + part(59)? * 60 + part(60)?;
    let days = days(
        year?,
        month.filter(|it| *it > 0)?,
        day.filter(|it| *it > 0)?,
    );
    u64::try_from(days * 86_400 + seconds - offset(zone)?).ok()
}

/// Seconds east of Greenwich, behind a fraction of a second maybe.
fn offset(zone: &str) -> Option<i64> {
    let zone = match zone.strip_prefix('.') {
        Some(fraction) => fraction.trim_start_matches(|it: char| it.is_ascii_digit()),
        None => zone,
    };
    if matches!(zone, "Z" | "z") {
        return Some(0);
    }
    let sign = match zone.chars().next()? {
        '+' => 1,
        '-' => -1,
        _ => return None,
    };
    let (hours, minutes) = zone.get(1..)?.split_once(':')?;
    let part = |text: &str| text.parse::<i64>().ok().filter(|_| text.len() == 2);
    Some(sign * (part(hours)? * 3600 + part(minutes)? * 60))
}

/// Days from 1970-01-01 to a date of the Gregorian calendar, after Howard Hinnant's
/// `days_from_civil`: years begin in March, so that the leap day is the last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}
