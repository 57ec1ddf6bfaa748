-- A call leads forward to its proposals.
CREATE INDEX proposal_call ON proposal (call_id, id);
