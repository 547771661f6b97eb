-- The lending register (fifth text, 19, 20), and leaks (27).

ALTER TABLE access_grant ADD COLUMN copies smallint NOT NULL DEFAULT 1 CHECK (copies BETWEEN 1 AND 100);

-- What was lent: a grant of kind 2 that was agreed to.
CREATE TABLE loan (
    grant_id uuid PRIMARY KEY REFERENCES access_grant (id),
    borrower_code text NOT NULL,
    lent_time timestamptz NOT NULL,
    due_time timestamptz NOT NULL,
    -- 1 returned, 2 destroyed.
    loan_end smallint CHECK (loan_end BETWEEN 1 AND 2),
    confirmed_by text,
    confirmed_time timestamptz,
    -- When others were told that it is overdue.
    told_time timestamptz,
    CONSTRAINT loan_at_most_three_days CHECK (due_time > lent_time AND due_time <= lent_time + interval '72 hours'),
    CONSTRAINT loan_two_people CHECK (confirmed_by <> borrower_code),
    CHECK ((loan_end IS NULL) = (confirmed_by IS NULL) AND (loan_end IS NULL) = (confirmed_time IS NULL))
);
CREATE INDEX loan_overdue ON loan (due_time) WHERE loan_end IS NULL AND told_time IS NULL;

CREATE TABLE incident (
    id uuid PRIMARY KEY,
    -- 1 reported, 2 acknowledged, 3 contained, 4 closed.
    state smallint NOT NULL CHECK (state BETWEEN 1 AND 4),
    reported_by text NOT NULL,
    reported_time timestamptz NOT NULL,
    -- Whose data; as in access_grant, NULL if nobody knows.
    subject_kind smallint CHECK (subject_kind BETWEEN 1 AND 4),
    customer_id uuid,
    submission_id uuid,
    party_no smallint,
    case_id uuid,
    description_text_id uuid NOT NULL,
    acknowledge_by timestamptz NOT NULL,
    act_by timestamptz NOT NULL,
    acknowledged_by text,
    acknowledged_time timestamptz,
    contained_time timestamptz,
    supervisor_code text,
    manager_code text,
    closed_time timestamptz,
    -- Which of the two times has passed and was told: 0 none, 1 the first, 2 both.
    told smallint NOT NULL DEFAULT 0 CHECK (told BETWEEN 0 AND 2),
    CONSTRAINT incident_closed_by_both CHECK (
        (state = 4) = (closed_time IS NOT NULL)
        AND (state <> 4 OR (supervisor_code IS NOT NULL AND manager_code IS NOT NULL AND supervisor_code <> manager_code))),
    CONSTRAINT incident_measured CHECK (state < 3 OR contained_time IS NOT NULL)
);
CREATE INDEX incident_open ON incident (act_by) WHERE state < 4;

CREATE TABLE incident_measure (
    id uuid PRIMARY KEY,
    incident_id uuid NOT NULL REFERENCES incident (id),
    taken_by text NOT NULL,
    taken_time timestamptz NOT NULL,
    text_id uuid NOT NULL
);
CREATE INDEX incident_measure_of ON incident_measure (incident_id, id);

-- Who has seen whose data: entries by subject. Only of accesses, so that the recorder's entries cost nothing.
CREATE INDEX audit_entry_accesses ON audit_entry USING gin (subject_ids)
    WHERE action IN ('REVEAL_FIELDS', 'LEND', 'EXPORT', 'DOWNLOAD_EXPORT', 'VIEW_MASKED', 'READ_EVIDENCE');

GRANT SELECT, INSERT, UPDATE ON loan, incident TO zhenshi_app;
GRANT SELECT, INSERT ON incident_measure TO zhenshi_app;

ALTER TABLE loan ENABLE ROW LEVEL SECURITY;
ALTER TABLE loan FORCE ROW LEVEL SECURITY;
CREATE POLICY loan_scope ON loan USING (
    (SELECT scope_extent()) = 'everything' OR EXISTS (SELECT FROM access_grant g WHERE g.id = grant_id));

-- Whoever reports one sees that he did; the rest is for the roles that have everything.
ALTER TABLE incident ENABLE ROW LEVEL SECURITY;
ALTER TABLE incident FORCE ROW LEVEL SECURITY;
CREATE POLICY incident_scope ON incident USING (
    (SELECT scope_extent()) = 'everything' OR reported_by = (SELECT scope_actor()));
ALTER TABLE incident_measure ENABLE ROW LEVEL SECURITY;
ALTER TABLE incident_measure FORCE ROW LEVEL SECURITY;
CREATE POLICY incident_measure_everything ON incident_measure USING ((SELECT scope_extent()) = 'everything');
