-- Memberships that a sign-in provider's claims gave end with the claim; those that a person gave stay.
ALTER TABLE membership ADD COLUMN provider text CHECK (provider ~ '^[a-z0-9][a-z0-9-]{0,29}$');
ALTER TABLE membership ADD CHECK (provider IS NULL OR role = 'MEMBER');
COMMENT ON COLUMN membership.provider IS 'the sign-in provider whose claims gave it; null where a person did';
