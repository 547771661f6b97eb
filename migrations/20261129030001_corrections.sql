-- Corrections of reports (fifth text, 11). They need fewer approvals than anything else, so what they may be is held here too: of
-- a report, and once each, unless it was refused. Not validated: what was given out before stays in the register as it was.

ALTER TABLE unmasked_export ADD CONSTRAINT unmasked_export_correction CHECK (corrects_id IS NULL OR kind = 2) NOT VALID;
CREATE UNIQUE INDEX unmasked_export_corrected_once ON unmasked_export (corrects_id) WHERE state <> 4;
