-- Which suspicions name an application: asked before each call-back.
CREATE INDEX suspicion_member_application ON suspicion_member (application_id);
