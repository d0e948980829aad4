alter table "user"
  add column email_verified_at timestamptz(3),
  add column role text not null default 'MEMBER' check (role in ('MEMBER', 'MODERATOR', 'ADMIN')),
  add column last_seen text not null default 'EVERYONE'
    check (last_seen in ('EVERYONE', 'DIRECT_CONTACTS', 'NOBODY')),
  add column read_receipts boolean not null default true,
  add column typing_indicators boolean not null default true,
  add column direct_messages text not null default 'EVERYONE'
    check (direct_messages in ('EVERYONE', 'DIRECT_CONTACTS', 'NOBODY')),
  add column suspended_at timestamptz(3),
  -- The row stays, for those who wrote to the person; the handle too, until somebody takes it after some months.
  add column deleted_at timestamptz(3);

-- One living code a person and purpose: a newer one takes its place.
create table one_time_code (
  user_id uuid not null references "user" on delete cascade,
  purpose text not null check (purpose in ('VERIFY_EMAIL', 'RESET_PASSWORD')),
  code_hash text not null unique,
  email text not null,
  expires_at timestamptz(3) not null,
  attempts int not null default 0,
  used_at timestamptz(3),
  -- Letters within the window that began at mailed_since.
  letters int not null default 1,
  mailed_since timestamptz(3) not null default now(),
  primary key (user_id, purpose)
);

create table oidc_identity (
  issuer text not null,
  subject text not null,
  user_id uuid not null references "user" on delete cascade,
  created_at timestamptz(3) not null default now(),
  primary key (issuer, subject)
);
create index on oidc_identity (user_id);

-- Grows over all blocks and unblocks. Of one person's, the order of numbers is the order of changes: each takes its
-- number while it holds that person's row.
create sequence block_version;

create table block (
  user_id uuid not null references "user" on delete cascade,
  blocked_user_id uuid not null references "user" on delete cascade,
  version bigint not null,
  created_at timestamptz(3) not null default now(),
  primary key (user_id, blocked_user_id)
);
create index on block (blocked_user_id);
create index on block (user_id, version);

create table mute (
  user_id uuid not null references "user" on delete cascade,
  muted_user_id uuid not null references "user" on delete cascade,
  until timestamptz(3),
  created_at timestamptz(3) not null default now(),
  primary key (user_id, muted_user_id)
);
create index on mute (user_id, created_at, muted_user_id);

create table report (
  report_id uuid primary key,
  reporter_id uuid not null references "user" on delete cascade,
  client_mutation_id text not null,
  subject_kind text not null check (subject_kind in ('user', 'message', 'conversation')),
  subject_id uuid not null,
  -- Who answers for the subject, as far as one person does.
  author_id uuid,
  excerpt text not null,
  reason text not null,
  comment text,
  created_at timestamptz(3) not null default now(),
  resolution text check (resolution in ('DISMISSED', 'CONTENT_REMOVED', 'USER_WARNED', 'USER_SUSPENDED')),
  note text,
  resolved_by uuid,
  resolved_at timestamptz(3),
  check ((resolution is null) = (resolved_at is null)),
  unique (reporter_id, client_mutation_id)
);
create index report_open on report (report_id) where resolution is null;
create index report_resolved on report (report_id) where resolution is not null;
