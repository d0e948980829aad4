-- What must outlive the store of living devices. No row: never seen.
create table presence (
  user_id uuid primary key references "user" on delete cascade,
  -- Appears offline to everybody.
  is_invisible boolean not null default false,
  -- When they were last known to be online; null once known to be offline, and while invisible.
  online_at timestamptz(3),
  last_seen_at timestamptz(3)
);
