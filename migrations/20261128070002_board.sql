-- The board asks which cases that go on wait for a call-back, and until when.
CREATE INDEX case_file_call_back ON case_file (call_back_time) WHERE state < 6 AND call_back_time IS NOT NULL;
