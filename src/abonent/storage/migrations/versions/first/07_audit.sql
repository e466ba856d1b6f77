-- audit: append-only. Rows are written in the transaction they tell of; one sealer chains committed
-- rows in batches, so that no transaction waits for another one's link of the chain.
CREATE SCHEMA audit;

CREATE TABLE audit.event (
    at timestamptz NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
    kind text NOT NULL,
    billing_account_id bigint,
    subscription_id bigint,
    channel text NOT NULL,
    actor text NOT NULL,
    facts jsonb NOT NULL,
    PRIMARY KEY (id, at)
) PARTITION BY RANGE (at);
CREATE INDEX ON audit.event (subscription_id, at);
CREATE INDEX ON audit.event (transaction_id, id);

-- Personal values (address, device name) stand beside the chain: erasing them breaks no seal.
CREATE TABLE audit.personal (
    event_id bigint PRIMARY KEY,
    subscription_id bigint,
    facts jsonb NOT NULL
);

CREATE TABLE audit.seal (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sealed_at timestamptz NOT NULL,
    last_transaction xid8 NOT NULL,
    last_id bigint NOT NULL,
    events integer NOT NULL CHECK (events > 0),
    digest bytea NOT NULL CHECK (length(digest) = 32)
);

SELECT storage.guard('audit.event', 'subscription_id = (SELECT storage.own_subscription())');
SELECT storage.guard('audit.personal', 'subscription_id = (SELECT storage.own_subscription())');

GRANT USAGE ON SCHEMA audit TO abonent_app, abonent_reader;
GRANT SELECT, INSERT ON audit.event, audit.personal, audit.seal TO abonent_app;
GRANT DELETE ON audit.personal TO abonent_app;
GRANT SELECT ON audit.event, audit.seal TO abonent_reader;
