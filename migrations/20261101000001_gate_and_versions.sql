-- The list gate, the versions that are polled, and what a verdict was judged with.

-- Time up to which suspicion lists are closed. A batch reads it while it holds the gate shared (advisory lock), closing a
-- list writes it while it holds the gate exclusively: what is recorded is either before the cut or stamped after it.
CREATE TABLE list_gate (
    id smallint PRIMARY KEY CHECK (id = 1),
    closed_until timestamptz NOT NULL
);
INSERT INTO list_gate (id, closed_until) VALUES (1, 'epoch');

-- One row for everything that replicas keep a snapshot of; a replica that sees another version reads the whole again.
CREATE TABLE version_counter (
    name text PRIMARY KEY,
    version bigint NOT NULL
);
INSERT INTO version_counter (name, version) VALUES ('token', 1), ('directory', 1), ('calendar', 1);

-- Rule sets that ever judged: a verdict stays explainable after the profile has changed.
CREATE TABLE rule_set (
    version text PRIMARY KEY,
    code_version text NOT NULL,
    profile text NOT NULL,
    first_used_time timestamptz NOT NULL
);

-- Epochs of fingerprints: (key version, normaliser version). key_check is an HMAC of a constant, so that a swapped key
-- is refused at start instead of writing fingerprints that match nothing.
CREATE TABLE fingerprint_epoch (
    epoch smallint PRIMARY KEY CHECK (epoch > 0),
    key_version smallint NOT NULL,
    normaliser_version smallint NOT NULL,
    key_check bytea NOT NULL CHECK (length(key_check) = 16),
    UNIQUE (key_version, normaliser_version)
);

-- The same check for the other keys of the keyring, by purpose and version.
CREATE TABLE key_check (
    purpose text NOT NULL,
    version smallint NOT NULL,
    key_check bytea NOT NULL CHECK (length(key_check) = 16),
    PRIMARY KEY (purpose, version)
);

GRANT SELECT, UPDATE ON list_gate, version_counter TO zhenshi_app;
GRANT SELECT, INSERT ON rule_set, fingerprint_epoch, key_check TO zhenshi_app;
