-- overview: screens that need several rooms, each one statement over the rooms' published views.
CREATE SCHEMA overview;
GRANT USAGE ON SCHEMA overview TO abonent_app;

-- Home: session, tier and right to the number checked, then all figures, in one call.
-- NULL: no session. {"allowed": false}: not this number. Sums are units, instants ISO 8601.
CREATE FUNCTION overview.home(
    token bytea, target bigint, moment timestamptz, idle interval, spent_since date
) RETURNS json LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    who record;
BEGIN
    SELECT * INTO who FROM access.enter(token, target, moment, idle);
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    IF NOT who.allowed THEN
        RETURN json_build_object('allowed', false);
    END IF;
    RETURN overview.figures(who.account, who.subscription, who.tier, moment, spent_since);
END $$;

-- The figures of one number, for whoever the transaction acts as already. In plpgsql, because that
-- keeps the plan for the connection's life: a function in sql is planned anew at every call here,
-- and planning costs several times what reading does.
CREATE FUNCTION overview.figures(
    account bigint, subscription bigint, tier smallint, moment timestamptz, spent_since date
) RETURNS json LANGUAGE plpgsql VOLATILE AS $$
BEGIN
RETURN (SELECT json_build_object(
    'allowed', true,
    'tier', tier,
    'as_of', moment,
    'subscription', s.subscription_id,
    'billing_account', s.billing_account_id,
    'msisdn', s.msisdn,
    'name', s.name,
    'device_kind', s.device_kind,
    'language', s.language,
    'status', s.status,
    'time_zone', s.time_zone,
    'tariff', json_build_object('code', o.code, 'names', o.names, 'fee_units', o.fee_units,
                                'asset', o.asset, 'period', o.period),
    'balance', (SELECT json_build_object('asset', b.asset, 'units', b.balance,
                                         'available_units', b.available)
                  FROM ledger.published_balance b
                 WHERE b.billing_account_id = account AND b.asset = o.asset),
    'buckets', (SELECT coalesce(json_agg(json_build_object(
                           'id', k.id, 'offer', k.offer_code, 'unit', k.unit, 'scope', k.scope,
                           'total', k.total, 'remaining', k.remaining,
                           'valid_until', k.valid_until) ORDER BY k.id), '[]')
                  FROM charging.published_bucket k
                 WHERE k.billing_account_id = account AND k.subscription_id = subscription
                   AND k.valid_from <= moment AND k.valid_until > moment),
    'next_charges', (SELECT coalesce(json_agg(json_build_object(
                           'offer', n.offer_code, 'names', f.names, 'asset', n.asset,
                           'units', n.fee_units, 'on', n.next_on) ORDER BY n.next_on), '[]')
                  FROM charging.published_next_charge n
                  JOIN catalog.published_offer f
                    ON f.code = n.offer_code AND f.version = n.offer_version
                 WHERE n.billing_account_id = account AND n.subscription_id = subscription
                   AND n.fee_units > 0),
    'spent_units', (SELECT coalesce(-sum(d.units), 0)
                  FROM ledger.published_day_total d
                 WHERE d.billing_account_id = account AND d.asset = o.asset
                   AND d.on_date > spent_since AND d.category = 'usage'))
  FROM subscribers.published_subscription s
  JOIN catalog.published_offer o ON o.code = s.tariff AND o.version = s.tariff_version
 WHERE s.billing_account_id = account AND s.subscription_id = subscription);
END $$;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA overview TO abonent_app;
