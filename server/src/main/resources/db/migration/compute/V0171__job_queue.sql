-- Accepted jobs are handed to their engine in the order of their numbers, straight from this table: the work queue holds
-- no task for each any more.
DELETE FROM scheduled_tasks WHERE task_name = 'submit-job';
CREATE INDEX job_with_engine ON job (cluster, number) WHERE stage IN ('SUBMITTING', 'PENDING', 'RUNNING');

-- For lists that are narrowed to a state, also a rare one, over all projects and in one.
CREATE INDEX job_state ON job (state, number);
CREATE INDEX job_project_state ON job (project_id, state, number);
