create table shard_state (
  one boolean primary key default true check (one),
  epoch int not null
);
insert into shard_state (epoch) values (1);

create table bucket_owner (
  bucket int primary key check (bucket between 0 and 4095),
  open boolean not null default true
);

-- The 12 bits of rand_a of a UUIDv7 (RFC 9562 §5.7).
create function bucket_of(id uuid) returns int language sql immutable parallel safe
return ((get_byte(uuid_send(id), 6) & 15) << 8) | get_byte(uuid_send(id), 7);

-- Holds the buckets of these ids until the transaction ends. The first statement of every function that writes: a bucket
-- that is being moved away is then seen as closed (the check runs on a fresh snapshot), never written behind the mover's back.
create function hold_buckets(ids uuid[]) returns void language plpgsql as $$
declare
  buckets int[];
begin
  select array_agg(distinct bucket_of(id) order by bucket_of(id)) into buckets from unnest(ids) id;
  perform pg_advisory_xact_lock_shared(72707370, b) from unnest(buckets) b;
  if (select count(*) from bucket_owner o where o.bucket = any (buckets) and o.open) <> cardinality(buckets) then
    raise exception 'bucket not owned by this shard' using errcode = 'PY001';
  end if;
end $$;

create table conversation (
  conversation_id uuid primary key,
  kind text not null check (kind in ('DIRECT', 'GROUP')),
  direct_key text unique,
  title text,
  description text,
  created_by uuid not null,
  client_mutation_id text,
  created_at timestamptz(3) not null,
  version bigint not null,
  changed_at timestamptz(3) not null,
  unique (created_by, client_mutation_id)
);

create table conversation_head (
  conversation_id uuid primary key,
  last_seq int not null default 0,
  version bigint not null default 0,
  member_count int not null default 0
) with (fillfactor = 50);

create table member (
  conversation_id uuid not null,
  user_id uuid not null,
  role text not null check (role in ('OWNER', 'ADMIN', 'MEMBER')),
  joined_at timestamptz(3) not null,
  left_at timestamptz(3),
  delivered_seq int not null default 0,
  read_seq int not null default 0,
  version bigint not null,
  changed_at timestamptz(3) not null,
  primary key (conversation_id, user_id)
) with (fillfactor = 80);
create index member_conversation_id_version_idx on member (conversation_id, version);

create table member_span (
  conversation_id uuid not null,
  user_id uuid not null,
  from_seq int not null,
  to_seq int,
  primary key (conversation_id, user_id, from_seq)
);

create table message (
  conversation_id uuid not null,
  seq int not null,
  id uuid not null unique,
  sender_id uuid not null,
  kind text not null,
  client_message_id text not null,
  body text,
  created_at timestamptz(3) not null,
  version bigint not null,
  changed_at timestamptz(3) not null,
  primary key (conversation_id, seq),
  unique (conversation_id, sender_id, client_message_id)
);
create index message_conversation_id_version_idx on message (conversation_id, version);

create table inbox (
  user_id uuid not null,
  conversation_id uuid not null,
  last_seq int not null,
  read_seq int not null,
  last_activity_at timestamptz(3) not null,
  left_at timestamptz(3),
  conversation_version bigint not null,
  version bigint not null,
  changed_at timestamptz(3) not null,
  primary key (user_id, conversation_id)
) with (fillfactor = 80);
create index inbox_user_id_version_idx on inbox (user_id, version);
create index inbox_user_id_last_activity_at_idx on inbox (user_id, last_activity_at);

create table inbox_head (
  user_id uuid primary key,
  version bigint not null default 0
) with (fillfactor = 50);

create table outbox (
  id bigserial primary key,
  topic text not null,
  key uuid not null,
  payload text not null
);
