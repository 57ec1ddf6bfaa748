-- The start page asks for these each time: few, among all that somebody ever ran.
CREATE INDEX job_unseen_failure ON job (submitted_by, number)
    WHERE stage = 'ENDED' AND state <> 'COMPLETED' AND failure_seen_at IS NULL;
