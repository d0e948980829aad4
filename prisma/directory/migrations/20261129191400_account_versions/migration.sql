-- changed_at numbers the states of an account, as the search index needs it: each change has a later one than the state before,
-- however the clocks of the processes that write stand.
create function advance_changed_at() returns trigger language plpgsql as $$
begin
  new.changed_at := greatest(new.changed_at, old.changed_at + interval '1 millisecond');
  return new;
end $$;

create trigger user_changed_at before update on "user"
for each row when (old.* is distinct from new.*) execute function advance_changed_at();
