-- Moves the oldest rows of the outbox into the event log, in id order, and returns how many, and the first of them. What it
-- says is looked at by who reads the log: a row that makes no sense must not hold up the others. One transaction: none is lost, none is appended twice, and two that move at the same time take turns.
--
-- It commits as the session does, with synchronous_commit on. A consumer remembers how far it has come; were a record lost in
-- a crash after it was read, another could get its position, and the consumer would pass that one by.
create function move_outbox(batch int, out moved int, out oldest text) language plpgsql
set enable_seqscan = off
as $$
begin
  -- The same lock as append_events: positions become visible in order.
  perform pg_advisory_xact_lock(72707371);
  -- A statement of its own, so that it sees what was committed before the lock was had. Nobody updates rows of the outbox, so a
  -- ctid stays what it is; that such a row is gone can only be the work of a relay, which deletes what it has appended.
  with gone as (
    delete from outbox o where o.ctid = any (array(select l.ctid from outbox l order by l.id limit batch))
    returning o.id, o.topic, o.key, o.payload
  ), appended as (
    insert into event_log (topic, key, value) select g.topic, g.key, g.payload from gone g order by g.id
  )
  select count(*), (array_agg(g.payload order by g.id))[1] into moved, oldest from gone g;
end $$;

-- As before, and takes along what waits in the outbox: what was committed a moment ago needs no round trip of its own to get
-- into the log. `moved` is how many rows that were, in each row; other groups may want to look then.
drop function take_events(text, text, bigint, interval, int);
create function take_events(group_name text, member text, handled bigint, lease interval, batch int)
returns table ("position" bigint, topic text, key uuid, value text, moved int) language plpgsql
set enable_seqscan = off
as $$
#variable_conflict use_column
declare
  after bigint;
  moved int := 0;
begin
  update event_log_group g
  set position = greatest(g.position, handled), owner = member, leased_until = clock_timestamp() + lease
  where g.name = group_name
    and (g.owner = member or g.owner is null or g.leased_until < clock_timestamp())
    and (handled > g.position or g.owner is distinct from member or g.leased_until < clock_timestamp() + lease / 2);
  select g.position into after from event_log_group g where g.name = group_name and g.owner = member;
  -- Whoever else holds the lock is moving them, and tells.
  if after is not null and exists (select from outbox) and pg_try_advisory_xact_lock(72707371) then
    moved := (select m.moved from move_outbox(batch) m);
  end if;
  if moved = 0 then
    -- A position that a crash forgets is replayed, which every consumer bears.
    perform set_config('synchronous_commit', 'off', true);
  end if;
  return query
  select l.position, l.topic, l.key, l.value, moved from event_log l where l.position > after order by l.position limit batch;
end $$;
