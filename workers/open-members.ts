import { LRUCache } from 'lru-cache';
import type { Statement } from '../platform/database/hot-pool.js';
import type { Shards } from '../platform/shards/shards.js';
import { groupBy } from '../platform/worker/group-by.js';
import type { ConversationLogEvent } from '../schema/events.js';

export interface OpenMember {
  userId: string;
  /** The first message that they may read by their present membership. */
  fromSeq: number;
}

interface Known {
  members: OpenMember[];
  /** All that changed the membership up to this version of the conversation is in `members`. */
  version: number;
}

const KEEP_MS = 60_000;
const MOST_MEMBERS = 300_000;

/**
 * The members of conversations, as they are at the events at hand or later. They are kept for the events that follow: versions
 * are dense and every change of a membership is an event, so who has seen each version since it read the members knows that they
 * are still the same. After a hole, a replay or a change of the membership itself it reads anew.
 */
export class OpenMembers {
  private readonly known = new LRUCache<string, Known>({
    maxSize: MOST_MEMBERS,
    sizeCalculation: ({ members }) => members.length + 10,
    ttl: KEEP_MS,
  });

  constructor(private readonly shards: Shards) {}

  /** By conversation. `events`: those of one conversation in the order of their versions. */
  async of(events: ConversationLogEvent[]): Promise<Map<string, OpenMember[]>> {
    const found = new Map<string, OpenMember[]>();
    const missing = new Map<string, number>();
    for (const [conversationId, ofConversation] of groupBy(events, (event) => event.conversationId)) {
      const known = this.known.get(conversationId);
      const version = ofConversation.at(-1)!.conversationVersion;
      if (known && goesOn(known.version, ofConversation)) {
        known.version = version;
        found.set(conversationId, known.members);
      } else {
        this.known.delete(conversationId);
        missing.set(conversationId, version);
      }
    }
    for (const [conversationId, members] of await this.read([...missing.keys()])) {
      found.set(conversationId, members);
      this.known.set(conversationId, { members, version: missing.get(conversationId)! });
    }
    return found;
  }

  private async read(conversationIds: string[]): Promise<Map<string, OpenMember[]>> {
    const members = new Map<string, OpenMember[]>();
    const rows = await this.shards.gather(
      conversationIds,
      (id) => id,
      ({ db }, ids) => db.hot.query<Row>(openMembers, [ids]),
    );
    for (const row of rows) {
      const member = { userId: row.user_id, fromSeq: row.from_seq };
      const list = members.get(row.conversation_id);
      if (list) list.push(member);
      else members.set(row.conversation_id, [member]);
    }
    return members;
  }
}

interface Row {
  conversation_id: string;
  user_id: string;
  from_seq: number;
}
const openMembers: Statement = {
  name: 'open_members',
  text: 'select conversation_id, user_id, from_seq from open_members($1::uuid[]) where owns_buckets($1::uuid[])',
};

/** Whether nothing but these events has happened since that version, none of which changes who is in. */
function goesOn(version: number, events: ConversationLogEvent[]): boolean {
  for (const event of events) {
    const from = event.type === 'WatermarksMoved' ? event.fromVersion : event.conversationVersion;
    if (from !== version + 1 || event.type === 'MemberJoined' || event.type === 'MemberLeft') return false;
    version = event.conversationVersion;
  }
  return true;
}
