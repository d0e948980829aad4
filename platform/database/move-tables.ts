/** What belongs to a bucket, by the id that says which: all tables of a shard but its outbox and event log. */
export const movedTables = {
  conversation: 'conversation_id',
  conversation_head: 'conversation_id',
  member: 'conversation_id',
  member_span: 'conversation_id',
  message: 'conversation_id',
  reaction: 'conversation_id',
  message_edit: 'conversation_id',
  conversation_media: 'conversation_id',
  invite: 'conversation_id',
  join_request: 'conversation_id',
  inbox: 'user_id',
  inbox_head: 'user_id',
  mention: 'user_id',
  hidden_message: 'user_id',
  media: 'user_id',
  notification: 'user_id',
} as const;

/** What has nothing to do with a bucket, and stays where it is. */
export const shardOwnTables = [
  '_prisma_migrations',
  'bucket_owner',
  'event_log',
  'event_log_group',
  'event_log_kept',
  'move_mark',
  'outbox',
  'relay_lease',
  'shard_state',
];

/** Both ends included. */
export interface BucketRange {
  from: number;
  to: number;
}

/** As bucket_of, in what a publication's row filter may hold: built-in functions only. */
export const inRange = (column: string, { from, to }: BucketRange) =>
  `(((get_byte(uuid_send(${column}), 6) & 15) << 8) | get_byte(uuid_send(${column}), 7)) between ${from} and ${to}`;
