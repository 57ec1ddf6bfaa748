-- One run a job: what the job reported while it ran, and the files it left. A job that never started has none.
CREATE TABLE run (
    id                   uuid        PRIMARY KEY,
    job_id               bigint      NOT NULL UNIQUE CHECK (job_id >= 1),
    project_id           uuid        NOT NULL REFERENCES project (id),
    name                 text        NOT NULL CHECK (length(name) BETWEEN 1 AND 1000),
    started_by           uuid        NOT NULL REFERENCES person (id),
    state                text        NOT NULL CHECK (state IN ('RUNNING', 'COLLECTING', 'FINISHED', 'FAILED', 'KILLED')),
    started_at           timestamptz NOT NULL,
    ended_at             timestamptz CHECK (ended_at >= started_at),
    metrics_offset_bytes bigint      NOT NULL DEFAULT 0 CHECK (metrics_offset_bytes >= 0),
    points               int         NOT NULL DEFAULT 0 CHECK (points BETWEEN 0 AND 1000000),
    garbage_lines        bigint      NOT NULL DEFAULT 0 CHECK (garbage_lines >= 0),
    remarks              text[]      NOT NULL DEFAULT '{}' CHECK (cardinality(remarks) <= 20),
    CHECK ((state = 'RUNNING') = (ended_at IS NULL))
);
CREATE INDEX run_project ON run (project_id, id DESC);
CREATE INDEX run_live ON run (job_id) WHERE state IN ('RUNNING', 'COLLECTING');
COMMENT ON COLUMN run.state IS 'COLLECTING: the job has ended and its files are being taken; the others are words of MLflow';
COMMENT ON COLUMN run.metrics_offset_bytes IS 'how much of the metrics file is in the tables below: moved in the transaction that fills them';
COMMENT ON COLUMN run.remarks IS 'what was not taken, and why: "<name of the reason> <values>"';

CREATE TABLE run_parameter (
    run_id uuid NOT NULL REFERENCES run (id),
    name   text NOT NULL CHECK (length(name) BETWEEN 1 AND 250),
    value  text NOT NULL CHECK (length(value) <= 6000),
    PRIMARY KEY (run_id, name)
);

-- A metric with its last value, for lists and comparisons; its points stand below.
CREATE TABLE run_metric (
    run_id     uuid             NOT NULL REFERENCES run (id),
    number     int              NOT NULL CHECK (number BETWEEN 1 AND 1000),
    name       text             NOT NULL CHECK (length(name) BETWEEN 1 AND 250),
    points     int              NOT NULL CHECK (points >= 1),
    last_step  bigint           NOT NULL,
    last_value double precision NOT NULL,
    least      double precision NOT NULL,
    most       double precision NOT NULL CHECK (most >= least AND last_value BETWEEN least AND most),
    PRIMARY KEY (run_id, number),
    UNIQUE (run_id, name)
);

-- The key is the place of the line in the metrics file: a line that is read twice cannot be stored twice.
CREATE TABLE run_point (
    run_id        uuid             NOT NULL,
    line_offset   bigint           NOT NULL CHECK (line_offset >= 0),
    metric_number int              NOT NULL,
    step          bigint           NOT NULL,
    value         double precision NOT NULL CHECK (value > '-Infinity' AND value < 'Infinity'),
    at            timestamptz      NOT NULL,
    PRIMARY KEY (run_id, line_offset),
    FOREIGN KEY (run_id, metric_number) REFERENCES run_metric (run_id, number)
);
CREATE INDEX run_point_series ON run_point (run_id, metric_number, step, line_offset);

CREATE TABLE run_file (
    run_id uuid   NOT NULL REFERENCES run (id),
    path   text   COLLATE "C" NOT NULL CHECK (length(path) BETWEEN 1 AND 500 AND path !~ '(^|/)\.{0,2}(/|$)'),
    bytes  bigint NOT NULL CHECK (bytes >= 0),
    sha256 bytea  NOT NULL CHECK (length(sha256) = 32),
    PRIMARY KEY (run_id, path)
);
COMMENT ON COLUMN run_file.sha256 IS 'also its name in the store of files';

CREATE TABLE model (
    id         uuid        PRIMARY KEY,
    project_id uuid        NOT NULL REFERENCES project (id),
    name       text        NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX model_name ON model (project_id, lower(name));
CREATE INDEX model_project ON model (project_id, id DESC);

-- A registered version with its lineage as it was at that moment: names may change later, facts do not.
CREATE TABLE model_version (
    model_id          uuid        NOT NULL REFERENCES model (id),
    number            int         NOT NULL CHECK (number >= 1),
    run_id            uuid        NOT NULL REFERENCES run (id),
    registered_at     timestamptz NOT NULL,
    registered_by     uuid        NOT NULL REFERENCES person (id),
    metrics           jsonb       NOT NULL CHECK (jsonb_typeof(metrics) = 'array'),
    job_id            bigint      NOT NULL,
    job_name          text        NOT NULL,
    script_sha256     text        NOT NULL CHECK (script_sha256 ~ '^[0-9a-f]{64}$'),
    allocation_id     uuid        NOT NULL REFERENCES allocation (id),
    cluster           text        NOT NULL,
    proposal_id       uuid        NOT NULL,
    proposal_code     text        NOT NULL,
    call_title        text        NOT NULL,
    project_slug      text        NOT NULL,
    project_name      text        NOT NULL,
    organisation_id   uuid        NOT NULL REFERENCES organisation (id),
    organisation_name text        NOT NULL,
    PRIMARY KEY (model_id, number),
    UNIQUE (model_id, run_id)
);
CREATE INDEX model_version_run ON model_version (run_id);

CREATE TABLE model_version_dataset (
    model_id           uuid NOT NULL,
    number             int  NOT NULL,
    position           int  NOT NULL CHECK (position >= 1),
    dataset_version_id uuid NOT NULL REFERENCES dataset_version (id),
    slug               text NOT NULL,
    dataset_number     int  NOT NULL,
    title              text NOT NULL,
    licence            text NOT NULL,
    agreement_id       uuid NOT NULL REFERENCES agreement (id),
    terms_version      int  NOT NULL CHECK (terms_version >= 1),
    terms_sha256       text NOT NULL CHECK (terms_sha256 ~ '^[0-9a-f]{64}$'),
    accepted_at        timestamptz NOT NULL,
    PRIMARY KEY (model_id, number, position),
    FOREIGN KEY (model_id, number) REFERENCES model_version (model_id, number)
);
CREATE INDEX model_version_dataset_version ON model_version_dataset (dataset_version_id);

CREATE FUNCTION registered_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a registered model version is never changed or removed';
END $$;
CREATE TRIGGER model_version_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON model_version
    FOR EACH STATEMENT EXECUTE FUNCTION registered_is_final();
CREATE TRIGGER model_version_dataset_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON model_version_dataset
    FOR EACH STATEMENT EXECUTE FUNCTION registered_is_final();
