-- The embedded event log: a partition in each database, and how far each group of consumers has come.
create table event_log (
  position bigserial primary key,
  topic text not null,
  key uuid not null,
  value text not null,
  at timestamptz(3) not null default now()
);

create table event_log_group (
  name text primary key,
  position bigint not null default 0,
  owner text,
  leased_until timestamptz not null default '-infinity'
) with (fillfactor = 50);

-- The lock is held until the commit and makes positions visible in order: a reader that has seen n will never see a smaller
-- one appear.
create function append_events(topics text[], keys uuid[], contents text[]) returns void language plpgsql as $$
begin
  perform pg_advisory_xact_lock(72707371);
  insert into event_log (topic, key, value)
  select r.topic, r.key, r.content from unnest(topics, keys, contents) with ordinality as r (topic, key, content, n) order by r.n;
end $$;

-- Commits what the member has handled, takes or keeps the group's lease, and returns what comes next; nothing while
-- another member holds the lease. One round trip a batch.
--
-- The setting is for plans made while the table was still empty: they must not scan what has grown since.
create function take_events(group_name text, member text, handled bigint, lease interval, batch int)
returns table ("position" bigint, topic text, key uuid, value text) language plpgsql
set enable_seqscan = off
as $$
#variable_conflict use_column
declare
  after bigint;
begin
  -- A position that a crash forgets is replayed, which every consumer bears.
  perform set_config('synchronous_commit', 'off', true);
  update event_log_group g
  set position = greatest(g.position, handled), owner = member, leased_until = clock_timestamp() + lease
  where g.name = group_name
    and (g.owner = member or g.owner is null or g.leased_until < clock_timestamp())
    and (handled > g.position or g.owner is distinct from member or g.leased_until < clock_timestamp() + lease / 2);
  select g.position into after from event_log_group g where g.name = group_name and g.owner = member;
  if after is null then
    return;
  end if;
  return query
  select l.position, l.topic, l.key, l.value from event_log l where l.position > after order by l.position limit batch;
end $$;

-- Deletes at most so many records that are old enough and that every group has passed; returns how many.
create function trim_events(keep interval, batch int) returns int language plpgsql
set enable_seqscan = off
as $$
declare
  trimmed int;
begin
  perform set_config('synchronous_commit', 'off', true);
  delete from event_log l using (
    select o.position, o.at from event_log o
    where o.position <= (select min(g.position) from event_log_group g) order by o.position limit batch
  ) oldest where l.position = oldest.position and oldest.at < now() - keep;
  get diagnostics trimmed = row_count;
  return trimmed;
end $$;
