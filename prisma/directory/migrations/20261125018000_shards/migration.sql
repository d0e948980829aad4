-- The shards there are. Without a url: the database parley_<name> on the server of the directory, or where the configuration
-- says.
create table shard (
  name text primary key check (name ~ '^[a-z][a-z0-9_]{0,30}$'),
  url text,
  added_at timestamptz(3) not null default now()
);
insert into shard (name) select distinct m.shard from shard_map m;

-- Moves of ranges of buckets from one shard to another, with the last step that was completed.
create table shard_move (
  move_id uuid primary key,
  from_bucket int not null check (from_bucket between 0 and 4095),
  to_bucket int not null check (to_bucket between from_bucket and 4095),
  source text not null,
  target text not null,
  step text not null check (step in ('prepared', 'copied', 'fenced', 'opened', 'mapped', 'cut', 'done', 'aborting', 'aborted')),
  -- For how long writes were held, once they were.
  held_ms int,
  started_at timestamptz(3) not null default now(),
  changed_at timestamptz(3) not null default now()
);
-- One at a time.
create unique index shard_move_under_way_idx on shard_move ((true)) where step not in ('done', 'aborted');
