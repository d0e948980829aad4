-- Commits what the member has handled, takes or keeps the group's lease, and returns the place of the group, in a row whose
-- topic is null, and what comes next behind `known`; nothing while another member holds the lease. One round trip a batch. What
-- waits in the outbox is taken along: `moved`, in each row, is how much that was; other groups may want to look then.
--
-- The member holds all records behind its place up to `known` already, from what another group of its process has read.
--
-- Who waits, finds nothing and somebody else at the outbox, waits for that one and looks again: what was committed before the
-- look began is seen by it. Without that a reader could be told of a new row while another held the lock and moved nothing.
--
-- take_events stays for processes of the version before.
create function read_events(
  group_name text, member text, handled bigint, lease interval, batch int, waits boolean, known bigint
)
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
    if pg_try_advisory_xact_lock(72707371) or waits and not exists (select from event_log l where l.position > after) then
      moved := (select m.moved from move_outbox(batch) m);
    end if;
  end if;
  if moved = 0 then
    -- A position that a crash forgets is replayed, which every consumer bears.
    perform set_config('synchronous_commit', 'off', true);
  end if;
  if after is null then
    return;
  end if;
  return query select after, null::text, null::uuid, null::text, moved;
  return query
  select l.position, l.topic, l.key, l.value, moved from event_log l
  where l.position > greatest(after, known) order by l.position limit batch;
end $$;
