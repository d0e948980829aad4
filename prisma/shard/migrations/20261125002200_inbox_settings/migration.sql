alter table inbox
  -- Copied from the join, for the filter of the list; null in rows older than that.
  add column kind text check (kind in ('DIRECT', 'GROUP', 'CHANNEL'));

-- The list, pinned first, then by last activity. Conversations that fan out on read are ordered by what their shards say.
drop index inbox_user_id_last_activity_at_idx;
create index inbox_list_idx on inbox (user_id, (archived_at is not null), (pinned_at is not null), last_activity_at, conversation_id)
  where left_at is null and fan_out = 'ON_WRITE';
create index inbox_on_read_idx on inbox (user_id) where left_at is null and fan_out = 'ON_READ';

-- Rows as the API needs them.
create view inbox_item as
select user_id as "userId", conversation_id as "conversationId", fan_out as "fanOut", kind, last_activity_at as "lastActivityAt",
  greatest(last_seq - read_seq, 0) as "unreadCount", read_seq as "readSeq", left_at is not null as "isRemoved",
  is_muted and coalesce(muted_until > clock_timestamp(), true) as "isMuted", muted_until as "mutedUntil",
  pinned_at as "pinnedAt", archived_at as "archivedAt", version
from inbox;

create function is_muted_now(p_row inbox) returns boolean language sql stable
return p_row.is_muted and (p_row.muted_until is null or p_row.muted_until > clock_timestamp());

-- The person's own settings of a conversation, as the API writes them: what is left out of p_changes stays, null clears.
-- 'done'; 'not_found' where they have no row, unless p_is_member: the row that deliver has not brought yet is then made here;
-- 'not_muted' for a mutedUntil of what is not muted. Nothing is told where nothing changes.
create function update_inbox_item(p_user uuid, p_conversation uuid, p_changes jsonb, p_is_member boolean) returns text
language plpgsql
set enable_seqscan = off
as $$
declare
  moment timestamptz(3) := clock_timestamp();
  before inbox;
  after inbox;
  inbox_version bigint;
begin
  perform hold_buckets(array[p_user]);
  insert into inbox_head (user_id) values (p_user) on conflict do nothing;
  perform from inbox_head h where h.user_id = p_user for update;
  select i.* into before from inbox i where i.user_id = p_user and i.conversation_id = p_conversation;
  if not p_is_member and (before.user_id is null or before.left_at is not null) then
    return 'not_found';
  elsif before.user_id is null then
    insert into inbox (user_id, conversation_id, last_seq, read_seq, last_activity_at, conversation_version, version, changed_at)
    values (p_user, p_conversation, 0, 0, moment, 0, 0, moment) returning * into before;
  end if;

  after := before;
  if p_changes ? 'muted' then
    after.is_muted := coalesce((p_changes ->> 'muted')::boolean, false);
    if not after.is_muted or not is_muted_now(before) then
      after.muted_until := null;
    end if;
  end if;
  if p_changes ? 'mutedUntil' then
    if not after.is_muted and p_changes ->> 'mutedUntil' is not null then
      return 'not_muted';
    end if;
    after.muted_until := (p_changes ->> 'mutedUntil')::timestamptz;
  end if;
  if p_changes ? 'pinned' and coalesce((p_changes ->> 'pinned')::boolean, false) <> (before.pinned_at is not null) then
    after.pinned_at := case when before.pinned_at is null then moment end;
  end if;
  if p_changes ? 'archived' and coalesce((p_changes ->> 'archived')::boolean, false) <> (before.archived_at is not null) then
    after.archived_at := case when before.archived_at is null then moment end;
  end if;
  if after is not distinct from before and before.version > 0 then
    return 'done';
  end if;

  inbox_version := take_inbox_version(p_user);
  update inbox i set
    is_muted = after.is_muted, muted_until = after.muted_until, pinned_at = after.pinned_at, archived_at = after.archived_at,
    version = inbox_version, changed_at = moment
  where i.user_id = p_user and i.conversation_id = p_conversation;
  perform tell_inbox(p_user, p_conversation, inbox_version, moment, '{}');
  return 'done';
end $$;
