-- As before. Besides, p_waits: who finds nothing, and somebody else at the outbox, waits for that one and looks again: what was
-- committed before the look began is seen by it. Without that a reader could be told of a new row while another held the lock
-- and moved nothing; nobody would tell it again, and the row lay there until the next poll. Others are in no hurry.
drop function take_events(text, text, bigint, interval, int);
create function take_events(group_name text, member text, handled bigint, lease interval, batch int, p_waits boolean default false)
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
  if after is not null and batch > 0 and exists (select from outbox) then
    if pg_try_advisory_xact_lock(72707371) or p_waits and not exists (select from event_log l where l.position > after) then
      moved := (select m.moved from move_outbox(batch) m);
    end if;
  end if;
  if moved = 0 then
    -- A position that a crash forgets is replayed, which every consumer bears.
    perform set_config('synchronous_commit', 'off', true);
  end if;
  return query
  select l.position, l.topic, l.key, l.value, moved from event_log l where l.position > after order by l.position limit batch;
end $$;
