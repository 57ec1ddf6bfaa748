-- Why an agreement ended, as a fact and not as an English sentence, so that everybody reads it in their language.
ALTER TABLE agreement
    ADD COLUMN ending_cause        text CHECK (ending_cause IN ('STATED', 'WITHDRAWN_BY_ORGANISATION', 'ORGANISATION_CLOSING', 'SUPERSEDED')),
    ADD COLUMN ending_next_version int  CHECK (ending_next_version >= 1),
    ADD CHECK (ending_cause IS NULL OR ended_at IS NOT NULL);
COMMENT ON COLUMN agreement.ending_cause IS 'null while it lives, and where an older Farga ended it: then its reason is shown as it is';
COMMENT ON COLUMN agreement.ending_next_version IS 'of the terms that were accepted in their place';
UPDATE agreement SET
    ending_cause = CASE WHEN superseded THEN 'SUPERSEDED'
                        WHEN ending_reason = 'withdrawn by the organisation' THEN 'WITHDRAWN_BY_ORGANISATION'
                        WHEN ending_reason = 'the organisation is closing' THEN 'ORGANISATION_CLOSING'
                        ELSE 'STATED' END,
    ending_next_version = CASE WHEN superseded THEN substring(ending_reason FROM '^terms version ([0-9]{1,9}) accepted$')::int END
WHERE ended_at IS NOT NULL;
