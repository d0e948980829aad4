-- The settings below are for plans made while the tables were still empty: they must not scan what has grown since.

-- Current members, and the first message that each may read by their present membership.
create function open_members(conversation_ids uuid[])
returns table (conversation_id uuid, user_id uuid, from_seq int) language sql stable
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
  select m.conversation_id, m.user_id, s.from_seq
  from member m
  join member_span s on s.conversation_id = m.conversation_id and s.user_id = m.user_id and s.to_seq is null
  where m.conversation_id = any (conversation_ids) and m.left_at is null
$$;

-- Moves inbox rows for changes of conversations and returns the inbox version of each change, in the order of the arrays: a
-- new one, dense for each person, or the stored one where the row reflects the change already. Null where the row is the
-- tombstone of somebody who left, and the change is older: it is told to nobody.
--
-- seqs: the message's, 0 where it is none. reads: up to where the person has read by this change, 0 where it says nothing.
-- activities: null where the change does not move the conversation up the list. Each (user, conversation, version) at most
-- once a call, and the versions of a conversation in order.
create function deliver_inbox(
  user_ids uuid[], conversation_ids uuid[], versions bigint[], seqs int[], reads int[], activities timestamptz[], removals boolean[]
) returns bigint[] language plpgsql
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set jit = off
as $$
#variable_conflict use_column
declare
  moment timestamptz(3);
  inbox_versions bigint[];
begin
  perform hold_buckets(user_ids);
  insert into inbox_head (user_id)
  select distinct u from unnest(user_ids) u where not exists (select from inbox_head h where h.user_id = u) order by u
  on conflict do nothing;
  perform from inbox_head h where h.user_id = any (user_ids) order by h.user_id for update;
  moment := clock_timestamp();

  -- A statement of its own: its snapshot has what others committed while this one waited for the heads.
  with change as materialized (
    select c.*, i.version as stored, i.left_at, h.version as head, i.conversation_version is null as is_new,
      i.conversation_version is null or c.version > i.conversation_version as is_fresh
    from unnest(user_ids, conversation_ids, versions, seqs, reads, activities, removals) with ordinality
      as c (user_id, conversation_id, version, seq, read, activity, is_removal, n)
    left join lateral (
      select h.version from inbox_head h where h.user_id = c.user_id limit 1
    ) h on true
    left join lateral (
      select i.version, i.conversation_version, i.left_at from inbox i
      where i.user_id = c.user_id and i.conversation_id = c.conversation_id limit 1
    ) i on true
  ), numbered as materialized (
    select c.*, case when is_fresh then head + count(*) filter (where is_fresh) over (partition by user_id order by n) end as fresh_version
    from change c
  ), heads as (
    update inbox_head h set version = f.version
    from (select user_id, max(fresh_version) as version from numbered where is_fresh group by user_id) f
    where h.user_id = f.user_id
  ), rows as (
    insert into inbox as i (user_id, conversation_id, last_seq, read_seq, last_activity_at, left_at, conversation_version, version, changed_at)
    select user_id, conversation_id, max(seq), max(read), coalesce(max(activity), case when bool_or(is_new) then moment else 'epoch' end),
      case when (array_agg(is_removal order by version desc))[1] then moment end, max(version), max(fresh_version), moment
    from numbered where is_fresh group by user_id, conversation_id
    on conflict (user_id, conversation_id) do update set
      last_seq = greatest(i.last_seq, excluded.last_seq),
      read_seq = greatest(i.read_seq, excluded.read_seq),
      last_activity_at = greatest(i.last_activity_at, excluded.last_activity_at),
      left_at = excluded.left_at,
      conversation_version = excluded.conversation_version,
      version = excluded.version,
      changed_at = excluded.changed_at
  )
  select array_agg(case when is_fresh then fresh_version when left_at is null or is_removal then stored end order by n)
  into inbox_versions from numbered;
  return inbox_versions;
end $$;
