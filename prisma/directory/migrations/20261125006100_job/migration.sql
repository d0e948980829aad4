-- When each job is due, and which process runs it now.
create table job (
  name text primary key,
  owner text,
  leased_until timestamptz not null default '-infinity',
  due_at timestamptz not null default '-infinity',
  succeeded_at timestamptz
);

-- Takes the job for this process when it is due and nobody else runs it. `due_in` is null where it was taken: how long to
-- wait before looking again, otherwise.
create function take_job(job_name text, member text, lease interval)
returns table (due_in interval, succeeded_at timestamptz) language plpgsql as $$
#variable_conflict use_column
declare
  taken boolean;
begin
  insert into job (name) values (job_name) on conflict do nothing;
  update job j set owner = member, leased_until = clock_timestamp() + lease
  where j.name = job_name and j.due_at <= clock_timestamp()
    and (j.owner is null or j.owner = member or j.leased_until < clock_timestamp());
  taken := found;
  return query
  select case when not taken then greatest(j.due_at, case when j.owner is not null then j.leased_until else '-infinity' end) - clock_timestamp() end,
    j.succeeded_at
  from job j where j.name = job_name;
end $$;

-- Gives the job back; false where another process has taken it since.
create function end_job(job_name text, member text, has_succeeded boolean, next_in interval) returns boolean language plpgsql as $$
begin
  update job j set owner = null, leased_until = '-infinity', due_at = clock_timestamp() + next_in,
    succeeded_at = case when has_succeeded then clock_timestamp() else j.succeeded_at end
  where j.name = job_name and j.owner = member;
  return found;
end $$;
