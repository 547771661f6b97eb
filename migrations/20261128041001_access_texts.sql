-- What finds the texts about a person who is destroyed: without these it is every grant, reveal and text that was ever made.
CREATE INDEX privacy_text_about ON privacy_text (about_id);
CREATE INDEX access_grant_case ON access_grant (case_id) WHERE case_id IS NOT NULL;
CREATE INDEX access_grant_submission ON access_grant (submission_id) WHERE submission_id IS NOT NULL;
CREATE INDEX reveal_case ON reveal (case_id) WHERE case_id IS NOT NULL;
CREATE INDEX reveal_customer ON reveal (customer_id) WHERE customer_id IS NOT NULL;
CREATE INDEX reveal_submission ON reveal (submission_id) WHERE submission_id IS NOT NULL;
CREATE INDEX unmasked_export_cases ON unmasked_export USING gin (case_ids);
