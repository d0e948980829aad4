-- All conversations in which a person is, or was.
create index member_user_id_conversation_id_idx on member (user_id, conversation_id);

-- Makes tombstones of what somebody has sent to a conversation, at most so many at once, in the order of their client message
-- ids: `last` is the one to go on after, null when there are no more. What is deleted already is passed over.
create function erase_messages(p_user uuid, p_conversation uuid, p_after text, p_limit int, out erased int, out last text)
language plpgsql
set enable_seqscan = off
as $$
declare
  target message;
begin
  erased := 0;
  perform hold_buckets(array[p_conversation]);
  perform from conversation_head h where h.conversation_id = p_conversation for update;
  for target in
    select m.* from message m
    where m.conversation_id = p_conversation and m.sender_id = p_user and m.client_message_id > p_after
    order by m.client_message_id limit p_limit
  loop
    last := target.client_message_id;
    if target.deleted_at is null then
      perform bury_message(target, 'MessageDeleted', clock_timestamp());
      erased := erased + 1;
    end if;
  end loop;
end $$;
