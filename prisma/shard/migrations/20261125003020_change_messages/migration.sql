-- Changes of messages that are stored already. Each function takes one message and the person who wants the change, locks the
-- conversation's head, checks, takes one version, leaves it on the message's row and tells the event with the whole message.
-- What is so already is 'done' without a version. `snapshot` is the message as it is then. Other outcomes: 'not-found': there
-- is no such message that this person may read; 'forbidden'; 'deleted'; 'blocked'; 'window-closed'; 'mentions-others';
-- 'too-many'.

-- The message, where this person is a member who may read it, with its conversation's head locked; else null.
create function lock_message(p_message uuid, p_user uuid) returns message language plpgsql as $$
declare
  target message;
begin
  perform hold_buckets(array[p_message]);
  perform from conversation_head h
  where h.conversation_id = (select m.conversation_id from message m where m.id = p_message) for update;
  select m.* into target from message m
  where m.id = p_message
    and exists (
      select from member mb where mb.conversation_id = m.conversation_id and mb.user_id = p_user and mb.left_at is null)
    and exists (
      select from member_span s
      where s.conversation_id = m.conversation_id and s.user_id = p_user
        and s.from_seq <= m.seq and (s.to_seq is null or s.to_seq >= m.seq));
  return target;
end $$;

-- Gives a message that has changed, whose head the caller has locked, the next version, and tells it.
create function tell_message(p_message uuid, p_type text, p_at timestamptz, p_fields jsonb) returns jsonb language plpgsql as $$
declare
  head_version bigint;
  changed message;
begin
  update conversation_head h set version = h.version + 1
  where h.conversation_id = (select m.conversation_id from message m where m.id = p_message) returning h.version into head_version;
  update message m set version = head_version, changed_at = greatest(p_at, m.created_at + interval '1 millisecond')
  where m.id = p_message returning m.* into changed;
  perform tell(changed.conversation_id, head_version, p_type, p_at,
    jsonb_build_object('message', message_snapshot(changed)) || p_fields);
  return message_snapshot(changed);
end $$;

-- A field of the event: the people whom a message mentioned and now does not.
create function unmentioned(p_before jsonb, p_after jsonb) returns jsonb language sql immutable
return (
  select case when ids is null then '{}' else jsonb_build_object('unmentionedIds', ids) end
  from (
    select jsonb_agg(distinct earlier -> 'userId') as ids from jsonb_array_elements(coalesce(p_before, '[]')) earlier
    where not exists (
      select from jsonb_array_elements(coalesce(p_after, '[]')) later where later -> 'userId' = earlier -> 'userId')
  ) gone
);

-- Takes everything from a message but that it was there. The caller has locked the head.
create function bury_message(p_target message, p_type text, p_deleted_at timestamptz) returns jsonb language plpgsql as $$
begin
  delete from reaction e where e.conversation_id = p_target.conversation_id and e.seq = p_target.seq;
  delete from message_edit e where e.conversation_id = p_target.conversation_id and e.seq = p_target.seq;
  update message m
  set body = null, mentions = null, reply_to_id = null, forwarded_from_id = null, edited_at = null, pinned_at = null,
    deleted_at = p_deleted_at
  where m.conversation_id = p_target.conversation_id and m.seq = p_target.seq;
  return tell_message(p_target.id, p_type, clock_timestamp(), unmentioned(p_target.mentions, null));
end $$;

-- Own texts, within the policy's window; what somebody else wrote and was forwarded is not the forwarder's to change.
create function edit_message(p_message uuid, p_actor uuid, p_body text, p_mentions jsonb, out outcome text, out snapshot jsonb)
language plpgsql as $$
declare
  target message := lock_message(p_message, p_actor);
  place conversation;
  actor_role text;
  moment timestamptz(3);
begin
  if target.id is null then outcome := 'not-found'; return; end if;
  if target.sender_id is distinct from p_actor or target.kind <> 'TEXT' then outcome := 'forbidden'; return; end if;
  if is_gone(target) then outcome := 'deleted'; return; end if;
  if target.forwarded_from_id is not null then outcome := 'forbidden'; return; end if;
  if target.body = p_body and target.mentions is not distinct from p_mentions then
    outcome := 'done';
    snapshot := message_snapshot(target);
    return;
  end if;
  moment := greatest(clock_timestamp(), coalesce(target.edited_at, target.created_at) + interval '1 millisecond');
  select c.* into place from conversation c where c.conversation_id = target.conversation_id;
  select m.role into actor_role from member m where m.conversation_id = target.conversation_id and m.user_id = p_actor;
  if moment > target.created_at + place.edit_window_seconds * interval '1 second' then outcome := 'window-closed'; return; end if;
  if not may_send(actor_role, place.who_can_send) then outcome := 'forbidden'; return; end if;
  if is_blocked(place.conversation_id, place.kind) then outcome := 'blocked'; return; end if;
  -- Who was mentioned before may have left.
  if p_mentions is not null and not mentions_members(place.conversation_id, (
    select coalesce(jsonb_agg(later), '[]') from jsonb_array_elements(p_mentions) later
    where not exists (
      select from jsonb_array_elements(coalesce(target.mentions, '[]')) earlier
      where earlier -> 'userId' = later -> 'userId')
  )) then
    outcome := 'mentions-others';
    return;
  end if;
  if target.body <> p_body then
    insert into message_edit (conversation_id, seq, edited_at, body)
    values (target.conversation_id, target.seq, moment, target.body);
  end if;
  update message m
  set body = p_body, mentions = p_mentions, edited_at = case when m.body <> p_body then moment else m.edited_at end
  where m.id = p_message;
  outcome := 'done';
  snapshot := tell_message(p_message, 'MessageEdited', moment, unmentioned(target.mentions, p_mentions));
end $$;

-- For everyone: admins always, the sender within the policy's window.
create function delete_message(p_message uuid, p_actor uuid, out outcome text, out snapshot jsonb) language plpgsql as $$
declare
  target message := lock_message(p_message, p_actor);
  is_admin boolean;
begin
  if target.id is null then outcome := 'not-found'; return; end if;
  select m.role in ('OWNER', 'ADMIN') into is_admin from member m
  where m.conversation_id = target.conversation_id and m.user_id = p_actor;
  if target.kind = 'SYSTEM' or not (is_admin or target.sender_id = p_actor) then outcome := 'forbidden'; return; end if;
  if is_gone(target) then
    outcome := 'done';
    snapshot := message_snapshot(target);
    return;
  end if;
  if not is_admin and clock_timestamp() > target.created_at + (
    select c.delete_window_seconds * interval '1 second' from conversation c where c.conversation_id = target.conversation_id
  ) then
    outcome := 'window-closed';
    return;
  end if;
  outcome := 'done';
  snapshot := bury_message(target, 'MessageDeleted', clock_timestamp());
end $$;

create function add_reaction(p_message uuid, p_actor uuid, p_emoji text, p_limit int, out outcome text, out snapshot jsonb)
language plpgsql
set enable_seqscan = off
as $$
declare
  target message := lock_message(p_message, p_actor);
  moment timestamptz(3) := clock_timestamp();
begin
  if target.id is null then outcome := 'not-found'; return; end if;
  if target.kind = 'SYSTEM' then outcome := 'forbidden'; return; end if;
  if is_gone(target) then outcome := 'deleted'; return; end if;
  if exists (
    select from conversation c where c.conversation_id = target.conversation_id and is_blocked(c.conversation_id, c.kind)
  ) then
    outcome := 'blocked';
    return;
  end if;
  if not exists (
    select from reaction e where e.conversation_id = target.conversation_id and e.seq = target.seq and e.emoji = p_emoji
  ) and (
    select count(distinct e.emoji) from reaction e where e.conversation_id = target.conversation_id and e.seq = target.seq
  ) >= p_limit then
    outcome := 'too-many';
    return;
  end if;
  outcome := 'done';
  insert into reaction (conversation_id, seq, user_id, emoji, created_at)
  values (target.conversation_id, target.seq, p_actor, p_emoji, moment) on conflict do nothing;
  if found then
    snapshot := tell_message(p_message, 'MessageReacted', moment, jsonb_build_object('reaction',
      jsonb_build_object('userId', p_actor, 'emoji', p_emoji, 'isAdded', true)));
  else
    snapshot := message_snapshot(target);
  end if;
end $$;

create function remove_reaction(p_message uuid, p_actor uuid, p_emoji text, out outcome text, out snapshot jsonb)
language plpgsql
set enable_seqscan = off
as $$
declare
  target message := lock_message(p_message, p_actor);
begin
  if target.id is null then outcome := 'not-found'; return; end if;
  outcome := 'done';
  delete from reaction e
  where e.conversation_id = target.conversation_id and e.seq = target.seq and e.emoji = p_emoji and e.user_id = p_actor;
  if found then
    snapshot := tell_message(p_message, 'MessageReacted', clock_timestamp(), jsonb_build_object('reaction',
      jsonb_build_object('userId', p_actor, 'emoji', p_emoji, 'isAdded', false)));
  else
    snapshot := message_snapshot(target);
  end if;
end $$;

-- Pins or unpins: in a DIRECT conversation both, elsewhere admins.
create function pin_message(p_message uuid, p_actor uuid, p_pinned boolean, p_limit int, out outcome text, out snapshot jsonb)
language plpgsql
set enable_seqscan = off
as $$
declare
  target message := lock_message(p_message, p_actor);
  place conversation;
  moment timestamptz(3) := clock_timestamp();
begin
  if target.id is null then outcome := 'not-found'; return; end if;
  select c.* into place from conversation c where c.conversation_id = target.conversation_id;
  if target.kind = 'SYSTEM' or (place.kind <> 'DIRECT' and not exists (
    select from member m
    where m.conversation_id = target.conversation_id and m.user_id = p_actor and m.role in ('OWNER', 'ADMIN')
  )) then
    outcome := 'forbidden';
    return;
  end if;
  if is_blocked(place.conversation_id, place.kind) then outcome := 'blocked'; return; end if;
  if p_pinned and is_gone(target) then outcome := 'deleted'; return; end if;
  if p_pinned = (target.pinned_at is not null) then
    outcome := 'done';
    snapshot := message_snapshot(target);
    return;
  end if;
  if p_pinned and (
    select count(*) from message m
    where m.conversation_id = target.conversation_id and m.pinned_at is not null and not is_gone(m)
  ) >= p_limit then
    outcome := 'too-many';
    return;
  end if;
  update message m set pinned_at = case when p_pinned then moment end where m.id = p_message;
  outcome := 'done';
  snapshot := tell_message(p_message, 'MessagePinned', moment, '{}');
end $$;

-- Hides a message from one person, on that person's shard: a change of their inbox, and then another of the conversation's
-- row there, whose last message it may have been. 'done', also where it is hidden already, or 'too-many'.
create function hide_message(p_user uuid, p_message uuid, p_conversation uuid, p_seq int, p_limit int) returns text
language plpgsql
set enable_seqscan = off
as $$
declare
  moment timestamptz(3);
  inbox_version bigint;
begin
  perform hold_buckets(array[p_user]);
  insert into inbox_head (user_id) values (p_user) on conflict do nothing;
  perform from inbox_head h where h.user_id = p_user for update;
  moment := clock_timestamp();
  if exists (select from hidden_message h where h.user_id = p_user and h.message_id = p_message) then
    return 'done';
  end if;
  if (
    select count(*) from hidden_message h where h.user_id = p_user and h.conversation_id = p_conversation
  ) >= p_limit then
    return 'too-many';
  end if;
  inbox_version := take_inbox_version(p_user);
  insert into hidden_message (user_id, message_id, conversation_id, seq, version, changed_at)
  values (p_user, p_message, p_conversation, p_seq, inbox_version, moment);
  delete from mention m where m.user_id = p_user and m.conversation_id = p_conversation and m.seq = p_seq;
  perform tell_inbox(p_user, p_conversation, inbox_version, moment, jsonb_build_object('hiddenMessageId', p_message));
  if exists (
    select from inbox i where i.user_id = p_user and i.conversation_id = p_conversation and i.left_at is null
  ) then
    inbox_version := take_inbox_version(p_user);
    update inbox i set version = inbox_version, changed_at = moment
    where i.user_id = p_user and i.conversation_id = p_conversation;
    perform tell_inbox(p_user, p_conversation, inbox_version, moment, '{}');
  end if;
  return 'done';
end $$;
