-- The audit log as a Merkle tree (RFC 9162): each entry is a leaf, each signed checkpoint fixes all leaves before it.

-- Values about a person stand beside the entry, and the entry commits to them by their hash: whoever is forgotten takes
-- the value along, and the entry, its leaf and every proof stay as they are.
ALTER TABLE audit_entry ADD COLUMN commitments jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(commitments) = 'object');
COMMENT ON COLUMN audit_entry.commitments IS 'name of a personal detail -> its digest (as the digests of disclosures in RFC 9901, section 4.2.3)';

CREATE TABLE audit_disclosure (
    number    bigint NOT NULL,
    name      text   NOT NULL,
    person_id uuid,
    salt      text   NOT NULL CHECK (length(salt) >= 22),
    value     text   NOT NULL,
    PRIMARY KEY (number, name)
);
COMMENT ON TABLE audit_disclosure IS 'personal details of audit entries; removed when the person is forgotten';
COMMENT ON COLUMN audit_disclosure.person_id IS 'whom the value is about; null where that is not known, such as for an invited address';
CREATE INDEX audit_disclosure_person ON audit_disclosure (person_id);
CREATE INDEX audit_disclosure_value ON audit_disclosure (lower(value));

-- Written, and not yet in the tree: filled by the insert of the entry itself, emptied by the sequencer about a second later.
CREATE TABLE audit_waiting (
    number bigint PRIMARY KEY
);

CREATE TABLE audit_leaf (
    leaf_index bigint PRIMARY KEY CHECK (leaf_index >= 0),
    number     bigint NOT NULL UNIQUE,
    sha256     bytea  NOT NULL CHECK (length(sha256) = 32)
);
COMMENT ON COLUMN audit_leaf.leaf_index IS 'dense, in the order of taking in; numbers of entries have gaps, where a transaction was rolled back';
COMMENT ON COLUMN audit_leaf.sha256 IS 'SHA-256 of 0x00 and the entry as canonical JSON (RFC 8785)';

-- Interior nodes of every eighth level: the roots of complete subtrees of 256, 65,536 and 16,777,216 leaves. With them a
-- proof reads a few hundred hashes, however long the log is.
CREATE TABLE audit_tile (
    level      int    NOT NULL CHECK (level IN (8, 16, 24, 32, 40)),
    tile_index bigint NOT NULL CHECK (tile_index >= 0),
    sha256     bytea  NOT NULL CHECK (length(sha256) = 32),
    PRIMARY KEY (level, tile_index)
);

CREATE TABLE audit_key (
    id          int         GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    vkey        text        NOT NULL UNIQUE CHECK (length(vkey) <= 500),
    since       timestamptz NOT NULL,
    endorsed_by int         REFERENCES audit_key (id)
);
COMMENT ON COLUMN audit_key.vkey IS 'verifier key in the form of C2SP signed-note';
COMMENT ON COLUMN audit_key.endorsed_by IS 'the key before it, which signed its first checkpoint as well; null where that key was lost';

CREATE TABLE audit_checkpoint (
    tree_size bigint      NOT NULL CHECK (tree_size >= 0),
    key_id    int         NOT NULL REFERENCES audit_key (id),
    root      bytea       NOT NULL CHECK (length(root) = 32),
    signed_at timestamptz NOT NULL,
    note      text        NOT NULL CHECK (length(note) <= 5000),
    PRIMARY KEY (tree_size, key_id)
);
COMMENT ON COLUMN audit_checkpoint.note IS 'C2SP tlog-checkpoint, as it was signed';

CREATE TRIGGER audit_leaf_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_leaf
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_audit();
CREATE TRIGGER audit_tile_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_tile
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_audit();
CREATE TRIGGER audit_key_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_key
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_audit();
CREATE TRIGGER audit_checkpoint_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_checkpoint
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_audit();

-- What the checks of the log found; the newest says how it stands.
CREATE TABLE audit_check (
    id          uuid        PRIMARY KEY,
    asked_by    uuid,
    asked_at    timestamptz NOT NULL,
    ended_at    timestamptz CHECK (ended_at >= asked_at),
    tree_size   bigint,
    checkpoints bigint,
    findings    jsonb       CHECK (jsonb_typeof(findings) = 'array'),
    CHECK (num_nulls(ended_at, tree_size, checkpoints, findings) IN (0, 4))
);
COMMENT ON COLUMN audit_check.asked_by IS 'null for the scheduled ones';
CREATE INDEX audit_check_asked ON audit_check (asked_at DESC);

-- Personal values in the entries from before: out of the details, into disclosures, before any of them becomes a leaf.
CREATE FUNCTION pg_temp.base64url(bytes bytea) RETURNS text LANGUAGE sql IMMUTABLE
    RETURN translate(encode(bytes, 'base64'), E'+/=\n', '-_');
CREATE TEMPORARY TABLE taken_out ON COMMIT DROP AS
    SELECT e.number, d.key AS name, d.value,
           CASE WHEN e.action LIKE 'centre-role.%' THEN e.subject_id::uuid
                WHEN e.action IN ('person.renamed', 'token.issued') THEN e.person_id
                WHEN e.details ? 'person' THEN (e.details ->> 'person')::uuid
                WHEN e.action = 'invitation.accepted' THEN e.person_id
           END AS person_id,
           pg_temp.base64url(decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex')) AS salt
    FROM audit_entry e, jsonb_each_text(e.details) d
    WHERE d.key IN ('email', 'invited')
       OR (e.action LIKE 'centre-role.%' AND d.key = 'name')
       OR (e.action = 'person.renamed' AND d.key IN ('from', 'to'))
       OR (e.action = 'token.issued' AND d.key = 'name');
INSERT INTO audit_disclosure (number, name, person_id, salt, value)
    SELECT number, name, person_id, salt, value FROM taken_out;
ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_append_only;
UPDATE audit_entry e SET
    details = e.details - t.names,
    commitments = t.commitments
FROM (SELECT number, array_agg(name) AS names, jsonb_object_agg(name,
             pg_temp.base64url(sha256(convert_to(pg_temp.base64url(convert_to(
                 '["' || salt || '",' || to_json(name)::text || ',' || to_json(value)::text || ']', 'UTF8')), 'UTF8')))) AS commitments
      FROM taken_out GROUP BY number) t
WHERE e.number = t.number;
ALTER TABLE audit_entry ENABLE TRIGGER audit_entry_append_only;

INSERT INTO audit_waiting (number) SELECT number FROM audit_entry ORDER BY number;

-- A trigger, not the program: entries that an older Farga writes beside this one are taken in as well.
CREATE FUNCTION await_sequencing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO audit_waiting (number) VALUES (NEW.number);
    RETURN NULL;
END $$;
CREATE TRIGGER audit_entry_waits AFTER INSERT ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION await_sequencing();
