-- Bytes that projects and organisations keep, over time: a span is how long an owner kept so many. Spans of one owner and kind follow
-- each other and never lie over one another. The last one is open: it reaches to the last sample, and goes on.
CREATE TABLE storage_span (
    id              bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind            text        NOT NULL CHECK (kind IN ('DATASETS', 'PROJECT_FILES')),
    project_id      uuid        REFERENCES project (id),
    organisation_id uuid        REFERENCES organisation (id),
    owner_id        uuid        NOT NULL GENERATED ALWAYS AS (coalesce(project_id, organisation_id, '00000000-0000-0000-0000-000000000000'::uuid)) STORED,
    bytes           bigint      NOT NULL CHECK (bytes > 0),
    begins_at       timestamptz NOT NULL CHECK (mod(extract(epoch FROM begins_at), 1) = 0),
    ends_at         timestamptz CHECK (mod(extract(epoch FROM ends_at), 1) = 0),
    CHECK (num_nonnulls(project_id, organisation_id) <= 1),
    CHECK (ends_at > begins_at)
);
CREATE UNIQUE INDEX storage_span_open ON storage_span (kind, owner_id) WHERE ends_at IS NULL;
CREATE UNIQUE INDEX storage_span_owner ON storage_span (owner_id, kind, begins_at) INCLUDE (ends_at, bytes);
CREATE INDEX storage_span_project ON storage_span (project_id) WHERE project_id IS NOT NULL;
CREATE INDEX storage_span_organisation ON storage_span (organisation_id) WHERE organisation_id IS NOT NULL;
COMMENT ON COLUMN storage_span.organisation_id IS 'null with project_id null: the centre''s own';
COMMENT ON COLUMN storage_span.begins_at IS 'whole seconds, so that bytes times seconds are whole';
COMMENT ON COLUMN storage_span.ends_at IS 'null while it goes on: it counts to storage_sample.sampled_at';

-- Samples take turns by its one row's lock.
CREATE TABLE storage_sample (
    only_one   boolean     PRIMARY KEY DEFAULT true CHECK (only_one),
    sampled_at timestamptz
);
INSERT INTO storage_sample DEFAULT VALUES;
COMMENT ON COLUMN storage_sample.sampled_at IS 'up to when all spans are counted; it never goes back; null before the first sample';

CREATE FUNCTION keep_storage_spans() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF EXISTS (SELECT 1 FROM storage_span s
                   WHERE s.owner_id = coalesce(NEW.project_id, NEW.organisation_id, '00000000-0000-0000-0000-000000000000'::uuid)
                     AND s.kind = NEW.kind AND s.begins_at < coalesce(NEW.ends_at, 'infinity')
                     AND coalesce(s.ends_at, 'infinity') > NEW.begins_at) THEN
            RAISE EXCEPTION 'this time of the owner is counted already' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.ends_at IS NULL
       AND (NEW.id, NEW.kind, NEW.project_id, NEW.organisation_id, NEW.bytes, NEW.begins_at)
           IS NOT DISTINCT FROM (OLD.id, OLD.kind, OLD.project_id, OLD.organisation_id, OLD.bytes, OLD.begins_at) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a span of storage is closed once and otherwise stays as it is' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER storage_span_kept BEFORE INSERT OR UPDATE OR DELETE ON storage_span
    FOR EACH ROW EXECUTE FUNCTION keep_storage_spans();

-- What a TB-hour (10^12 bytes for an hour) is charged from an instant on, in the centre's own units.
CREATE TABLE storage_rate (
    id            uuid           PRIMARY KEY,
    kind          text           CHECK (kind IN ('DATASETS', 'PROJECT_FILES')),
    since         timestamptz    NOT NULL CHECK (mod(extract(epoch FROM since), 1) = 0),
    unit          text           NOT NULL CHECK (length(unit) BETWEEN 1 AND 40),
    terabyte_hour numeric(18, 6) NOT NULL CHECK (terabyte_hour >= 0),
    set_by        uuid           NOT NULL REFERENCES person (id),
    set_at        timestamptz    NOT NULL
);
CREATE UNIQUE INDEX storage_rate_since ON storage_rate (coalesce(kind, ''), since);
CREATE INDEX storage_rate_set_by ON storage_rate (set_by);
COMMENT ON COLUMN storage_rate.kind IS 'null for all kinds that have no rate of their own';
