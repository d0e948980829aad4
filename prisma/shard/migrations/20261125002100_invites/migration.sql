create index invite_conversation_id_open_idx on invite (conversation_id, created_at) where revoked_at is null;
create index join_request_conversation_id_waiting_idx on join_request (conversation_id, requested_at, join_request_id)
  where decision is null;
create index join_request_user_idx on join_request (conversation_id, user_id, invite_id);

create function is_usable(p_invite invite) returns boolean language sql stable
return p_invite.revoked_at is null and (p_invite.expires_at is null or p_invite.expires_at > clock_timestamp())
  and (p_invite.max_uses is null or p_invite.use_count < p_invite.max_uses);

-- 'done', 'not_a_member', 'direct', 'forbidden', 'past' (it would have expired) or 'too_many' (p_limit are usable already). A repeated client_mutation_id returns
-- the first invite.
create function create_invite(
  p_conversation uuid, p_actor uuid, p_invite uuid, p_code text, p_client_mutation_id text, p_needs_approval boolean,
  p_max_uses int, p_expires_at timestamptz, p_limit int
) returns table (outcome text, invite_id uuid) language plpgsql
set enable_seqscan = off
as $$
#variable_conflict use_column
declare
  place conversation;
  actor_role text;
  first_id uuid;
begin
  perform hold_buckets(array[p_conversation]);
  perform from conversation_head h where h.conversation_id = p_conversation for update;
  select c.* into place from conversation c where c.conversation_id = p_conversation;
  actor_role := role_in(p_conversation, p_actor);
  select i.invite_id into first_id from invite i
  where i.conversation_id = p_conversation and i.created_by = p_actor and i.client_mutation_id = p_client_mutation_id;
  if actor_role is null then
    return query select 'not_a_member', null::uuid;
  elsif place.kind = 'DIRECT' then
    return query select 'direct', null::uuid;
  elsif first_id is not null then
    return query select 'done', first_id;
  elsif rank_of(actor_role) < rank_of(place.who_can_invite) then
    return query select 'forbidden', null::uuid;
  elsif p_expires_at <= clock_timestamp() then
    return query select 'past', null::uuid;
  elsif (select count(*) from invite i where i.conversation_id = p_conversation and i.revoked_at is null and is_usable(i)) >= p_limit then
    return query select 'too_many', null::uuid;
  else
    insert into invite (conversation_id, invite_id, code, created_by, client_mutation_id, needs_approval, max_uses, expires_at, created_at)
    values (p_conversation, p_invite, p_code, p_actor, p_client_mutation_id, p_needs_approval, p_max_uses, p_expires_at, clock_timestamp());
    return query select 'done', p_invite;
  end if;
end $$;

-- 'done', 'not_a_member' or 'forbidden': admins, and who made it.
create function revoke_invite(p_conversation uuid, p_actor uuid, p_invite uuid) returns text language plpgsql
set enable_seqscan = off
as $$
declare
  actor_role text;
begin
  perform hold_buckets(array[p_conversation]);
  perform from conversation_head h where h.conversation_id = p_conversation for update;
  actor_role := role_in(p_conversation, p_actor);
  if actor_role is null then
    return 'not_a_member';
  elsif actor_role = 'MEMBER'
    and not exists (select from invite i where i.invite_id = p_invite and i.conversation_id = p_conversation and i.created_by = p_actor) then
    return 'forbidden';
  end if;
  update invite i set revoked_at = clock_timestamp()
  where i.invite_id = p_invite and i.conversation_id = p_conversation and i.revoked_at is null;
  return 'done';
end $$;

-- 'joined' (also who is in already, which takes no use), 'requested', 'expired', 'removed' (by an admin, so a plain invite does not
-- bring them back; one that needs approval may ask), 'declined' (asked by this invite before) or 'full'. A request takes one
-- use of the invite, and gives it back when it is declined.
create function accept_invite(p_conversation uuid, p_invite uuid, p_user uuid, p_request uuid, p_limit int)
returns table (outcome text, join_request_id uuid) language plpgsql
set enable_seqscan = off
as $$
#variable_conflict use_column
declare
  place conversation;
  head conversation_head;
  invited invite;
  waiting uuid;
begin
  perform hold_buckets(array[p_conversation]);
  select h.* into head from conversation_head h where h.conversation_id = p_conversation for update;
  select c.* into place from conversation c where c.conversation_id = p_conversation;
  select i.* into invited from invite i where i.invite_id = p_invite and i.conversation_id = p_conversation;
  select r.join_request_id into waiting from join_request r
  where r.conversation_id = p_conversation and r.user_id = p_user and r.decision is null;
  if role_in(p_conversation, p_user) is not null then
    return query select 'joined', null::uuid;
  elsif waiting is not null and invited.needs_approval then
    return query select 'requested', waiting;
  elsif not is_usable(invited) then
    return query select 'expired', null::uuid;
  elsif not invited.needs_approval and exists (
    select from member m where m.conversation_id = p_conversation and m.user_id = p_user and m.removed_by is not null
  ) then
    return query select 'removed', null::uuid;
  elsif invited.needs_approval and exists (
    select from join_request r
    where r.conversation_id = p_conversation and r.user_id = p_user and r.invite_id = p_invite and r.decision = 'DECLINED'
  ) then
    return query select 'declined', null::uuid;
  elsif place.kind = 'GROUP' and head.member_count >= p_limit then
    return query select 'full', null::uuid;
  else
    update invite i set use_count = i.use_count + 1 where i.invite_id = p_invite and i.conversation_id = p_conversation;
    if invited.needs_approval then
      insert into join_request (conversation_id, join_request_id, user_id, invite_id, requested_at)
      values (p_conversation, p_request, p_user, p_invite, clock_timestamp());
      return query select 'requested', p_request;
    else
      perform admit_members(p_conversation, p_user, array[p_user]);
      return query select 'joined', null::uuid;
    end if;
  end if;
end $$;

-- 'done' (also where it was decided so before), 'not_a_member', 'forbidden', 'decided' (the other way) or 'full'.
create function decide_join_request(p_conversation uuid, p_request uuid, p_actor uuid, p_approve boolean, p_limit int) returns text
language plpgsql
set enable_seqscan = off
as $$
declare
  place conversation;
  head conversation_head;
  asked join_request;
  actor_role text;
  wanted text := case when p_approve then 'APPROVED' else 'DECLINED' end;
begin
  perform hold_buckets(array[p_conversation]);
  select h.* into head from conversation_head h where h.conversation_id = p_conversation for update;
  select c.* into place from conversation c where c.conversation_id = p_conversation;
  select r.* into asked from join_request r where r.join_request_id = p_request and r.conversation_id = p_conversation;
  actor_role := role_in(p_conversation, p_actor);
  if actor_role is null then
    return 'not_a_member';
  elsif actor_role = 'MEMBER' then
    return 'forbidden';
  elsif asked.decision is not null then
    return case when asked.decision = wanted then 'done' else 'decided' end;
  elsif p_approve and place.kind = 'GROUP' and head.member_count >= p_limit then
    return 'full';
  end if;
  update join_request r set decision = wanted, decided_by = p_actor, decided_at = clock_timestamp()
  where r.join_request_id = p_request and r.conversation_id = p_conversation;
  if p_approve then
    perform admit_members(p_conversation, p_actor, array[asked.user_id]);
  else
    update invite i set use_count = i.use_count - 1 where i.invite_id = asked.invite_id and i.conversation_id = p_conversation;
  end if;
  return 'done';
end $$;

-- 'done', also for who is in already; 'unknown' where there is no public channel; 'removed' for whom an admin removed.
create function join_channel(p_conversation uuid, p_user uuid) returns text language plpgsql
set enable_seqscan = off
as $$
begin
  perform hold_buckets(array[p_conversation]);
  perform from conversation_head h where h.conversation_id = p_conversation for update;
  if role_in(p_conversation, p_user) is not null then
    return 'done';
  elsif not exists (
    select from conversation c where c.conversation_id = p_conversation and c.kind = 'CHANNEL' and c.visibility = 'PUBLIC'
  ) then
    return 'unknown';
  elsif exists (
    select from member m where m.conversation_id = p_conversation and m.user_id = p_user and m.removed_by is not null
  ) then
    return 'removed';
  end if;
  perform admit_members(p_conversation, p_user, array[p_user]);
  return 'done';
end $$;
