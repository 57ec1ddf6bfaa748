-- A program may log a model outside of any run, and register it: what is known of it then is the logged model, who
-- registered it, and the job that logged it, where one did.
ALTER TABLE logged_model ADD COLUMN job_id bigint CHECK (job_id >= 1);
COMMENT ON COLUMN logged_model.job_id IS 'the job that logged it outside of any run';

ALTER TABLE model_version
    ALTER COLUMN run_id DROP NOT NULL,
    ADD CONSTRAINT model_version_of_something CHECK (run_id IS NOT NULL OR logged_model_id IS NOT NULL);
CREATE INDEX model_version_job ON model_version (job_id) WHERE run_id IS NULL;
