-- Where a device is woken. It goes when the device signs out.
create table push_target (
  push_target_id uuid primary key,
  user_id uuid not null references "user" (user_id) on delete cascade,
  device_id uuid not null references device (device_id) on update cascade on delete cascade,
  provider text not null check (provider in ('FCM', 'APNS', 'WEB_PUSH')),
  -- The provider's token, or the endpoint of Web Push.
  address text not null,
  -- Of provider and address, SHA-256: an address may be longer than what an index holds.
  address_hash text not null unique,
  -- The keys of Web Push, base64url.
  p256dh text,
  auth text,
  created_at timestamptz(3) not null default now(),
  last_delivered_at timestamptz(3),
  -- When the provider said that it is gone.
  invalid_at timestamptz(3),
  check ((provider = 'WEB_PUSH') = (p256dh is not null and auth is not null))
);
create index push_target_user_id_idx on push_target (user_id);
create index push_target_device_id_idx on push_target (device_id);

-- No row: the defaults.
create table notification_settings (
  user_id uuid primary key references "user" (user_id) on delete cascade,
  push text not null default 'ALL' check (push in ('ALL', 'MENTIONS_AND_DIRECT', 'NONE')),
  email text not null default 'MENTIONS_AND_DIRECT' check (email in ('ALL', 'MENTIONS_AND_DIRECT', 'NONE')),
  email_after_minutes int not null default 60 check (email_after_minutes between 0 and 10080),
  show_preview boolean not null default false,
  -- HH:MM in quiet_zone; all three or none.
  quiet_from text,
  quiet_to text,
  quiet_zone text,
  check (num_nonnulls(quiet_from, quiet_to, quiet_zone) in (0, 3))
);

-- People who may have unread messages to be told of by mail, and when to look.
create table email_digest (
  user_id uuid primary key references "user" (user_id) on delete cascade,
  due_at timestamptz not null,
  leased_until timestamptz,
  -- Raised by each message: who looks meanwhile looks again.
  revision int not null default 0
);
create index email_digest_due_at_idx on email_digest (due_at);

-- What people were told of by mail: up to which message of a conversation, and when.
create table mailed_conversation (
  user_id uuid not null references "user" (user_id) on delete cascade,
  conversation_id uuid not null,
  seq int not null,
  mailed_at timestamptz(3) not null,
  primary key (user_id, conversation_id)
);
