-- Whether a content is still anybody's: what nobody names is removed from the store after a day.
CREATE INDEX run_file_sha256 ON run_file (sha256);
CREATE INDEX logged_model_file_sha256 ON logged_model_file (sha256);
CREATE INDEX model_version_file_sha256 ON model_version_file (sha256);
