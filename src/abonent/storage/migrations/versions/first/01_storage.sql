-- storage: operations, facts, partitions, and who a transaction acts for.
CREATE SCHEMA storage;

CREATE FUNCTION storage.is_system() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT coalesce(current_setting('abonent.principal', true), '') = 'system' $$;
CREATE FUNCTION storage.own_subscription() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT nullif(current_setting('abonent.subscription', true), '')::bigint $$;
CREATE FUNCTION storage.own_account() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT nullif(current_setting('abonent.account', true), '')::bigint $$;

-- Names the principal inside a statement: for screens, which are one statement.
CREATE FUNCTION storage.act_as(kind text, subscription bigint, account bigint) RETURNS void
LANGUAGE sql VOLATILE AS $$
    SELECT set_config('abonent.principal', kind, true),
           set_config('abonent.subscription', coalesce(subscription, 0)::text, true),
           set_config('abonent.account', coalesce(account, 0)::text, true);
$$;

-- Row-level security, forced: the owner of the tables is under it too. The condition is looked up
-- once for a statement (a sub-select is an init plan), not once for a row.
CREATE FUNCTION storage.guard(target regclass, condition text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
    EXECUTE format('CREATE POLICY own ON %s USING ((SELECT storage.is_system()) OR (%s))',
                   target, condition);
END $$;
REVOKE ALL ON FUNCTION storage.guard(regclass, text) FROM PUBLIC;

-- Months of a partitioned table. The app owns nothing and yet must make next month's partition:
-- so this runs with the owner's rights, on tables of the owner only.
CREATE FUNCTION storage.ensure_months(target regclass, first_month date, last_month date)
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    starts date := date_trunc('month', first_month);
    made integer := 0;
    room text;
    name text;
    part text;
BEGIN
    SELECT n.nspname, c.relname INTO STRICT room, name
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.oid = target AND c.relkind = 'p';
    WHILE starts <= last_month LOOP
        part := format('%s_%s', name, to_char(starts, 'YYYY_MM'));
        IF to_regclass(format('%I.%I', room, part)) IS NULL THEN
            EXECUTE format(
                'CREATE TABLE IF NOT EXISTS %I.%I PARTITION OF %I.%I FOR VALUES FROM (%L) TO (%L)',
                room, part, room, name,
                starts::timestamp AT TIME ZONE 'UTC',
                (starts + interval '1 month') AT TIME ZONE 'UTC');
            made := made + 1;
        END IF;
        starts := starts + interval '1 month';
    END LOOP;
    RETURN made;
END $$;

-- Hash-partitioned and never by time: a unique key cannot span month partitions, and a retry after
-- midnight on the 1st would pay twice.
CREATE TABLE storage.operation (
    id uuid PRIMARY KEY,
    action text NOT NULL,
    content bytea NOT NULL,
    answer jsonb,
    made_at timestamptz NOT NULL
) PARTITION BY HASH (id);
DO $$ BEGIN
    FOR part IN 0..7 LOOP
        EXECUTE format('CREATE TABLE storage.operation_%s PARTITION OF storage.operation
                        FOR VALUES WITH (MODULUS 8, REMAINDER %s)', part, part);
    END LOOP;
END $$;

-- True when the operation is new. False when it is a repeat with the same content.
CREATE FUNCTION storage.claim(operation uuid, what text, digest bytea, moment timestamptz)
RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    INSERT INTO storage.operation (id, action, content, made_at)
    VALUES (operation, what, digest, moment) ON CONFLICT (id) DO NOTHING;
    IF FOUND THEN
        RETURN true;
    END IF;
    PERFORM 1 FROM storage.operation o
      WHERE o.id = operation AND o.action = what AND o.content = digest;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'operation reused' USING ERRCODE = 'AB001';
    END IF;
    RETURN false;
END $$;

CREATE TABLE storage.fact (
    id uuid NOT NULL,
    at timestamptz NOT NULL,
    kind text NOT NULL,
    billing_account_id bigint NOT NULL,
    subscription_id bigint NOT NULL,
    body jsonb NOT NULL,
    PRIMARY KEY (id, at)
) PARTITION BY RANGE (at);
CREATE INDEX ON storage.fact (subscription_id, at);
SELECT storage.guard('storage.fact', 'subscription_id = (SELECT storage.own_subscription())');

GRANT USAGE ON SCHEMA storage TO abonent_app, abonent_reader;
GRANT SELECT, INSERT ON storage.operation, storage.fact TO abonent_app;
GRANT UPDATE (answer) ON storage.operation TO abonent_app;
GRANT SELECT ON storage.fact TO abonent_reader;
