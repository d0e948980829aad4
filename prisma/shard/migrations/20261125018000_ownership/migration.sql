-- While a bucket's last changes are on their way to another shard, writes to it are refused until this moment; reads go on.
-- It passes by itself: a mover that dies meanwhile holds nobody up for longer.
alter table bucket_owner add column held_until timestamptz;

-- Holds the buckets of these ids until the transaction ends. The first statement of every function that writes: a bucket
-- that is being moved away is then seen as held or gone (the check runs on a fresh snapshot), never written behind the mover's
-- back.
create or replace function hold_buckets(ids uuid[]) returns void language plpgsql as $$
declare
  buckets int[];
begin
  select array_agg(distinct bucket_of(id) order by bucket_of(id)) into buckets from unnest(ids) id;
  perform pg_advisory_xact_lock_shared(72707370, b) from unnest(buckets) b;
  if (
    select count(*) from bucket_owner o
    where o.bucket = any (buckets) and o.open and (o.held_until is null or o.held_until <= clock_timestamp())
  ) <> cardinality(buckets) then
    raise exception 'bucket not owned by this shard' using errcode = 'PY001';
  end if;
end $$;

-- True, or the error PY001 where a bucket of these ids is not this shard's. For the `where` of a read: without columns of
-- its tables in it, it is evaluated first and once (a one-time filter), on the snapshot that the read has.
create function owns_buckets(ids uuid[]) returns boolean language plpgsql stable parallel safe as $$
begin
  -- Most reads are of one: without a plan over arrays.
  if cardinality(ids) = 1 and exists (select from bucket_owner o where o.bucket = bucket_of(ids[1])) then
    return true;
  end if;
  if exists (
    select from unnest(ids) id
    where not exists (select from bucket_owner o where o.bucket = bucket_of(id) limit 1)
  ) then
    raise exception 'bucket not owned by this shard' using errcode = 'PY001';
  end if;
  return true;
end $$;

-- Replicated with the rows of a range that moves: what was committed before a mark has arrived where the mark is.
create table move_mark (
  move_id uuid primary key,
  mark int not null
);
