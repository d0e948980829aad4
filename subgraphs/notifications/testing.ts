import type { Caller, Person } from '../../platform/auth/caller.js';
import { openTestDatabases } from '../../platform/database/testing.js';
import { newUuid, randomBucket, toPublicId } from '../../platform/ids/ids.js';
import type { PushProvider } from '../../platform/push/port.js';
import { Limits } from '../../platform/rate-limit/limits.js';
import type { RateLimiter } from '../../platform/rate-limit/port.js';
import { executeOn } from '../../platform/subgraph/execute.js';
import { silentLog } from '../../platform/telemetry/log.js';
import { WebhookSender } from '../../platform/webhooks/sender.js';
import { notificationsSubgraph } from './subgraph.js';

// Tests read answers as they come.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Data = any;

/** The notifications subgraph on a real directory. */
export async function openNotifications(off: PushProvider[] = []) {
  const databases = await openTestDatabases();
  const { directory } = databases;
  const subgraph = await notificationsSubgraph({
    directory,
    push: { supports: (provider) => !off.includes(provider) },
    webPushPublicKey: 'the-key',
    allowsPrivateAddresses: false,
    webhooks: new WebhookSender({ allowsPrivateAddresses: false }),
    limits: new Limits({} as RateLimiter, null, silentLog()),
  });

  async function run(caller: Caller, query: string, variables: Record<string, unknown> = {}) {
    const result = await executeOn(subgraph, { query, variables }, caller);
    return JSON.parse(JSON.stringify(result)) as { data: Data; errors?: { extensions: { code?: string } }[] };
  }

  return {
    directory,
    subgraph,
    run,
    /** Somebody new, on a device of theirs. */
    async somebody(): Promise<Person> {
      const userId = newUuid(randomBucket());
      await directory.user.create({ data: { userId, handle: userId.replaceAll('-', '_'), displayName: 'Somebody' } });
      return this.elsewhere(userId);
    },
    /** Another device of theirs. */
    async elsewhere(userId: string): Promise<Person> {
      const deviceId = newUuid(randomBucket());
      await directory.device.create({ data: { deviceId, userId, name: 'phone', platform: 'IOS' } });
      return { kind: 'person', userId, deviceId, startedAt: Date.now() };
    },
    /** What a mutation returned, and the codes and paths of its errors. */
    async change(caller: Caller, name: string, input: Record<string, unknown>, selection: string): Promise<Data> {
      const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input`;
      const answer = await run(
        caller,
        `mutation ($input: ${type}!) { it: ${name}(input: $input) { ${selection} errors { code path message } } }`,
        { input },
      );
      if (answer.errors) throw new Error(JSON.stringify(answer.errors));
      const { errors, ...rest } = (answer.data as { it: { errors: { code: string; path: string[] }[] } }).it;
      return { ...rest, refusals: errors.map(({ code, path }) => [code, ...path].join(' ')) };
    },
    async targetsOf(caller: Caller): Promise<Data[]> {
      const answer = await run(
        caller,
        '{ viewer { pushTargets { id provider deviceId createdAt lastDeliveredAt invalidAt } } }',
      );
      return (answer.data as { viewer: { pushTargets: Data[] } }).viewer.pushTargets;
    },
    close: () => databases.close(),
  };
}

export const dev = ({ deviceId }: Person) => toPublicId('device', deviceId);
