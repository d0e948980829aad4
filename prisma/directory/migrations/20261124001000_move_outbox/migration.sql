-- Moves the oldest rows of the outbox into the event log, in id order, and returns how many, and since when the first of them
-- had waited. One transaction: none is lost, none is appended twice, and two that move at the same time take turns.
--
-- It commits as the session does, with synchronous_commit on. A consumer remembers how far it has come; were a record lost in
-- a crash after it was read, another could get its position, and the consumer would pass that one by.
create function move_outbox(batch int, out moved int, out waiting_since timestamptz) language plpgsql
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
  select count(*), (array_agg(g.payload order by g.id))[1]::jsonb ->> 'at' into moved, waiting_since from gone g;
end $$;
