-- demo: what the drawn phones have received. Used only when the demo is started.
CREATE SCHEMA demo;

CREATE TABLE demo.received (
    id uuid PRIMARY KEY,
    msisdn bigint NOT NULL,
    at timestamptz NOT NULL,
    sender text NOT NULL,
    body bytea NOT NULL
);
CREATE INDEX ON demo.received (msisdn, at);
COMMENT ON COLUMN demo.received.body IS 'sealed: a code in an SMS is a secret on this side too';

GRANT USAGE ON SCHEMA demo TO abonent_app;
GRANT SELECT, INSERT, DELETE ON demo.received TO abonent_app;

-- How far the demo's people are: the moment their history ends, and until when they have lived on.
CREATE TABLE demo.state (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    loaded_at timestamptz NOT NULL,
    lived_until timestamptz NOT NULL,
    cast_equipped boolean NOT NULL DEFAULT false
);
-- Loaded pieces of the population: a load that was broken off goes on after the last of them.
CREATE TABLE demo.piece (
    first_index bigint PRIMARY KEY,
    last_index bigint NOT NULL
);
GRANT SELECT, INSERT, UPDATE ON demo.state TO abonent_app;
GRANT SELECT, INSERT ON demo.piece TO abonent_app;
