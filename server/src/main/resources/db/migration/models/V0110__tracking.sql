-- What programs track by the MLflow protocol: experiments, and runs that no job began or that share one with others.

-- An experiment gathers runs of a project; number 0 is the one for runs that name none.
CREATE TABLE experiment (
    project_id uuid        NOT NULL REFERENCES project (id),
    number     int         NOT NULL CHECK (number BETWEEN 0 AND 100000),
    name       text        NOT NULL CHECK (length(name) BETWEEN 1 AND 500),
    created_at timestamptz NOT NULL,
    created_by uuid        REFERENCES person (id),
    changed_at timestamptz NOT NULL CHECK (changed_at >= created_at),
    deleted_at timestamptz CHECK (deleted_at >= created_at),
    PRIMARY KEY (project_id, number),
    UNIQUE (project_id, name),
    CHECK (number = 0 OR created_by IS NOT NULL)
);
COMMENT ON COLUMN experiment.deleted_at IS 'hidden since then; it can be restored, so its name stays taken';

CREATE TABLE experiment_tag (
    project_id uuid NOT NULL,
    number     int  NOT NULL,
    name       text COLLATE "C" NOT NULL CHECK (length(name) BETWEEN 1 AND 250),
    value      text NOT NULL CHECK (length(value) <= 20000),
    PRIMARY KEY (project_id, number, name),
    FOREIGN KEY (project_id, number) REFERENCES experiment (project_id, number)
);

INSERT INTO experiment (project_id, number, name, created_at, changed_at)
SELECT project_id, 0, 'Default', min(started_at), min(started_at) FROM run GROUP BY project_id;

ALTER TABLE run
    ALTER COLUMN job_id DROP NOT NULL,
    DROP CONSTRAINT run_job_id_key,
    ADD COLUMN experiment int NOT NULL DEFAULT 0,
    ADD COLUMN own boolean NOT NULL DEFAULT true,
    ADD COLUMN adopted_at timestamptz,
    ADD COLUMN reported text CHECK (reported IN ('SCHEDULED', 'RUNNING', 'FINISHED', 'FAILED', 'KILLED')),
    ADD COLUMN reported_end timestamptz,
    ADD COLUMN deleted_at timestamptz,
    ADD CONSTRAINT run_experiment FOREIGN KEY (project_id, experiment) REFERENCES experiment (project_id, number),
    ADD CONSTRAINT run_own_is_of_job CHECK (NOT own OR job_id IS NOT NULL),
    ADD CONSTRAINT run_reported_is_own CHECK (own OR (adopted_at IS NULL AND reported IS NULL AND reported_end IS NULL)),
    DROP CONSTRAINT run_state_check,
    ADD CONSTRAINT run_state_check
        CHECK (state IN ('SCHEDULED', 'RUNNING', 'COLLECTING', 'FINISHED', 'FAILED', 'KILLED')),
    DROP CONSTRAINT run_check1,
    ADD CONSTRAINT run_end_check CHECK ((state IN ('SCHEDULED', 'RUNNING')) = (ended_at IS NULL)),
    ADD CONSTRAINT run_own_states CHECK (own OR state <> 'COLLECTING');
ALTER TABLE run ALTER COLUMN own DROP DEFAULT, ALTER COLUMN experiment DROP DEFAULT;
CREATE UNIQUE INDEX run_own_of_job ON run (job_id) WHERE own;
CREATE INDEX run_job ON run (job_id, id) WHERE NOT own;
CREATE INDEX run_experiment_time ON run (project_id, experiment, started_at DESC, id);
COMMENT ON COLUMN run.own IS 'the one that Farga begins with the job, for its metrics file and its output folder';
COMMENT ON COLUMN run.adopted_at IS 'when the job created its first run by the protocol: it was given its own';
COMMENT ON COLUMN run.reported IS 'what the job said of its own run while it ran; how the job ends decides in the end';
COMMENT ON COLUMN run.deleted_at IS 'hidden since then; it can be restored';

CREATE TABLE run_tag (
    run_id uuid NOT NULL REFERENCES run (id),
    name   text COLLATE "C" NOT NULL CHECK (length(name) BETWEEN 1 AND 250),
    value  text NOT NULL CHECK (length(value) <= 8000),
    PRIMARY KEY (run_id, name)
);

-- A dataset that a program says its run read. What Farga itself mounted stands with the job.
CREATE TABLE run_input (
    run_id      uuid  NOT NULL REFERENCES run (id),
    name        text  NOT NULL CHECK (length(name) BETWEEN 1 AND 500),
    digest      text  NOT NULL CHECK (length(digest) BETWEEN 1 AND 36),
    source_type text  NOT NULL CHECK (length(source_type) <= 36),
    source      text  NOT NULL CHECK (length(source) <= 65535),
    schema      text  CHECK (length(schema) <= 1048575),
    profile     text  CHECK (length(profile) <= 1048575),
    tags        jsonb NOT NULL CHECK (jsonb_typeof(tags) = 'object'),
    PRIMARY KEY (run_id, name, digest)
);

-- Values that are no numbers are measurements too: a loss that became NaN is what one looks for.
ALTER TABLE run_metric
    DROP CONSTRAINT run_metric_check,
    ADD CONSTRAINT run_metric_bounds
        CHECK (most >= least AND (last_value = 'NaN' OR last_value BETWEEN least AND most)),
    ADD COLUMN last_at timestamptz;
ALTER TABLE run_point DROP CONSTRAINT run_point_value_check;
COMMENT ON COLUMN run_metric.least IS 'of the values that are numbers; NaN where none is';
COMMENT ON COLUMN run_metric.last_at IS 'when the last value was measured, where that is known';
COMMENT ON COLUMN run_point.line_offset IS 'from 2^40 on: not from the metrics file but by the protocol, in order of arrival';
DROP INDEX run_point_series;
CREATE INDEX run_point_series ON run_point (run_id, metric_number, step, at, line_offset);

-- A model that a program saved, with its files, before anybody registers it.
CREATE TABLE logged_model (
    id         uuid        PRIMARY KEY,
    project_id uuid        NOT NULL,
    experiment int         NOT NULL,
    run_id     uuid        REFERENCES run (id),
    name       text        NOT NULL CHECK (length(name) BETWEEN 1 AND 500),
    type       text        CHECK (length(type) <= 500),
    status     text        NOT NULL CHECK (status IN ('LOGGED_MODEL_PENDING', 'LOGGED_MODEL_READY', 'LOGGED_MODEL_UPLOAD_FAILED')),
    created_by uuid        NOT NULL REFERENCES person (id),
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL CHECK (changed_at >= created_at),
    deleted_at timestamptz,
    FOREIGN KEY (project_id, experiment) REFERENCES experiment (project_id, number)
);
CREATE INDEX logged_model_experiment ON logged_model (project_id, experiment, created_at DESC, id);
CREATE INDEX logged_model_run ON logged_model (run_id);

CREATE TABLE logged_model_tag (
    logged_model_id uuid NOT NULL REFERENCES logged_model (id),
    name            text COLLATE "C" NOT NULL CHECK (length(name) BETWEEN 1 AND 250),
    value           text NOT NULL CHECK (length(value) <= 8000),
    PRIMARY KEY (logged_model_id, name)
);

CREATE TABLE logged_model_parameter (
    logged_model_id uuid NOT NULL REFERENCES logged_model (id),
    name            text COLLATE "C" NOT NULL CHECK (length(name) BETWEEN 1 AND 250),
    value           text NOT NULL CHECK (length(value) <= 6000),
    PRIMARY KEY (logged_model_id, name)
);

-- What a run measured of a logged model: the last value of each metric.
CREATE TABLE logged_model_metric (
    logged_model_id uuid             NOT NULL REFERENCES logged_model (id),
    run_id          uuid             NOT NULL REFERENCES run (id),
    name            text             COLLATE "C" NOT NULL CHECK (length(name) BETWEEN 1 AND 250),
    dataset_name    text             NOT NULL CHECK (length(dataset_name) <= 500),
    dataset_digest  text             NOT NULL CHECK (length(dataset_digest) <= 36),
    step            bigint           NOT NULL,
    value           double precision NOT NULL,
    at              timestamptz      NOT NULL,
    PRIMARY KEY (logged_model_id, run_id, name, dataset_name, dataset_digest)
);
CREATE INDEX logged_model_metric_run ON logged_model_metric (run_id);

CREATE TABLE logged_model_file (
    logged_model_id uuid   NOT NULL REFERENCES logged_model (id),
    path            text   COLLATE "C" NOT NULL CHECK (length(path) BETWEEN 1 AND 500 AND path !~ '(^|/)\.{0,2}(/|$)'),
    bytes           bigint NOT NULL CHECK (bytes >= 0),
    sha256          bytea  NOT NULL CHECK (length(sha256) = 32),
    PRIMARY KEY (logged_model_id, path)
);

CREATE TABLE run_logged_model (
    run_id          uuid   NOT NULL REFERENCES run (id),
    logged_model_id uuid   NOT NULL REFERENCES logged_model (id),
    produced        boolean NOT NULL,
    step            bigint NOT NULL,
    PRIMARY KEY (run_id, logged_model_id, produced)
);
CREATE INDEX run_logged_model_model ON run_logged_model (logged_model_id);
COMMENT ON COLUMN run_logged_model.produced IS 'whether the run made it or read it';

-- A large file that comes in pieces; each piece lies on disk until all are there.
CREATE TABLE file_upload (
    id              uuid        PRIMARY KEY,
    project_id      uuid        NOT NULL REFERENCES project (id),
    run_id          uuid        REFERENCES run (id),
    logged_model_id uuid        REFERENCES logged_model (id),
    path            text        COLLATE "C" NOT NULL CHECK (length(path) BETWEEN 1 AND 500),
    pieces          int         NOT NULL CHECK (pieces BETWEEN 1 AND 10000),
    begun_at        timestamptz NOT NULL,
    begun_by        uuid        NOT NULL REFERENCES person (id),
    CHECK ((run_id IS NULL) <> (logged_model_id IS NULL))
);
CREATE INDEX file_upload_begun ON file_upload (begun_at);

CREATE TABLE file_upload_piece (
    upload_id uuid   NOT NULL REFERENCES file_upload (id) ON DELETE CASCADE,
    number    int    NOT NULL CHECK (number BETWEEN 1 AND 10000),
    bytes     bigint NOT NULL CHECK (bytes >= 0),
    sha256    bytea  NOT NULL CHECK (length(sha256) = 32),
    PRIMARY KEY (upload_id, number)
);
