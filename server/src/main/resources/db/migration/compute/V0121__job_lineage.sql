-- Lineage is walked forwards too: which jobs came of this allocation, this data, this agreement, this code.
CREATE INDEX job_allocation ON job (allocation_id, number);
CREATE INDEX job_script ON job (script_sha256, number);
CREATE INDEX job_input_dataset_version ON job_input (dataset_version_id, job);
CREATE INDEX job_input_agreement ON job_input (agreement_id, job);
