-- As deliver_inbox. Besides, p_fan_outs: ON_READ where by this change the person's row follows the conversation's shard from
-- now on, else null; p_kinds: the conversation's kind, null where the change does not say. Both stay once they are set.
create function deliver_inbox_marks(
  user_ids uuid[], conversation_ids uuid[], versions bigint[], seqs int[], reads int[], activities timestamptz[], removals boolean[],
  p_fan_outs text[], p_kinds text[]
) returns bigint[] language plpgsql
set enable_seqscan = off
as $$
declare
  inbox_versions bigint[];
begin
  inbox_versions := deliver_inbox(user_ids, conversation_ids, versions, seqs, reads, activities, removals);
  update inbox i set fan_out = coalesce(mark.fan_out, i.fan_out), kind = coalesce(mark.kind, i.kind)
  from (
    select user_id, conversation_id, max(fan_out) as fan_out, max(kind) as kind
    from unnest(user_ids, conversation_ids, p_fan_outs, p_kinds) m (user_id, conversation_id, fan_out, kind)
    where fan_out is not null or kind is not null group by user_id, conversation_id
  ) mark
  where i.user_id = mark.user_id and i.conversation_id = mark.conversation_id
    and (i.fan_out <> mark.fan_out or i.kind is null);
  return inbox_versions;
end $$;

-- At most 257 current members of each, those of longest standing: where messages fan out on write, these are all of them.
-- And the first message that each may read by their present membership.
create or replace function open_members(conversation_ids uuid[])
returns table (conversation_id uuid, user_id uuid, from_seq int) language sql stable
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
  select m.conversation_id, m.user_id, s.from_seq
  from unnest(conversation_ids) wanted (id)
  cross join lateral (
    select m.conversation_id, m.user_id from member m
    where m.conversation_id = wanted.id and m.left_at is null order by m.joined_at, m.user_id limit 257
  ) m
  join member_span s on s.conversation_id = m.conversation_id and s.user_id = m.user_id and s.to_seq is null
$$;

-- As before; each event says how its conversation reaches people (fan_out_stamp).
create or replace function send_messages(
  p_wait boolean,
  conversation_ids uuid[],
  sender_ids uuid[],
  ids uuid[],
  client_message_ids text[],
  bodies text[]
) returns table (n int, outcome text, id uuid, seq int, version bigint, created_at timestamptz, body text)
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
    select array_agg(l.conversation_id) into locked from (
      select h.conversation_id from conversation_head h
      where h.conversation_id = any (conversation_ids) order by h.conversation_id for update
    ) l;
  else
    select array_agg(l.conversation_id) into locked from (
      select h.conversation_id from conversation_head h
      where h.conversation_id = any (conversation_ids) order by h.conversation_id for update skip locked
    ) l;
  end if;
  moment := clock_timestamp();
  moment_text := instant(moment);

  return query
  with request as materialized (
    select r.*, first.id as first_id, first.seq as first_seq, first.version as first_version,
      first.created_at as first_created_at, first.body as first_body,
      head.last_seq, head.version as head_version, sender.is_member, r.conversation_id = any (locked) as is_locked
    from unnest(conversation_ids, sender_ids, ids, client_message_ids, bodies) with ordinality
      as r(conversation_id, sender_id, id, client_message_id, body, n)
    left join lateral (
      select m.id, m.seq, m.version, m.created_at, m.body from message m
      where m.conversation_id = r.conversation_id and m.sender_id = r.sender_id and m.client_message_id = r.client_message_id
      limit 1
    ) first on true
    left join lateral (
      select h.last_seq, h.version from conversation_head h where h.conversation_id = r.conversation_id limit 1
    ) head on true
    left join lateral (
      select true as is_member from member mb
      where mb.conversation_id = r.conversation_id and mb.user_id = r.sender_id and mb.left_at is null
      limit 1
    ) sender on true
  ), keyed as (
    -- Equal sends of this batch count as the first of them.
    select r.*, r.first_id is null and r.is_locked and r.is_member as is_new,
      min(r.n) over (partition by r.conversation_id, r.sender_id, r.client_message_id collate "C") as first_n
    from request r
  ), placed as materialized (
    select k.*, count(*) filter (where k.is_new and k.n = k.first_n) over (partition by k.conversation_id order by k.n)::int as nth
    from keyed k
  ), fresh as materialized (
    select n, conversation_id, sender_id, client_message_id, id, body, last_seq + nth as seq, head_version + nth as version, nth
    from placed where is_new and n = first_n
  ), stored as (
    insert into message (conversation_id, seq, id, sender_id, kind, client_message_id, body, created_at, version, changed_at)
    select conversation_id, seq, id, sender_id, 'TEXT', client_message_id, body, moment, version, moment from fresh
  ), told as (
    insert into outbox (topic, key, payload)
    select 'parley.conversation', conversation_id, concat(
      '{"type":"MessageSent","version":1,"id":"', gen_random_uuid(), '","at":"', moment_text,
      '","traceparent":null,"conversationId":"', conversation_id, '","conversationVersion":', version, fan_out_stamp(conversation_id),
      ',"message":{"id":"', id, '","conversationId":"', conversation_id, '","seq":', seq,
      ',"senderId":"', sender_id, '","kind":"TEXT","body":', to_json(body),
      ',"clientMessageId":', to_json(client_message_id), ',"createdAt":"', moment_text, '"}}')
    from fresh
  ), moved as (
    update conversation_head h set last_seq = h.last_seq + c.sent, version = h.version + c.sent
    from (select conversation_id, max(nth) as sent from fresh group by conversation_id) c
    where h.conversation_id = c.conversation_id
  ), read as (
    -- Who writes has read. Watermarks take no version here: the message tells it.
    update member mb set read_seq = greatest(mb.read_seq, c.seq), delivered_seq = greatest(mb.delivered_seq, c.seq)
    from (select conversation_id, sender_id, max(seq) as seq from fresh group by conversation_id, sender_id) c
    where mb.conversation_id = c.conversation_id and mb.user_id = c.sender_id
  )
  select p.n::int,
    case
      when p.first_id is not null then 'duplicate'
      when p.is_new then case when p.n = p.first_n then 'stored' else 'duplicate' end
      when p.last_seq is null then 'unknown'
      when p.is_locked then 'not-a-member'
      else 'busy'
    end,
    case when p.first_id is not null then p.first_id when p.n = p.first_n and p.is_new then p.id
      when p.is_new then (select f.id from fresh f where f.n = p.first_n) end,
    case when p.first_id is not null then p.first_seq when p.n = p.first_n and p.is_new then p.last_seq + p.nth
      when p.is_new then (select f.seq from fresh f where f.n = p.first_n) end,
    case when p.first_id is not null then p.first_version when p.n = p.first_n and p.is_new then p.head_version + p.nth
      when p.is_new then (select f.version from fresh f where f.n = p.first_n) end,
    case when p.first_id is not null then p.first_created_at when p.is_new then moment end,
    case when p.first_id is not null then p.first_body
      when p.is_new and p.n <> p.first_n then (select f.body from fresh f where f.n = p.first_n) end
  from placed p;
end $$;
