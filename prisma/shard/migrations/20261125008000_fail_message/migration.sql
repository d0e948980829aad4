-- Marks a message as one that could not be delivered, and tells it. False where there is nothing to do: no such message, it
-- is marked already, it was deleted, or its time is up.
create or replace function fail_message(p_conversation uuid, p_seq int) returns boolean language plpgsql
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
