import type { PubSub } from '../platform/pubsub/port.js';
import { defineJob, type Job } from '../platform/worker/define-job.js';
import { channels } from '../schema/live.js';

/** Requests are refused from the very instant on; this is how long open streams may be behind that. */
const EVERY_MS = 1_000;

export interface ExpireApiKeysDeps {
  /** Revokes keys whose time is up, a batch of them. Returns how many there were. */
  revokeExpired: () => Promise<number>;
  pubsub: Pick<PubSub, 'publish'>;
}

/** Ends what is open of API keys that have expired, as if their owners had revoked them. */
export function expireApiKeys({ revokeExpired, pubsub }: ExpireApiKeysDeps): Job {
  return defineJob({
    name: 'expire-api-keys',
    everyMs: EVERY_MS,
    run: async (signal) => {
      while (!signal.aborted && (await revokeExpired()) > 0)
        await pubsub.publish(channels.outbox('directory'), '').catch(() => undefined);
    },
  });
}
