-- What a person has set for himself on the page. Nobody else reads or changes it.
--
-- kind: 1 a saved view of the worklist (name: what he calls it, value: the query of its address), 2 a switch (name: which, value: 'off').
CREATE TABLE page_setting (
    owner text NOT NULL,
    kind smallint NOT NULL CHECK (kind BETWEEN 1 AND 2),
    name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 40),
    value text NOT NULL CHECK (char_length(value) <= 2000),
    changed_time timestamptz NOT NULL,
    PRIMARY KEY (owner, kind, name)
);

ALTER TABLE page_setting ENABLE ROW LEVEL SECURITY;
ALTER TABLE page_setting FORCE ROW LEVEL SECURITY;
CREATE POLICY page_setting_own ON page_setting USING (owner = (SELECT scope_actor()));
GRANT SELECT, INSERT, UPDATE, DELETE ON page_setting TO zhenshi_app;
