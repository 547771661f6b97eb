-- Systems that show a client certificate instead of a token: the row names the certificate (URI or DNS name), not a secret.
ALTER TABLE caller_token ALTER COLUMN secret_hash DROP NOT NULL;
ALTER TABLE caller_token ADD COLUMN certificate_name text CHECK (certificate_name <> '');
ALTER TABLE caller_token ADD CONSTRAINT caller_token_shows_one
    CHECK ((secret_hash IS NULL) <> (certificate_name IS NULL) AND (certificate_name IS NULL OR staff_code IS NULL));
-- One caller for each name in force.
CREATE UNIQUE INDEX caller_token_by_certificate ON caller_token (certificate_name)
    WHERE certificate_name IS NOT NULL AND revoked_time IS NULL;
