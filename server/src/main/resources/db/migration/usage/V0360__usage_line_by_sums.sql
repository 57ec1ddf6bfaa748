-- Two keys asked of each line whether its allocation and its person exist: two fifths of what it cost the database to take a line of
-- sacct's. Both are asked once per statement now. Each allocation with a line has its sums, which refer to it; each person with a
-- line is here. Neither row is ever removed, so that neither an allocation nor a person with usage can be.
LOCK TABLE usage_record IN SHARE ROW EXCLUSIVE MODE;
CREATE TABLE usage_person (
    person_id uuid PRIMARY KEY REFERENCES person (id)
);
COMMENT ON TABLE usage_person IS 'who has lines in usage_record; kept by its trigger, in the place of a foreign key';
INSERT INTO usage_person SELECT DISTINCT person_id FROM usage_record WHERE person_id IS NOT NULL;

CREATE OR REPLACE FUNCTION count_settled_usage() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM changed WHERE sign < 0) THEN
        INSERT INTO usage_account (allocation_id)
        SELECT DISTINCT allocation_id FROM changed ORDER BY allocation_id
        ON CONFLICT (allocation_id) DO NOTHING;
        PERFORM 1 FROM usage_account WHERE allocation_id IN (SELECT allocation_id FROM changed)
        ORDER BY allocation_id FOR UPDATE;
        UPDATE usage_account a
        SET gpu_settled_milliseconds = a.gpu_settled_milliseconds + c.gpu,
            cpu_settled_milliseconds = a.cpu_settled_milliseconds + c.cpu
        FROM (SELECT allocation_id, sum(gpu_milliseconds) AS gpu, sum(cpu_milliseconds) AS cpu
              FROM changed GROUP BY allocation_id) AS c
        WHERE a.allocation_id = c.allocation_id;
    ELSE
        INSERT INTO usage_account AS a (allocation_id, gpu_settled_milliseconds, cpu_settled_milliseconds)
        SELECT allocation_id, sum(gpu_milliseconds), sum(cpu_milliseconds) FROM changed
        GROUP BY allocation_id ORDER BY allocation_id
        ON CONFLICT (allocation_id) DO UPDATE
        SET gpu_settled_milliseconds = a.gpu_settled_milliseconds + excluded.gpu_settled_milliseconds,
            cpu_settled_milliseconds = a.cpu_settled_milliseconds + excluded.cpu_settled_milliseconds;
    END IF;
    INSERT INTO usage_person
    SELECT DISTINCT c.person_id FROM changed c
    WHERE c.person_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM usage_person p WHERE p.person_id = c.person_id)
    ORDER BY c.person_id
    ON CONFLICT (person_id) DO NOTHING;
    RETURN NULL;
END $$;

ALTER TABLE usage_record
    DROP CONSTRAINT usage_record_allocation_id_fkey,
    DROP CONSTRAINT usage_record_person_id_fkey;
COMMENT ON COLUMN usage_record.allocation_id IS 'has its row in usage_account, which refers to the allocation';
COMMENT ON COLUMN usage_record.person_id IS 'has a row in usage_person, which refers to the person';
