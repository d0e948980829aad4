-- Makes tombstones of at most so many messages whose time is up, the longest overdue first, and tells each; returns how many.
-- They read as deleted already: see is_gone. Leaves alone what this shard does not own, or no longer.
create function expire_messages(p_limit int) returns int language plpgsql
set enable_seqscan = off
as $$
declare
  due uuid[];
  target message;
  expired int := 0;
begin
  select array_agg(distinct d.conversation_id) into due from (
    select m.conversation_id from message m
    where m.expires_at <= now() and m.deleted_at is null
      and exists (select from bucket_owner o where o.bucket = bucket_of(m.conversation_id) and o.open)
    order by m.expires_at limit p_limit
  ) d;
  if due is null then
    return 0;
  end if;
  perform hold_buckets(due);
  perform from conversation_head h where h.conversation_id = any (due) order by h.conversation_id for update;
  -- A statement of its own: it sees what was deleted while this one waited for the heads.
  for target in
    select m.* from message m
    where m.expires_at <= now() and m.deleted_at is null and m.conversation_id = any (due)
    order by m.expires_at limit p_limit
  loop
    perform bury_message(target, 'MessageExpired', target.expires_at);
    expired := expired + 1;
  end loop;
  return expired;
end $$;
