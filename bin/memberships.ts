import type { Shards } from '../platform/shards/shards.js';
import type { Memberships } from '../schema/memberships.js';

/** Until the conversations subgraph answers. */
export function membershipsOf(shards: Shards): Memberships {
  return {
    isMember: async (conversationId, userId) => {
      const { db } = shards.of(conversationId);
      return (await db.member.count({ where: { conversationId, userId, leftAt: null } })) > 0;
    },
    membersOf: async (conversationId, limit) => {
      const { db } = shards.of(conversationId);
      const rows = await db.member.findMany({
        where: { conversationId, leftAt: null },
        select: { userId: true },
        orderBy: { joinedAt: 'asc' },
        take: limit,
      });
      return rows.map(({ userId }) => userId);
    },
    directContacts: async (userId, others) => {
      const ofPairs = new Map(others.map((other) => [[userId, other].sort().join(':'), other]));
      const found = await Promise.all(
        shards.all.map(({ db }) =>
          db.conversation.findMany({ where: { directKey: { in: [...ofPairs.keys()] } }, select: { directKey: true } }),
        ),
      );
      return new Set(found.flat().flatMap(({ directKey }) => ofPairs.get(directKey ?? '') ?? []));
    },
  };
}
