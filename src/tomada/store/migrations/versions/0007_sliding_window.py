"""How much of Pluggy's request limits is used, by the places given in the latest window.

Not tables of anybody's data: names of endpoint families, instants, counts, and the random ids under
which work is shared out fairly. ``take_places`` locks the family's line first, so that one call sees
what every earlier one gave; each of its statements then reads what is committed. Its rules are those
of ``tomada.pluggy.window``, and a test plays both against each other.
"""

from alembic import context, op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_TABLES = """
CREATE TABLE allowance_lines (
  family text PRIMARY KEY,
  paused_until timestamptz NOT NULL DEFAULT '-infinity',
  ceiling integer,
  ceiling_until timestamptz NOT NULL DEFAULT '-infinity'
);
CREATE TABLE allowance_places (
  family text NOT NULL,
  at timestamptz NOT NULL,
  share text,
  count integer NOT NULL
);
CREATE INDEX allowance_places_family ON allowance_places (family, at);
CREATE TABLE allowance_waits (
  family text NOT NULL,
  process uuid NOT NULL,
  share text,
  wanted integer NOT NULL,
  until timestamptz NOT NULL
);
CREATE INDEX allowance_waits_family ON allowance_waits (family);
"""

_TAKE = """
CREATE FUNCTION take_places(
  p_family text, p_process uuid, p_persons integer, p_shares text[], p_wanted integer[],
  p_requests integer, p_seconds double precision, p_reserve integer, p_now timestamptz,
  OUT persons integer, OUT granted integer[], OUT wait double precision
) LANGUAGE plpgsql AS $$
DECLARE
  line allowance_lines%ROWTYPE;
  moment timestamptz;
  long interval := make_interval(secs => p_seconds);
  most integer := p_requests;
  reserve integer := p_reserve;
  used integer;
  others_end timestamptz;
  keep integer;
  places integer;
  waiting_persons integer;
  given integer := 0;
  left_over integer;
  freed timestamptz;
BEGIN
  SELECT * INTO line FROM allowance_lines WHERE family = p_family FOR UPDATE;
  IF NOT FOUND THEN
    INSERT INTO allowance_lines (family) VALUES (p_family) ON CONFLICT DO NOTHING;
    SELECT * INTO line FROM allowance_lines WHERE family = p_family FOR UPDATE;
  END IF;
  moment := coalesce(p_now, clock_timestamp());
  DELETE FROM allowance_waits
    WHERE family = p_family AND (process = p_process OR until <= moment);
  persons := 0;
  granted := array_fill(0, ARRAY[cardinality(p_shares)]);
  -- A clock that was set back costs a window, and not the difference.
  IF line.paused_until > moment + interval '5 minutes' THEN
    line.paused_until := moment + interval '5 minutes';
  END IF;
  UPDATE allowance_places SET at = moment WHERE family = p_family AND at > moment;
  IF line.paused_until > moment THEN
    wait := extract(epoch FROM line.paused_until - moment);
    RETURN;
  END IF;
  IF line.ceiling < most AND line.ceiling_until > moment THEN
    most := greatest(1, most / 10, line.ceiling);
    reserve := reserve * most / p_requests;
  END IF;

  DELETE FROM allowance_places WHERE family = p_family AND at <= moment - long;
  SELECT coalesce(sum(count), 0), min(at) FILTER (WHERE share IS NOT NULL)
    INTO used, others_end FROM allowance_places WHERE family = p_family;
  others_end := coalesce(others_end, moment) + long;

  persons := least(p_persons, greatest(0, most - used));
  IF persons > 0 THEN
    INSERT INTO allowance_places VALUES (p_family, moment, NULL, persons);
    used := used + persons;
  END IF;
  SELECT coalesce(sum(wanted), 0) INTO waiting_persons
    FROM allowance_waits WHERE family = p_family AND share IS NULL;

  keep := greatest(least(1, reserve), waiting_persons,
    ceil(round((extract(epoch FROM others_end - moment) * reserve / p_seconds)::numeric, 6)));
  places := greatest(0, most - used - keep);
  IF places > 0 AND cardinality(p_shares) > 0 THEN
    -- What other processes wait for counts when it is decided who had the least; what falls to
    -- them stays free until they ask.
    WITH demand AS (
      SELECT share, wanted, true AS own FROM unnest(p_shares, p_wanted) AS d (share, wanted)
      UNION ALL
      SELECT share, wanted, false FROM allowance_waits
        WHERE family = p_family AND share IS NOT NULL
    ), had AS (
      SELECT share, sum(count) AS count FROM allowance_places
        WHERE family = p_family AND share IS NOT NULL GROUP BY share
    ), turns AS (
      SELECT d.share, d.own, coalesce(had.count, 0)
          + row_number() OVER (PARTITION BY d.share ORDER BY turn, d.own DESC) AS level
        FROM demand d LEFT JOIN had USING (share),
          generate_series(1, least(d.wanted, places)) AS turn
        ORDER BY level, share COLLATE "C" LIMIT places
    ), own AS (SELECT share, count(*)::integer AS count FROM turns WHERE own GROUP BY share)
    SELECT array_agg(coalesce(own.count, 0) ORDER BY d.place), coalesce(sum(own.count), 0)
      INTO granted, given
      FROM unnest(p_shares) WITH ORDINALITY AS d (share, place) LEFT JOIN own USING (share);
  END IF;
  IF given > 0 THEN
    INSERT INTO allowance_places
      SELECT p_family, moment, share, count FROM unnest(p_shares, granted) AS d (share, count)
        WHERE count > 0;
    used := used + given;
  END IF;

  SELECT coalesce(sum(wanted), 0) - given INTO left_over FROM unnest(p_wanted) AS wanted;
  IF p_persons = persons AND left_over = 0 THEN
    RETURN;
  END IF;
  SELECT min(at), min(at) FILTER (WHERE share IS NOT NULL)
    INTO freed, others_end FROM allowance_places WHERE family = p_family;
  wait := extract(epoch FROM coalesce(freed + long, moment) - moment);
  IF left_over > 0 AND places > given THEN
    -- What is free is another's, who will soon ask.
    wait := least(wait, 0.1);
  ELSIF left_over > 0 AND reserve > 0 AND most - used - 1 >= least(1, reserve) THEN
    wait := least(wait, extract(epoch FROM coalesce(others_end, moment) + long - moment)
      - p_seconds / reserve * (most - used - 1));
  END IF;
  wait := greatest(wait, 0.001);
  INSERT INTO allowance_waits
    SELECT p_family, p_process, share, wanted, moment + make_interval(secs => wait + 1)
      FROM (
        SELECT NULL AS share, p_persons - persons AS wanted
        UNION ALL SELECT share, wanted - got FROM unnest(p_shares, p_wanted, granted)
          AS d (share, wanted, got)
      ) AS unmet WHERE wanted > 0;
END $$
"""

_REFUSED = """
CREATE FUNCTION pause_places(
  p_family text, p_seconds double precision, p_ceiling integer, p_ceiling_lasts double precision,
  p_now timestamptz
) RETURNS void LANGUAGE sql AS $$
  INSERT INTO allowance_lines AS line (family, paused_until, ceiling, ceiling_until)
  SELECT p_family, at + make_interval(secs => p_seconds), p_ceiling,
      CASE WHEN p_ceiling IS NULL THEN '-infinity' ELSE at + make_interval(secs => p_ceiling_lasts) END
    FROM coalesce(p_now, clock_timestamp()) AS at
  ON CONFLICT (family) DO UPDATE SET
    paused_until = greatest(line.paused_until, excluded.paused_until),
    ceiling = coalesce(excluded.ceiling, line.ceiling),
    ceiling_until = CASE WHEN excluded.ceiling IS NULL THEN line.ceiling_until
      ELSE excluded.ceiling_until END
$$
"""


def upgrade() -> None:
    role = context.config.attributes["app_role"]
    op.execute("SET LOCAL lock_timeout = '5s'")
    # No release ever used it.
    op.execute("DROP TABLE allowances")
    for statement in _TABLES.split(";"):
        if statement.strip():
            op.execute(statement)
    op.get_bind().exec_driver_sql(_TAKE)
    op.get_bind().exec_driver_sql(_REFUSED)
    for table in ("allowance_lines", "allowance_places", "allowance_waits"):
        op.execute(f"COMMENT ON TABLE {table} IS 'shared: what the provider allows, no data'")
        op.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO "{role}"')
