-- Bearer tokens of calling systems. Only the hash is kept; a principal may hold several while one is replaced.

CREATE TABLE caller_token (
    id uuid PRIMARY KEY,
    caller text NOT NULL,
    secret_hash bytea NOT NULL UNIQUE CHECK (length(secret_hash) = 32),
    -- Sources and channels that the caller may send and read.
    sources text[] NOT NULL CHECK (cardinality(sources) > 0),
    channels smallint[] NOT NULL CHECK (cardinality(channels) > 0),
    created_time timestamptz NOT NULL,
    revoked_time timestamptz
);

GRANT SELECT, INSERT, UPDATE ON caller_token TO zhenshi_app;
