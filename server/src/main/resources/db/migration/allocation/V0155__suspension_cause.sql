ALTER TABLE allocation_suspension
    ADD COLUMN cause text NOT NULL DEFAULT 'CENTRE' CHECK (cause IN ('CENTRE', 'ORGANISATION_CLOSING'));
COMMENT ON COLUMN allocation_suspension.cause IS 'what an organisation''s closing held back is given free when it is called off';
