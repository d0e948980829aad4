import { randomUUID } from 'node:crypto';
import { SendStore, type SendOutcome } from '../../subgraphs/messages/send-store.js';
import { MoveSession } from '../database/move-session.js';
import { movedTables, type BucketRange } from '../database/move-tables.js';
import { checksums } from '../database/replicate-range.js';
import { openTestDatabases } from '../database/testing.js';
import { newUuid } from '../ids/ids.js';
import type { PubSub } from '../pubsub/port.js';
import { silentLog } from '../telemetry/log.js';
import { abortMove, moveBuckets, resumeMove, type MoveOptions, type StoredMove } from './move.js';
import { Shards } from './shards.js';

/** Two shards with conversations, those who write there, and movers that can be killed. */
export async function openWorld() {
  const databases = await openTestDatabases();
  const pubsub = { publish: async () => undefined } as Partial<PubSub> as PubSub;
  const shards = await Shards.load(databases.directory, databases.shards);
  const sends = new SendStore(shards, pubsub, silentLog());
  const sessions = new Set<MoveSession>();
  const open = async (name: string) => {
    const session = await MoveSession.open(databases.url(name));
    sessions.add(session);
    return session;
  };
  const options = async (more: Partial<MoveOptions>): Promise<MoveOptions> => ({
    directory: await open('directory'),
    connect: open,
    replicationUrl: (name) => databases.url(name),
    // A machine that is busy with other tests.
    holdMs: 4_000,
    ...more,
  });
  return {
    databases,
    shards,
    sends,
    open,
    /** As another process has it, which is told nothing. */
    staleShards: () => Shards.load(databases.directory, databases.shards),
    move: async (range: BucketRange, target: string, more: Partial<MoveOptions> = {}) =>
      moveBuckets(range, target, await options(more)),
    resume: async (more: Partial<MoveOptions> = {}) => resumeMove(await options(more)),
    abort: async () => abortMove(await options({})),
    /** Moves until a point is reached, and dies there: its connections end, and nothing that it would do then is done. */
    async dieAt(point: string, range: BucketRange, target: string): Promise<void> {
      const mover = new Set(sessions);
      let reached: () => void = () => undefined;
      const isThere = new Promise<void>((resolve) => (reached = resolve));
      const moving = moveBuckets(
        range,
        target,
        await options({
          reached: (each) => (each === point ? (reached(), new Promise<never>(() => undefined)) : undefined),
        }),
      );
      await Promise.race([isThere, moving.then(() => Promise.reject(new Error(`It never came to ${point}.`)))]);
      for (const session of sessions) if (!mover.has(session)) await session.close();
    },
    async conversation(bucket: number, ...userIds: string[]): Promise<string> {
      const id = newUuid(bucket);
      const [creator, ...others] = userIds;
      await shards.on(
        id,
        ({
          db,
        }) => db.$queryRaw`select create_conversation(${id}::uuid, 'GROUP', null, 'Of ' || ${bucket}::int, null, ${creator}::uuid,
          ${randomUUID()}, ${others}::uuid[], 'PRIVATE', '{}'::jsonb)::text`,
      );
      return id;
    },
    send: (
      conversationId: string,
      senderId: string,
      body: string,
      clientMessageId = randomUUID(),
    ): Promise<SendOutcome> => sends.append({ conversationId, senderId, clientMessageId, body }),
    /** A conversation list of one row. */
    inbox: (userId: string, conversationId: string) =>
      shards.on(
        userId,
        ({
          db,
        }) => db.$queryRaw`select deliver_inbox(array[${userId}::uuid], array[${conversationId}::uuid], array[3::bigint], array[1], array[0],
          array[now()], array[false])::text`,
      ),
    bodies: async (conversationId: string): Promise<string[]> => {
      const rows = await shards.on(
        conversationId,
        ({ db }) => db.$queryRaw<{ seq: number; body: string | null }[]>`
          select seq, body from message where owns_buckets(array[${conversationId}::uuid]) and conversation_id = ${conversationId}::uuid order by seq`,
      );
      rows.forEach(({ seq }, index) => {
        if (seq !== index + 1) throw new Error(`seq ${seq} stands where ${index + 1} should`);
      });
      return rows.flatMap(({ body }) => (body === null ? [] : [body]));
    },
    /** What a database holds of a range, whether it owns it or not. */
    async held(name: string, range: BucketRange): Promise<Map<string, string>> {
      const session = await open(name);
      return checksums(session, range);
    },
    owned: async (name: string, { from, to }: BucketRange) =>
      databases.shards.get(name)!.bucketOwner.count({ where: { bucket: { gte: from, lte: to }, heldUntil: null } }),
    async close() {
      await sends.stop();
      for (const session of sessions) await session.close();
      await databases.close();
    },
  };
}
export type World = Awaited<ReturnType<typeof openWorld>>;

export const nothing = new Map(Object.keys(movedTables).map((table) => [table, '0 rows, sum 0']));
export type { StoredMove };
