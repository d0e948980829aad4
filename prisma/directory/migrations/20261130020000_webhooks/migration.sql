-- Where a bot's programs are told of what happens in its conversations.
create table webhook (
  webhook_id uuid primary key,
  user_id uuid not null references "user" (user_id) on delete cascade,
  url text not null,
  -- Signs what is sent: so it is kept as it is.
  secret text not null,
  -- The one before it signs too, until then.
  old_secret text,
  old_secret_until timestamptz(3),
  event_types text[] not null,
  -- Null: all conversations of the bot.
  conversation_ids uuid[],
  created_at timestamptz(3) not null default now(),
  last_delivered_at timestamptz(3),
  last_error text,
  -- Deliveries that were given up since one has succeeded.
  given_up int not null default 0,
  disabled_at timestamptz(3)
);
create index webhook_user_id_idx on webhook (user_id);

-- What waits to be sent, one line for each webhook and conversation, in the order of versions; and what was given up.
create table webhook_delivery (
  webhook_id uuid not null references webhook (webhook_id) on delete cascade,
  conversation_id uuid not null,
  version bigint not null,
  event_id uuid not null,
  message_id uuid,
  payload jsonb not null,
  created_at timestamptz(3) not null default now(),
  due_at timestamptz(3) not null default now(),
  attempts int not null default 0,
  leased_until timestamptz(3),
  dead_at timestamptz(3),
  primary key (webhook_id, conversation_id, version)
);
create index webhook_delivery_waiting_idx on webhook_delivery (webhook_id, conversation_id, version) where dead_at is null;
create index webhook_delivery_message_id_idx on webhook_delivery (message_id);
create index webhook_delivery_created_at_idx on webhook_delivery (created_at);
