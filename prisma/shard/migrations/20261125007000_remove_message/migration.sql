-- Makes a tombstone of a message that moderators decided against, whoever wrote it and whenever. Twice is once; a message that
-- is not there is none to remove.
create function remove_message(p_message uuid) returns void language plpgsql
set enable_seqscan = off
as $$
declare
  target message;
begin
  perform hold_buckets(array[p_message]);
  select m.* into target from message m where m.id = p_message;
  if not found then
    return;
  end if;
  perform from conversation_head h where h.conversation_id = target.conversation_id for update;
  -- A statement of its own: it sees what was deleted while this one waited for the head.
  select m.* into target from message m where m.id = p_message;
  if target.deleted_at is null then
    perform bury_message(target, 'MessageDeleted', clock_timestamp());
  end if;
end $$;
