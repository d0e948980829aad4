-- With watermark_version: cursors that reach a little back must tell what had certainly moved before. Null while that is 0.
alter table member add column watermark_changed_at timestamptz(3);

-- As before, and leaves the time with the version.
create or replace function move_watermarks(
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
