-- Writes which messages mention these people, and takes back which do so no more. Each (user, conversation, seq) at most once a
-- call, and the calls in the order of the changes: then a replay ends where the first run did. What a person has hidden
-- mentions them no more.
create function deliver_mentions(p_users uuid[], p_conversations uuid[], p_seqs int[], p_mentioned boolean[]) returns void
language plpgsql
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
begin
  perform hold_buckets(p_users);
  delete from mention m using unnest(p_users, p_conversations, p_seqs, p_mentioned) c (user_id, conversation_id, seq, mentioned)
  where not c.mentioned and m.user_id = c.user_id and m.conversation_id = c.conversation_id and m.seq = c.seq;
  insert into mention (user_id, conversation_id, seq)
  select c.user_id, c.conversation_id, c.seq
  from unnest(p_users, p_conversations, p_seqs, p_mentioned) c (user_id, conversation_id, seq, mentioned)
  where c.mentioned and not exists (
    select from hidden_message h where h.user_id = c.user_id and h.conversation_id = c.conversation_id and h.seq = c.seq)
  on conflict do nothing;
end $$;
