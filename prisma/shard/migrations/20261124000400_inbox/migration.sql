-- Moves inbox rows for changes of conversations, in the order of ns, and returns the inbox version of each: a new one, or
-- the stored one where the row reflects the change already. seqs: the message's, 0 where it is none. reads: up to where
-- the person has read by this change, 0 where it says nothing. activities: null where the change does not move the
-- conversation up the list. Each (user, conversation, version) at most once a call.
create function deliver_inbox(
  ns int[], user_ids uuid[], conversation_ids uuid[], versions bigint[], seqs int[], reads int[], activities timestamptz[],
  removals boolean[]
) returns table (n int, inbox_version bigint) language plpgsql as $$
#variable_conflict use_column
begin
  perform hold_buckets(user_ids);
  insert into inbox_head (user_id) select distinct u from unnest(user_ids) u on conflict do nothing;
  perform 1 from inbox_head h where h.user_id = any (user_ids) order by h.user_id for update;
  return query
  with change as materialized (
    select c.n, c.user_id, c.conversation_id, c.version, c.seq, c.read, c.activity, c.is_removal,
      i.conversation_version as reflected, i.version as stored
    from unnest(ns, user_ids, conversation_ids, versions, seqs, reads, activities, removals)
      as c (n, user_id, conversation_id, version, seq, read, activity, is_removal)
    left join inbox i on i.user_id = c.user_id and i.conversation_id = c.conversation_id
  ), fresh as materialized (
    select c.*, row_number() over (partition by c.user_id order by c.n) as k
    from change c where c.reflected is null or c.version > c.reflected
  ), head as (
    update inbox_head h set version = h.version + counted.k
    from (select user_id, count(*) as k from fresh group by user_id) counted
    where h.user_id = counted.user_id
    returning h.user_id, h.version - counted.k as base
  ), moved as (
    insert into inbox as i (user_id, conversation_id, last_seq, read_seq, last_activity_at, left_at, conversation_version, version, changed_at)
    select f.user_id, f.conversation_id, max(f.seq), max(f.read), coalesce(max(f.activity), 'epoch'),
      case when (array_agg(f.is_removal order by f.version desc))[1] then clock_timestamp() end,
      max(f.version), max(h.base + f.k), clock_timestamp()
    from fresh f join head h on h.user_id = f.user_id
    group by f.user_id, f.conversation_id
    on conflict (user_id, conversation_id) do update set
      last_seq = greatest(i.last_seq, excluded.last_seq),
      read_seq = greatest(i.read_seq, excluded.read_seq),
      last_activity_at = greatest(i.last_activity_at, excluded.last_activity_at),
      left_at = excluded.left_at,
      conversation_version = excluded.conversation_version,
      version = excluded.version,
      changed_at = excluded.changed_at
  )
  select c.n, coalesce(h.base + f.k, c.stored)
  from change c
  left join fresh f on f.n = c.n
  left join head h on h.user_id = f.user_id;
end $$;
