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
