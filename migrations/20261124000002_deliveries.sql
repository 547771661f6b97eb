-- Effects outward: events that belong to a case, and their deliveries to endpoints (webhooks).

-- seq orders what one case did: a change holds the case's row lock until its commit, so its number is above those of the
-- changes before it. The relay positions by it.
ALTER TABLE outbox_pending
    ADD COLUMN seq bigint GENERATED ALWAYS AS IDENTITY,
    ADD COLUMN case_id uuid,
    ADD COLUMN case_version bigint CHECK (case_version >= 1),
    -- Numbers, codes and times (crates/domain/src/event.rs): never words, never personal data.
    ADD COLUMN data jsonb NOT NULL DEFAULT '{}',
    ADD CONSTRAINT outbox_pending_case CHECK ((case_id IS NULL) = (case_version IS NULL));
CREATE UNIQUE INDEX outbox_pending_seq ON outbox_pending (seq);

ALTER TABLE outbox_event
    ADD COLUMN case_id uuid,
    ADD COLUMN case_version bigint CHECK (case_version >= 1),
    ADD COLUMN data jsonb NOT NULL DEFAULT '{}',
    ADD CONSTRAINT outbox_event_case CHECK ((case_id IS NULL) = (case_version IS NULL));

-- Where each endpoint of the configuration stands: events up to this position are planned for it.
CREATE TABLE event_endpoint (
    name text PRIMARY KEY,
    -- Orders deliveries of the same event in lists.
    number bigint NOT NULL GENERATED ALWAYS AS IDENTITY UNIQUE,
    position bigint NOT NULL CHECK (position >= 0),
    added_time timestamptz NOT NULL
);

-- One event for one endpoint.
CREATE TABLE delivery (
    endpoint text NOT NULL REFERENCES event_endpoint (name),
    position bigint NOT NULL REFERENCES outbox_event (position),
    event_id uuid NOT NULL,
    kind text NOT NULL,
    case_id uuid,
    -- 1 waiting, 2 delivered, 3 dead letter.
    state smallint NOT NULL CHECK (state BETWEEN 1 AND 3),
    -- Failed attempts since it was planned or redelivered.
    attempts integer NOT NULL CHECK (attempts >= 0),
    planned_time timestamptz NOT NULL,
    next_attempt_time timestamptz NOT NULL,
    -- Counts the leases; whoever completes names the one that he holds.
    epoch bigint NOT NULL CHECK (epoch >= 0),
    leased_until timestamptz,
    -- How the last attempt ended: 1 delivered, 2 refused by status, 3 no connection, 4 no answer in time, 5 broken off, 6 redirect.
    last_result smallint CHECK (last_result BETWEEN 1 AND 6),
    last_status smallint CHECK (last_status BETWEEN 100 AND 999),
    last_attempt_time timestamptz,
    delivered_time timestamptz,
    PRIMARY KEY (endpoint, position),
    UNIQUE (endpoint, event_id),
    CHECK ((state = 2) = (delivered_time IS NOT NULL))
);
-- What is due; and what of the same case goes before.
CREATE INDEX delivery_due ON delivery (endpoint, next_attempt_time, position) WHERE state = 1;
CREATE INDEX delivery_case ON delivery (endpoint, case_id, position) WHERE state <> 2 AND case_id IS NOT NULL;
-- The oldest event that an endpoint does not have.
CREATE INDEX delivery_open ON delivery (endpoint, position) WHERE state <> 2;
-- Lists, newest first; dead letters by themselves, and the deliveries of one case.
CREATE INDEX delivery_position ON delivery (position, endpoint);
CREATE INDEX delivery_dead ON delivery (endpoint, position) WHERE state = 3;
CREATE INDEX delivery_of_case ON delivery (case_id, position) WHERE case_id IS NOT NULL;

-- Requests to send again, so that the same request again changes nothing.
CREATE TABLE event_redelivery (
    actor text NOT NULL,
    request_id uuid NOT NULL,
    -- Of what was asked for.
    digest bytea NOT NULL CHECK (length(digest) = 32),
    redelivered bigint NOT NULL,
    more boolean NOT NULL,
    requested_time timestamptz NOT NULL,
    PRIMARY KEY (actor, request_id)
);

GRANT SELECT, INSERT, UPDATE ON event_endpoint, delivery, event_redelivery TO zhenshi_app;
