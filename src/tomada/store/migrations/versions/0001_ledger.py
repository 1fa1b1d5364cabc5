"""The ledger, its routing tables, its keys and its jobs.

Tables come in two classes. *Entity tables* carry ``entity_id`` and row-level security, forced: no
context, no rows. *Routing tables* are read before an entity is known (item to entity, nonce to
entity, digest of an e-mail to user, the inbox); they hold ids, digests and blobs sealed by the
system keyset, and are marked by a comment that begins with ``routing``.
"""

from alembic import context, op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ROUTING = """
CREATE TABLE entities (
  id uuid PRIMARY KEY,
  created_at timestamptz NOT NULL
);
CREATE TABLE system_keys (
  name text PRIMARY KEY,
  wrapped bytea NOT NULL,
  master_key text NOT NULL,
  created_at timestamptz NOT NULL
);
CREATE TABLE users (
  id uuid PRIMARY KEY,
  email_digest bytea NOT NULL UNIQUE,
  sealed bytea NOT NULL,
  password_hash text NOT NULL,
  created_at timestamptz NOT NULL,
  disabled_at timestamptz
);
CREATE TABLE memberships (
  user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  entity_id uuid NOT NULL REFERENCES entities ON DELETE CASCADE,
  role text NOT NULL CHECK (role IN ('subject', 'administrator')),
  PRIMARY KEY (user_id, entity_id)
);
CREATE TABLE sessions (
  token_digest bytea PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  entity_id uuid NOT NULL REFERENCES entities ON DELETE CASCADE,
  csrf_token text NOT NULL,
  created_at timestamptz NOT NULL,
  seen_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE INDEX sessions_expires ON sessions (expires_at);
CREATE TABLE tickets (
  digest bytea PRIMARY KEY,
  session_digest bytea NOT NULL REFERENCES sessions ON DELETE CASCADE,
  expires_at timestamptz NOT NULL
);
CREATE TABLE attempts (
  key_digest bytea NOT NULL,
  at timestamptz NOT NULL
);
CREATE INDEX attempts_key ON attempts (key_digest, at);
CREATE TABLE item_routes (
  item_id text PRIMARY KEY,
  entity_id uuid NOT NULL REFERENCES entities ON DELETE CASCADE
);
CREATE TABLE nonce_routes (
  nonce_digest bytea PRIMARY KEY,
  entity_id uuid NOT NULL REFERENCES entities ON DELETE CASCADE,
  connect_session_id uuid NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE TABLE inbox (
  event_id text PRIMARY KEY,
  event text NOT NULL,
  item_id text,
  body_digest bytea NOT NULL,
  sealed bytea NOT NULL,
  state text NOT NULL CHECK (state IN ('new', 'done', 'unbound', 'quarantined')),
  reason text,
  duplicates integer NOT NULL DEFAULT 0,
  conflicts integer NOT NULL DEFAULT 0,
  received_at timestamptz NOT NULL,
  done_at timestamptz
);
CREATE INDEX inbox_open ON inbox (item_id, received_at) WHERE state IN ('new', 'unbound');
CREATE TABLE inbox_conflicts (
  event_id text NOT NULL REFERENCES inbox ON DELETE CASCADE,
  body_digest bytea NOT NULL,
  sealed bytea NOT NULL,
  received_at timestamptz NOT NULL,
  PRIMARY KEY (event_id, body_digest)
);
CREATE TABLE hooks (
  name text PRIMARY KEY,
  webhook_id text,
  sealed_secret bytea NOT NULL,
  previous_sealed_secret bytea,
  previous_until timestamptz,
  checked_at timestamptz,
  created_at timestamptz NOT NULL
);
CREATE TABLE work (
  item_id text PRIMARY KEY REFERENCES item_routes ON DELETE CASCADE,
  wanted bigint NOT NULL DEFAULT 0,
  done bigint NOT NULL DEFAULT 0,
  full_wanted bigint NOT NULL DEFAULT 0,
  fence bigint NOT NULL DEFAULT 0,
  holder uuid,
  lease_until timestamptz,
  failures integer NOT NULL DEFAULT 0,
  not_before timestamptz
);
CREATE INDEX work_open ON work (item_id) WHERE wanted > done;
"""

ENTITY = """
CREATE TABLE entity_keys (
  entity_id uuid PRIMARY KEY REFERENCES entities ON DELETE CASCADE,
  wrapped bytea NOT NULL,
  master_key text NOT NULL,
  created_at timestamptz NOT NULL
);
CREATE TABLE consents (
  entity_id uuid NOT NULL REFERENCES entities ON DELETE CASCADE,
  id uuid NOT NULL,
  user_id uuid NOT NULL,
  status text NOT NULL CHECK (status IN ('granted', 'active', 'revoked', 'expired')),
  notice_version text NOT NULL,
  notice_sha256 bytea NOT NULL,
  granted_at timestamptz NOT NULL,
  valid_until timestamptz NOT NULL,
  revoked_at timestamptz,
  institution_digest bytea NOT NULL,
  sealed bytea NOT NULL,
  PRIMARY KEY (entity_id, id)
);
CREATE TABLE connect_sessions (
  entity_id uuid NOT NULL REFERENCES entities ON DELETE CASCADE,
  id uuid NOT NULL,
  user_id uuid NOT NULL,
  consent_id uuid NOT NULL,
  institution_digest bytea NOT NULL,
  item_id text,
  created_at timestamptz NOT NULL,
  claimable_until timestamptz NOT NULL,
  claimed_item_id text,
  PRIMARY KEY (entity_id, id)
);
CREATE TABLE items (
  entity_id uuid NOT NULL REFERENCES entities ON DELETE CASCADE,
  id text NOT NULL,
  consent_id uuid NOT NULL,
  institution_digest bytea NOT NULL,
  status text NOT NULL,
  execution_status text NOT NULL,
  error_code text,
  last_updated_at timestamptz,
  synced_at timestamptz,
  bound_at timestamptz NOT NULL,
  sealed bytea NOT NULL,
  PRIMARY KEY (entity_id, id)
);
CREATE TABLE accounts (
  entity_id uuid NOT NULL REFERENCES entities ON DELETE CASCADE,
  id text NOT NULL,
  item_id text NOT NULL,
  type text NOT NULL,
  subtype text NOT NULL,
  currency text NOT NULL,
  balance_minor bigint NOT NULL,
  credit_limit_minor bigint,
  available_limit_minor bigint,
  as_of timestamptz,
  content_digest bytea NOT NULL,
  sealed bytea NOT NULL,
  sealed_raw bytea NOT NULL,
  watermark timestamptz,
  walked_at timestamptz,
  PRIMARY KEY (entity_id, id),
  FOREIGN KEY (entity_id, item_id) REFERENCES items ON DELETE CASCADE
);
CREATE TABLE transactions (
  entity_id uuid NOT NULL,
  id uuid NOT NULL,
  account_id text NOT NULL,
  item_id text NOT NULL,
  pluggy_id text NOT NULL,
  day date NOT NULL,
  instant timestamptz NOT NULL,
  direction text NOT NULL CHECK (direction IN ('DEBIT', 'CREDIT')),
  signed_minor bigint NOT NULL,
  currency text NOT NULL,
  status text NOT NULL,
  position integer NOT NULL,
  created_upstream timestamptz NOT NULL,
  conflicting boolean NOT NULL,
  inexact boolean NOT NULL,
  content_digest bytea NOT NULL,
  sealed bytea NOT NULL,
  sealed_raw bytea NOT NULL,
  first_seen_at timestamptz NOT NULL,
  changed_at timestamptz NOT NULL,
  gone_at timestamptz,
  PRIMARY KEY (entity_id, id),
  UNIQUE (entity_id, account_id, pluggy_id),
  FOREIGN KEY (entity_id, account_id) REFERENCES accounts ON DELETE CASCADE
);
CREATE INDEX transactions_newest
  ON transactions (entity_id, day DESC, instant DESC, id DESC) WHERE gone_at IS NULL;
CREATE TABLE syncs (
  entity_id uuid NOT NULL,
  id uuid NOT NULL,
  item_id text NOT NULL,
  state text NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed')),
  reason text NOT NULL,
  requested_at timestamptz NOT NULL,
  started_at timestamptz,
  finished_at timestamptz,
  accounts integer NOT NULL DEFAULT 0,
  transactions integer NOT NULL DEFAULT 0,
  added integer NOT NULL DEFAULT 0,
  changed integer NOT NULL DEFAULT 0,
  gone integer NOT NULL DEFAULT 0,
  error_code text,
  PRIMARY KEY (entity_id, id),
  FOREIGN KEY (entity_id, item_id) REFERENCES items ON DELETE CASCADE
);
CREATE INDEX syncs_item ON syncs (entity_id, item_id, requested_at DESC);
CREATE TABLE feed_heads (
  entity_id uuid PRIMARY KEY REFERENCES entities ON DELETE CASCADE,
  last bigint NOT NULL
);
CREATE TABLE feed (
  entity_id uuid NOT NULL REFERENCES entities ON DELETE CASCADE,
  n bigint NOT NULL,
  kind text NOT NULL,
  at timestamptz NOT NULL,
  data jsonb NOT NULL,
  PRIMARY KEY (entity_id, n)
);
CREATE TABLE notifications (
  entity_id uuid NOT NULL REFERENCES entities ON DELETE CASCADE,
  id uuid NOT NULL,
  type text NOT NULL CHECK (type IN ('error', 'info')),
  item_id text,
  cause text NOT NULL,
  at timestamptz NOT NULL,
  read_at timestamptz,
  sealed bytea NOT NULL,
  PRIMARY KEY (entity_id, id)
);
CREATE TABLE audit (
  -- No cascade: what was done to an entity's data stays on record when the entity goes.
  entity_id uuid NOT NULL REFERENCES entities,
  id uuid NOT NULL,
  at timestamptz NOT NULL,
  actor_kind text NOT NULL,
  actor_id uuid,
  action text NOT NULL,
  object_kind text,
  object_id text,
  outcome text NOT NULL,
  request_id text NOT NULL,
  data jsonb NOT NULL,
  PRIMARY KEY (entity_id, id)
);
"""

ENTITY_TABLES = (
    "entity_keys", "consents", "connect_sessions", "items", "accounts", "transactions", "syncs",
    "feed_heads", "feed", "notifications", "audit",
)
ROUTING_TABLES = (
    "entities", "system_keys", "users", "memberships", "sessions", "tickets", "attempts",
    "item_routes", "nonce_routes", "inbox", "inbox_conflicts", "hooks", "work",
)


def run(sql: str) -> None:
    """Run several statements at once on the driver's connection, in the migration's transaction."""
    op.get_bind().connection.run_async(lambda raw: raw.execute(sql))


def upgrade() -> None:
    role = context.config.attributes["app_role"]
    op.execute("SET LOCAL lock_timeout = '5s'")
    run(ROUTING)
    run(ENTITY)
    for table in ROUTING_TABLES:
        op.execute(f"COMMENT ON TABLE {table} IS 'routing: read before an entity is known'")
        op.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO "{role}"')
    for table in ENTITY_TABLES:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        current = "nullif(current_setting('tomada.entity', true), '')::uuid"
        op.execute(
            f"CREATE POLICY own_entity ON {table} "
            f"USING (entity_id = {current}) WITH CHECK (entity_id = {current})"
        )
        rights = "SELECT, INSERT" if table == "audit" else "SELECT, INSERT, UPDATE, DELETE"
        op.execute(f'GRANT {rights} ON {table} TO "{role}"')
    run(context.config.attributes["job_tables"])
    op.execute(f'GRANT USAGE ON SCHEMA tomada TO "{role}"')
    for table in ("pgqueuer", "pgqueuer_log", "pgqueuer_statistics", "pgqueuer_schedules"):
        op.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO "{role}"')
    op.execute(f'GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA tomada TO "{role}"')
