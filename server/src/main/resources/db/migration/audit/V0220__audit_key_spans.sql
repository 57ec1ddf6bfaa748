-- From which size of the log on a key signed: what every change of key and every export asks.
CREATE INDEX audit_checkpoint_key ON audit_checkpoint (key_id, tree_size);
