create table relay_lease (
  one boolean primary key default true check (one),
  owner text,
  leased_until timestamptz not null default '-infinity'
) with (fillfactor = 50);
insert into relay_lease default values;

-- Deletes the outbox rows that the relay has appended to the event log (exactly those: a lower id may commit later), takes
-- or keeps its lease, and returns the next rows in id order; nothing while another relay holds the lease. One round trip a
-- batch. The setting is for plans made while the outbox was empty.
create function take_outbox(member text, relayed bigint[], lease interval, batch int)
returns table (id bigint, topic text, key uuid, payload text) language plpgsql
set enable_seqscan = off
as $$
#variable_conflict use_column
begin
  -- A deletion that a crash forgets means that the rows are appended once more, which every consumer bears.
  perform set_config('synchronous_commit', 'off', true);
  if cardinality(relayed) > 0 then
    delete from outbox o where o.id = any (relayed);
  end if;
  update relay_lease l set owner = member, leased_until = clock_timestamp() + lease
  where (l.owner = member and l.leased_until < clock_timestamp() + lease / 2)
    or l.owner is null or (l.owner <> member and l.leased_until < clock_timestamp());
  if not exists (select from relay_lease l where l.owner = member) then
    return;
  end if;
  return query select o.id, o.topic, o.key, o.payload from outbox o order by o.id limit batch;
end $$;
