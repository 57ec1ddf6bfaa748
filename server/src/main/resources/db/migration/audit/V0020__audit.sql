CREATE TABLE audit_entry (
    number       bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at           timestamptz NOT NULL,
    person_id    uuid,
    action       text        NOT NULL CHECK (action ~ '^[a-z-]+\.[a-z-]+$'),
    subject_type text        NOT NULL,
    subject_id   text        NOT NULL,
    details      jsonb       NOT NULL
);
COMMENT ON COLUMN audit_entry.person_id IS 'who did it; null where a rule did';
CREATE INDEX audit_entry_subject ON audit_entry (subject_type, subject_id, number);
CREATE INDEX audit_entry_person ON audit_entry (person_id, number);

-- What is written stays: the database itself refuses any other statement.
CREATE FUNCTION refuse_change_of_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only';
END $$;
CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_audit();
CREATE TRIGGER audit_entry_no_truncate BEFORE TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_audit();
