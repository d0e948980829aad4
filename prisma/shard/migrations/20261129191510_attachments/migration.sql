-- What a message carries: [{ mediaId, kind }], in order.
alter table message add column attachments jsonb;

-- A message as schema/events.ts has it (messageSnapshot), for reads and events alike: what does not apply is absent.
create or replace function message_snapshot(m message) returns jsonb language sql stable
return jsonb_build_object(
    'id', m.id, 'conversationId', m.conversation_id, 'seq', m.seq, 'senderId', m.sender_id, 'kind', m.kind,
    'body', case when not is_gone(m) then m.body end,
    'clientMessageId', m.client_message_id, 'createdAt', instant(m.created_at))
  || case when m.system_event is null then '{}' else jsonb_build_object('systemEvent', m.system_event) end
  || case
    when num_nonnulls(m.mentions, m.attachments, m.reply_to_id, m.forwarded_from_id, m.edited_at, m.deleted_at, m.expires_at, m.pinned_at, m.failed_at) = 0
    then '{}'
    when is_gone(m) then jsonb_strip_nulls(jsonb_build_object(
      'deletedAt', instant(coalesce(m.deleted_at, m.expires_at)), 'expiresAt', instant(m.expires_at), 'failedAt', instant(m.failed_at)))
    else jsonb_strip_nulls(jsonb_build_object(
      'mentions', m.mentions, 'attachments', m.attachments, 'replyToId', m.reply_to_id, 'forwardedFromId', m.forwarded_from_id, 'editedAt', instant(m.edited_at),
      'expiresAt', instant(m.expires_at), 'pinnedAt', instant(m.pinned_at), 'failedAt', instant(m.failed_at)))
  end;

-- Takes everything from a message but that it was there. The caller has locked the head.
create or replace function bury_message(p_target message, p_type text, p_deleted_at timestamptz) returns jsonb language plpgsql as $$
begin
  delete from reaction e where e.conversation_id = p_target.conversation_id and e.seq = p_target.seq;
  delete from conversation_media l where l.conversation_id = p_target.conversation_id and l.seq = p_target.seq;
  delete from message_edit e where e.conversation_id = p_target.conversation_id and e.seq = p_target.seq;
  update message m
  set body = null, mentions = null, attachments = null, reply_to_id = null, forwarded_from_id = null, edited_at = null,
    pinned_at = null, deleted_at = p_deleted_at
  where m.conversation_id = p_target.conversation_id and m.seq = p_target.seq;
  return tell_message(p_target.id, p_type, clock_timestamp(), unmentioned(p_target.mentions, null));
end $$;

-- Own messages, within the policy's window; what somebody else wrote and was forwarded is not the forwarder's to change. What a
-- message carries stays. That a message which carries nothing keeps a text is the caller's to see to.
create or replace function edit_message(p_message uuid, p_actor uuid, p_body text, p_mentions jsonb, out outcome text, out snapshot jsonb)
language plpgsql as $$
declare
  target message := lock_message(p_message, p_actor);
  place conversation;
  actor_role text;
  moment timestamptz(3);
begin
  if target.id is null then outcome := 'not-found'; return; end if;
  if target.sender_id is distinct from p_actor or target.kind = 'SYSTEM' then outcome := 'forbidden'; return; end if;
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

drop function send_messages(boolean, uuid[], uuid[], uuid[], text[], text[], uuid[], jsonb[], uuid[], text[]);

-- Stores a batch of sends in one call: the arrays hold one entry per send, and one row per send comes back, n = 1, 2, 3 …
-- The last five arrays may be shorter, or left out: what is missing is null.
--
-- Why a function: under READ COMMITTED each statement inside it takes a fresh snapshot. One statement locks the heads; the
-- next sees all that committed before the locks were had: a duplicate, a removed member, another policy. As one plain
-- statement the snapshot would be older than the locks: unique violations, and messages from people who left.
--
-- outcome: 'stored'; 'duplicate': the first message of this sender and client message id, whatever has happened since;
-- 'not-a-member'; 'unknown': no such conversation; 'busy': somebody else holds the head, so try again (never with p_wait);
-- 'forbidden': the policy lets others send; 'blocked'; 'no-reply-target': not a message of this conversation that the sender
-- may read; 'mentions-others': somebody who is mentioned is no member; 'slow-mode': not before retry_at.
-- message comes back for duplicates of an earlier batch only: that of a stored message is the caller's own.
--
-- The settings are for plans made while the tables were still empty: they must not scan what has grown since.
create function send_messages(
  p_wait boolean,
  conversation_ids uuid[],
  sender_ids uuid[],
  ids uuid[],
  client_message_ids text[],
  bodies text[],
  reply_to_ids uuid[] default '{}',
  mentions jsonb[] default '{}',
  forwarded_from_ids uuid[] default '{}',
  traceparents text[] default '{}',
  attachments jsonb[] default '{}'
) returns table (
  n int, outcome text, id uuid, seq int, version bigint, created_at timestamptz, expires_at timestamptz, retry_at timestamptz,
  message jsonb
)
language plpgsql
set enable_seqscan = off
set enable_mergejoin = off
set jit = off
as $$
#variable_conflict use_column
declare
  locked uuid[];
  moment timestamptz(3);
  moment_text text;
begin
  perform hold_buckets(conversation_ids);
  if p_wait then
    select coalesce(array_agg(l.conversation_id), '{}') into locked from (
      select h.conversation_id from conversation_head h
      where h.conversation_id = any (conversation_ids) order by h.conversation_id for update
    ) l;
  else
    select coalesce(array_agg(l.conversation_id), '{}') into locked from (
      select h.conversation_id from conversation_head h
      where h.conversation_id = any (conversation_ids) order by h.conversation_id for update skip locked
    ) l;
  end if;
  moment := clock_timestamp();
  moment_text := instant(moment);

  return query
  with request as materialized (
    select r.*, first.id as first_id, first.seq as first_seq, first.version as first_version,
      first.created_at as first_created_at, first.message as first_message,
      head.last_seq, head.version as head_version, verdict.refusal, verdict.pause, verdict.free_at, place.fan_out,
      moment + place.message_ttl_seconds * interval '1 second' as expires_at,
      r.conversation_id = any (locked) as is_locked
    from unnest(conversation_ids, sender_ids, ids, client_message_ids, bodies, reply_to_ids, mentions, forwarded_from_ids,
      traceparents, attachments)
      with ordinality as r(conversation_id, sender_id, id, client_message_id, body, reply_to_id, mentions, forwarded_from_id,
        traceparent, attachments, n)
    left join lateral (
      select m.id, m.seq, m.version, m.created_at, message_snapshot(m) as message from message m
      where m.conversation_id = r.conversation_id and m.sender_id = r.sender_id and m.client_message_id = r.client_message_id
      limit 1
    ) first on true
    left join lateral (
      select h.last_seq, h.version from conversation_head h where h.conversation_id = r.conversation_id limit 1
    ) head on true
    left join lateral (
      select c.kind, c.who_can_send, c.fan_out, c.slow_mode_seconds, c.message_ttl_seconds from conversation c
      where c.conversation_id = r.conversation_id limit 1
    ) place on true
    left join lateral (
      select mb.role, mb.last_sent_at from member mb
      where mb.conversation_id = r.conversation_id and mb.user_id = r.sender_id and mb.left_at is null
      limit 1
    ) sender on true
    cross join lateral (
      select
        case
          when sender.role is null then 'not-a-member'
          when not may_send(sender.role, place.who_can_send) then 'forbidden'
          when is_blocked(r.conversation_id, place.kind) then 'blocked'
          when r.reply_to_id is not null and not exists (
            select from message m
            join member_span s on s.conversation_id = m.conversation_id and s.user_id = r.sender_id
              and s.from_seq <= m.seq and (s.to_seq is null or s.to_seq >= m.seq)
            where m.id = r.reply_to_id and m.conversation_id = r.conversation_id
          ) then 'no-reply-target'
          when r.mentions is not null and not mentions_members(r.conversation_id, r.mentions) then 'mentions-others'
        end as refusal,
        -- Slow mode is for those who are not admins. Null: no pause.
        case when place.slow_mode_seconds > 0 and sender.role = 'MEMBER' then place.slow_mode_seconds * interval '1 second' end as pause,
        coalesce(sender.last_sent_at, '-infinity') + place.slow_mode_seconds * interval '1 second' as free_at
    ) verdict
  ), keyed as (
    -- Equal sends of this batch count as the first of them.
    select r.*, min(r.n) over (partition by r.conversation_id, r.sender_id, r.client_message_id collate "C") as first_n,
      min(r.n) filter (where r.is_fit) over (partition by r.conversation_id, r.sender_id) as first_n_of_sender
    from (select r.*, first_id is null and is_locked and refusal is null as is_fit from request r) r
  ), judged as (
    select k.*, k.is_fit and (k.pause is null or (k.free_at <= moment and k.first_n = k.first_n_of_sender)) as is_new from keyed k
  ), placed as materialized (
    select j.*, count(*) filter (where j.is_new and j.n = j.first_n) over (partition by j.conversation_id order by j.n)::int as nth
    from judged j
  ), fresh as materialized (
    select n, conversation_id, sender_id, client_message_id, id, body, reply_to_id, mentions, forwarded_from_id, expires_at, fan_out, traceparent,
      attachments, case
        when attachments is null then 'TEXT'
        when jsonb_array_length(attachments) = 1 and attachments -> 0 ->> 'kind' = 'VOICE' then 'VOICE'
        else 'MEDIA'
      end as kind,
      last_seq + nth as seq, head_version + nth as version, nth
    from placed where is_new and n = first_n
  ), stored as (
    insert into message (conversation_id, seq, id, sender_id, kind, client_message_id, body, created_at, version, changed_at,
      reply_to_id, mentions, forwarded_from_id, expires_at, attachments)
    select conversation_id, seq, id, sender_id, kind, client_message_id, body, moment, version, moment,
      reply_to_id, mentions, forwarded_from_id, expires_at, attachments from fresh
  ), told as (
    -- The event, and the message in it, as schema/events.ts has them; concat leaves out what is null.
    insert into outbox (topic, key, payload)
    select 'parley.conversation', conversation_id, concat(
      '{"type":"MessageSent","version":1,"id":"', gen_random_uuid(), '","at":"', moment_text,
      '","traceparent":', coalesce('"' || traceparent || '"', 'null'), ',"conversationId":"', conversation_id, '","conversationVersion":', version,
      case when fan_out <> 'ON_WRITE' then ',"fanOut":"' || fan_out || '"' end,
      ',"message":{"id":"', id, '","conversationId":"', conversation_id, '","seq":', seq,
      ',"senderId":"', sender_id, '","kind":"', kind, '","body":', to_json(body),
      ',"clientMessageId":', to_json(client_message_id), ',"createdAt":"', moment_text, '"',
      ',"replyToId":"' || reply_to_id || '"', ',"mentions":' || mentions::text, ',"attachments":' || attachments::text,
      ',"forwardedFromId":"' || forwarded_from_id || '"', ',"expiresAt":"' || instant(expires_at) || '"', '}}')
    from fresh
  ), moved as (
    update conversation_head h set last_seq = h.last_seq + c.sent, version = h.version + c.sent
    from (select conversation_id, max(nth) as sent from fresh group by conversation_id) c
    where h.conversation_id = c.conversation_id
  ), read as (
    -- Who writes has read. Watermarks take no version here: the message tells it.
    update member mb
    set read_seq = greatest(mb.read_seq, c.seq), delivered_seq = greatest(mb.delivered_seq, c.seq), last_sent_at = moment
    from (select conversation_id, sender_id, max(seq) as seq from fresh group by conversation_id, sender_id) c
    where mb.conversation_id = c.conversation_id and mb.user_id = c.sender_id
  )
  select p.n::int,
    case
      when p.first_id is not null then 'duplicate'
      when p.is_new then case when p.n = p.first_n then 'stored' else 'duplicate' end
      when p.last_seq is null then 'unknown'
      when not p.is_locked then 'busy'
      else coalesce(p.refusal, 'slow-mode')
    end,
    case when p.first_id is not null then p.first_id when p.n = p.first_n and p.is_new then p.id
      when p.is_new then (select f.id from fresh f where f.n = p.first_n) end,
    case when p.first_id is not null then p.first_seq when p.n = p.first_n and p.is_new then p.last_seq + p.nth
      when p.is_new then (select f.seq from fresh f where f.n = p.first_n) end,
    case when p.first_id is not null then p.first_version when p.n = p.first_n and p.is_new then p.head_version + p.nth
      when p.is_new then (select f.version from fresh f where f.n = p.first_n) end,
    case when p.first_id is not null then p.first_created_at when p.is_new then moment end,
    case when p.is_new then p.expires_at end,
    case when p.is_fit and not p.is_new then greatest(p.free_at, moment + case when p.free_at > moment then interval '0' else p.pause end) end,
    p.first_message
  from placed p;

  -- A statement of its own, so that texts do not pay for it.
  if cardinality(attachments) > 0 then
    insert into conversation_media (conversation_id, seq, media_id, kind, position)
    select m.conversation_id, m.seq, (a.value ->> 'mediaId')::uuid, a.value ->> 'kind', a.ordinality - 1
    from message m cross join lateral jsonb_array_elements(m.attachments) with ordinality a
    where m.id = any (ids);
  end if;
end $$;
