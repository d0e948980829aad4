-- An instant as events carry it: RFC 3339 in UTC, with milliseconds.
create function instant(at timestamptz) returns text language sql stable parallel safe
return to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"');

create index member_conversation_id_joined_at_idx on member (conversation_id, joined_at, user_id) where left_at is null;

-- The events of schema/events.ts. One outbox row for each version that a conversation's head gives out.
create function tell(p_conversation uuid, p_version bigint, p_type text, p_at timestamptz, p_fields jsonb)
returns void language sql
begin atomic
  insert into outbox (topic, key, payload) values ('parley.conversation', p_conversation, (
    jsonb_build_object('type', p_type, 'version', 1, 'id', gen_random_uuid(), 'at', instant(p_at), 'traceparent', null,
      'conversationId', p_conversation, 'conversationVersion', p_version) || p_fields)::text);
end;

create function member_fields(p_member member) returns jsonb language sql stable
return jsonb_build_object('member', jsonb_build_object(
  'userId', p_member.user_id, 'role', p_member.role, 'joinedAt', instant(p_member.joined_at)));

-- Makes somebody a member, whose head the caller has locked: from the next message on, or from the first where p_from_seq
-- says so. Takes one version.
create function join_member(p_conversation uuid, p_user uuid, p_role text, p_from_seq int) returns void language plpgsql as $$
declare
  moment timestamptz(3) := clock_timestamp();
  head_version bigint;
  joined member;
begin
  update conversation_head h set version = h.version + 1, member_count = h.member_count + 1
  where h.conversation_id = p_conversation returning h.version into head_version;
  insert into member as m (conversation_id, user_id, role, joined_at, delivered_seq, read_seq, version, changed_at)
  values (p_conversation, p_user, p_role, moment, p_from_seq - 1, p_from_seq - 1, head_version, moment)
  on conflict (conversation_id, user_id) do update set
    role = excluded.role, joined_at = excluded.joined_at, left_at = null,
    delivered_seq = greatest(m.delivered_seq, excluded.delivered_seq), read_seq = greatest(m.read_seq, excluded.read_seq),
    version = excluded.version, changed_at = excluded.changed_at
  returning m.* into joined;
  insert into member_span (conversation_id, user_id, from_seq) values (p_conversation, p_user, p_from_seq)
  on conflict (conversation_id, user_id, from_seq) do update set to_seq = null;
  perform tell(p_conversation, head_version, 'MemberJoined', moment, member_fields(joined) || jsonb_build_object('fromSeq', p_from_seq));
end $$;

-- The conversation with this direct_key, or this creator and client_mutation_id: a new one, or the one that is there.
create function create_conversation(
  p_id uuid, p_kind text, p_direct_key text, p_title text, p_description text, p_creator uuid, p_client_mutation_id text,
  p_others uuid[]
) returns uuid language plpgsql as $$
declare
  moment timestamptz(3) := clock_timestamp();
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
  insert into conversation_head (conversation_id, version) values (p_id, 1);
  perform tell(p_id, 1, 'ConversationCreated', moment, jsonb_build_object('kind', p_kind, 'createdBy', p_creator));
  perform join_member(p_id, p_creator, case p_kind when 'DIRECT' then 'MEMBER' else 'OWNER' end, 1);
  foreach other in array p_others loop
    perform join_member(p_id, other, 'MEMBER', 1);
  end loop;
  return p_id;
end $$;

-- 'done', 'not_a_member', 'direct' or 'full'. Who is in already stays as they are.
create function add_members(p_conversation uuid, p_actor uuid, p_users uuid[], p_limit int) returns text language plpgsql as $$
declare
  head conversation_head;
  newcomers uuid[];
  newcomer uuid;
begin
  perform hold_buckets(array[p_conversation]);
  select h.* into head from conversation_head h where h.conversation_id = p_conversation for update;
  if not exists (select from member m where m.conversation_id = p_conversation and m.user_id = p_actor and m.left_at is null) then
    return 'not_a_member';
  end if;
  if exists (select from conversation c where c.conversation_id = p_conversation and c.kind = 'DIRECT') then
    return 'direct';
  end if;
  select coalesce(array_agg(u order by n), '{}') into newcomers
  from (select u, min(n) as n from unnest(p_users) with ordinality as asked (u, n) group by u) asked
  where not exists (select from member m where m.conversation_id = p_conversation and m.user_id = u and m.left_at is null);
  if head.member_count + cardinality(newcomers) > p_limit then
    return 'full';
  end if;
  foreach newcomer in array newcomers loop
    perform join_member(p_conversation, newcomer, 'MEMBER', head.last_seq + 1);
  end loop;
  return 'done';
end $$;

-- 'done', 'not_a_member', 'direct' or 'forbidden'. Leaving is removing oneself. Who is not in is passed over. When the owner
-- goes, the admin of longest standing becomes owner, else the member of longest standing.
create function remove_members(p_conversation uuid, p_actor uuid, p_users uuid[]) returns text language plpgsql as $$
declare
  head conversation_head;
  actor_role text;
  leaver member;
  heir member;
  moment timestamptz(3);
begin
  perform hold_buckets(array[p_conversation]);
  select h.* into head from conversation_head h where h.conversation_id = p_conversation for update;
  select m.role into actor_role from member m
  where m.conversation_id = p_conversation and m.user_id = p_actor and m.left_at is null;
  if actor_role is null then
    return 'not_a_member';
  end if;
  if exists (select from conversation c where c.conversation_id = p_conversation and c.kind = 'DIRECT') then
    return 'direct';
  end if;
  if exists (
    select from member m
    where m.conversation_id = p_conversation and m.user_id = any (p_users) and m.left_at is null and m.user_id <> p_actor
      and (actor_role = 'MEMBER' or m.role = 'OWNER')
  ) then
    return 'forbidden';
  end if;
  for leaver in
    select m.* from member m
    where m.conversation_id = p_conversation and m.user_id = any (p_users) and m.left_at is null order by m.user_id
  loop
    moment := clock_timestamp();
    update conversation_head h set version = h.version + 1, member_count = h.member_count - 1
    where h.conversation_id = p_conversation returning h.* into head;
    update member m set left_at = moment, version = head.version, changed_at = moment
    where m.conversation_id = p_conversation and m.user_id = leaver.user_id;
    update member_span s set to_seq = head.last_seq
    where s.conversation_id = p_conversation and s.user_id = leaver.user_id and s.to_seq is null;
    perform tell(p_conversation, head.version, 'MemberLeft', moment,
      jsonb_build_object('userId', leaver.user_id, 'removedBy', p_actor));
  end loop;
  if not exists (select from member m where m.conversation_id = p_conversation and m.left_at is null and m.role = 'OWNER') then
    select m.* into heir from member m where m.conversation_id = p_conversation and m.left_at is null
    order by m.role <> 'ADMIN', m.joined_at, m.user_id limit 1;
    if found then
      moment := clock_timestamp();
      update conversation_head h set version = h.version + 1 where h.conversation_id = p_conversation returning h.* into head;
      update member m set role = 'OWNER', version = head.version, changed_at = moment
      where m.conversation_id = p_conversation and m.user_id = heir.user_id returning m.* into heir;
      perform tell(p_conversation, head.version, 'MemberRoleChanged', moment, member_fields(heir));
    end if;
  end if;
  return 'done';
end $$;
