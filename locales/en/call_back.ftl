# What to verify in a call-back, by clue.

call-back-point-same-phone = Verify that the telephone is the customer's own: other customers have it too.
call-back-point-same-bank-account = Verify whose the bank account is: other customers have it too.
call-back-point-seller-contact = Verify telephone and address: they are also those of a salesperson, an agency or a member of staff.
call-back-point-identity-conflict = Verify name and certificate: the same certificate number stands under another name.
call-back-point-same-person-twice = Verify the certificate: the same name, birth date and sex stand under another certificate number.

# Cooling-off in a rule profile
profile-cooling-off = Cooling-off lasts { $days } days { $where }.
profile-class = { $class ->
        [ordinary_life] for ordinary life insurance
        [participating] for participating insurance
        [unit_linked] for unit-linked insurance
        [universal] for universal life insurance
        [accident] for accident insurance
       *[health] for health insurance
    }
profile-over-one-year = { $over ->
        [true] for terms of over one year
       *[false] for terms of one year
    }
profile-receipt-from = for receipts signed from { $from }
profile-receipt-until = for receipts signed until { $until }
profile-receipt-from-until = for receipts signed from { $from } until { $until }
