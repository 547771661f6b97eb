-- Doubts in sorting whose end was counted by another calendar than the one in force: a list's day is settled, theirs is not.
CREATE INDEX case_file_doubts ON case_file (calendar_version, id) WHERE state = 1 AND list_id IS NULL;
