-- Pictures of conversations. As before, and avatarMediaId: null clears it.
create or replace function write_conversation(p_conversation uuid, p_changes jsonb) returns void language plpgsql as $$
declare
  policy jsonb := coalesce(p_changes -> 'policy', '{}');
begin
  update conversation c set
    title = coalesce(p_changes ->> 'title', c.title),
    description = case when p_changes ? 'description' then p_changes ->> 'description' else c.description end,
    avatar_media_id = case when p_changes ? 'avatarMediaId' then (p_changes ->> 'avatarMediaId')::uuid else c.avatar_media_id end,
    visibility = coalesce(p_changes ->> 'visibility', c.visibility),
    who_can_send = coalesce(policy ->> 'whoCanSend', c.who_can_send),
    who_can_invite = coalesce(policy ->> 'whoCanInvite', c.who_can_invite),
    edit_window_seconds = coalesce((policy ->> 'editWindowSeconds')::int, c.edit_window_seconds),
    delete_window_seconds = coalesce((policy ->> 'deleteWindowSeconds')::int, c.delete_window_seconds),
    slow_mode_seconds = coalesce((policy ->> 'slowModeSeconds')::int, c.slow_mode_seconds),
    message_ttl_seconds = case when policy ? 'messageTtlSeconds' then (policy ->> 'messageTtlSeconds')::int else c.message_ttl_seconds end
  where c.conversation_id = p_conversation;
end $$;

-- As before, and with a picture. Who calls it without one goes on doing so.
drop function create_conversation;
create function create_conversation(
  p_id uuid, p_kind text, p_direct_key text, p_title text, p_description text, p_creator uuid, p_client_mutation_id text,
  p_others uuid[], p_visibility text default 'PRIVATE', p_policy jsonb default '{}', p_avatar uuid default null
) returns uuid language plpgsql as $$
declare
  moment timestamptz(3) := clock_timestamp();
  is_announced boolean := p_kind <> 'DIRECT';
  found_id uuid;
  other uuid;
begin
  perform hold_buckets(array[p_id]);
  insert into conversation (conversation_id, kind, direct_key, title, description, created_by, client_mutation_id, created_at, version, changed_at)
  values (p_id, p_kind, p_direct_key, p_title, p_description, p_creator, p_client_mutation_id, moment, 1, moment)
  on conflict do nothing;
  if not found then
    -- A statement of its own: it sees what the other transaction committed while the insert waited for it.
    select c.conversation_id into strict found_id from conversation c
    where c.direct_key = p_direct_key or (c.created_by = p_creator and c.client_mutation_id = p_client_mutation_id);
    return found_id;
  end if;
  perform write_conversation(p_id, jsonb_build_object('visibility', p_visibility, 'policy', p_policy, 'avatarMediaId', p_avatar));
  insert into conversation_head (conversation_id, version) values (p_id, 1);
  perform tell(p_id, 1, 'ConversationCreated', moment, jsonb_build_object('kind', p_kind, 'createdBy', p_creator));
  perform join_member(p_id, p_creator, case p_kind when 'DIRECT' then 'MEMBER' else 'OWNER' end, 1, is_announced::int, true);
  foreach other in array p_others loop
    perform join_member(p_id, other, 'MEMBER', 1, is_announced::int, true);
  end loop;
  if is_announced then
    perform post_system_message(p_id, 'CONVERSATION_CREATED', p_creator, p_others[1:20], null);
  end if;
  return p_id;
end $$;
alter function create_conversation(uuid, text, text, text, text, uuid, text, uuid[], text, jsonb, uuid) set enable_seqscan = off;
