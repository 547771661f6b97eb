# Names of fields, for findings.ftl. The id is field- and the path without indexes, -item where one stood; $first and $second
# are the places, counted from 1.

field-branch-code = branch code
field-seller-code = seller code
field-agency-code = agency code
field-policy-no = policy number
field-original-application-no = number of the original application
field-product-code = product code
field-product-name = product name
field-accounts-item-number = number of bank account { $first }
field-product-class = product class
field-product-term = term of the main contract
field-applied-on = application date
field-source-revision = source revision
field-insureds = insured party
field-accounts-item-holder-name = holder of bank account { $first }
field-accounts-item-purpose = purpose of bank account { $first }

field-policyholder-name = name of the policyholder
field-policyholder-sex = sex of the policyholder
field-policyholder-birth-date = birth date of the policyholder
field-policyholder-certificate-kind = certificate kind of the policyholder
field-policyholder-certificate-number = certificate number of the policyholder
field-policyholder-certificate-valid-until = certificate expiry date of the policyholder
field-policyholder-address = address of the policyholder
field-policyholder-phones = telephone of the policyholder
field-policyholder-phones-item = telephone { $first } of the policyholder
field-policyholder-email = e-mail address of the policyholder
field-policyholder-nationality = nationality of the policyholder

field-insureds-item-relation = relation of insured { $first } to the policyholder
field-insureds-item-person-name = name of insured { $first }
field-insureds-item-person-sex = sex of insured { $first }
field-insureds-item-person-birth-date = birth date of insured { $first }
field-insureds-item-person-certificate-kind = certificate kind of insured { $first }
field-insureds-item-person-certificate-number = certificate number of insured { $first }
field-insureds-item-person-certificate-valid-until = certificate expiry date of insured { $first }
field-insureds-item-person-address = address of insured { $first }
field-insureds-item-person-phones = telephone of insured { $first }
field-insureds-item-person-phones-item = telephone { $second } of insured { $first }
field-insureds-item-person-email = e-mail address of insured { $first }
field-insureds-item-person-nationality = nationality of insured { $first }
