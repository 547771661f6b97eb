-- How much each person looks up (threat: an insider who browses), and what others were told of it.

-- Counted in windows: 1 a minute, 2 a day of Asia/Shanghai. Windows of before yesterday are removed by who counts next.
CREATE TABLE access_usage (
    actor text NOT NULL,
    -- access::quota::Kind.
    kind smallint NOT NULL CHECK (kind BETWEEN 1 AND 2),
    span smallint NOT NULL CHECK (span BETWEEN 1 AND 2),
    begin_time timestamptz NOT NULL,
    used integer NOT NULL CHECK (used >= 0),
    PRIMARY KEY (actor, kind, span, begin_time)
);

-- Of whom somebody has seen clear data on a day.
CREATE TABLE access_seen (
    actor text NOT NULL,
    day date NOT NULL,
    customer_id uuid NOT NULL,
    PRIMARY KEY (actor, day, customer_id)
);

-- What others were told: once a window.
CREATE TABLE access_alert (
    id uuid PRIMARY KEY,
    -- 1 quota of a minute, 2 quota of a day, 3 many customers.
    kind smallint NOT NULL CHECK (kind BETWEEN 1 AND 3),
    actor text NOT NULL,
    office smallint NOT NULL CHECK (office BETWEEN 1 AND 8),
    -- What was counted; 1 for many customers.
    counted smallint NOT NULL CHECK (counted BETWEEN 1 AND 2),
    allowed integer NOT NULL,
    recorded_time timestamptz NOT NULL
);

GRANT SELECT, INSERT, UPDATE, DELETE ON access_usage TO zhenshi_app;
GRANT SELECT, INSERT, DELETE ON access_seen TO zhenshi_app;
GRANT SELECT, INSERT ON access_alert TO zhenshi_app;

ALTER TABLE access_usage ENABLE ROW LEVEL SECURITY;
ALTER TABLE access_usage FORCE ROW LEVEL SECURITY;
CREATE POLICY access_usage_own ON access_usage USING (
    (SELECT scope_extent()) = 'everything' OR actor = (SELECT scope_actor()));
ALTER TABLE access_seen ENABLE ROW LEVEL SECURITY;
ALTER TABLE access_seen FORCE ROW LEVEL SECURITY;
CREATE POLICY access_seen_own ON access_seen USING (
    (SELECT scope_extent()) = 'everything' OR actor = (SELECT scope_actor()));
ALTER TABLE access_alert ENABLE ROW LEVEL SECURITY;
ALTER TABLE access_alert FORCE ROW LEVEL SECURITY;
CREATE POLICY access_alert_everything ON access_alert USING ((SELECT scope_extent()) = 'everything');
CREATE POLICY access_alert_own ON access_alert FOR INSERT WITH CHECK (actor = (SELECT scope_actor()));
