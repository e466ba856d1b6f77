-- dialogue: text dialogues that are open, whoever carries them.
CREATE SCHEMA dialogue;

CREATE TABLE dialogue.dialogue (
    id uuid PRIMARY KEY,
    link text NOT NULL,
    billing_account_id bigint NOT NULL,
    subscription_id bigint NOT NULL,
    step text NOT NULL,
    page smallint NOT NULL DEFAULT 0,
    digest bytea,
    expires_at timestamptz NOT NULL
);
CREATE INDEX ON dialogue.dialogue (expires_at);
COMMENT ON COLUMN dialogue.dialogue.digest IS 'keyed digest of a first entry that must be repeated';
SELECT storage.guard('dialogue.dialogue', 'subscription_id = (SELECT storage.own_subscription())');

GRANT USAGE ON SCHEMA dialogue TO abonent_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON dialogue.dialogue TO abonent_app;
