# Words of `zhenshi explain`, ExplainCertificate and `zhenshi config check`. check-… says what the check for a code looks at.

explain-valid = In order.
explain-invalid = Not in order.
explain-normalized = Normal form
explain-birth-date = Birth date
explain-sex = Sex
explain-sex-male = male
explain-sex-female = female
explain-region = Region

check-passed = Passed: { $check }.
check-field-missing = a value is given
check-field-placeholder = it is no placeholder
check-id-number-length = length
check-id-number-character = characters
check-id-number-province = code of the province
check-id-number-date = birth date in the number
check-id-number-future = birth date not after the application
check-id-number-age = age by the number
check-id-number-check-character = check character (MOD 11-2)
check-region-code-unknown = code of the region is known
check-region-code-not-in-force = code of the region in the year of birth
check-certificate-number-format = form of the number
check-certificate-number-check-digit = check digit (weights 7-3-1)
check-certificate-number-unusual = usual form
check-phone-format = a whole telephone number
check-phone-unassigned = series of the mobile number is in use
check-phone-not-personal = number of a person
check-phone-unusual = usual series
check-account-format = form of an account number
check-account-damaged = number is undamaged
check-account-check-digit = check digit of the card (Luhn)
check-account-kind-doubtful = kind of account by the number
check-name-format = characters and separators of a name
check-name-not-personal = name of a person
check-name-unusual = usual form of a name
check-address-unusable = a letter can arrive
check-address-incomplete = province, city, county and detail are given
check-email-format = form of an e-mail address

field-certificate-number = certificate number
field-phone = telephone
field-account-number = account number
field-name = name
field-address = address
field-email = e-mail address
field-sex = sex
field-birth-date = birth date
field-certificate-valid-until = expiry date of the certificate
field-phones = telephone
field-nationality = nationality

profile-default = Everything is judged by the defaults of the regulation's articles.
profile-minor-all-fields = An insured under 18 may leave out everything that article 5 asks of an insured, not only the certificate number.
profile-weight =
    { $severity ->
        [blocking] blocks
        [advisory] is advisory
       *[off] is switched off
    }
profile-default-weight =
    { $severity ->
        [blocking] by default it blocks
       *[advisory] by default it is advisory
    }
profile-everywhere = everywhere
profile-channel =
    { $channel ->
        [individual_agents] in the channel of individual agents
        [bancassurance] in the channel bancassurance
        [intermediaries] in the channel intermediaries
       *[direct] in the direct channel
    }
profile-product = for product { $product }
profile-from = for applications from { $from }
profile-until = for applications until { $until }
profile-from-until = for applications from { $from } until { $until }
profile-rule = { $code } { $weight } { $where } ({ $default }).
profile-required = { $field } is required of { $party ->
        [policyholder] the policyholder
       *[insured] every insured
    } { $where }.

# Clues of the daily list
clue-same-phone = same phone
clue-same-bank-account = same bank account
clue-seller-contact = contact of a seller
clue-identity-conflict = one certificate, different names
clue-same-person-twice = possibly one customer twice
profile-clue-off = The daily list does not look for “{ $clue }”.
profile-clue =
    The daily list looks for “{ $clue }” from { $threshold } customers on; declared relatives are { $family ->
        [low_priority] listed with low priority
       *[excused] excused
    }.
