-- Accounts of members of staff for an installation without an identity provider, and the sessions of whoever has signed in.

-- What somebody may do is not here: it comes from the directory, every time a session is looked at.
CREATE TABLE account (
    id uuid PRIMARY KEY,
    -- In lower case: how it is typed does not matter.
    login text NOT NULL UNIQUE CHECK (login <> '' AND login = lower(login)),
    -- One person, one account.
    staff_code text NOT NULL UNIQUE CHECK (staff_code <> ''),
    -- PHC string of argon2id; salt and costs are in it.
    password_hash text NOT NULL CHECK (password_hash LIKE '$argon2id$%'),
    created_time timestamptz NOT NULL,
    password_changed_time timestamptz NOT NULL,
    -- Refused attempts since the last that was right; counted before the password is looked at, so that many at a time are counted too.
    failed_count integer NOT NULL DEFAULT 0 CHECK (failed_count >= 0),
    locked_until timestamptz,
    disabled boolean NOT NULL DEFAULT false,
    -- The password was chosen by somebody else: nothing may be done with it but to change it.
    must_change boolean NOT NULL DEFAULT false,
    last_sign_in_time timestamptz
);

CREATE TABLE session (
    id uuid PRIMARY KEY,
    -- SHA-256 of the secret in the cookie.
    secret_hash bytea NOT NULL UNIQUE CHECK (length(secret_hash) = 32),
    -- The account, or the subject that the identity provider named (issuer and subject).
    account_id uuid REFERENCES account (id) ON DELETE CASCADE,
    subject text CHECK (subject <> ''),
    staff_code text NOT NULL CHECK (staff_code <> ''),
    -- Duty that the identity provider vouches for, where the installation takes roles from it; NULL: the directory's.
    duty smallint,
    -- How the person was identified: 1 password, 2 identity provider; with the provider's words for how well.
    method smallint NOT NULL CHECK (method IN (1, 2)),
    acr text NOT NULL DEFAULT '',
    amr text[] NOT NULL DEFAULT '{}',
    created_time timestamptz NOT NULL,
    last_used_time timestamptz NOT NULL,
    idle_seconds integer NOT NULL CHECK (idle_seconds > 0),
    expires_time timestamptz NOT NULL CHECK (expires_time > created_time),
    CONSTRAINT session_of_one CHECK ((method = 1) = (account_id IS NOT NULL) AND (method = 2) = (subject IS NOT NULL))
);
CREATE INDEX session_by_staff ON session (staff_code, created_time);
CREATE INDEX session_by_end ON session (expires_time);
CREATE INDEX session_by_account ON session (account_id);

-- The service itself: who signs in has no scope yet.
ALTER TABLE account ENABLE ROW LEVEL SECURITY;
ALTER TABLE account FORCE ROW LEVEL SECURITY;
CREATE POLICY account_everything ON account USING (
    (SELECT scope_extent()) = 'everything' AND (SELECT scope_role()) = 'system');
ALTER TABLE session ENABLE ROW LEVEL SECURITY;
ALTER TABLE session FORCE ROW LEVEL SECURITY;
CREATE POLICY session_everything ON session USING (
    (SELECT scope_extent()) = 'everything' AND (SELECT scope_role()) = 'system');

GRANT SELECT, INSERT, UPDATE ON account TO zhenshi_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON session TO zhenshi_app;
