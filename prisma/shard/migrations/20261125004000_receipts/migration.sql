-- With watermark_version: cursors that reach a little back must tell what had certainly moved before. Null while that is 0.
alter table member add column watermark_changed_at timestamptz(3);

-- Whether neither of two people may learn what the other has received and read.
create function is_blocked_direct(p_conversation uuid) returns boolean language sql stable
set enable_seqscan = off
as $$
  select c.kind = 'DIRECT' and exists (select from member m where m.conversation_id = c.conversation_id and m.is_blocked)
  from conversation c where c.conversation_id = p_conversation
$$;

-- Moves members' watermarks forward, bounded by the conversation's newest message, and tells of it: each member whose marks
-- moved takes a version of their own, and one WatermarksMoved tells the versions of a conversation, `watermarks` in their
-- order. Who is no member, or has got there already, is passed over: a replay moves nothing and tells nothing. Read is
-- delivered, too. Each (conversation, user) at most once a call; 0 where nothing is said.
--
-- Kept without a version, and told to no other member: all marks in a conversation that fans out on read, where only what
-- has been read counts, and in one where a person has blocked the other; and what has been read by those who hide it
-- (p_hides). The rows that come back are these quiet reads, moved just now or before: how far the person's own inbox must
-- follow. The other reads come to the inbox by the event, as `hasRead`.
--
-- The settings are for plans made while the tables were still empty: they must not scan what has grown since.
create function move_watermarks(
  p_conversations uuid[], p_users uuid[], p_delivered int[], p_read int[], p_hides boolean[]
) returns table (conversation_id uuid, user_id uuid, read_seq int)
language plpgsql
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set jit = off
as $$
#variable_conflict use_column
declare
  moment timestamptz(3);
  told record;
begin
  perform hold_buckets(p_conversations);
  perform from conversation_head h where h.conversation_id = any (p_conversations) order by h.conversation_id for update;
  moment := clock_timestamp();

  -- A statement of its own: its snapshot has what others committed while this one waited for the heads.
  for told in
    with asked as materialized (
      select a.conversation_id, a.user_id, a.hides, h.version as head, c.is_on_read, c.is_quiet,
        m.delivered_seq, m.read_seq,
        greatest(m.read_seq, least(a.read, h.last_seq)) as new_read,
        greatest(m.delivered_seq, least(greatest(case when c.is_on_read then 0 else a.delivered end, a.read), h.last_seq))
          as new_delivered
      from unnest(p_conversations, p_users, p_delivered, p_read, p_hides)
        as a (conversation_id, user_id, delivered, read, hides)
      cross join lateral (
        select h.last_seq, h.version from conversation_head h where h.conversation_id = a.conversation_id limit 1
      ) h
      cross join lateral (
        select c.fan_out = 'ON_READ' as is_on_read, c.fan_out = 'ON_READ' or is_blocked_direct(c.conversation_id) as is_quiet
        from conversation c where c.conversation_id = a.conversation_id limit 1
      ) c
      cross join lateral (
        select m.delivered_seq, m.read_seq from member m
        where m.conversation_id = a.conversation_id and m.user_id = a.user_id and m.left_at is null limit 1
      ) m
    ), moved as materialized (
      select a.*, not is_quiet and not hides and new_read > read_seq as has_read,
        not is_quiet and (new_delivered > delivered_seq or (not hides and new_read > read_seq)) as is_told
      from asked a where new_read > read_seq or new_delivered > delivered_seq
    ), numbered as materialized (
      select m.*, head + count(*) filter (where is_told) over (partition by conversation_id order by user_id) as version
      from moved m
    ), members as (
      update member m set delivered_seq = n.new_delivered, read_seq = n.new_read,
        watermark_version = case when n.is_told then n.version else m.watermark_version end,
        watermark_changed_at = case when n.is_told then moment else m.watermark_changed_at end
      from numbered n where m.conversation_id = n.conversation_id and m.user_id = n.user_id
    ), heads as (
      update conversation_head h set version = n.version
      from (select conversation_id, max(version) as version from numbered where is_told group by conversation_id) n
      where h.conversation_id = n.conversation_id
    )
    select conversation_id, min(version) as first, max(version) as last,
      jsonb_agg(jsonb_build_object(
        'userId', user_id, 'deliveredSeq', new_delivered, 'readSeq', new_read, 'hasRead', has_read) order by version) as watermarks
    from numbered where is_told group by conversation_id
  loop
    perform tell(told.conversation_id, told.last, 'WatermarksMoved', moment,
      jsonb_build_object('fromVersion', told.first, 'watermarks', told.watermarks));
  end loop;

  return query
  select a.conversation_id, a.user_id, m.read_seq
  from unnest(p_conversations, p_users, p_read, p_hides) as a (conversation_id, user_id, read, hides)
  cross join lateral (
    select c.fan_out = 'ON_READ' or is_blocked_direct(c.conversation_id) as is_quiet
    from conversation c where c.conversation_id = a.conversation_id limit 1
  ) c
  cross join lateral (
    select m.read_seq from member m
    where m.conversation_id = a.conversation_id and m.user_id = a.user_id and m.left_at is null limit 1
  ) m
  where a.read > 0 and (a.hides or c.is_quiet);
end $$;

-- Moves people's own inboxes to what they have read, where no event of the conversation does, and tells it to their other
-- devices. Only forward: a replay moves nothing and tells nothing.
create function move_inbox_reads(p_users uuid[], p_conversations uuid[], p_reads int[]) returns void
language plpgsql
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
  moment timestamptz(3);
  changed record;
  next_version bigint;
begin
  perform hold_buckets(p_users);
  perform from inbox_head h where h.user_id = any (p_users) order by h.user_id for update;
  moment := clock_timestamp();
  for changed in
    select i.user_id, i.conversation_id, r.read
    from unnest(p_users, p_conversations, p_reads) as r (user_id, conversation_id, read)
    cross join lateral (
      select i.user_id, i.conversation_id from inbox i
      where i.user_id = r.user_id and i.conversation_id = r.conversation_id and i.left_at is null and i.read_seq < r.read limit 1
    ) i
  loop
    next_version := take_inbox_version(changed.user_id);
    update inbox i set read_seq = changed.read, version = next_version, changed_at = moment
    where i.user_id = changed.user_id and i.conversation_id = changed.conversation_id;
    perform tell_inbox(changed.user_id, changed.conversation_id, next_version, moment, '{}');
  end loop;
end $$;

-- Puts right inbox rows that were found to differ from their source, and tells it to the person's devices; returns how many.
-- A row that has changed since it was looked at (p_versions) is left alone. What has been read never goes back.
create function repair_inbox(
  p_users uuid[], p_conversations uuid[], p_versions bigint[], p_last_seqs int[], p_read_seqs int[]
) returns int
language plpgsql
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
  moment timestamptz(3);
  changed record;
  next_version bigint;
  repaired int := 0;
begin
  perform hold_buckets(p_users);
  perform from inbox_head h where h.user_id = any (p_users) order by h.user_id for update;
  moment := clock_timestamp();
  for changed in
    select i.user_id, i.conversation_id, r.last_seq, greatest(i.read_seq, r.read_seq) as read_seq
    from unnest(p_users, p_conversations, p_versions, p_last_seqs, p_read_seqs)
      as r (user_id, conversation_id, version, last_seq, read_seq)
    cross join lateral (
      select i.user_id, i.conversation_id, i.last_seq, i.read_seq from inbox i
      where i.user_id = r.user_id and i.conversation_id = r.conversation_id and i.version = r.version and i.left_at is null limit 1
    ) i
    where i.last_seq <> r.last_seq or i.read_seq < r.read_seq
  loop
    next_version := take_inbox_version(changed.user_id);
    update inbox i set last_seq = changed.last_seq, read_seq = changed.read_seq, version = next_version, changed_at = moment
    where i.user_id = changed.user_id and i.conversation_id = changed.conversation_id;
    perform tell_inbox(changed.user_id, changed.conversation_id, next_version, moment, '{}');
    repaired := repaired + 1;
  end loop;
  return repaired;
end $$;

-- Marks a message as one that could not be delivered, and tells it. False where there is nothing to do: no such message, it
-- is marked already, it was deleted, or its time is up.
create function fail_message(p_conversation uuid, p_seq int) returns boolean language plpgsql
set enable_seqscan = off
as $$
declare
  moment timestamptz(3);
  failed message;
begin
  perform hold_buckets(array[p_conversation]);
  perform from conversation_head h where h.conversation_id = p_conversation for update;
  moment := clock_timestamp();
  update message m set failed_at = moment
  where m.conversation_id = p_conversation and m.seq = p_seq and m.failed_at is null and not is_gone(m)
  returning m.* into failed;
  if not found then
    return false;
  end if;
  perform tell_message(failed.id, 'MessageFailed', moment, '{}');
  return true;
end $$;
