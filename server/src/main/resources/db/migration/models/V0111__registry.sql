-- What people say about a registered model and its versions. A version itself stays as it was registered: what may change
-- stands beside it.

ALTER TABLE model
    ADD COLUMN description text NOT NULL DEFAULT '' CHECK (length(description) <= 100000),
    ADD COLUMN changed_at timestamptz,
    ADD COLUMN deleted_at timestamptz;
UPDATE model SET changed_at = created_at;
ALTER TABLE model
    ALTER COLUMN changed_at SET NOT NULL,
    ALTER COLUMN description DROP DEFAULT;
DROP INDEX model_name;
CREATE UNIQUE INDEX model_name ON model (project_id, lower(name)) WHERE deleted_at IS NULL;
COMMENT ON COLUMN model.deleted_at IS 'no longer offered since then; its versions and their lineage stay in the record';

CREATE TABLE model_tag (
    model_id uuid NOT NULL REFERENCES model (id),
    name     text COLLATE "C" NOT NULL CHECK (length(name) BETWEEN 1 AND 250),
    value    text NOT NULL CHECK (length(value) <= 100000),
    PRIMARY KEY (model_id, name)
);

-- Runs of a laptop know no job, script, allocation or call; a job's know all of them.
ALTER TABLE model_version
    ADD COLUMN source text CHECK (length(source) BETWEEN 1 AND 1000),
    ADD COLUMN logged_model_id uuid REFERENCES logged_model (id),
    ALTER COLUMN job_id DROP NOT NULL,
    ALTER COLUMN job_name DROP NOT NULL,
    ALTER COLUMN script_sha256 DROP NOT NULL,
    ALTER COLUMN allocation_id DROP NOT NULL,
    ALTER COLUMN cluster DROP NOT NULL,
    ALTER COLUMN proposal_id DROP NOT NULL,
    ALTER COLUMN proposal_code DROP NOT NULL,
    ALTER COLUMN call_title DROP NOT NULL,
    ADD CONSTRAINT model_version_of_job CHECK (num_nulls(job_id, job_name, script_sha256, allocation_id, cluster,
        proposal_id, proposal_code, call_title) IN (0, 8)),
    DROP CONSTRAINT model_version_model_id_run_id_key;
CREATE UNIQUE INDEX model_version_of_run ON model_version (model_id, run_id) WHERE source IS NULL;
COMMENT ON COLUMN model_version.source IS 'which files of the run or of a logged model it took; all of the run''s where NULL';

-- The files of a version that took some of a run's: the run may change, these do not.
CREATE TABLE model_version_file (
    model_id uuid   NOT NULL,
    number   int    NOT NULL,
    path     text   COLLATE "C" NOT NULL CHECK (length(path) BETWEEN 1 AND 500),
    bytes    bigint NOT NULL CHECK (bytes >= 0),
    sha256   bytea  NOT NULL CHECK (length(sha256) = 32),
    PRIMARY KEY (model_id, number, path),
    FOREIGN KEY (model_id, number) REFERENCES model_version (model_id, number)
);
CREATE TRIGGER model_version_file_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON model_version_file
    FOR EACH STATEMENT EXECUTE FUNCTION registered_is_final();

CREATE TABLE model_version_note (
    model_id    uuid        NOT NULL,
    number      int         NOT NULL,
    description text        NOT NULL CHECK (length(description) <= 100000),
    stage       text        NOT NULL CHECK (stage IN ('None', 'Staging', 'Production', 'Archived')),
    changed_at  timestamptz NOT NULL,
    deleted_at  timestamptz,
    PRIMARY KEY (model_id, number),
    FOREIGN KEY (model_id, number) REFERENCES model_version (model_id, number)
);
INSERT INTO model_version_note (model_id, number, description, stage, changed_at)
SELECT model_id, number, '', 'None', registered_at FROM model_version;
COMMENT ON TABLE model_version_note IS 'what may change of a version';
COMMENT ON COLUMN model_version_note.deleted_at IS 'no longer offered since then; the version stays in the record';

CREATE TABLE model_version_tag (
    model_id uuid NOT NULL,
    number   int  NOT NULL,
    name     text COLLATE "C" NOT NULL CHECK (length(name) BETWEEN 1 AND 250),
    value    text NOT NULL CHECK (length(value) <= 100000),
    PRIMARY KEY (model_id, number, name),
    FOREIGN KEY (model_id, number) REFERENCES model_version (model_id, number)
);

CREATE TABLE model_alias (
    model_id uuid NOT NULL,
    name     text COLLATE "C" NOT NULL CHECK (name ~ '^[A-Za-z0-9_-]{1,255}$'),
    number   int  NOT NULL,
    PRIMARY KEY (model_id, name),
    FOREIGN KEY (model_id, number) REFERENCES model_version (model_id, number)
);
