alter table member
  -- Who removed them; null while they are in, and where they left of their own accord.
  add column removed_by uuid;
create index member_conversation_id_role_idx on member (conversation_id, role, joined_at, user_id)
  where left_at is null and role <> 'MEMBER';

create function rank_of(p_role text) returns int language sql immutable parallel safe
return case p_role when 'OWNER' then 3 when 'ADMIN' then 2 when 'MEMBER' then 1 else 0 end;

-- Null for who is not in.
create function role_in(p_conversation uuid, p_user uuid) returns text language sql stable
return (select m.role from member m where m.conversation_id = p_conversation and m.user_id = p_user and m.left_at is null);

-- What an event says of how its conversation reached people when it happened: nothing while it fans out on write.
create function fan_out_stamp(p_conversation uuid) returns text language sql stable
return (select ',"fanOut":"ON_READ"' from conversation c where c.conversation_id = p_conversation and c.fan_out = 'ON_READ');

create or replace function tell(p_conversation uuid, p_version bigint, p_type text, p_at timestamptz, p_fields jsonb)
returns void language sql
begin atomic
  insert into outbox (topic, key, payload) values ('parley.conversation', p_conversation, (
    jsonb_build_object('type', p_type, 'version', 1, 'id', gen_random_uuid(), 'at', instant(p_at), 'traceparent', null,
      'conversationId', p_conversation, 'conversationVersion', p_version)
    || case when fan_out_stamp(p_conversation) is null then '{}' else jsonb_build_object('fanOut', 'ON_READ') end
    || p_fields)::text);
end;

-- From now on messages reach people when they read. Told by the last event that still goes to every member's inbox. The
-- caller has locked the head. Takes one version.
create function switch_to_fan_out_on_read(p_conversation uuid) returns void language plpgsql as $$
declare
  moment timestamptz(3) := clock_timestamp();
  head_version bigint;
begin
  update conversation_head h set version = h.version + 1
  where h.conversation_id = p_conversation returning h.version into head_version;
  perform tell(p_conversation, head_version, 'ConversationUpdated', moment, jsonb_build_object('switchedTo', 'ON_READ'));
  update conversation c set fan_out = 'ON_READ', version = head_version, changed_at = moment
  where c.conversation_id = p_conversation;
end $$;

-- Makes somebody a member, whose head the caller has locked. They may read from p_from_seq on, and have nothing to catch up
-- on up to p_read_seq. Takes one version. p_is_founding: as the conversation is made.
drop function join_member;
create function join_member(
  p_conversation uuid, p_user uuid, p_role text, p_from_seq int, p_read_seq int, p_is_founding boolean default false
) returns void language plpgsql as $$
declare
  moment timestamptz(3) := clock_timestamp();
  head_version bigint;
  joined member;
begin
  update conversation_head h set version = h.version + 1, member_count = h.member_count + 1
  where h.conversation_id = p_conversation returning h.version into head_version;
  insert into member as m (conversation_id, user_id, role, joined_at, delivered_seq, read_seq, version, changed_at)
  values (p_conversation, p_user, p_role, moment, p_read_seq, p_read_seq, head_version, moment)
  on conflict (conversation_id, user_id) do update set
    role = excluded.role, joined_at = excluded.joined_at, left_at = null, removed_by = null,
    delivered_seq = greatest(m.delivered_seq, excluded.delivered_seq), read_seq = greatest(m.read_seq, excluded.read_seq),
    version = excluded.version, changed_at = excluded.changed_at
  returning m.* into joined;
  insert into member_span (conversation_id, user_id, from_seq) values (p_conversation, p_user, p_from_seq)
  on conflict (conversation_id, user_id, from_seq) do update set to_seq = null;
  perform tell(p_conversation, head_version, 'MemberJoined', moment, member_fields(joined) || jsonb_build_object(
    'fromSeq', p_from_seq, 'readSeq', p_read_seq,
    'kind', (select c.kind from conversation c where c.conversation_id = p_conversation))
    || case when p_is_founding then '{"isFounding": true}' else '{}'::jsonb end);
end $$;

-- Groups show what is said from joining on; channels all of it. Who was removed and comes back does not see the gap; who
-- left a channel of their own accord does.
create function first_readable(p_kind text, p_conversation uuid, p_user uuid, p_last_seq int) returns int language sql stable
return case
  when p_kind <> 'CHANNEL' then p_last_seq + 1
  when exists (select from member m where m.conversation_id = p_conversation and m.user_id = p_user and m.removed_by is not null)
    then p_last_seq + 1
  else coalesce(
    (select max(s.from_seq) from member_span s where s.conversation_id = p_conversation and s.user_id = p_user), 1)
end;

-- Lets people in who are not in, into a conversation whose head the caller has locked; the join that passes the limit of
-- fan-out on write switches it. Where messages fan out on write, one message tells of all of them, and they see it.
create function admit_members(p_conversation uuid, p_actor uuid, p_users uuid[]) returns void language plpgsql as $$
declare
  place conversation;
  head conversation_head;
  newcomer uuid;
  is_announced boolean;
begin
  if cardinality(p_users) = 0 then
    return;
  end if;
  select h.* into head from conversation_head h where h.conversation_id = p_conversation;
  select c.* into place from conversation c where c.conversation_id = p_conversation;
  if place.fan_out = 'ON_WRITE' and head.member_count + cardinality(p_users) > 256 then
    perform switch_to_fan_out_on_read(p_conversation);
    place.fan_out := 'ON_READ';
  end if;
  is_announced := place.fan_out = 'ON_WRITE';
  foreach newcomer in array p_users loop
    perform join_member(p_conversation, newcomer, 'MEMBER',
      first_readable(place.kind, p_conversation, newcomer, head.last_seq), head.last_seq + is_announced::int);
  end loop;
  update join_request r set decision = 'APPROVED', decided_by = p_actor, decided_at = clock_timestamp()
  where r.conversation_id = p_conversation and r.user_id = any (p_users) and r.decision is null;
  if is_announced then
    perform post_system_message(p_conversation, 'MEMBERS_JOINED', p_actor, p_users[1:20], null);
  end if;
end $$;

-- Writes what the API says of a conversation over what is there: title, description, visibility, policy. What is left out
-- stays; null clears a description, and messageTtlSeconds.
create function write_conversation(p_conversation uuid, p_changes jsonb) returns void language plpgsql as $$
declare
  policy jsonb := coalesce(p_changes -> 'policy', '{}');
begin
  update conversation c set
    title = coalesce(p_changes ->> 'title', c.title),
    description = case when p_changes ? 'description' then p_changes ->> 'description' else c.description end,
    visibility = coalesce(p_changes ->> 'visibility', c.visibility),
    who_can_send = coalesce(policy ->> 'whoCanSend', c.who_can_send),
    who_can_invite = coalesce(policy ->> 'whoCanInvite', c.who_can_invite),
    edit_window_seconds = coalesce((policy ->> 'editWindowSeconds')::int, c.edit_window_seconds),
    delete_window_seconds = coalesce((policy ->> 'deleteWindowSeconds')::int, c.delete_window_seconds),
    slow_mode_seconds = coalesce((policy ->> 'slowModeSeconds')::int, c.slow_mode_seconds),
    message_ttl_seconds = case when policy ? 'messageTtlSeconds' then (policy ->> 'messageTtlSeconds')::int else c.message_ttl_seconds end
  where c.conversation_id = p_conversation;
end $$;

-- The conversation with this direct_key, or this creator and client_mutation_id: a new one, or the one that is there.
drop function create_conversation;
create function create_conversation(
  p_id uuid, p_kind text, p_direct_key text, p_title text, p_description text, p_creator uuid, p_client_mutation_id text,
  p_others uuid[], p_visibility text default 'PRIVATE', p_policy jsonb default '{}'
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
  perform write_conversation(p_id, jsonb_build_object('visibility', p_visibility, 'policy', p_policy));
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

-- 'done', 'not_a_member', 'direct', 'forbidden' or 'not_a_channel' (only a channel is public). Nothing is told where nothing
-- changes.
create function update_conversation(p_conversation uuid, p_actor uuid, p_changes jsonb) returns text language plpgsql as $$
declare
  actor_role text;
  before conversation;
  after conversation;
  moment timestamptz(3);
  head_version bigint;
begin
  perform hold_buckets(array[p_conversation]);
  perform from conversation_head h where h.conversation_id = p_conversation for update;
  actor_role := role_in(p_conversation, p_actor);
  select c.* into before from conversation c where c.conversation_id = p_conversation;
  if actor_role is null then
    return 'not_a_member';
  elsif before.kind = 'DIRECT' then
    return 'direct';
  elsif rank_of(actor_role) < rank_of('ADMIN') then
    return 'forbidden';
  elsif before.kind <> 'CHANNEL' and p_changes ->> 'visibility' = 'PUBLIC' then
    return 'not_a_channel';
  end if;
  perform write_conversation(p_conversation, p_changes);
  select c.* into after from conversation c where c.conversation_id = p_conversation;
  if after is not distinct from before then
    return 'done';
  end if;
  moment := clock_timestamp();
  update conversation_head h set version = h.version + 1
  where h.conversation_id = p_conversation returning h.version into head_version;
  update conversation c set version = head_version, changed_at = moment where c.conversation_id = p_conversation;
  perform tell(p_conversation, head_version, 'ConversationUpdated', moment, '{}');
  if after.title is distinct from before.title then
    perform post_system_message(p_conversation, 'TITLE_CHANGED', p_actor, '{}', after.title);
  end if;
  return 'done';
end $$;

-- 'done', 'not_a_member', 'direct', 'forbidden', 'removed' (an admin removed one of them, so only an admin adds them again) or
-- 'full'. Who is in already stays as they are. p_limit: members of a group at most.
create or replace function add_members(p_conversation uuid, p_actor uuid, p_users uuid[], p_limit int) returns text language plpgsql as $$
declare
  head conversation_head;
  place conversation;
  actor_role text;
  newcomers uuid[];
begin
  perform hold_buckets(array[p_conversation]);
  select h.* into head from conversation_head h where h.conversation_id = p_conversation for update;
  actor_role := role_in(p_conversation, p_actor);
  select c.* into place from conversation c where c.conversation_id = p_conversation;
  if actor_role is null then
    return 'not_a_member';
  elsif place.kind = 'DIRECT' then
    return 'direct';
  elsif rank_of(actor_role) < rank_of(place.who_can_invite) then
    return 'forbidden';
  end if;
  select coalesce(array_agg(u order by n), '{}') into newcomers
  from (select u, min(n) as n from unnest(p_users) with ordinality as asked (u, n) group by u) asked
  where not exists (select from member m where m.conversation_id = p_conversation and m.user_id = u and m.left_at is null);
  if place.kind = 'GROUP' and head.member_count + cardinality(newcomers) > p_limit then
    return 'full';
  elsif actor_role = 'MEMBER' and exists (
    select from member m
    where m.conversation_id = p_conversation and m.user_id = any (newcomers) and m.removed_by is not null
  ) then
    return 'removed';
  end if;
  perform admit_members(p_conversation, p_actor, newcomers);
  return 'done';
end $$;

-- Gives somebody another role, whose head the caller has locked. Takes one version.
create function change_role(p_conversation uuid, p_user uuid, p_role text) returns void language plpgsql as $$
declare
  moment timestamptz(3) := clock_timestamp();
  head_version bigint;
  changed member;
begin
  update conversation_head h set version = h.version + 1
  where h.conversation_id = p_conversation returning h.version into head_version;
  update member m set role = p_role, version = head_version, changed_at = moment
  where m.conversation_id = p_conversation and m.user_id = p_user returning m.* into changed;
  perform tell(p_conversation, head_version, 'MemberRoleChanged', moment, member_fields(changed));
end $$;

-- 'done', 'not_a_member', 'direct', 'no_such_member', 'forbidden' or 'last_owner' (the owner gives up the role by giving it to
-- somebody). Who hands ownership over stays an admin.
create function set_member_role(p_conversation uuid, p_actor uuid, p_user uuid, p_role text) returns text language plpgsql as $$
declare
  actor_role text;
  user_role text;
begin
  perform hold_buckets(array[p_conversation]);
  perform from conversation_head h where h.conversation_id = p_conversation for update;
  actor_role := role_in(p_conversation, p_actor);
  user_role := role_in(p_conversation, p_user);
  if actor_role is null then
    return 'not_a_member';
  elsif exists (select from conversation c where c.conversation_id = p_conversation and c.kind = 'DIRECT') then
    return 'direct';
  elsif actor_role = 'MEMBER' then
    return 'forbidden';
  elsif user_role is null then
    return 'no_such_member';
  elsif user_role = p_role then
    return 'done';
  elsif user_role = 'OWNER' then
    return case when p_actor = p_user then 'last_owner' else 'forbidden' end;
  elsif p_role = 'OWNER' and actor_role <> 'OWNER' then
    return 'forbidden';
  end if;
  perform change_role(p_conversation, p_user, p_role);
  if p_role = 'OWNER' then
    perform change_role(p_conversation, p_actor, 'ADMIN');
    perform post_system_message(p_conversation, 'OWNER_CHANGED', p_actor, array[p_user], null);
  end if;
  return 'done';
end $$;

-- The current members among these people, each looked up by key: asked for all at once, the planner takes the index of those who
-- joined, and reads a whole channel of it.
create function members_among(p_conversation uuid, p_users uuid[]) returns setof member language sql stable as $$
  select m.* from (select distinct u from unnest(p_users) u) asked
  cross join lateral (
    select m.* from member m where m.conversation_id = p_conversation and m.user_id = asked.u limit 1
  ) m
  where m.left_at is null
$$;

-- 'done', 'not_a_member', 'direct' or 'forbidden'. Leaving is removing oneself. Who is not in is passed over. When the owner
-- goes, the admin of longest standing becomes owner, else the member of longest standing. Messages tell of it to those who
-- stay; of somebody's leaving only where messages fan out on write.
create or replace function remove_members(p_conversation uuid, p_actor uuid, p_users uuid[]) returns text language plpgsql as $$
declare
  head conversation_head;
  place conversation;
  actor_role text;
  leaver member;
  heir uuid;
  moment timestamptz(3);
  removed uuid[] := '{}';
  has_left boolean := false;
  has_lost_owner boolean := false;
begin
  perform hold_buckets(array[p_conversation]);
  select h.* into head from conversation_head h where h.conversation_id = p_conversation for update;
  actor_role := role_in(p_conversation, p_actor);
  select c.* into place from conversation c where c.conversation_id = p_conversation;
  if actor_role is null then
    return 'not_a_member';
  elsif place.kind = 'DIRECT' then
    return 'direct';
  elsif exists (
    select from members_among(p_conversation, p_users) m
    where m.user_id <> p_actor and (actor_role = 'MEMBER' or m.role = 'OWNER')
  ) then
    return 'forbidden';
  end if;
  for leaver in select m.* from members_among(p_conversation, p_users) m order by m.user_id loop
    moment := clock_timestamp();
    update conversation_head h set version = h.version + 1, member_count = h.member_count - 1
    where h.conversation_id = p_conversation returning h.* into head;
    update member m set left_at = moment, removed_by = nullif(p_actor, m.user_id), version = head.version, changed_at = moment
    where m.conversation_id = p_conversation and m.user_id = leaver.user_id;
    update member_span s set to_seq = head.last_seq
    where s.conversation_id = p_conversation and s.user_id = leaver.user_id and s.to_seq is null;
    perform tell(p_conversation, head.version, 'MemberLeft', moment,
      jsonb_build_object('userId', leaver.user_id, 'removedBy', p_actor));
    has_lost_owner := has_lost_owner or leaver.role = 'OWNER';
    if leaver.user_id = p_actor then
      has_left := true;
    else
      removed := removed || leaver.user_id;
    end if;
  end loop;
  if head.member_count = 0 then
    return 'done';
  end if;
  if cardinality(removed) > 0 then
    perform post_system_message(p_conversation, 'MEMBERS_REMOVED', p_actor, removed[1:20], null);
  end if;
  if has_left and place.fan_out = 'ON_WRITE' then
    perform post_system_message(p_conversation, 'MEMBERS_LEFT', p_actor, array[p_actor], null);
  end if;
  if has_lost_owner then
    heir := coalesce(
      (select m.user_id from member m where m.conversation_id = p_conversation and m.left_at is null and m.role = 'ADMIN'
        order by m.joined_at, m.user_id limit 1),
      (select m.user_id from member m where m.conversation_id = p_conversation and m.left_at is null
        order by m.joined_at, m.user_id limit 1));
    perform change_role(p_conversation, heir, 'OWNER');
    perform post_system_message(p_conversation, 'OWNER_CHANGED', p_actor, array[heir], null);
  end if;
  return 'done';
end $$;

-- For plans made while the tables were still empty: they must not scan what has grown since.
alter function create_conversation(uuid, text, text, text, text, uuid, text, uuid[], text, jsonb) set enable_seqscan = off;
alter function update_conversation(uuid, uuid, jsonb) set enable_seqscan = off;
alter function add_members(uuid, uuid, uuid[], int) set enable_seqscan = off;
alter function set_member_role(uuid, uuid, uuid, text) set enable_seqscan = off;
alter function remove_members(uuid, uuid, uuid[]) set enable_seqscan = off;
