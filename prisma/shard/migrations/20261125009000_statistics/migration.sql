-- Several indices of these tables begin with the same column, and a statement that names a row by its whole key may use any of
-- them. While a table is small, or holds one row for each conversation, they all look equally cheap, and a plan that reads
-- every message of a conversation to find one stays in use while the conversation grows. So the planner is told to expect a
-- hundred rows behind each of these columns: then it takes the index that leads to the one row.
alter table message alter column conversation_id set (n_distinct = -0.01);
alter table member alter column conversation_id set (n_distinct = -0.01);
alter table member_span alter column conversation_id set (n_distinct = -0.01);
alter table inbox alter column user_id set (n_distinct = -0.01);
alter table hidden_message alter column user_id set (n_distinct = -0.01);

-- The above is heeded from the first ANALYZE on, and there is none of an empty table. Postgres 18 can be told at once.
do $$
declare
  each record;
begin
  if current_setting('server_version_num')::int < 180000 then
    return;
  end if;
  for each in
    select c.relname, a.attname from pg_attribute a join pg_class c on c.oid = a.attrelid
    where c.relnamespace = current_schema()::regnamespace and a.attoptions = '{n_distinct=-0.01}' and c.reltuples <= 0
  loop
    execute format(
      'select pg_restore_attribute_stats(''schemaname'', %L, ''relname'', %L, ''attname'', %L, ''inherited'', false,
        ''null_frac'', 0::real, ''avg_width'', 16, ''n_distinct'', -0.01::real)',
      current_schema(), each.relname, each.attname);
  end loop;
end $$;
