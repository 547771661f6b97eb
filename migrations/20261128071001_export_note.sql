-- Why an export was refused, sealed like what else people write about it; and who sees an export sees what was written about it:
-- its requester did not see what others had.
ALTER TABLE unmasked_export ADD COLUMN note_text_id uuid;
ALTER POLICY privacy_text_scope ON privacy_text USING (
    (SELECT scope_extent()) = 'everything' OR author = (SELECT scope_actor())
    OR EXISTS (SELECT FROM access_grant g WHERE g.id = about_id)
    OR EXISTS (SELECT FROM unmasked_export e WHERE e.id = about_id));
