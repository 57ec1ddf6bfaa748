-- A Unix account that nobody needs any more is taken away by the command that made it.
ALTER TABLE unix_account_on_cluster
    DROP CONSTRAINT unix_account_on_cluster_state_check,
    ADD CONSTRAINT unix_account_on_cluster_state_check CHECK (state IN ('WANTED', 'READY', 'FAILED', 'GONE'));

-- How a Slurm cluster stands towards what Farga wants there: one row each, made when the cluster is first looked at.
CREATE TABLE slurm_reconciliation (
    cluster             text        PRIMARY KEY CHECK (length(cluster) BETWEEN 1 AND 100),
    slurm_name          text        CHECK (length(slurm_name) BETWEEN 1 AND 100),
    mode                text        NOT NULL DEFAULT 'PLAN' CHECK (mode IN ('PLAN', 'APPLY')),
    read_wanted_at      timestamptz,
    apply_wanted_at     timestamptz,
    apply_wanted_by     uuid        REFERENCES person (id) CHECK ((apply_wanted_by IS NULL) = (apply_wanted_at IS NULL)),
    tried_at            timestamptz,
    complaint           text        CHECK (length(complaint) <= 4000),
    read_at             timestamptz,
    associations        bigint      CHECK (associations >= 0),
    changes             int         CHECK (changes >= 0),
    stops               int         CHECK (stops BETWEEN 0 AND changes),
    lines               jsonb,
    troubles            jsonb,
    drift_since         timestamptz CHECK ((drift_since IS NOT NULL) = coalesce(changes > 0, false)),
    held                boolean     NOT NULL DEFAULT false,
    applied_at          timestamptz,
    applied_changes     int         CHECK (applied_changes >= 0),
    applied_left        int         CHECK (applied_left >= 0),
    applied_complaint   text        CHECK (length(applied_complaint) <= 4000),
    CHECK ((read_at IS NULL) = (changes IS NULL)),
    CHECK ((changes IS NULL) = (lines IS NULL))
);
COMMENT ON COLUMN slurm_reconciliation.slurm_name IS 'ClusterName in slurm.conf';
COMMENT ON COLUMN slurm_reconciliation.complaint IS 'why Slurm could not be read at tried_at; null where it could';
COMMENT ON COLUMN slurm_reconciliation.stops IS 'those of the changes that take something from somebody';
COMMENT ON COLUMN slurm_reconciliation.lines IS 'the plan as read at read_at, its first lines where it is long';
COMMENT ON COLUMN slurm_reconciliation.held IS 'so many stops at once wait for somebody to look at them';
COMMENT ON COLUMN slurm_reconciliation.applied_left IS 'changes still to be made when the application ended';

-- How far an allocation is up its budget's ladder; a row is there from the step's first being reached for as long as it is.
CREATE TABLE slurm_ladder_step (
    allocation_id uuid        NOT NULL REFERENCES allocation (id),
    step          text        NOT NULL CHECK (step IN ('NOTICE', 'SLOW', 'STOP')),
    reached_at    timestamptz NOT NULL,
    PRIMARY KEY (allocation_id, step)
);

-- Steps that the centre set for one allocation; others have those of the settings.
CREATE TABLE slurm_ladder (
    allocation_id      uuid        PRIMARY KEY REFERENCES allocation (id),
    notice_percent     int         NOT NULL CHECK (notice_percent BETWEEN 1 AND slow_percent),
    slow_percent       int         NOT NULL CHECK (slow_percent <= stop_percent),
    stop_percent       int         NOT NULL CHECK (stop_percent <= 1000),
    carry_over_percent int         NOT NULL CHECK (carry_over_percent BETWEEN 0 AND 100),
    set_by             uuid        NOT NULL REFERENCES person (id),
    set_at             timestamptz NOT NULL
);
