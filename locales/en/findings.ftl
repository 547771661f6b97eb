# Findings: one message for each code, saying what is wrong and what to do. $field is the name of the field (fields.ftl).

product-class-missing = The { $field } is not stated. State the class of the main contract and send the application again.

product-term-missing = The { $field } is not stated. State the term of the main contract and send the application again.

application-date-invalid =
    The { $field } { $reason ->
        [unset] is not stated
        [impossible] is not a day of the calendar
       *[future] is later than the day of the check
    }. Check and correct it.

field-missing = The { $field } is missing. Ask the customer for it and send the application again.

field-placeholder = The { $field } holds a placeholder, which counts as missing. Ask the customer for the real one.

birth-date-impossible =
    The { $field } { $reason ->
        [no-day] is not a day of the calendar
       *[future] is later than the application
    }. Check the original certificate and correct it.

id-number-length = The { $field } has length { $length }; a resident ID number has 18 or 15 characters. Check the original certificate and correct it.

id-number-character = The { $field } has an invalid character at position { $position }: only digits are allowed, and X at the end of 18 characters. Check the original certificate and correct it.

id-number-province = The { $field } does not begin with the code of a province. Check the kind of certificate and the original, and correct it.

id-number-date = The { $field } holds a birth date that does not exist. Check the original certificate and correct it.

id-number-future = The { $field } holds a birth date later than the application. Check the original certificate and correct it.

id-number-age = By the { $field } the person is older than { $limit } years. Check the original certificate and correct it.

id-number-check-character = The { $field } has a wrong check character. Check the original certificate and correct it.

region-code-unknown = The region code at the start of the { $field } is in no known list. Real certificates can have such codes; check the original.

region-code-not-in-force =
    The region code at the start of the { $field } { $reason ->
        [not-yet] came into force only in { $year }
       *[no-longer] was in force only until { $year }
    }, which does not fit the year of birth. Late registration or an old code can explain it; check the original.

certificate-number-format =
    The { $field } does not have the form of { $kind ->
        [hk-macau-residence-permit] a residence permit for Hong Kong and Macau residents: 18 characters that begin with 810000 or 820000
        [taiwan-residence-permit] a residence permit for Taiwan residents: 18 characters that begin with 830000
        [foreigner-permanent-residence] a card of permanent residence: 18 characters that begin with 9, or on old cards a country code of 3 letters and 12 digits
        [hk-macau-travel-permit] a travel permit for Hong Kong and Macau residents: H or M and 8 digits, perhaps 2 more for renewals
        [taiwan-travel-permit] a travel permit for Taiwan residents: 8 digits, in old booklets 10
        [prc-passport] a Chinese passport: for example E and 8 digits, or E, a letter other than I and O, and 7 digits
        [foreign-passport] a passport: 5 to 15 letters and digits
        [mrz] the machine-readable zone of a passport: two lines of 44 characters
       *[birth-certificate] a birth certificate: a letter and 9 digits, or the 8 digits of the birth date
    }. Check the kind of certificate and the original, and correct it.

certificate-number-check-digit =
    The { $field } has a wrong check digit { $part ->
        [card] at its end
        [document-number] after the passport number
        [birth-date] after the birth date
        [expiry-date] after the expiry date
        [optional-data] after the optional data
       *[composite] over the whole machine-readable zone
    }. Check the original certificate and correct it.

certificate-number-unusual = The { $field } has a rare form that cannot be verified. Check the original certificate.

certificate-expired = The { $field } is before the application date: the certificate has expired. Ask the customer for a valid one and correct it.

certificate-expiry-impossible = The { $field } is not a day of the calendar. Check the original certificate and correct it.

certificate-expiry-missing = The { $field } is missing; passports and travel permits always have one. Check the original certificate and add it.

certificate-kind-age =
    The { $field } does not fit the age: it is for people { $reason ->
        [too-old] under { $limit }
       *[too-young] from { $limit }
    } years. Check the kind of certificate and the birth date, and correct the wrong one.

certificate-kind-nationality =
    The { $field } does not fit the nationality: such certificates are for { $reason ->
        [chinese] foreigners only, and the nationality is Chinese
       *[foreign] Chinese citizens only, and the nationality is foreign
    }. Check the kind of certificate and the nationality, and correct the wrong one.

sex-contradicts-id = The { $field } does not agree with the certificate number. Check the original certificate and correct the wrong one.

birth-date-contradicts-id = The { $field } does not agree with the certificate number. Check the original certificate and correct the wrong one.

phone-format =
    The { $field } is not a whole telephone number: { $reason ->
        [characters] characters are missing or do not belong there
        [length] it has too few or too many digits
        [area-code] the area code is missing or does not exist
       *[foreign] there is no such number in the country of its code
    }. Ask the customer for the right number and correct it.

phone-unassigned = The { $field } belongs to no mobile series in use. Ask the customer for the right number and correct it.

phone-not-personal =
    The { $field } is { $reason ->
        [machine] a number of machines
        [hotline] a number of companies, whose calls are free, shared or charged
       *[service] a service number
    }; no person is reached there. Ask the customer for a number of his own.

phone-unusual =
    The { $field } is { $reason ->
        [satellite] a satellite telephone
        [emergency] a number for emergency communication
        [area-length] a fixed line with one digit more than numbers of its area have
       *[data-card] of a series for data cards
    }, which few customers have. Check that calls reach the customer.

account-format =
    The { $field } is not an account number: { $reason ->
        [characters] it holds characters that none has
       *[length] its length does not fit the kind of account
    }. Check the card or passbook and correct it.

account-damaged =
    The { $field } is damaged: { $reason ->
        [scientific] a spreadsheet made a quantity of it
        [zeros] a spreadsheet lost the digits after the fifteenth
       *[masked] it is masked or cut off
    }. Enter the number from the card or passbook, as text.

account-check-digit = The { $field } has a wrong last digit for a bank card. Check the card and correct it.

account-kind-doubtful = The { $field } is as long as a card number but is none. State the kind of account, and check the number.

name-format =
    The { $field } cannot be a name: { $reason ->
        [damaged] characters were lost (question mark, empty box)
        [digit] it holds a digit
        [symbol] it holds a character that no name has
        [separator] a separator stands at its end or twice
       *[too-long] it is too long
    }. Check the original certificate and correct it.

name-not-personal =
    The { $field } is not the name of a person: { $reason ->
        [organisation] it is an organisation
       *[title] it is a surname with a title
    }. Enter the full name as on the certificate.

name-unusual =
    The { $field } is unusual: { $reason ->
        [one-character] it has one character only
        [mixed] it mixes Han characters and letters
       *[script] it is written in neither Han nor Latin characters
    }. Check it against the original certificate.

address-unusable =
    Nothing can be delivered to the { $field }: { $reason ->
        [region-only] it names only a region
        [no-region] it names no city or county
        [number] it is only a number
       *[damaged] characters were lost
    }. Ask the customer for the whole address.

address-incomplete =
    The { $field } lacks { $missing ->
        [province] the province
        [city] the city
        [district] the county or district
       *[detail] street, number or village
    }. Ask the customer and add it.

email-format = The { $field } is not an e-mail address. Ask the customer for the right one and correct it.

policyholder-minor = By the { $field } the policyholder is under { $limit }. A guardian has to apply; check who the policyholder is.

relation-contradicts-age = By the birth dates the { $field } is impossible: the child would not be younger than the parent. Check relation and birth dates, and correct the wrong one.

relation-unlikely =
    The { $field } is unlikely: { $reason ->
        [young-parent] the parent would have been very young
        [young-spouse] a spouse is under the age of marriage
       *[same-sex] the spouses are of one sex
    }. Check relation, sex and birth dates.

certificate-shared-by-parties = The { $field } is also that of another party of another name. Check both original certificates and correct the wrong one.

oneself-differs = The { $field } differs from the policyholder's, though the insured is declared to be the policyholder. Correct the wrong one, or the relation.

payer-not-policyholder =
    The { $field } is not the policyholder, and { $reason ->
        [none] there is no approval of another payer
        [other-account] the approval of another payer is for another account
        [incomplete] the approval of another payer is incomplete
        [not-yet-approved] the approval of another payer was given after the application
       *[expired] the approval of another payer has expired
    }. Use the policyholder's own account, or add a valid approval.

seller-not-qualified =
    The { $field } { $reason ->
        [unknown] is not in the directory
        [not-yet] was not yet qualified to sell on the application date
       *[ended] was no longer qualified to sell on the application date
    }. Check the code and the qualification.

seller-contact-used =
    The { $field } is the contact of { $owner ->
        [seller] a seller
        [agency] an agency
       *[staff] a member of staff
    }. Give the customer's own.

field-unreadable = The { $field } holds a control character. Correct the data at its source and send the application again.

field-too-long =
    The { $field } { $reason ->
        [too-long] is longer than { $limit } characters
       *[too-many] has more than { $limit } entries
    }. Correct the data at its source and send the application again.

revision-superseded = The { $field } is not above the one already recorded: this content is kept but not in force. Send it again with a higher revision if it should be.
