-- messaging: whom to reach where, and the outbox. One row, one message.
CREATE SCHEMA messaging;

CREATE TABLE messaging.contact (
    billing_account_id bigint NOT NULL,
    subscription_id bigint PRIMARY KEY,
    msisdn bigint NOT NULL,
    language text NOT NULL
);

CREATE TABLE messaging.outbox (
    id uuid PRIMARY KEY,
    billing_account_id bigint NOT NULL,
    subscription_id bigint NOT NULL,
    msisdn bigint NOT NULL,
    language text NOT NULL,
    kind text NOT NULL,
    facts jsonb NOT NULL,
    secret bytea,
    state text NOT NULL CHECK (state IN ('queued', 'submitted', 'expired')),
    made_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,
    CHECK (state = 'queued' OR secret IS NULL)
);
CREATE INDEX ON messaging.outbox (expires_at) WHERE state = 'queued';
CREATE INDEX ON messaging.outbox (subscription_id, made_at);
COMMENT ON COLUMN messaging.outbox.secret IS 'sealed under the row''s id; wiped at submit or expiry';

SELECT storage.guard('messaging.contact', 'subscription_id = (SELECT storage.own_subscription())');
SELECT storage.guard('messaging.outbox', 'subscription_id = (SELECT storage.own_subscription())');

GRANT USAGE ON SCHEMA messaging TO abonent_app;
GRANT SELECT, INSERT, UPDATE ON messaging.contact, messaging.outbox TO abonent_app;
