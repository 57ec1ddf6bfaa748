-- Sign-ups from one network address within an hour, to slow down programs that make accounts.
CREATE TABLE sign_up_attempt (
    address    text        NOT NULL CHECK (length(address) BETWEEN 1 AND 64),
    hour_start timestamptz NOT NULL,
    attempts   int         NOT NULL CHECK (attempts > 0),
    PRIMARY KEY (address, hour_start)
);
CREATE INDEX sign_up_attempt_hour ON sign_up_attempt (hour_start);
