-- What a person is to be told of a conversation by push, and what they were told: watermarks, not a queue. A row says when
-- to look; what is to be told is then read from the messages themselves.
create table notification (
  user_id uuid not null,
  conversation_id uuid not null,
  -- When to look; null while nothing waits.
  due_at timestamptz,
  -- The first message that came while no device was awake: it is told although a device may have taken it. Null: what waits
  -- is told only if no device takes it.
  push_from int,
  -- The last of the moments at which somebody was to look; null where that is due_at. Whoever has noted it counts on it.
  last_due_at timestamptz,
  -- What comes while somebody looks; joined to due_at and push_from when they have looked.
  next_due_at timestamptz,
  next_push_from int,
  -- Up to here it is decided: told, or not to be told.
  settled_seq int not null default 0,
  -- Push targets that show this conversation, each with the last message it was told of.
  shown jsonb not null default '{}',
  -- Tries that a provider's failure has ended.
  attempts int not null default 0,
  leased_until timestamptz,
  changed_at timestamptz(3) not null default now(),
  primary key (user_id, conversation_id)
);
create index notification_due_at_idx on notification (due_at) where due_at is not null;
create index notification_idle_idx on notification (changed_at) where due_at is null;
alter table notification alter column user_id set (n_distinct = -0.01);

-- Has somebody look at conversations of people, each (user, conversation) at most once a call; p_delays in ms. What is settled
-- already is not told again.
create function schedule_notifications(p_users uuid[], p_conversations uuid[], p_seqs int[], p_push_from int[], p_delays int[])
returns void language plpgsql
set enable_seqscan = off
as $$
declare
  moment timestamptz := clock_timestamp();
begin
  perform hold_buckets(p_users);
  insert into notification as n (user_id, conversation_id, due_at, push_from)
  select a.user_id, a.conversation_id, moment + a.delay * interval '1 ms', a.push_from
  from unnest(p_users, p_conversations, p_seqs, p_push_from, p_delays) as a (user_id, conversation_id, seq, push_from, delay)
  where a.push_from is null or not exists (
    select from notification s
    where s.user_id = a.user_id and s.conversation_id = a.conversation_id and s.settled_seq >= a.seq
  )
  order by a.user_id, a.conversation_id
  on conflict (user_id, conversation_id) do update set
    due_at = case when n.leased_until > moment then n.due_at else least(n.due_at, excluded.due_at) end,
    last_due_at = greatest(n.last_due_at, n.due_at, excluded.due_at),
    push_from = case when n.leased_until > moment then n.push_from else least(n.push_from, excluded.push_from) end,
    next_due_at = case when n.leased_until > moment then least(n.next_due_at, excluded.due_at) end,
    next_push_from = case when n.leased_until > moment then least(n.next_push_from, excluded.push_from) end,
    changed_at = moment;
end $$;

-- Has somebody look now at those that a device shows: it may have to take them back.
create function wake_notifications(p_users uuid[], p_conversations uuid[]) returns int language plpgsql
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
      where n.user_id = a.user_id and n.conversation_id = a.conversation_id and n.shown <> '{}' limit 1
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

-- Takes what is due for so long: nobody else looks at it meanwhile. Leaves alone what this shard does not own, or no longer.
create function claim_notifications(p_limit int, p_lease interval) returns setof notification language plpgsql
set enable_seqscan = off
as $$
declare
  moment timestamptz := clock_timestamp();
  due uuid[];
begin
  select array_agg(d.user_id) into due from (
    select n.user_id from notification n
    where n.due_at <= moment and coalesce(n.leased_until <= moment, true)
      and exists (
        select from bucket_owner o
        where o.bucket = bucket_of(n.user_id) and o.open and coalesce(o.held_until <= moment, true))
    order by n.due_at limit p_limit
  ) d;
  if due is null then
    return;
  end if;
  perform hold_buckets(due);
  return query
  update notification n set leased_until = moment + p_lease
  from (
    select c.user_id, c.conversation_id from notification c
    where c.due_at <= moment and coalesce(c.leased_until <= moment, true) and c.user_id = any (due)
    order by c.due_at limit p_limit for update skip locked
  ) c
  where n.user_id = c.user_id and n.conversation_id = c.conversation_id
  returning n.*;
end $$;

-- A target has taken a push of this message.
create function show_notification(p_user uuid, p_conversation uuid, p_target uuid, p_seq int) returns void language plpgsql as $$
begin
  perform hold_buckets(array[p_user]);
  update notification n set shown = n.shown || jsonb_build_object(p_target::text, p_seq)
  where n.user_id = p_user and n.conversation_id = p_conversation;
end $$;

-- Ends the look at one: what is settled, which targets show nothing any more, and when to look again (ms; null: no sooner than
-- something happens).
create function settle_notification(
  p_user uuid, p_conversation uuid, p_settled int, p_hidden text[], p_again_in int, p_push_from int, p_attempts int
) returns void language plpgsql as $$
declare
  moment timestamptz := clock_timestamp();
  again timestamptz := moment + p_again_in * interval '1 ms';
begin
  perform hold_buckets(array[p_user]);
  update notification n set
    settled_seq = greatest(n.settled_seq, p_settled), shown = n.shown - p_hidden, attempts = p_attempts, leased_until = null,
    due_at = least(n.next_due_at, again, case when n.last_due_at > moment then n.last_due_at end),
    last_due_at = case when n.last_due_at > moment then n.last_due_at end,
    push_from = least(n.next_push_from, p_push_from), next_due_at = null, next_push_from = null, changed_at = moment
  where n.user_id = p_user and n.conversation_id = p_conversation;
end $$;

-- Forgets what nothing will come of: replays of it are over. Returns how many.
create function forget_notifications(p_limit int) returns int language plpgsql
set enable_seqscan = off
as $$
declare
  idle uuid[];
  forgotten int;
begin
  select array_agg(d.user_id) into idle from (
    select n.user_id from notification n
    where n.due_at is null and n.changed_at < now() - case when n.shown = '{}' then interval '1 hour' else interval '60 days' end
      and exists (
        select from bucket_owner o
        where o.bucket = bucket_of(n.user_id) and o.open and coalesce(o.held_until <= now(), true))
    order by n.changed_at limit p_limit
  ) d;
  if idle is null then
    return 0;
  end if;
  perform hold_buckets(idle);
  delete from notification n
  where n.user_id = any (idle) and n.due_at is null and n.leased_until is null
    and n.changed_at < now() - case when n.shown = '{}' then interval '1 hour' else interval '60 days' end;
  get diagnostics forgotten = row_count;
  return forgotten;
end $$;
