create table "user" (
  user_id uuid primary key,
  email text unique,
  handle text not null unique,
  display_name text not null,
  bio text,
  password_hash text,
  created_at timestamptz(3) not null default now(),
  changed_at timestamptz(3) not null default now()
);

create table device (
  device_id uuid primary key,
  user_id uuid not null references "user" on delete cascade,
  installation_id text,
  name text not null,
  platform text not null,
  signed_in_at timestamptz(3) not null default now(),
  last_active_at timestamptz(3) not null default now(),
  network text,
  signed_out_at timestamptz(3),
  unique (user_id, installation_id)
);

create table refresh_token (
  token_hash text primary key,
  device_id uuid not null references device on delete cascade,
  created_at timestamptz(3) not null default now(),
  expires_at timestamptz(3) not null,
  used_at timestamptz(3),
  used_with text
);
create index on refresh_token (device_id);

create table shard_map (
  from_bucket int primary key check (from_bucket between 0 and 4095),
  to_bucket int not null check (to_bucket between from_bucket and 4095),
  shard text not null
);

create table shard_map_version (
  one boolean primary key default true check (one),
  version bigint not null
);
insert into shard_map_version (version) values (0);

create table outbox (
  id bigserial primary key,
  topic text not null,
  key uuid not null,
  payload text not null
);
