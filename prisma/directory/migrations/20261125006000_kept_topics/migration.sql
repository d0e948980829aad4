-- Topics of the event log whose records stay until somebody removes them: what is parked for a later try, and dead letters.
-- A record keeps the position of the one it stems from, which names it and orders the records of its key.
create table event_log_kept (
  topic text not null,
  position bigint not null,
  key uuid not null,
  value text not null,
  due_at timestamptz(3) not null,
  primary key (topic, position)
);
create index event_log_kept_key on event_log_kept (topic, key, position);

-- All or nothing. An added record that is there already stays as it is, unless it is to be replaced.
create function change_kept_events(
  topics text[], positions bigint[], keys uuid[], contents text[], due timestamptz[], replaces boolean[],
  gone_topics text[], gone_positions bigint[]
) returns void language plpgsql as $$
begin
  insert into event_log_kept as k (topic, position, key, value, due_at)
  select r.topic, r.position, r.key, r.content, r.due
  from unnest(topics, positions, keys, contents, due, replaces) as r (topic, position, key, content, due, is_replaced)
  where not r.is_replaced
  on conflict do nothing;

  insert into event_log_kept as k (topic, position, key, value, due_at)
  select r.topic, r.position, r.key, r.content, r.due
  from unnest(topics, positions, keys, contents, due, replaces) as r (topic, position, key, content, due, is_replaced)
  where r.is_replaced
  on conflict (topic, position) do update set value = excluded.value, due_at = excluded.due_at;

  delete from event_log_kept k using unnest(gone_topics, gone_positions) as r (topic, position)
  where k.topic = r.topic and k.position = r.position;
end $$;
