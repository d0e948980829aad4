-- A bot is an account that belongs to a person: nobody signs in to it, programs act for it by its API keys.
alter table "user" add column owner_id uuid references "user" (user_id) on delete cascade;
create index user_owner_id_idx on "user" (owner_id) where owner_id is not null;

-- A key is a device of its bot: it is revoked as a device is signed out, and its name and dates are the device's.
create table api_key (
  device_id uuid primary key references device (device_id) on update cascade on delete cascade,
  -- SHA-256 of the key. The key itself is shown once, when it is made.
  key_hash text not null unique,
  -- How it begins, for people to tell it from others.
  prefix text not null,
  scopes text[] not null,
  expires_at timestamptz(3),
  last_used_at timestamptz(3)
);
create index api_key_expires_at_idx on api_key (expires_at) where expires_at is not null;
