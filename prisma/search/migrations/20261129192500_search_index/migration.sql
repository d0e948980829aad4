-- Each index has two slots: searches read the live one; a rebuild fills the other, then they change places.
create table index_state (
  index_name text primary key,
  live smallint not null default 0 check (live in (0, 1)),
  -- Names the rebuild under way: writes go to both slots then.
  rebuild bigint,
  rebuilds bigint not null default 0,
  -- Which way of finding words in texts the live slot was made by.
  words smallint not null default 1
);
insert into index_state (index_name) values ('messages'), ('people'), ('conversations');

-- A row without terms is a tombstone. What each lexeme means: platform/search-index/lexemes.ts.
create table message (
  slot smallint not null,
  id uuid not null,
  version bigint not null,
  conversation_id uuid,
  sender_id uuid,
  seq bigint,
  -- Unix ms.
  sent_at bigint,
  body text,
  terms tsvector,
  primary key (slot, id)
) partition by list (slot);
create table message_0 partition of message for values in (0);
create table message_1 partition of message for values in (1);
create index message_terms on message using gin (terms);
create index message_sent_at on message (sent_at, id) where terms is not null;
create index message_conversation on message (conversation_id, sent_at) where terms is not null;

create table person (
  slot smallint not null,
  id uuid not null,
  version bigint not null,
  terms tsvector,
  primary key (slot, id)
) partition by list (slot);
create table person_0 partition of person for values in (0);
create table person_1 partition of person for values in (1);
create index person_terms on person using gin (terms);

create table conversation (
  slot smallint not null,
  id uuid not null,
  version bigint not null,
  is_public boolean,
  terms tsvector,
  primary key (slot, id)
) partition by list (slot);
create table conversation_0 partition of conversation for values in (0);
create table conversation_1 partition of conversation for values in (1);
create index conversation_terms on conversation using gin (terms);

-- Where a write goes: the live slot, and while a rebuild is under way the other one too. Holds every rebuild's begin and
-- end until the writer's transaction ends.
create function slots_to_write(of_index text) returns setof smallint language plpgsql as $$
declare state index_state;
begin
  select * into state from index_state where index_name = of_index for share;
  return next state.live;
  if state.rebuild is not null then return next (1 - state.live)::smallint; end if;
end $$;

-- The slot that a rebuild fills; none where it is no longer under way.
create function slot_to_fill(of_index text, of_rebuild bigint) returns setof smallint language sql as $$
  select (1 - live)::smallint from index_state where index_name = of_index and rebuild = of_rebuild for share
$$;

-- Nothing where another rebuild fills it.
create function empty_idle_slot(of_index text, for_rebuild bigint) returns void language plpgsql as $$
declare idle smallint;
begin
  select 1 - live into idle from index_state where index_name = of_index and rebuild is not distinct from for_rebuild for update;
  if not found then return; end if;
  execute format('truncate %I', case of_index when 'messages' then 'message_' when 'people' then 'person_' else 'conversation_' end || idle);
end $$;

create function begin_rebuild(of_index text) returns bigint language plpgsql as $$
declare begun bigint;
begin
  update index_state set rebuilds = rebuilds + 1, rebuild = rebuilds + 1 where index_name = of_index returning rebuild into begun;
  perform empty_idle_slot(of_index, begun);
  return begun;
end $$;

-- False where another rebuild has begun since.
create function end_rebuild(of_index text, of_rebuild bigint, is_swap boolean, made_with smallint) returns boolean language plpgsql as $$
begin
  update index_state
  set rebuild = null, live = case when is_swap then 1 - live else live end, words = case when is_swap then made_with else words end
  where index_name = of_index and rebuild = of_rebuild;
  return found;
end $$;

-- What words come down to, in each language that has another stem for them than the word itself.
create function stems_of(words text[]) returns setof text[] language sql stable as $$
  select array(
    select distinct s.stem
    from (values ('english_stem'::regdictionary), ('german_stem'), ('french_stem'), ('spanish_stem'), ('russian_stem')) d (name),
      unnest(ts_lexize(d.name, w.word)) s (stem)
    where s.stem <> w.word
  )
  from unnest(words) with ordinality w (word, place)
  order by w.place
$$;
