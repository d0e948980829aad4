-- Has somebody look now at what waits for the end of people's quiet hours: they have changed these.
create function wake_postponed(p_users uuid[]) returns int language plpgsql
set enable_seqscan = off
as $$
declare
  moment timestamptz := clock_timestamp();
  waiting record;
  woken int := 0;
begin
  perform hold_buckets(p_users);
  for waiting in
    select n.user_id, n.conversation_id from notification n
    where n.user_id = any (p_users) and (n.leased_until > moment or n.push_from is not null and n.due_at > moment)
    order by 1, 2
  loop
    update notification n set
      due_at = case when n.leased_until > moment then n.due_at else least(n.due_at, moment) end,
      last_due_at = greatest(n.last_due_at, n.due_at),
      next_due_at = case when n.leased_until > moment then moment end,
      changed_at = moment
    where n.user_id = waiting.user_id and n.conversation_id = waiting.conversation_id;
    woken := woken + 1;
  end loop;
  return woken;
end $$;
