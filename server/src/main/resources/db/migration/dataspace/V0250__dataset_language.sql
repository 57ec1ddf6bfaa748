-- The language that a dataset's title, summary, card and terms are written in: screen readers, translators and hyphenation
-- go by it. Nobody said it of those that there are.
ALTER TABLE dataset ADD COLUMN language text CHECK (language ~ '^[a-z]{2}$');
