# Importing the directory: columns, problems of a row, problems of a whole file.
directory-problem-column = Problem

directory-field-code = code
directory-field-name = name
directory-field-duty = kind or role
directory-field-channel = channel
directory-field-branch = branch code
directory-field-team-leader = team leader code
directory-field-agency = agency code
directory-field-capacity = capacity
directory-field-leave = leave
directory-field-qualified-from = first day of the qualification
directory-field-qualified-until = last day of the qualification
directory-field-active = active
directory-field-certificate-kind = certificate kind
directory-field-certificate-number = certificate number
directory-field-phones = phones
directory-field-address = address

directory-flaw-required = the { $field } is missing
directory-flaw-not-of-kind = entries of this kind cannot have this { $field }
directory-flaw-too-long = the { $field } is too long or has too many parts
directory-flaw-characters = the { $field } has characters that a code cannot have
directory-flaw-unknown-word = the { $field } is none of the known words
directory-flaw-not-date = the { $field } is no date (YYYY-MM-DD)
directory-flaw-order = the { $field } ends before it begins, or overlaps
directory-flaw-not-number = the { $field } is no number in the allowed range
directory-flaw-not-phone = the { $field } include a number that cannot be used
directory-flaw-not-certificate = the { $field } is none of its kind
directory-flaw-unusable = the { $field } cannot be used; give the real one
directory-flaw-formula = the { $field } is a formula; write it as text
directory-flaw-lost-digits = the { $field } was stored as a number and has lost digits; write it again as text
directory-flaw-duplicate = the { $field } stands in the file twice
directory-flaw-unknown-code = the { $field } names no entry of the directory; write that entry first

directory-file-too-large = the file is too large
directory-file-incomplete = the size of the file is not the one that was said
directory-file-too-many-rows = the file has too many rows
directory-file-encoding = the text is neither UTF-8 nor GB18030
directory-file-old-workbook = old Excel workbooks (.xls) cannot be read; save it as .xlsx
directory-file-broken = the file cannot be read
directory-file-unpacks-too-large = the workbook unpacks to too much
directory-file-empty = the file is empty
directory-file-missing-columns = columns that must be there are missing
directory-file-double-columns = one field stands in several columns
