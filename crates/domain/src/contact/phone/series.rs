//! Which mobile series are in use, as data. When the ministry opens a series, its line here changes and nothing else.
//!
//! Sources: numbering plan of the Ministry of Industry and Information Technology (電信網編號計劃, 2017 and later
//! openings), checked prefix by prefix against libphonenumber 9.0.43. One deliberate difference: 149 (data cards of
//! China Telecom, on which calls can be allowed) is in use here, and so is 1749 (Inmarsat, by `ChinaMobilePhoneNumberRegex`). Numbers are portable: no operator is derived.

/// What a mobile series is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Series {
    /// Persons.
    Open,
    /// Persons, but over a satellite (1349, 1749, 17400 to 17405).
    Satellite,
    /// Emergency communication (17406 to 17412).
    Emergency,
    /// Data cards, on which calls can be allowed.
    DataCard,
    /// Machines.
    Machine,
    /// Not opened.
    Unassigned,
}

/// Series by the longest prefix that fits. All three-digit prefixes from 130 to 199 that do not stand here are
/// [`Series::Open`].
const EXCEPTIONS: [(&str, Series); 37] = [
    ("1349", Series::Satellite),
    ("140", Series::Machine),
    ("141", Series::Machine),
    ("142", Series::Unassigned),
    ("143", Series::Unassigned),
    ("144", Series::Machine),
    ("145", Series::DataCard),
    ("146", Series::Machine),
    ("147", Series::DataCard),
    ("148", Series::Machine),
    ("149", Series::DataCard),
    ("154", Series::Unassigned),
    ("160", Series::Unassigned),
    ("161", Series::Unassigned),
    // Known from libphonenumber alone; a real number is worth more than a doubt.
    ("1610", Series::Open),
    ("163", Series::Unassigned),
    ("164", Series::Unassigned),
    ("168", Series::Unassigned),
    ("169", Series::Unassigned),
    ("174", Series::Unassigned),
    ("17400", Series::Satellite),
    ("17401", Series::Satellite),
    ("17402", Series::Satellite),
    ("17403", Series::Satellite),
    ("17404", Series::Satellite),
    ("17405", Series::Satellite),
    ("17406", Series::Emergency),
    ("17407", Series::Emergency),
    ("17408", Series::Emergency),
    ("17409", Series::Emergency),
    ("17410", Series::Emergency),
    ("17411", Series::Emergency),
    ("17412", Series::Emergency),
    ("1749", Series::Satellite),
    ("179", Series::Unassigned),
    ("194", Series::Unassigned),
    // Numbers of thirteen digits.
    ("1064", Series::Machine),
];

/// The series of a mobile number, or of a longer one that begins like it.
pub(super) fn series(digits: &str) -> Series {
    // Most numbers: no exception begins like them.
    if !digits.starts_with("134") && !matches!(digits.as_bytes(), [b'1', b'0' | b'4'..=b'7' | b'9', ..]) {
        return Series::Open;
    }
    EXCEPTIONS
        .iter()
        .filter(|(prefix, _)| digits.starts_with(prefix))
        .max_by_key(|(prefix, _)| prefix.len())
        .map_or(Series::Open, |(_, series)| *series)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_exception_is_looked_for() {
        for (prefix, expected) in EXCEPTIONS {
            assert_eq!(series(&format!("{prefix:x<13}")), expected, "{prefix}");
        }
    }

    /// The pattern of `Open`, `Satellite` and `DataCard` numbers, written a second time by hand.
    #[test]
    fn series_are_those_of_the_numbering_plan() {
        let in_use = "130 131 132 133 134 135 136 137 138 139 145 147 149 150 151 152 153 155 156 157 158 159 162 \
                      165 166 167 170 171 172 173 175 176 177 178 180 181 182 183 184 185 186 187 188 189 190 191 \
                      192 193 195 196 197 198 199";
        for prefix in 130..200_u32 {
            let prefix = prefix.to_string();
            let usable = matches!(series(&format!("{prefix}58273946")), Series::Open | Series::DataCard);
            assert_eq!(usable, in_use.contains(&prefix), "{prefix}");
        }
        assert_eq!(series("16101918051"), Series::Open);
        assert_eq!(series("13498273946"), Series::Satellite);
        assert_eq!(series("17405827394"), Series::Satellite);
        assert_eq!(series("17498273946"), Series::Satellite);
        assert_eq!(series("17412827394"), Series::Emergency);
        assert_eq!(series("17413827394"), Series::Unassigned);
        for machine in ["1064812345678", "1064112345678", "1440123456789"] {
            assert_eq!(series(machine), Series::Machine, "{machine}");
        }
    }
}
