-- Imported notices (国务院办公厅关于部分节假日安排的通知): which days are off and which weekend days are worked, by year. The
-- newest version of a year is in force, in place of what is part of the program. Never changed, never removed.

CREATE TABLE holiday_notice (
    -- Names it in the audit log.
    id uuid NOT NULL UNIQUE,
    year smallint NOT NULL CHECK (year BETWEEN 1900 AND 2200),
    version integer NOT NULL CHECK (version >= 1),
    -- Where it was published.
    sources text[] NOT NULL,
    off_days date[] NOT NULL CHECK (cardinality(off_days) > 0),
    make_up_days date[] NOT NULL,
    -- SHA-256 over year, sources and days in order: the same notice again is no new version.
    digest bytea NOT NULL CHECK (length(digest) = 32),
    imported_by text NOT NULL,
    imported_time timestamptz NOT NULL,
    PRIMARY KEY (year, version)
);

-- Idempotency keys of imports and the notice in force after each; the digest is the HMAC of what was sent.
CREATE TABLE holiday_notice_request (
    caller text NOT NULL,
    request_id uuid NOT NULL,
    request_digest bytea NOT NULL CHECK (length(request_digest) = 32),
    year smallint NOT NULL,
    version integer NOT NULL,
    changed boolean NOT NULL,
    PRIMARY KEY (caller, request_id)
);

GRANT SELECT, INSERT ON holiday_notice, holiday_notice_request TO zhenshi_app;
