alter table conversation
  drop constraint conversation_kind_check,
  add constraint conversation_kind_check check (kind in ('DIRECT', 'GROUP', 'CHANNEL')),
  add column visibility text not null default 'PRIVATE' check (visibility in ('PRIVATE', 'PUBLIC')),
  -- Switched once, by the join that passes the limit of fan-out on write; never back.
  add column fan_out text not null default 'ON_WRITE' check (fan_out in ('ON_WRITE', 'ON_READ')),
  add column who_can_send text not null default 'MEMBER' check (who_can_send in ('OWNER', 'ADMIN', 'MEMBER')),
  add column who_can_invite text not null default 'MEMBER' check (who_can_invite in ('OWNER', 'ADMIN', 'MEMBER')),
  add column edit_window_seconds int not null default 86400 check (edit_window_seconds >= 0),
  add column delete_window_seconds int not null default 86400 check (delete_window_seconds >= 0),
  add column slow_mode_seconds int not null default 0 check (slow_mode_seconds >= 0),
  add column message_ttl_seconds int check (message_ttl_seconds > 0),
  add column avatar_media_id uuid;

alter table member
  -- DIRECT: one of the two has blocked the other. Copied from the directory, with the version it came from.
  add column is_blocked boolean not null default false,
  add column block_version bigint not null default 0,
  -- The version at which a watermark moved last.
  add column watermark_version bigint not null default 0,
  add column last_sent_at timestamptz(3);
create index member_conversation_id_watermark_version_idx on member (conversation_id, watermark_version);

alter table message
  alter column sender_id drop not null,
  add column reply_to_id uuid,
  add column forwarded_from_id uuid,
  add column mentions jsonb,
  add column system_event jsonb,
  add column edited_at timestamptz(3),
  add column deleted_at timestamptz(3),
  add column expires_at timestamptz(3),
  add column pinned_at timestamptz(3),
  add column failed_at timestamptz(3);
create index message_expires_at_idx on message (expires_at) where expires_at is not null and deleted_at is null;
create index message_reply_to_id_idx on message (conversation_id, reply_to_id, seq) where reply_to_id is not null;
create index message_pinned_at_idx on message (conversation_id, pinned_at) where pinned_at is not null;

create table reaction (
  conversation_id uuid not null,
  seq int not null,
  user_id uuid not null,
  emoji text not null,
  created_at timestamptz(3) not null,
  primary key (conversation_id, seq, emoji, user_id)
);

create table message_edit (
  conversation_id uuid not null,
  seq int not null,
  edited_at timestamptz(3) not null,
  -- As it read before.
  body text not null,
  primary key (conversation_id, seq, edited_at)
);

-- On the shard of the person mentioned, beside their inbox: what is unread is counted there, never counted up.
create table mention (
  user_id uuid not null,
  conversation_id uuid not null,
  seq int not null,
  primary key (user_id, conversation_id, seq)
);

create table invite (
  conversation_id uuid not null,
  invite_id uuid not null unique,
  code text not null unique,
  created_by uuid not null,
  client_mutation_id text,
  needs_approval boolean not null,
  max_uses int check (max_uses > 0),
  use_count int not null default 0,
  expires_at timestamptz(3),
  revoked_at timestamptz(3),
  created_at timestamptz(3) not null,
  primary key (conversation_id, invite_id),
  unique (conversation_id, created_by, client_mutation_id)
);

create table join_request (
  conversation_id uuid not null,
  join_request_id uuid not null unique,
  user_id uuid not null,
  invite_id uuid not null,
  requested_at timestamptz(3) not null,
  -- Null while it waits.
  decision text check (decision in ('APPROVED', 'DECLINED')),
  decided_by uuid,
  decided_at timestamptz(3),
  primary key (conversation_id, join_request_id)
);
create unique index join_request_waiting_idx on join_request (conversation_id, user_id) where decision is null;

alter table inbox
  add column fan_out text not null default 'ON_WRITE' check (fan_out in ('ON_WRITE', 'ON_READ')),
  add column is_muted boolean not null default false,
  add column muted_until timestamptz(3),
  add column pinned_at timestamptz(3),
  add column archived_at timestamptz(3);

create table hidden_message (
  user_id uuid not null,
  message_id uuid not null,
  conversation_id uuid not null,
  seq int not null,
  version bigint not null,
  changed_at timestamptz(3) not null,
  primary key (user_id, message_id)
);
create index hidden_message_user_id_version_idx on hidden_message (user_id, version);
create index hidden_message_user_id_conversation_id_idx on hidden_message (user_id, conversation_id, seq);

-- A UUIDv7 with the bucket of another id.
create function new_id_beside(p_id uuid) returns uuid language sql volatile parallel safe
return (
  lpad(to_hex((extract(epoch from clock_timestamp()) * 1000)::bigint), 12, '0') || '7' || substr(replace(p_id::text, '-', ''), 14, 3)
  || substr('89ab', 1 + floor(random() * 4)::int, 1) || substr(replace(gen_random_uuid()::text, '-', ''), 18, 15)
)::uuid;

-- A message made by the server, in a conversation whose head the caller has locked: takes one seq and one version. The actor
-- has read it.
create function post_system_message(p_conversation uuid, p_kind text, p_actor uuid, p_subjects uuid[], p_text text)
returns void language plpgsql as $$
declare
  moment timestamptz(3) := clock_timestamp();
  head conversation_head;
  message_id uuid := new_id_beside(p_conversation);
  what jsonb := jsonb_build_object('kind', p_kind, 'actorId', p_actor, 'subjectIds', to_jsonb(p_subjects), 'text', p_text);
begin
  update conversation_head h set last_seq = h.last_seq + 1, version = h.version + 1
  where h.conversation_id = p_conversation returning h.* into head;
  insert into message (conversation_id, seq, id, sender_id, kind, client_message_id, body, system_event, created_at, version, changed_at)
  values (p_conversation, head.last_seq, message_id, null, 'SYSTEM', message_id::text, null, what, moment, head.version, moment);
  update member m set read_seq = greatest(m.read_seq, head.last_seq), delivered_seq = greatest(m.delivered_seq, head.last_seq)
  where m.conversation_id = p_conversation and m.user_id = p_actor and m.left_at is null;
  perform tell(p_conversation, head.version, 'MessageSent', moment, jsonb_build_object('message', jsonb_build_object(
    'id', message_id, 'conversationId', p_conversation, 'seq', head.last_seq, 'senderId', null, 'kind', 'SYSTEM', 'body', null,
    'clientMessageId', message_id::text, 'createdAt', instant(moment), 'systemEvent', what)));
end $$;

-- The next version of somebody's inbox; their head stays locked until the transaction ends. The caller holds their bucket.
create function take_inbox_version(p_user uuid) returns bigint language sql
begin atomic
  insert into inbox_head as h (user_id, version) values (p_user, 1)
  on conflict (user_id) do update set version = h.version + 1 returning version;
end;

-- A change of one person's own state of a conversation: read, muted, pinned, archived, or a message hidden.
create function tell_inbox(p_user uuid, p_conversation uuid, p_version bigint, p_at timestamptz, p_fields jsonb)
returns void language sql
begin atomic
  insert into outbox (topic, key, payload) values ('parley.inbox', p_user, (
    jsonb_build_object('type', 'InboxItemUpdated', 'version', 1, 'id', gen_random_uuid(), 'at', instant(p_at), 'traceparent', null,
      'userId', p_user, 'conversationId', p_conversation, 'inboxVersion', p_version) || p_fields)::text);
end;
