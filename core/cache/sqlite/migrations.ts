/** The tables of the SQLite cache, step by step: `user_version` counts the steps that a file has taken. Steps are only ever added. */

export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE about (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE events (
    sequence     INTEGER PRIMARY KEY,
    id           TEXT NOT NULL UNIQUE,
    type         TEXT NOT NULL,
    created      INTEGER NOT NULL,
    received_at  INTEGER NOT NULL,
    source       TEXT NOT NULL,
    customer     TEXT,
    subscription TEXT,
    invoice      TEXT,
    payload      TEXT NOT NULL
  ) STRICT;
  CREATE INDEX events_by_subscription ON events (subscription, sequence);

  CREATE TABLE attempts (
    sequence INTEGER PRIMARY KEY,
    event    INTEGER NOT NULL REFERENCES events (sequence),
    at       INTEGER NOT NULL,
    outcome  TEXT NOT NULL,
    reason   TEXT NOT NULL
  ) STRICT;
  CREATE INDEX attempts_by_event ON attempts (event, sequence);

  CREATE TABLE subscriptions (
    id             TEXT PRIMARY KEY,
    customer       TEXT NOT NULL,
    status         TEXT NOT NULL,
    created        INTEGER NOT NULL,
    as_of          INTEGER NOT NULL,
    version        INTEGER NOT NULL,
    event_type     TEXT,
    event_previous TEXT,
    snapshot       TEXT NOT NULL
  ) STRICT;
  CREATE INDEX subscriptions_by_customer ON subscriptions (customer, created);
  CREATE INDEX subscriptions_by_created ON subscriptions (created);

  CREATE TABLE invoices (
    id           TEXT PRIMARY KEY,
    subscription TEXT NOT NULL,
    status       TEXT NOT NULL,
    created      INTEGER NOT NULL,
    as_of        INTEGER NOT NULL,
    amount_due   INTEGER NOT NULL,
    currency     TEXT NOT NULL,
    next_attempt INTEGER,
    failed_at    INTEGER,
    failure_code TEXT,
    card         TEXT
  ) STRICT;
  CREATE INDEX invoices_by_subscription ON invoices (subscription, created);

  CREATE TABLE questions (
    subscription TEXT PRIMARY KEY
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE users (
    id            TEXT PRIMARY KEY,
    email         TEXT NOT NULL UNIQUE COLLATE NOCASE,
    password_hash TEXT,
    customer      TEXT UNIQUE,
    created_at    INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE logins (
    token_hash TEXT PRIMARY KEY,
    user       TEXT NOT NULL REFERENCES users (id),
    expires_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  `
  ALTER TABLE invoices ADD COLUMN first_failed_at INTEGER;
  UPDATE invoices SET first_failed_at = coalesce(
    (SELECT min(created) FROM events
     WHERE events.subscription = invoices.subscription AND events.invoice = invoices.id
       AND type IN ('invoice.payment_failed', 'invoice.payment_action_required')),
    failed_at
  ) WHERE failed_at IS NOT NULL;
  CREATE INDEX invoices_missing ON invoices (subscription) WHERE failed_at IS NOT NULL;

  CREATE TABLE failures (
    invoice      TEXT PRIMARY KEY,
    subscription TEXT NOT NULL,
    failed_at    INTEGER NOT NULL,
    amount       INTEGER NOT NULL,
    acted_at     INTEGER,
    session      TEXT,
    closed_at    INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX failures_open ON failures (subscription) WHERE closed_at IS NULL;
  CREATE INDEX failures_waiting ON failures (failed_at, subscription) WHERE acted_at IS NULL AND closed_at IS NULL;
  INSERT INTO failures (invoice, subscription, failed_at, amount)
    SELECT id, subscription, first_failed_at, amount_due FROM invoices WHERE failed_at IS NOT NULL;

  CREATE TABLE sessions (
    id        TEXT PRIMARY KEY,
    customer  TEXT NOT NULL,
    starts_at INTEGER NOT NULL,
    state     TEXT NOT NULL CHECK (state IN ('booked', 'cancelled')),
    invoice   TEXT,
    paid_at   INTEGER
  ) STRICT;
  CREATE INDEX sessions_by_start ON sessions (starts_at);
  CREATE INDEX sessions_by_customer ON sessions (customer, starts_at);

  CREATE TABLE session_changes (
    sequence INTEGER PRIMARY KEY,
    session  TEXT NOT NULL REFERENCES sessions (id),
    at       INTEGER NOT NULL,
    state    TEXT NOT NULL,
    reason   TEXT NOT NULL
  ) STRICT;
  CREATE INDEX session_changes_by_session ON session_changes (session, sequence);

  CREATE TABLE notices (
    sequence INTEGER PRIMARY KEY,
    id       TEXT NOT NULL UNIQUE,
    type     TEXT NOT NULL,
    subject  TEXT NOT NULL,
    body     TEXT NOT NULL,
    UNIQUE (subject, type)
  ) STRICT;

  -- What was known before there were notices is no news.
  INSERT INTO notices (id, type, subject, body)
    SELECT 'msg_' || lower(hex(randomblob(16))), 'payment.failed', invoice, '{}' FROM failures
    UNION ALL
    SELECT 'msg_' || lower(hex(randomblob(16))), 'subscription.ended', id, '{}' FROM subscriptions WHERE status IN ('canceled', 'incomplete_expired');

  CREATE TABLE deliveries (
    notice        INTEGER NOT NULL REFERENCES notices (sequence),
    target        TEXT NOT NULL,
    due_at        INTEGER NOT NULL,
    tries         INTEGER NOT NULL DEFAULT 0,
    failing_since INTEGER,
    last_error    TEXT,
    delivered_at  INTEGER,
    PRIMARY KEY (notice, target)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX deliveries_due ON deliveries (target, due_at) WHERE delivered_at IS NULL;

  CREATE TABLE collections (
    customer       TEXT PRIMARY KEY,
    payment_method TEXT NOT NULL,
    as_of          INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  `
  CREATE TABLE cards (
    id        TEXT PRIMARY KEY,
    customer  TEXT,
    as_of     INTEGER NOT NULL,
    name      TEXT NOT NULL,
    exp_month INTEGER,
    exp_year  INTEGER
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE payers (
    customer       TEXT PRIMARY KEY,
    as_of          INTEGER NOT NULL,
    payment_method TEXT
  ) STRICT, WITHOUT ROWID;
  `,
  `
  ALTER TABLE events ADD COLUMN object TEXT;
  ALTER TABLE events ADD COLUMN rank INTEGER;
  -- As core/billing/rank.ts ranks them.
  UPDATE events SET
    object = payload ->> '$.data.object.id',
    rank = created + 1099511627776 * CASE
      WHEN type LIKE 'customer.subscription.%' THEN (payload ->> '$.data.object.status') IN ('canceled', 'incomplete_expired')
      WHEN type LIKE 'invoice.%' THEN CASE payload ->> '$.data.object.status' WHEN 'uncollectible' THEN 1 WHEN 'paid' THEN 2 WHEN 'void' THEN 2 ELSE 0 END
      WHEN type LIKE 'payment_method.%' THEN (payload ->> '$.data.object.customer') IS NULL
      ELSE 0 END
  WHERE json_valid(payload)
    AND payload ->> '$.data.object.object' IN ('subscription', 'invoice', 'payment_method', 'customer')
    AND payload ->> '$.data.object.id' IS NOT NULL
    AND payload ->> '$.account' IS NULL
    AND payload ->> '$.api_version' = '2026-10-28.endive'
    AND EXISTS (SELECT 1 FROM attempts WHERE event = events.sequence AND outcome IN ('applied', 'stale'));
  CREATE INDEX events_by_object ON events (object, rank, sequence) WHERE object IS NOT NULL;
  CREATE INDEX events_by_customer ON events (customer, sequence);
  CREATE INDEX events_by_type ON events (type, sequence);
  CREATE INDEX events_by_created ON events (created);
  CREATE INDEX attempts_failed ON attempts (event) WHERE outcome = 'failed';
  CREATE INDEX logins_by_user ON logins (user);
  CREATE INDEX logins_by_expiry ON logins (expires_at);

  CREATE TABLE answers (
    sequence     INTEGER PRIMARY KEY,
    subscription TEXT NOT NULL,
    as_of        INTEGER NOT NULL,
    answer       TEXT NOT NULL
  ) STRICT;
  CREATE INDEX answers_by_subscription ON answers (subscription, as_of);
  -- What only an answer of Stripe's can have told.
  INSERT INTO answers (subscription, as_of, answer)
    SELECT id, as_of, json_object(
      'asOf', as_of,
      'snapshot', json(snapshot),
      'invoices', (
        SELECT json_group_array(json_object(
          'id', id, 'subscription', subscription, 'status', status, 'created', created, 'asOf', as_of, 'amountDue', amount_due, 'currency', currency,
          'nextAttempt', next_attempt, 'failedAt', failed_at, 'firstFailedAt', first_failed_at, 'failureCode', failure_code, 'card', card))
        FROM invoices WHERE invoices.subscription = subscriptions.id),
      'payment', NULL)
    FROM subscriptions
    WHERE json_valid(snapshot)
      AND (event_type IS NULL OR EXISTS (SELECT 1 FROM invoices WHERE invoices.subscription = subscriptions.id AND failure_code IS NOT NULL));
  `,
  `
  CREATE TABLE answered (
    object TEXT NOT NULL,
    answer INTEGER NOT NULL REFERENCES answers (sequence),
    PRIMARY KEY (object, answer)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX answered_by_answer ON answered (answer);
  -- What is known of a customer's cards and invoices, and no event told.
  INSERT INTO answers (subscription, as_of, answer)
    SELECT id, as_of, json_object(
      'asOf', as_of,
      'snapshot', json(snapshot),
      'invoices', json((
        SELECT json_group_array(json_object(
          'id', id, 'subscription', subscription, 'status', status, 'created', created, 'asOf', as_of, 'amountDue', amount_due, 'currency', currency,
          'nextAttempt', next_attempt, 'failedAt', failed_at, 'firstFailedAt', first_failed_at, 'failureCode', failure_code, 'card', card))
        FROM invoices WHERE invoices.subscription = subscriptions.id)),
      'payment', json_object(
        'cards', json((
          SELECT json_group_array(json_object('id', id, 'customer', customer, 'asOf', as_of, 'name', name,
            'expires', CASE WHEN exp_month IS NULL THEN NULL ELSE json_object('month', exp_month, 'year', exp_year) END))
          FROM cards WHERE cards.customer = subscriptions.customer)),
        'payer', json((
          SELECT json_object('customer', customer, 'asOf', as_of, 'paymentMethod', payment_method)
          FROM payers WHERE payers.customer = subscriptions.customer))))
    FROM subscriptions
    WHERE json_valid(snapshot) AND (
      customer IN (SELECT customer FROM cards WHERE NOT EXISTS (SELECT 1 FROM events WHERE events.object = cards.id))
      OR customer IN (SELECT customer FROM payers WHERE NOT EXISTS (SELECT 1 FROM events WHERE events.object = payers.customer))
      OR id IN (SELECT subscription FROM invoices WHERE NOT EXISTS (SELECT 1 FROM events WHERE events.object = invoices.id)));
  INSERT INTO answered (object, answer)
    SELECT subscription, sequence FROM answers
    UNION SELECT each.value ->> '$.id', sequence FROM answers, json_each(answer, '$.invoices') AS each
    UNION SELECT each.value ->> '$.id', sequence FROM answers, json_each(answer, '$.payment.cards') AS each
    UNION SELECT answer ->> '$.payment.payer.customer', sequence FROM answers WHERE answer ->> '$.payment.payer.customer' IS NOT NULL;

  CREATE INDEX events_showing_nothing ON events (subscription, created) WHERE object IS NULL AND subscription IS NOT NULL;

  -- What a rebuild makes, as far as it is other than what is cached.
  CREATE TABLE rebuilt (
    id           TEXT NOT NULL,
    kind         TEXT NOT NULL,
    action       TEXT NOT NULL,
    subscription TEXT,
    state        TEXT,
    fields       TEXT NOT NULL,
    PRIMARY KEY (id, kind)
  ) STRICT;
  `,
  `
  -- What an event shows stands in the journal, and not here once more.
  CREATE TABLE kept (
    id       TEXT PRIMARY KEY,
    customer TEXT NOT NULL,
    status   TEXT NOT NULL,
    created  INTEGER NOT NULL,
    as_of    INTEGER NOT NULL,
    version  INTEGER NOT NULL,
    event    INTEGER REFERENCES events (sequence),
    snapshot TEXT,
    CHECK ((event IS NULL) <> (snapshot IS NULL))
  ) STRICT;
  INSERT INTO kept (id, customer, status, created, as_of, version, event, snapshot)
    SELECT id, customer, status, created, as_of, version, event, CASE WHEN event IS NULL THEN snapshot END
    FROM (
      SELECT *, (
        SELECT max(sequence) FROM events
        WHERE events.object = subscriptions.id AND events.created = as_of AND type = event_type
          AND CASE WHEN json_valid(payload) AND json_valid(snapshot) THEN payload -> '$.data.object' = json(snapshot) END) AS event
      FROM subscriptions);
  DROP TABLE subscriptions;
  ALTER TABLE kept RENAME TO subscriptions;
  CREATE INDEX subscriptions_by_customer ON subscriptions (customer, created);
  CREATE INDEX subscriptions_by_created ON subscriptions (created);

  -- Narrow, and in the order of the journal: it only ever grows at its end.
  DROP INDEX events_by_customer;
  DROP INDEX events_by_type;
  DROP INDEX events_by_created;
  CREATE INDEX events_listed ON events (sequence, created, type, customer, subscription);
  `,
  `
  -- A subscription's own events are found by their object; only what else tells of it needs an index more.
  DROP INDEX events_by_subscription;
  CREATE INDEX events_telling_of ON events (subscription, sequence) WHERE object IS DISTINCT FROM subscription;
  `,
  `
  -- In the order in which they are listed.
  DROP INDEX subscriptions_by_created;
  CREATE INDEX subscriptions_listed ON subscriptions (created DESC, id);
  `,
  `
  -- In the order of time, in which events come: it grows at its end. Who rebuilds sorts by object first.
  DROP INDEX events_by_object;
  CREATE INDEX events_by_rank ON events (rank, object) WHERE object IS NOT NULL;
  `,
];
