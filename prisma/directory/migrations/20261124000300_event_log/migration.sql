-- The embedded event log: a partition in each database.
create table event_log (
  position bigserial primary key,
  topic text not null,
  key uuid not null,
  value text not null,
  at timestamptz not null default now()
);

create table event_log_group (
  name text primary key,
  position bigint not null default 0
);

-- The lock makes positions visible in order: a reader that has seen n will never see a smaller one appear.
create function append_events(topics text[], keys uuid[], contents text[]) returns void language plpgsql as $$
begin
  perform pg_advisory_xact_lock(72707371);
  insert into event_log (topic, key, value)
  select topic, key, content from unnest(topics, keys, contents) with ordinality as record (topic, key, content, n) order by n;
end $$;
