ALTER TABLE person ADD COLUMN erased_at timestamptz;
COMMENT ON COLUMN person.erased_at IS 'when name and address were replaced by a pseudonym; the identifier stays for ledgers and proofs';
