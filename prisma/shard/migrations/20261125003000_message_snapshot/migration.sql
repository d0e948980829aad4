-- Whether nothing of a message may be shown any more but that it was there: it was deleted, or its time is up, which counts
-- before the job that makes it a tombstone comes to it.
create function is_gone(m message) returns boolean language sql stable
return m.deleted_at is not null or coalesce(m.expires_at <= now(), false);

-- A message as schema/events.ts has it (messageSnapshot), for reads and events alike: what does not apply is absent.
create function message_snapshot(m message) returns jsonb language sql stable
return jsonb_build_object(
    'id', m.id, 'conversationId', m.conversation_id, 'seq', m.seq, 'senderId', m.sender_id, 'kind', m.kind,
    'body', case when not is_gone(m) then m.body end,
    'clientMessageId', m.client_message_id, 'createdAt', instant(m.created_at))
  || case when m.system_event is null then '{}' else jsonb_build_object('systemEvent', m.system_event) end
  || case
    when num_nonnulls(m.mentions, m.reply_to_id, m.forwarded_from_id, m.edited_at, m.deleted_at, m.expires_at, m.pinned_at, m.failed_at) = 0
    then '{}'
    when is_gone(m) then jsonb_strip_nulls(jsonb_build_object(
      'deletedAt', instant(coalesce(m.deleted_at, m.expires_at)), 'expiresAt', instant(m.expires_at), 'failedAt', instant(m.failed_at)))
    else jsonb_strip_nulls(jsonb_build_object(
      'mentions', m.mentions, 'replyToId', m.reply_to_id, 'forwardedFromId', m.forwarded_from_id, 'editedAt', instant(m.edited_at),
      'expiresAt', instant(m.expires_at), 'pinnedAt', instant(m.pinned_at), 'failedAt', instant(m.failed_at)))
  end;
