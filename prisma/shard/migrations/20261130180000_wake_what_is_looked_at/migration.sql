-- Has somebody look now at those that a device shows: it may have to take them back. Also at those that are being looked at:
-- a push may be on its way that is not noted as shown yet.
create or replace function wake_notifications(p_users uuid[], p_conversations uuid[]) returns int language plpgsql
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
  moment timestamptz := clock_timestamp();
  shown record;
  woken int := 0;
begin
  perform hold_buckets(p_users);
  for shown in
    select n.user_id, n.conversation_id
    from unnest(p_users, p_conversations) as a (user_id, conversation_id)
    cross join lateral (
      select n.user_id, n.conversation_id from notification n
      where n.user_id = a.user_id and n.conversation_id = a.conversation_id
        and (n.shown <> '{}' or n.leased_until > moment) limit 1
    ) n
    order by 1, 2
  loop
    update notification n set
      due_at = case when n.leased_until > moment then n.due_at else least(n.due_at, moment) end,
      last_due_at = greatest(n.last_due_at, n.due_at),
      next_due_at = case when n.leased_until > moment then moment end,
      changed_at = moment
    where n.user_id = shown.user_id and n.conversation_id = shown.conversation_id;
    woken := woken + 1;
  end loop;
  return woken;
end $$;
