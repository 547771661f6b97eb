-- Customers by surrogate, and where each contact is used: all that the T+1 list reads, none of it readable.
--
-- Distribution: customer_key, contact_use and contact_pending by fingerprint.

CREATE TABLE customer (
    id uuid PRIMARY KEY,
    weak boolean NOT NULL,
    first_recorded_time timestamptz NOT NULL
);

-- Which customer a canonical certificate (or a weak key) names, by epoch.
CREATE TABLE customer_key (
    epoch smallint NOT NULL,
    fingerprint uuid NOT NULL,
    customer_id uuid NOT NULL,
    PRIMARY KEY (epoch, fingerprint)
);
CREATE INDEX customer_key_customer ON customer_key (customer_id);

-- One contact of one party of one accepted revision. Ending never deletes: a list is a function of its cut.
-- clue: 1 phone, 2 account, 3 certificate, 4 name + birth date + sex, 5 address.
-- purpose: 0 none, else the purpose of the account.
CREATE TABLE contact_use (
    epoch smallint NOT NULL,
    clue smallint NOT NULL CHECK (clue BETWEEN 1 AND 5),
    fingerprint uuid NOT NULL,
    application_id uuid NOT NULL,
    submission_id uuid NOT NULL,
    party_no smallint NOT NULL,
    purpose smallint NOT NULL CHECK (purpose BETWEEN 0 AND 3),
    role smallint NOT NULL CHECK (role BETWEEN 1 AND 3),
    baseline boolean NOT NULL,
    customer_id uuid NOT NULL,
    name_fingerprint uuid,
    recorded_time timestamptz NOT NULL,
    ended_time timestamptz,
    PRIMARY KEY (epoch, clue, fingerprint, application_id, submission_id, party_no, purpose),
    CHECK (ended_time >= recorded_time)
);

-- Keys that got a new use since `opened_time`, the list gate's closed_until when they were written. A list takes the keys
-- opened before its cut; a key used again after the close has a row of its own and waits for the next list.
CREATE TABLE contact_pending (
    epoch smallint NOT NULL,
    clue smallint NOT NULL CHECK (clue BETWEEN 1 AND 5),
    fingerprint uuid NOT NULL,
    opened_time timestamptz NOT NULL,
    PRIMARY KEY (epoch, clue, fingerprint, opened_time)
);

GRANT SELECT, INSERT ON customer, customer_key TO zhenshi_app;
GRANT SELECT, INSERT, UPDATE ON contact_use TO zhenshi_app;
GRANT SELECT, INSERT, DELETE ON contact_pending TO zhenshi_app;
