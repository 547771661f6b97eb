-- Each channel that assists in a case has a clock of its own: two that are due at once are both told.

ALTER TABLE case_timer ADD COLUMN channel smallint NOT NULL DEFAULT 0 CHECK (channel BETWEEN 0 AND 4);
COMMENT ON COLUMN case_timer.channel IS 'Of an assist: the channel that is to answer. 0: the clock is the case''s own.';

-- What was planned for the assist that was due first is that channel's; the others' are planned with the next change.
UPDATE case_timer AS timer SET channel = COALESCE((
    SELECT min(part.channel) FROM case_participant AS part
    WHERE part.case_id = timer.case_id AND part.kind = 2 AND part.answered_time IS NULL
        AND part.due_time = timer.deadline_time), 0)
WHERE timer.clock = 3;

DROP INDEX case_timer_once;
CREATE UNIQUE INDEX case_timer_once ON case_timer (case_id, clock, channel, kind, step, due_time) WHERE state <> 3;
