-- An award may have several allocations: of a renewal, or on the cluster to which hours were moved.
ALTER TABLE allocation DROP CONSTRAINT allocation_proposal_id_key;
CREATE INDEX allocation_proposal ON allocation (proposal_id);

-- What became of an allocation after its award. Lines are only added; what stands in allocation is their sum.
CREATE TABLE allocation_change (
    id                  uuid        PRIMARY KEY,
    allocation_id       uuid        NOT NULL REFERENCES allocation (id),
    at                  timestamptz NOT NULL,
    kind                text        NOT NULL CHECK (kind IN (
        'EXTENDED', 'SUPPLEMENTED', 'GIVEN_BACK', 'MOVED_OUT', 'MOVED_IN', 'RENEWED', 'ENDED')),
    gpu_milliseconds    bigint      NOT NULL,
    cpu_milliseconds    bigint      NOT NULL,
    ends_before         timestamptz NOT NULL,
    ends_after          timestamptz NOT NULL,
    other_allocation_id uuid        REFERENCES allocation (id) CHECK (other_allocation_id <> allocation_id),
    asked_by            uuid        NOT NULL REFERENCES person (id),
    decided_by          uuid        REFERENCES person (id),
    CHECK (CASE kind WHEN 'EXTENDED' THEN ends_after > ends_before WHEN 'ENDED' THEN ends_after <= ends_before
        ELSE ends_after = ends_before END),
    CHECK (CASE WHEN kind IN ('SUPPLEMENTED', 'MOVED_IN', 'RENEWED')
               THEN gpu_milliseconds >= 0 AND cpu_milliseconds >= 0 AND gpu_milliseconds + cpu_milliseconds > 0
           WHEN kind IN ('GIVEN_BACK', 'MOVED_OUT')
               THEN gpu_milliseconds <= 0 AND cpu_milliseconds <= 0 AND gpu_milliseconds + cpu_milliseconds < 0
           ELSE gpu_milliseconds = 0 AND cpu_milliseconds = 0 END),
    CHECK ((kind IN ('MOVED_OUT', 'MOVED_IN', 'RENEWED')) = (other_allocation_id IS NOT NULL))
);
COMMENT ON COLUMN allocation_change.gpu_milliseconds IS 'by how much the GPU-hours changed, in milliseconds of one accelerator';
COMMENT ON COLUMN allocation_change.cpu_milliseconds IS 'by how much the CPU-hours changed, in milliseconds of one processor core';
COMMENT ON COLUMN allocation_change.other_allocation_id IS 'where hours went or came from; of a renewal, the allocation that it renews';
COMMENT ON COLUMN allocation_change.decided_by IS 'null where the rules of the call let it happen at once';
CREATE INDEX allocation_change_allocation ON allocation_change (allocation_id, at);
CREATE FUNCTION refuse_change_of_allocation_record() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what became of an allocation is only added to';
END $$;
CREATE TRIGGER allocation_change_append_only BEFORE UPDATE OR DELETE ON allocation_change
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_allocation_record();
