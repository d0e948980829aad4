-- What people upload, on the owner's shard: a media id carries the owner's bucket.
create table media (
  user_id uuid not null,
  media_id uuid not null unique,
  client_mutation_id text not null,
  kind text not null check (kind in ('IMAGE', 'VIDEO', 'AUDIO', 'VOICE', 'FILE')),
  status text not null check (status in ('AWAITING_UPLOAD', 'PROCESSING', 'READY', 'REJECTED')),
  rejection text check (rejection in ('MALWARE', 'TYPE_MISMATCH', 'CORRUPT', 'TOO_LARGE', 'UPLOAD_EXPIRED')),
  filename text not null,
  -- As claimed; once READY, as it is served.
  content_type text not null,
  size bigint not null check (size > 0),
  -- Of what was uploaded, where the client gave it.
  sha256 text,
  width int,
  height int,
  duration_ms int,
  waveform int[],
  blur_hash text,
  -- [{ size, width, height, key }], smallest first.
  thumbnails jsonb,
  created_at timestamptz(3) not null,
  changed_at timestamptz(3) not null,
  upload_expires_at timestamptz(3) not null,
  -- When a message was last about to carry it.
  attached_at timestamptz(3),
  -- Until then no message may take it: its owner is deleting it.
  held_until timestamptz(3),
  -- Gone for everybody; the row stays for a day, as what the owner uploaded that day.
  deleted_at timestamptz(3),
  -- When its bytes were deleted after that.
  purged_at timestamptz(3),
  version bigint not null,
  primary key (user_id, media_id),
  unique (user_id, client_mutation_id),
  check ((status = 'REJECTED') = (rejection is not null))
);
create index media_waiting_idx on media (upload_expires_at) where status = 'AWAITING_UPLOAD' and deleted_at is null;
create index media_rejected_idx on media (changed_at) where status = 'REJECTED' and deleted_at is null;
create index media_deleted_idx on media (deleted_at) where deleted_at is not null;

-- Which messages carry which media: written and removed with the message. Only what stands here may be read by others than
-- the owner.
create table conversation_media (
  conversation_id uuid not null,
  seq int not null,
  media_id uuid not null,
  kind text not null,
  -- Its place in the message, from 0.
  position int not null,
  primary key (conversation_id, seq, media_id)
);
create index conversation_media_media_id_idx on conversation_media (media_id);

-- As in 20261125009000_statistics: the planner expects many rows behind each of these.
alter table conversation_media alter column conversation_id set (n_distinct = -0.01);
alter table media alter column user_id set (n_distinct = -0.01);

create function tell_media(p_media media, p_type text, p_traceparent text, p_fields jsonb) returns void language sql
begin atomic
  insert into outbox (topic, key, payload) values ('parley.media', p_media.media_id, (
    jsonb_build_object('type', p_type, 'version', 1, 'id', gen_random_uuid(), 'at', instant(p_media.changed_at),
      'traceparent', p_traceparent, 'mediaId', p_media.media_id, 'ownerId', p_media.user_id, 'kind', p_media.kind)
    || p_fields)::text);
end;

-- What counts against somebody's quotas: bytes that are kept or announced, and uploads begun within a day.
create function media_usage(p_user uuid, p_at timestamptz, out used_bytes bigint, out uploads int, out first_at timestamptz)
language sql stable
begin atomic
  select coalesce(sum(m.size) filter (where m.status <> 'REJECTED' and m.deleted_at is null), 0)::bigint,
    (count(*) filter (where m.created_at > p_at - interval '1 day'))::int,
    min(m.created_at) filter (where m.created_at > p_at - interval '1 day')
  from media m where m.user_id = p_user;
end;

-- Begins an upload. 'created'; 'known': the first one with this client mutation id; 'too-many': not before retry_at;
-- 'too-much': not before something is deleted.
create function create_upload(
  p_user uuid, p_media uuid, p_client_mutation_id text, p_kind text, p_filename text, p_content_type text, p_size bigint,
  p_sha256 text, p_lifetime interval, p_limit_bytes bigint, p_limit_uploads int, out outcome text, out id uuid, out retry_at timestamptz
) language plpgsql
set enable_seqscan = off
as $$
declare
  moment timestamptz(3);
  usage record;
begin
  perform hold_buckets(array[p_user]);
  -- One at a time for each person, or two would fit where one does.
  perform pg_advisory_xact_lock(72707372, hashtext(p_user::text));
  moment := clock_timestamp();
  select m.media_id into id from media m where m.user_id = p_user and m.client_mutation_id = p_client_mutation_id;
  if found then outcome := 'known'; return; end if;
  usage := media_usage(p_user, moment);
  if usage.uploads >= p_limit_uploads then
    outcome := 'too-many';
    retry_at := usage.first_at + interval '1 day';
    return;
  end if;
  if usage.used_bytes + p_size > p_limit_bytes then outcome := 'too-much'; return; end if;
  insert into media (user_id, media_id, client_mutation_id, kind, status, filename, content_type, size, sha256, created_at,
    changed_at, upload_expires_at, version)
  values (p_user, p_media, p_client_mutation_id, p_kind, 'AWAITING_UPLOAD', p_filename, p_content_type, p_size, p_sha256,
    moment, moment, moment + p_lifetime, 1);
  outcome := 'created';
  id := p_media;
end $$;

-- The bytes are there. Once is enough: false where it is not waiting for them.
create function complete_upload(p_user uuid, p_media uuid, p_traceparent text) returns boolean language plpgsql
set enable_seqscan = off
as $$
declare
  changed media;
begin
  perform hold_buckets(array[p_user]);
  update media m set status = 'PROCESSING', changed_at = clock_timestamp(), version = m.version + 1
  where m.user_id = p_user and m.media_id = p_media and m.status = 'AWAITING_UPLOAD' and m.deleted_at is null
  returning m.* into changed;
  if not found then return false; end if;
  perform tell_media(changed, 'MediaUploaded', p_traceparent, '{}');
  return true;
end $$;

-- It was looked at, and may be shown. False where nobody waits for that any more.
create function ready_media(p_media uuid, p_found jsonb, p_traceparent text) returns boolean language plpgsql
set enable_seqscan = off
as $$
declare
  changed media;
begin
  perform hold_buckets(array[p_media]);
  update media m set status = 'READY', changed_at = clock_timestamp(), version = m.version + 1,
    content_type = p_found ->> 'contentType', size = (p_found ->> 'size')::bigint,
    width = (p_found ->> 'width')::int, height = (p_found ->> 'height')::int, duration_ms = (p_found ->> 'durationMs')::int,
    waveform = case when jsonb_typeof(p_found -> 'waveform') = 'array'
      then array(select jsonb_array_elements_text(p_found -> 'waveform')::int) end,
    blur_hash = p_found ->> 'blurHash', thumbnails = p_found -> 'thumbnails'
  where m.media_id = p_media and m.status = 'PROCESSING' and m.deleted_at is null
  returning m.* into changed;
  if not found then return false; end if;
  perform tell_media(changed, 'MediaReady', p_traceparent, '{}');
  return true;
end $$;

-- It will never be shown. False where it does not wait for that any more, or no longer in this state.
create function reject_media(p_media uuid, p_from text, p_rejection text, p_traceparent text) returns boolean language plpgsql
set enable_seqscan = off
as $$
declare
  changed media;
begin
  perform hold_buckets(array[p_media]);
  update media m set status = 'REJECTED', rejection = p_rejection, changed_at = clock_timestamp(), version = m.version + 1
  where m.media_id = p_media and m.status = p_from and m.deleted_at is null
    and (p_from <> 'AWAITING_UPLOAD' or m.upload_expires_at <= clock_timestamp())
  returning m.* into changed;
  if not found then return false; end if;
  perform tell_media(changed, 'MediaRejected', p_traceparent, jsonb_build_object('rejection', p_rejection));
  return true;
end $$;

-- Of these, those that a message may carry, of this person or of anybody. None of them is deleted in the next ten seconds, which
-- is more than a send takes.
create function attach_media(p_media uuid[], p_owner uuid) returns table (media_id uuid, kind text, status text) language plpgsql
set enable_seqscan = off
as $$
#variable_conflict use_column
begin
  perform hold_buckets(p_media);
  return query
  update media m set attached_at = clock_timestamp()
  where m.media_id = any (p_media) and m.deleted_at is null and (p_owner is null or m.user_id = p_owner)
    and (m.held_until is null or m.held_until < clock_timestamp())
  returning m.media_id, m.kind, m.status;
end $$;

-- For ten seconds no message takes it. False while one may be on its way that carries it.
create function hold_media(p_media uuid) returns boolean language plpgsql
set enable_seqscan = off
as $$
begin
  perform hold_buckets(array[p_media]);
  update media m set held_until = clock_timestamp() + interval '10 seconds'
  where m.media_id = p_media and m.deleted_at is null
    and (m.attached_at is null or m.attached_at < clock_timestamp() - interval '10 seconds');
  return found;
end $$;

create function release_media(p_media uuid) returns void language plpgsql
set enable_seqscan = off
as $$
begin
  perform hold_buckets(array[p_media]);
  update media m set held_until = null where m.media_id = p_media;
end $$;

-- It is gone for everybody; false unless it is held. Its bytes are deleted after that.
create function delete_media(p_media uuid) returns boolean language plpgsql
set enable_seqscan = off
as $$
begin
  perform hold_buckets(array[p_media]);
  update media m set deleted_at = clock_timestamp(), changed_at = clock_timestamp(), version = m.version + 1
  where m.media_id = p_media and m.deleted_at is null and m.held_until > clock_timestamp();
  return found;
end $$;

-- As delete_media, of everything that somebody uploaded, whoever carries it.
create function erase_media(p_user uuid) returns void language plpgsql
set enable_seqscan = off
as $$
begin
  perform hold_buckets(array[p_user]);
  update media m set deleted_at = clock_timestamp(), changed_at = clock_timestamp(), version = m.version + 1
  where m.user_id = p_user and m.deleted_at is null;
end $$;

-- The bytes of what was deleted are gone; a day later the row is, too.
create function purge_media(p_media uuid[]) returns void language plpgsql
set enable_seqscan = off
as $$
begin
  perform hold_buckets(p_media);
  delete from media m
  where m.media_id = any (p_media) and m.deleted_at < clock_timestamp() - interval '1 day' and m.created_at < clock_timestamp() - interval '1 day';
  update media m set purged_at = clock_timestamp()
  where m.media_id = any (p_media) and m.deleted_at is not null and m.purged_at is null;
end $$;
