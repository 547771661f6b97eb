-- Deliveries are not kept for ever: what was delivered, and what was given up long ago, is forgotten in small steps.
GRANT DELETE ON delivery, event_redelivery TO zhenshi_app;
-- What may be forgotten, oldest first.
CREATE INDEX delivery_done ON delivery (delivered_time) WHERE state = 2;
CREATE INDEX delivery_given_up ON delivery (last_attempt_time) WHERE state = 3;
CREATE INDEX event_redelivery_time ON event_redelivery (requested_time);
-- Whatever goes wrong: what waits to be delivered is never forgotten.
CREATE FUNCTION keep_waiting_delivery() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    IF OLD.state = 1 THEN
        RAISE EXCEPTION 'delivery % of % waits', OLD.position, OLD.endpoint USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    RETURN OLD;
END
$$;
CREATE TRIGGER delivery_keep_waiting BEFORE DELETE ON delivery FOR EACH ROW EXECUTE FUNCTION keep_waiting_delivery();
