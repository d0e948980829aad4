alter table member
  -- DIRECT: this one has blocked the other, as of block_version. Either one's block sets is_blocked on both.
  add column has_blocked boolean not null default false;

-- A block, or its end, of one of two people by the other, copied from the directory; a newer version is never undone by an
-- older one. p_place: any id with the bucket of their conversation, which need not exist.
create function copy_block(p_place uuid, p_direct_key text, p_user uuid, p_is_blocked boolean, p_version bigint) returns void
language plpgsql
set enable_seqscan = off
as $$
declare
  place uuid;
begin
  perform hold_buckets(array[p_place]);
  select c.conversation_id into place from conversation c where c.direct_key = p_direct_key;
  if place is null then
    return;
  end if;
  perform from conversation_head h where h.conversation_id = place for update;
  update member m set has_blocked = p_is_blocked, block_version = p_version
  where m.conversation_id = place and m.user_id = p_user and m.block_version < p_version;
  if found then
    update member m set is_blocked = (select bool_or(b.has_blocked) from member b where b.conversation_id = place)
    where m.conversation_id = place;
  end if;
end $$;

-- A new conversation of two, one of whom blocked the other before there was anything to copy it to.
create function note_block(p_conversation uuid) returns void language plpgsql
set enable_seqscan = off
as $$
begin
  perform hold_buckets(array[p_conversation]);
  perform from conversation_head h where h.conversation_id = p_conversation for update;
  update member m set is_blocked = true where m.conversation_id = p_conversation;
end $$;
