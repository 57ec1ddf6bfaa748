-- Readers ask for a thing by its identifier alone, or for one kind of action.
CREATE INDEX audit_entry_subject_id ON audit_entry (subject_id, number);
CREATE INDEX audit_entry_action ON audit_entry (action, number);
