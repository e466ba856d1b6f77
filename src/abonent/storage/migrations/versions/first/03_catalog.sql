-- catalog: what the operator sells, by version. Public: no row-level security.
CREATE SCHEMA catalog;

CREATE TABLE catalog.offer (
    code text NOT NULL,
    version integer NOT NULL CHECK (version > 0),
    kind text NOT NULL CHECK (kind IN ('tariff', 'service')),
    names jsonb NOT NULL,
    fee_units bigint NOT NULL CHECK (fee_units >= 0),
    asset text NOT NULL,
    period text NOT NULL CHECK (period IN ('month', 'day', 'once')),
    tax_rate_bp integer NOT NULL CHECK (tax_rate_bp BETWEEN 0 AND 10000),
    valid_from timestamptz NOT NULL,
    valid_until timestamptz,
    PRIMARY KEY (code, version)
);
CREATE UNIQUE INDEX offer_on_sale ON catalog.offer (code) WHERE valid_until IS NULL;

CREATE TABLE catalog.allowance (
    code text NOT NULL,
    version integer NOT NULL,
    position smallint NOT NULL,
    unit text NOT NULL CHECK (unit IN ('byte', 'second', 'message')),
    scope text NOT NULL CHECK (scope IN ('home', 'in_net', 'other_net', 'night', 'roaming')),
    quantity bigint CHECK (quantity > 0),
    PRIMARY KEY (code, version, position),
    FOREIGN KEY (code, version) REFERENCES catalog.offer
);
COMMENT ON COLUMN catalog.allowance.quantity IS 'in units; NULL is unlimited';

CREATE TABLE catalog.price (
    code text NOT NULL,
    version integer NOT NULL,
    unit text NOT NULL CHECK (unit IN ('byte', 'second', 'message')),
    scope text NOT NULL CHECK (scope IN ('in_net', 'other_net', 'home', 'roaming')),
    step bigint NOT NULL CHECK (step > 0),
    step_units bigint NOT NULL CHECK (step_units >= 0),
    PRIMARY KEY (code, version, unit, scope),
    FOREIGN KEY (code, version) REFERENCES catalog.offer
);
COMMENT ON COLUMN catalog.price.step_units IS 'money units for each started step';

CREATE VIEW catalog.published_offer WITH (security_invoker) AS
SELECT code, version, kind, names, fee_units, asset, period FROM catalog.offer;

GRANT USAGE ON SCHEMA catalog TO abonent_app, abonent_reader;
GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA catalog TO abonent_app;
GRANT UPDATE (valid_until) ON catalog.offer TO abonent_app;
REVOKE INSERT ON catalog.published_offer FROM abonent_app;
GRANT SELECT ON ALL TABLES IN SCHEMA catalog TO abonent_reader;
