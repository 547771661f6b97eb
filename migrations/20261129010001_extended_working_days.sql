-- How many working days were granted beside the three: what an extension is counted by, under whichever calendar is in force.
-- extended_until follows from it, and is what is shown.
ALTER TABLE case_file ADD COLUMN extended_working_days smallint NOT NULL DEFAULT 0 CHECK (extended_working_days >= 0);

-- Those of the cases that are there: by their timelines, since their channel received them.
UPDATE case_file AS c SET extended_working_days = granted.days
FROM (
    SELECT e.case_id, least(sum((e.data ->> 'working_days')::bigint), 10)::smallint AS days
    FROM case_event AS e JOIN case_file AS own ON own.id = e.case_id
    WHERE e.kind = 21 AND own.extended_until IS NOT NULL AND e.recorded_time >= own.channel_received_time
    GROUP BY e.case_id
) AS granted
WHERE c.id = granted.case_id AND granted.days IS NOT NULL;
