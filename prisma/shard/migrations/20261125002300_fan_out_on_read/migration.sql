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
