import type { Registry } from 'prom-client';
import type { DirectoryClient } from '../platform/database/port.js';
import type { Presences } from '../platform/ephemeral/presence-port.js';
import { Fault } from '../platform/errors/errors.js';
import type { PubSub } from '../platform/pubsub/port.js';
import type { Push, PushAddress, PushOutcome, PushSender } from '../platform/push/port.js';
import type { Shards } from '../platform/shards/shards.js';
import type { Log } from '../platform/telemetry/log.js';
import { startLoop } from '../platform/worker/loop.js';
import { channels } from '../schema/live.js';
import { readBadges } from './notifications/badges.js';
import { decide, type Decision } from './notifications/decide.js';
import { pushLag } from './notifications/metrics.js';
import { NotifiedPeople, type Reachable, type Target } from './notifications/people.js';
import { NotificationRows, type Claimed, type Settled } from './notifications/rows.js';
import { readSituations, type Situation } from './notifications/situations.js';
import { alertPush, clearingPush } from './notifications/wording.js';

/** How often to look unasked, ms: for what was put off, or left by a process that died. It is told when anything else is due. */
const POLL_MS = 1_000;
/** Of one shard at once. */
const BATCH = 50;
/** How often to forget what nothing will come of, ms. */
const FORGET_MS = 600_000;
/** Pauses after a provider's failure, ms: doubling, with jitter. */
const [FIRST_PAUSE_MS, LONGEST_PAUSE_MS] = [1_000, 60_000];

export interface SendPushesDependencies {
  directory: DirectoryClient;
  shards: Shards;
  presences: Pick<Presences, 'awake'>;
  push: PushSender;
  /** How long a message may stay undelivered while a device is awake, ms. */
  checkMs: number;
  log: Log;
  registry?: Registry;
  /** Unix ms. */
  now?: () => number;
}

/** `later`: the provider cannot now; not sooner than after so many ms. */
type Handed = PushOutcome | { kind: 'later'; afterMs: number };

/** One look, at one person's place in one conversation. */
interface Look {
  row: Claimed;
  situation: Situation | null;
  person: Reachable | undefined;
  decision: Decision;
}

/**
 * Looks at what is due in the table `notification`, decides from the messages as they are now, and pushes: one push a
 * conversation and device, however many messages came; or one that takes it back. What each device took is kept as soon as
 * it took it, so a look that is repeated after a crash asks only the others.
 */
export class PushLooks {
  private readonly rows: NotificationRows;
  private readonly people: NotifiedPeople;
  private readonly lag;
  private readonly now: () => number;

  constructor(private readonly deps: SendPushesDependencies) {
    const { shards, directory, registry } = deps;
    this.rows = new NotificationRows(shards);
    this.people = new NotifiedPeople(directory);
    this.lag = pushLag(registry);
    this.now = deps.now ?? Date.now;
  }

  /**
   * A batch of each shard; true where there may be more: also where there was little, of which something may have happened
   * meanwhile. Throws when a shard fails, after the others had theirs.
   */
  async once(): Promise<boolean> {
    const counts = await Promise.allSettled(
      this.deps.shards.all.map(async (shard) => {
        const claimed = await this.rows.claim(shard, BATCH);
        if (claimed.length > 0) await this.look(claimed);
        return claimed.length;
      }),
    );
    for (const count of counts) if (count.status === 'rejected') throw count.reason;
    return counts.some((count) => count.status === 'fulfilled' && count.value > 0);
  }

  async forget(): Promise<void> {
    for (const shard of this.deps.shards.all) while ((await this.rows.forget(shard, 500)) >= 500);
  }

  private async look(claimed: Claimed[]): Promise<void> {
    const looks = await this.decideAll(claimed);
    const telling = looks.filter(({ decision }) => decision.push || decision.clears);
    const badges = await readBadges(this.deps.shards, [...new Set(telling.map(({ row }) => row.userId))]);
    const senders = telling.flatMap(({ decision: { push }, person }) =>
      push && person?.settings.showPreview ? [push.senderId] : [],
    );
    const names = senders.length > 0 ? await this.people.names(senders) : new Map<string, string>();
    const results = await Promise.allSettled(
      looks.map((look) => this.act(look, badges.get(look.row.userId) ?? 0, names)),
    );
    const done = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    await this.rows.settle(done.map(({ settled }) => settled));
    const sent = done.flatMap((each) => each.sent);
    if (sent.length > 0) await this.people.delivered(sent);
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }

  private async decideAll(claimed: Claimed[]): Promise<Look[]> {
    const userIds = [...new Set(claimed.map(({ userId }) => userId))];
    const asked = claimed.map(({ userId, conversationId, pushFrom, shown }) => ({
      userId,
      conversationId,
      also: [...(pushFrom === null ? [] : [pushFrom]), ...Object.values(shown)],
    }));
    const [situations, people, awake] = await Promise.all([
      readSituations(this.deps.shards, asked),
      this.people.reachable(userIds),
      // Where nobody knows, what no device has taken is told.
      this.deps.presences.awake(userIds).catch(() => new Set<string>()),
    ]);
    const senderIds = new Set(situations.flatMap((each) => each?.unread.map(({ senderId }) => senderId) ?? []));
    const silenced = senderIds.size > 0 ? await this.people.silenced(userIds, [...senderIds]) : new Set<string>();
    return claimed.map((row, index) => {
      const situation = situations[index] ?? null;
      const person = people.get(row.userId);
      const decision: Decision = person
        ? decide({
            row,
            situation,
            settings: person.settings,
            isAwake: awake.has(row.userId),
            isSilenced: (senderId) => silenced.has(`${row.userId} ${senderId}`),
            checkMs: this.deps.checkMs,
            now: this.now(),
          })
        : { push: null, clears: true, settledSeq: situation?.lastSeq ?? 0, againInMs: null, pushFrom: null };
      return { row, situation, person, decision };
    });
  }

  private async act(
    { row, situation, person, decision }: Look,
    badge: number,
    names: Map<string, string>,
  ): Promise<{ settled: Settled; sent: string[] }> {
    const { userId, conversationId, shown } = row;
    const targets = person?.targets ?? [];
    let handed = new Map<string, Handed>();
    // Those that are gone show nothing.
    let hidden = Object.keys(shown).filter((id) => !targets.some(({ targetId }) => targetId === id));
    if (decision.push && situation) {
      const message = decision.push;
      const senderName = person?.settings.showPreview ? (names.get(message.senderId) ?? '') : null;
      const push = alertPush({ conversationId, situation, message, senderName, badge, now: this.now() });
      const missing = targets.filter(({ targetId }) => (shown[targetId] ?? 0) < message.seq);
      handed = await this.handAll(missing, push, row, (targetId) => this.rows.show(row, targetId, message.seq));
    } else if (decision.clears) {
      const showing = targets.filter(({ targetId }) => shown[targetId] !== undefined);
      handed = await this.handAll(showing, clearingPush(conversationId, badge), row);
      hidden = Object.keys(shown).filter((id) => handed.get(id)?.kind !== 'later');
    }
    const later = [...handed.values()].flatMap((each) => (each.kind === 'later' ? [each] : []));
    const isDone = later.length === 0;
    const attempts = isDone ? 0 : row.attempts + 1;
    return {
      settled: {
        userId,
        conversationId,
        seq: isDone ? decision.settledSeq : 0,
        hidden,
        againInMs: isDone ? decision.againInMs : Math.max(pauseAfter(attempts), ...later.map(({ afterMs }) => afterMs)),
        pushFrom: isDone ? decision.pushFrom : (decision.push?.seq ?? row.pushFrom),
        attempts,
      },
      sent: [...handed].flatMap(([targetId, { kind }]) => (kind === 'sent' ? [targetId] : [])),
    };
  }

  /** By target. */
  private async handAll(
    targets: readonly Target[],
    push: Push,
    { lateMs }: Claimed,
    onSent?: (targetId: string) => Promise<void>,
  ): Promise<Map<string, Handed>> {
    const began = this.now();
    const all = await Promise.all(
      targets.map(async ({ targetId, address }): Promise<[string, Handed]> => {
        const outcome = await this.hand(address, push);
        if (outcome.kind === 'sent') {
          await onSent?.(targetId);
          if (push.alert) this.lag.observe((lateMs + this.now() - began) / 1_000);
        } else if (outcome.kind === 'gone') await this.people.retire(targetId, new Date(began));
        return [targetId, outcome];
      }),
    );
    return new Map(all);
  }

  private async hand(address: PushAddress, push: Push): Promise<Handed> {
    const { log } = this.deps;
    const { provider } = address;
    try {
      const outcome = await this.deps.push.send(address, push);
      if (outcome.kind === 'refused') log.warn({ provider, reason: outcome.reason }, 'a push was refused');
      return outcome;
    } catch (error) {
      const isExpected = error instanceof Fault && error.code === 'UNAVAILABLE';
      if (!isExpected) log.error({ err: error, provider }, 'a push failed; it is sent again');
      const retryAt = isExpected ? Date.parse(String(error.extensions.retryAt)) : NaN;
      return { kind: 'later', afterMs: Number.isNaN(retryAt) ? 0 : retryAt - Date.now() };
    }
  }
}

function pauseAfter(attempts: number): number {
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(attempts - 1, 10)) * (0.75 + Math.random() / 2);
}

/** Any number of processes share the work. */
export async function startSendingPushes(
  deps: SendPushesDependencies & { pubsub: PubSub; pollMs?: number },
): Promise<{ stop(): Promise<void> }> {
  const looks = new PushLooks(deps);
  let forgetAt = performance.now() + FORGET_MS;
  const loop = startLoop({
    name: 'send-pushes',
    pollMs: deps.pollMs ?? POLL_MS,
    log: deps.log,
    turn: async () => {
      if (performance.now() > forgetAt) {
        forgetAt = performance.now() + FORGET_MS;
        await looks.forget();
      }
      return looks.once();
    },
  });
  const pokeIn = (ms: string) => loop.pokeIn(Number(ms));
  const unsubscribe = await deps.pubsub.subscribe(channels.notifications, pokeIn, () => loop.poke());
  return {
    stop: async () => {
      await unsubscribe();
      await loop.stop();
    },
  };
}
