-- Exports of unmasked data (fifth text, 10, 11, 23, 24).

CREATE TABLE export_number (
    day date PRIMARY KEY,
    last integer NOT NULL CHECK (last >= 1)
);

CREATE TABLE unmasked_export (
    id uuid PRIMARY KEY,
    export_no text NOT NULL UNIQUE,
    -- 1 exchange, 2 report.
    kind smallint NOT NULL CHECK (kind BETWEEN 1 AND 2),
    -- 1 awaiting, 2 approved, 3 ready, 4 refused, 5 destroyed.
    state smallint NOT NULL CHECK (state BETWEEN 1 AND 5),
    -- 1 CSV, 2 XLSX; the language of its headings.
    format smallint NOT NULL CHECK (format BETWEEN 1 AND 2),
    language text NOT NULL,
    -- What it is of: a list's members, or those of cases.
    list_id uuid REFERENCES suspicion_list (id),
    list_date date,
    case_ids uuid[] NOT NULL,
    fields smallint[] NOT NULL CHECK (cardinality(fields) > 0),
    purpose smallint NOT NULL CHECK (purpose >= 1),
    -- The age public key that it is encrypted to.
    recipient text NOT NULL CHECK (recipient LIKE 'age1%'),
    requester_code text NOT NULL CHECK (requester_code <> ''),
    requested_time timestamptz NOT NULL,
    version integer NOT NULL CHECK (version >= 1),
    corrects_id uuid REFERENCES unmasked_export (id),
    reason_text_id uuid NOT NULL,
    receiver_text_id uuid NOT NULL,

    supervisor_code text,
    supervisor_time timestamptz,
    manager_code text,
    manager_time timestamptz,
    -- The general manager's approval, recorded by the manager; who and where it is filed, sealed.
    general_manager_text_id uuid,
    refused_by text,
    refused_time timestamptz,

    produced_time timestamptz,
    expire_time timestamptz,
    row_count integer,
    withheld_count integer,
    size_bytes bigint,
    sha256 bytea,
    destroyed_time timestamptz,

    CHECK ((list_id IS NULL) = (list_date IS NULL) AND (list_id IS NULL) = (cardinality(case_ids) > 0)),
    CONSTRAINT unmasked_export_three_people CHECK (
        supervisor_code <> requester_code AND manager_code <> requester_code AND supervisor_code <> manager_code),
    -- Both named roles, and of a report the general manager too; of a correction the general manager alone, filed by the manager.
    CONSTRAINT unmasked_export_approved CHECK (state NOT IN (2, 3, 5) OR (
        manager_code IS NOT NULL
        AND (supervisor_code IS NOT NULL OR corrects_id IS NOT NULL)
        AND (general_manager_text_id IS NOT NULL OR (kind = 1 AND corrects_id IS NULL)))),
    CHECK (state NOT IN (3, 5) OR (produced_time IS NOT NULL AND expire_time > produced_time))
);
CREATE INDEX unmasked_export_work ON unmasked_export (state, id) WHERE state IN (2, 3);

-- The file, encrypted to the receiver: nobody here can read it.
CREATE TABLE unmasked_export_piece (
    export_id uuid NOT NULL REFERENCES unmasked_export (id),
    piece_no integer NOT NULL CHECK (piece_no >= 0),
    payload bytea NOT NULL,
    PRIMARY KEY (export_id, piece_no)
);

GRANT SELECT, INSERT, UPDATE ON export_number, unmasked_export TO zhenshi_app;
GRANT SELECT, INSERT, DELETE ON unmasked_export_piece TO zhenshi_app;

ALTER TABLE unmasked_export ENABLE ROW LEVEL SECURITY;
ALTER TABLE unmasked_export FORCE ROW LEVEL SECURITY;
CREATE POLICY unmasked_export_scope ON unmasked_export USING (
    (SELECT scope_extent()) = 'everything' OR requester_code = (SELECT scope_staff()));
ALTER TABLE unmasked_export_piece ENABLE ROW LEVEL SECURITY;
ALTER TABLE unmasked_export_piece FORCE ROW LEVEL SECURITY;
CREATE POLICY unmasked_export_piece_scope ON unmasked_export_piece USING (
    (SELECT scope_extent()) = 'everything' OR EXISTS (SELECT FROM unmasked_export e WHERE e.id = export_id));
