-- The plan, whole and line by line, so that one of many thousands can be paged and searched.
CREATE TABLE slurm_plan_line (
    cluster     text NOT NULL REFERENCES slurm_reconciliation (cluster) ON DELETE CASCADE,
    position    int  NOT NULL CHECK (position >= 1),
    kind        text NOT NULL CHECK (kind IN ('SET_LIMITS', 'CLOSE_USER', 'ADD_QOS', 'ADD_ACCOUNT', 'MOVE_ACCOUNT', 'ADD_USER',
                                              'OPEN_USER')),
    subject     text NOT NULL,
    user_name   text,
    reason      text,
    slurm_has   text,
    slurm_shall text,
    PRIMARY KEY (cluster, position)
);
COMMENT ON COLUMN slurm_plan_line.position IS 'from 1, in the order in which the changes are made';
COMMENT ON COLUMN slurm_plan_line.subject IS 'the account, or the QoS';
COMMENT ON COLUMN slurm_plan_line.slurm_has IS 'what it is in Slurm, as Slurm''s commands would say it';
INSERT INTO slurm_plan_line (cluster, position, kind, subject, user_name, reason, slurm_has, slurm_shall)
SELECT r.cluster, l.position, l.line ->> 'kind', l.line ->> 'subject', l.line ->> 'user', l.line ->> 'reason', l.line ->> 'from',
       l.line ->> 'to'
FROM slurm_reconciliation r, jsonb_array_elements(r.lines) WITH ORDINALITY AS l (line, position);
COMMENT ON COLUMN slurm_reconciliation.lines IS 'of processes that know no slurm_plan_line; an empty list since';

-- How far an application is that is under way. After a process died in it, it stays until the next process looks.
ALTER TABLE slurm_reconciliation
    ADD COLUMN applying_since   timestamptz,
    ADD COLUMN applying_changes int CHECK (applying_changes >= 1),
    ADD COLUMN applying_done    int CHECK (applying_done BETWEEN 0 AND applying_changes),
    ADD CHECK ((applying_since IS NULL) = (applying_changes IS NULL)),
    ADD CHECK ((applying_since IS NULL) = (applying_done IS NULL));
