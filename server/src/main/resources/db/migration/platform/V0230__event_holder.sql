-- Which process took an event's last step: the name of its sessions. Where none of those is left the process is gone, and
-- another gives the event to its listener. Unknown (null) for events from before; those are taken over for their age.
ALTER TABLE event_publication ADD COLUMN held_by text;
ALTER TABLE event_publication ALTER COLUMN held_by SET DEFAULT current_setting('application_name');
COMMENT ON COLUMN event_publication.held_by IS 'application_name of the process that took its last step';

-- Spring Modulith moves events from status to status and knows nothing of the column.
CREATE FUNCTION event_publication_held() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.held_by := current_setting('application_name');
    RETURN NEW;
END $$;
CREATE TRIGGER event_publication_held BEFORE UPDATE OF status ON event_publication
    FOR EACH ROW EXECUTE FUNCTION event_publication_held();
