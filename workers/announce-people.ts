import type { PubSub } from '../platform/pubsub/port.js';
import { defineWorker, type Worker } from '../platform/worker/define-worker.js';
import { presenceChannels, type PeopleChange } from '../schema/presence.js';

/** Tells all routers whose blocks or settings changed, so that live streams show at once what may still be seen. */
export function announcePeople({ pubsub }: { pubsub: PubSub }): Worker {
  return defineWorker({
    name: 'announce-people',
    events: ['UserUpdated', 'UserBlocked', 'UserUnblocked'],
    concurrency: 16,
    handle: async (event) => {
      const change: PeopleChange =
        event.type === 'UserUpdated'
          ? { kind: 'updated', userIds: [event.userId] }
          : {
              kind: event.type === 'UserBlocked' ? 'blocked' : 'unblocked',
              userIds: [event.userId, event.blockedUserId],
            };
      await pubsub.publish(presenceChannels.people, JSON.stringify(change));
    },
  });
}
