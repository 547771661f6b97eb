-- Contacts of sellers, agencies and staff (销售人员, 代理机构, 内勤), as fingerprints: all that the list compares customers with.
-- Ending never deletes, so that a list is a function of its cut.

-- owner_kind: 1 seller, 2 agency, 3 staff. clue: 1 phone, 5 address, as in contact_use.
CREATE TABLE directory_contact (
    epoch smallint NOT NULL,
    clue smallint NOT NULL CHECK (clue IN (1, 5)),
    fingerprint uuid NOT NULL,
    owner_kind smallint NOT NULL CHECK (owner_kind BETWEEN 1 AND 3),
    owner_code text NOT NULL,
    recorded_time timestamptz NOT NULL,
    ended_time timestamptz,
    PRIMARY KEY (epoch, clue, fingerprint, owner_kind, owner_code, recorded_time),
    CHECK (ended_time >= recorded_time)
);
-- Once in force, and found by its owner.
CREATE UNIQUE INDEX directory_contact_owner
    ON directory_contact (owner_kind, owner_code, epoch, clue, fingerprint) WHERE ended_time IS NULL;

-- Which customer a seller or a member of staff is: fingerprint of his canonical certificate, as in customer_key, and of his
-- name, which decides where no certificate is known. A seller who insures himself is no clue.
CREATE TABLE directory_person (
    owner_kind smallint NOT NULL CHECK (owner_kind IN (1, 3)),
    owner_code text NOT NULL,
    epoch smallint NOT NULL,
    fingerprint uuid,
    name_fingerprint uuid,
    recorded_time timestamptz NOT NULL,
    ended_time timestamptz,
    PRIMARY KEY (owner_kind, owner_code, epoch, recorded_time),
    CHECK (ended_time >= recorded_time),
    CHECK (fingerprint IS NOT NULL OR name_fingerprint IS NOT NULL)
);
CREATE UNIQUE INDEX directory_person_in_force ON directory_person (owner_kind, owner_code) WHERE ended_time IS NULL;
CREATE INDEX directory_person_fingerprint ON directory_person (epoch, fingerprint);

GRANT SELECT, INSERT, UPDATE ON directory_contact, directory_person TO zhenshi_app;
