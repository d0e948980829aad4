drop function join_member(uuid, uuid, text, int);

-- Makes somebody a member, whose head the caller has locked: from the next message on, or from the first where p_from_seq
-- says so. Takes one version. p_is_founding: as the conversation is made; deliver tells the joiner alone of it.
create function join_member(p_conversation uuid, p_user uuid, p_role text, p_from_seq int, p_is_founding boolean default false)
returns void language plpgsql as $$
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
  perform tell(p_conversation, head_version, 'MemberJoined', moment, member_fields(joined)
    || jsonb_build_object('fromSeq', p_from_seq) || case when p_is_founding then '{"isFounding": true}' else '{}'::jsonb end);
end $$;

-- The conversation with this direct_key, or this creator and client_mutation_id: a new one, or the one that is there.
create or replace function create_conversation(
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
  perform join_member(p_id, p_creator, case p_kind when 'DIRECT' then 'MEMBER' else 'OWNER' end, 1, true);
  foreach other in array p_others loop
    perform join_member(p_id, other, 'MEMBER', 1, true);
  end loop;
  return p_id;
end $$;
