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

sex-contradicts-id = The { $field } does not agree with the certificate number. Check the original certificate and correct the wrong one.

birth-date-contradicts-id = The { $field } does not agree with the certificate number. Check the original certificate and correct the wrong one.

payer-not-policyholder =
    The { $field } is not the policyholder, and { $reason ->
        [none] there is no approval of another payer
        [other-account] the approval of another payer is for another account
        [incomplete] the approval of another payer is incomplete
        [not-yet-approved] the approval of another payer was given after the application
       *[expired] the approval of another payer has expired
    }. Use the policyholder's own account, or add a valid approval.

field-unreadable = The { $field } holds a control character. Correct the data at its source and send the application again.

field-too-long =
    The { $field } { $reason ->
        [too-long] is longer than { $limit } characters
       *[too-many] has more than { $limit } entries
    }. Correct the data at its source and send the application again.

revision-superseded = The { $field } is not above the one already recorded: this content is kept but not in force. Send it again with a higher revision if it should be.
