-- access: passwords, sessions, devices, one-time codes, attempts. Everything hangs on the
-- subscription's id: a number that is sold again opens nothing of its old owner.
CREATE SCHEMA access;

CREATE TABLE access.credential (
    billing_account_id bigint NOT NULL,
    subscription_id bigint PRIMARY KEY,
    hash text NOT NULL,
    set_at timestamptz NOT NULL,
    set_channel text NOT NULL,
    failures_in_a_row integer NOT NULL DEFAULT 0,
    voided_at timestamptz
);
COMMENT ON COLUMN access.credential.hash IS 'pepper id, then argon2id over HMAC(pepper, password)';
COMMENT ON COLUMN access.credential.failures_in_a_row IS
    'of unknown devices; counted before the compare, so that guesses at once cannot pass the limit';

CREATE TABLE access.device (
    id uuid PRIMARY KEY,
    token_digest bytea NOT NULL UNIQUE,
    made_at timestamptz NOT NULL
);

-- A device is known to a subscription once a proof of possession was made on it.
CREATE TABLE access.known_device (
    billing_account_id bigint NOT NULL,
    subscription_id bigint NOT NULL,
    device_id uuid NOT NULL REFERENCES access.device,
    proven_at timestamptz NOT NULL,
    PRIMARY KEY (subscription_id, device_id)
);

CREATE TABLE access.session (
    token_digest bytea PRIMARY KEY,
    id uuid NOT NULL UNIQUE,
    billing_account_id bigint NOT NULL,
    subscription_id bigint NOT NULL,
    device_id uuid NOT NULL REFERENCES access.device,
    tier smallint NOT NULL CHECK (tier BETWEEN 0 AND 2),
    channel text NOT NULL,
    agent text NOT NULL,
    made_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,
    end_reason text,
    noticed boolean NOT NULL DEFAULT false
);
CREATE INDEX ON access.session (subscription_id) WHERE ended_at IS NULL;
CREATE INDEX ON access.session (subscription_id, made_at);
COMMENT ON COLUMN access.session.noticed IS
    'an SMS told the subscriber of this sign-in; they are counted, so that they stay few a day';

CREATE TABLE access.link (
    id uuid PRIMARY KEY,
    billing_account_id bigint NOT NULL,
    subscription_id bigint NOT NULL,
    target_account_id bigint NOT NULL,
    target_subscription_id bigint NOT NULL,
    role text NOT NULL CHECK (role IN ('watch', 'full')),
    made_by text NOT NULL CHECK (made_by IN ('password', 'grant')),
    name text,
    proven_at timestamptz,
    made_at timestamptz NOT NULL,
    ended_at timestamptz,
    CHECK (subscription_id <> target_subscription_id)
);
CREATE UNIQUE INDEX ON access.link (subscription_id, target_subscription_id)
    WHERE ended_at IS NULL;
CREATE INDEX ON access.link (target_subscription_id) WHERE ended_at IS NULL;

-- Attempts are written before the compare and judged after it; keys are keyed digests.
CREATE TABLE access.attempt (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    kind text NOT NULL CHECK (kind IN ('password', 'code')),
    number_key bytea NOT NULL,
    budget_key bytea NOT NULL,
    address_key bytea NOT NULL,
    value_key bytea NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('pending', 'failed', 'passed'))
);
CREATE INDEX ON access.attempt (at);
-- Attempts that passed weigh nothing: without them the indexes do not grow with every sign-in.
CREATE INDEX ON access.attempt (budget_key, at) WHERE outcome <> 'passed';
CREATE INDEX ON access.attempt (address_key, at) WHERE outcome <> 'passed';
CREATE INDEX ON access.attempt (value_key, at) WHERE outcome <> 'passed';
CREATE INDEX ON access.attempt (at) WHERE outcome = 'failed';
COMMENT ON COLUMN access.attempt.budget_key IS
    'the number, or the number with a known device: a stranger cannot use up the owner''s budget';
COMMENT ON COLUMN access.attempt.value_key IS
    'of the guessed password, the same for all numbers; of a code, its flow';

-- Judged failures of passwords by the hour: what an ordinary hour looks like.
CREATE TABLE access.failure_hour (
    starts_at timestamptz PRIMARY KEY,
    failures integer NOT NULL
);

-- A flow that ends with a one-time code, bound to its purpose and its device.
CREATE TABLE access.flow (
    id uuid PRIMARY KEY,
    purpose text NOT NULL CHECK (purpose IN ('password', 'sign-in')),
    content bytea NOT NULL,
    number_key bytea NOT NULL,
    msisdn bigint NOT NULL,
    billing_account_id bigint,
    subscription_id bigint,
    device_id uuid,
    new_hash text,
    code_digest bytea,
    code_expires_at timestamptz,
    attempts_left smallint NOT NULL,
    sends smallint NOT NULL DEFAULT 0,
    resend_at timestamptz NOT NULL,
    made_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX ON access.flow (expires_at);
CREATE INDEX ON access.flow (subscription_id) WHERE used_at IS NULL;
COMMENT ON COLUMN access.flow.subscription_id IS
    'NULL for a number that is not ours: the flow goes on alike, and nothing is ever sent';

CREATE TABLE access.code_send (
    at timestamptz NOT NULL,
    number_key bytea NOT NULL,
    address_key bytea NOT NULL,
    flow_id uuid NOT NULL
);
CREATE INDEX ON access.code_send (number_key, at);
CREATE INDEX ON access.code_send (address_key, at);
COMMENT ON TABLE access.code_send IS
    'each send of a code, counted before it is made, for numbers that are not ours too';

SELECT storage.guard('access.credential', 'subscription_id = (SELECT storage.own_subscription())');
SELECT storage.guard('access.known_device',
    'subscription_id = (SELECT storage.own_subscription())');
SELECT storage.guard('access.session', 'subscription_id = (SELECT storage.own_subscription())');
SELECT storage.guard('access.link',
    '(SELECT storage.own_subscription()) IN (subscription_id, target_subscription_id)');
SELECT storage.guard('access.device', 'false');
SELECT storage.guard('access.attempt', 'false');
SELECT storage.guard('access.flow', 'false');
SELECT storage.guard('access.code_send', 'false');

GRANT USAGE ON SCHEMA access TO abonent_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA access TO abonent_app;

-- Takes locks until the end of the transaction, in the order given: whoever counts attempts of one
-- budget, number, address or value does so alone, in every process.
CREATE FUNCTION access.lock_all(locks bigint[]) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    one bigint;
BEGIN
    FOREACH one IN ARRAY locks LOOP
        PERFORM pg_advisory_xact_lock(one);
    END LOOP;
END $$;

-- A live session by its token, for those who need nothing but the session. In the end the
-- transaction acts for nobody again.
CREATE FUNCTION access.live_session(token bytea, moment timestamptz, idle interval)
RETURNS SETOF access.session LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    found_session access.session;
BEGIN
    PERFORM storage.act_as('system', NULL, NULL);
    SELECT * INTO found_session FROM access.session s
     WHERE s.token_digest = token AND s.ended_at IS NULL
       AND s.expires_at > moment AND s.seen_at > moment - idle;
    IF FOUND THEN
        IF found_session.seen_at < moment - interval '1 hour' THEN
            UPDATE access.session s SET seen_at = moment WHERE s.token_digest = token;
        END IF;
        RETURN NEXT found_session;
    END IF;
    PERFORM storage.act_as('nobody', NULL, NULL);
END $$;

-- Resolves a session and the right to one number, and goes on as that number. No row: no session.
-- `allowed` is false when the session has no right to the number asked for.
-- The last use is noted once an hour: the idle limit is counted in days.
CREATE FUNCTION access.enter(
    token bytea, target bigint, moment timestamptz, idle interval,
    OUT session_id uuid, OUT own_subscription bigint, OUT subscription bigint, OUT account bigint,
    OUT tier smallint, OUT allowed boolean
) RETURNS SETOF record LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    found_session access.session;
    found_link access.link;
BEGIN
    PERFORM storage.act_as('system', NULL, NULL);
    SELECT * INTO found_session FROM access.session s
     WHERE s.token_digest = token AND s.ended_at IS NULL
       AND s.expires_at > moment AND s.seen_at > moment - idle;
    IF NOT FOUND THEN
        PERFORM storage.act_as('nobody', NULL, NULL);
        RETURN;
    END IF;
    IF found_session.seen_at < moment - interval '1 hour' THEN
        UPDATE access.session s SET seen_at = moment WHERE s.token_digest = token;
    END IF;
    session_id := found_session.id;
    own_subscription := found_session.subscription_id;
    subscription := coalesce(target, own_subscription);
    account := found_session.billing_account_id;
    tier := found_session.tier;
    allowed := subscription = own_subscription;
    IF NOT allowed THEN
        SELECT * INTO found_link FROM access.link l
         WHERE l.subscription_id = own_subscription AND l.target_subscription_id = subscription
           AND l.ended_at IS NULL;
        IF FOUND THEN
            allowed := true;
            account := found_link.target_account_id;
            -- A link made by password alone opens T0; watching never opens more than that.
            IF found_link.role = 'watch' OR found_link.proven_at IS NULL THEN
                tier := 0;
            END IF;
        END IF;
    END IF;
    IF allowed THEN
        PERFORM storage.act_as('subscriber', subscription, account);
    ELSE
        PERFORM storage.act_as('nobody', NULL, NULL);
    END IF;
    RETURN NEXT;
END $$;
