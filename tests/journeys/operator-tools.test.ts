import { randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import { fromPublicId } from '../../platform/ids/ids.js';
import { createGroup, cursorOf, draft, openDirect, postUntilAcked, say, type Send } from '../chat.js';
import { withDatabase } from '../database.js';
import { Following } from '../following.js';
import { inboxOf } from '../inbox-invariants.js';
import { comesToHistory, unreadIsRecount } from '../invariants.js';
import { metricOf, parleyTool } from '../operator.js';
import type { RunningParley } from '../running-parley.js';
import { searchConverges } from '../search-invariants.js';
import { finds, findsMessages, soon } from '../search.js';
import { storiesOnParley } from '../story.js';
import { anyMoment, waitFor } from '../wait-for.js';

/*
 * On the event log and the index in Postgres, whose rows these stories change: to let an hour pass, or as somebody would by
 * hand. The tools find them in the data directory, and by their environment in a deployment; its workers are told of in
 * tests/services/kafka-workers.test.ts.
 */
const story = storiesOnParley({}, 'alone');

/** Puts an event on the way of those of a conversation. */
async function plant(parley: RunningParley, conversationId: string, event: object): Promise<void> {
  const uuid = fromPublicId('conversation', conversationId)!;
  const envelope = { id: randomUUID(), at: new Date().toISOString(), traceparent: null, conversationId: uuid };
  const payload = JSON.stringify({ ...envelope, ...event });
  await withDatabase(parley.dataDir, (database) =>
    database.everywhere(
      `insert into outbox (topic, key, payload) select 'parley.conversation', $1::uuid, $2
       where exists (select from conversation where conversation_id = $1::uuid)`,
      [uuid, payload],
    ),
  );
}

/** The first dead letter's id, once there is one that fits. */
async function deadLetter(parley: RunningParley, reason: RegExp): Promise<string> {
  // The tool is a process at each look, so it is asked once there is something to list.
  await waitFor(
    `a dead letter: ${reason}`,
    () =>
      withDatabase(parley.dataDir, async (database) => {
        const letters = await database.everywhere<{ value: string }>(
          "select value from event_log_kept where topic = 'parley.conversation.deliver.dlq'",
        );
        return letters.some(({ value }) => reason.test(value));
      }),
    15_000,
  );
  const { printed } = await parleyTool(parley.dataDir, 'dlq', 'list', '--worker', 'deliver');
  const line = printed.split('\n').find((each) => reason.test(each));
  if (line === undefined) throw new Error(`No dead letter fits ${reason}: ${printed}`);
  return line.split(' ')[0]!;
}

story(
  'an event from a version yet to come is set aside; chat goes on, and the operator sees, replays and discards it',
  async ({ parley, people }) => {
    const [ann, bob] = await people('Ann', 'Bob');
    const conversationId = await openDirect(ann, bob);
    const tool = (...args: string[]) => parleyTool(parley.dataDir, 'dlq', ...args);
    expect(await tool('list')).toEqual({ code: 0, printed: 'There are no dead letters.\n' });
    const following = await Following.start(bob, conversationId, { after: await cursorOf(bob, conversationId) });
    await say(ann, conversationId, 'before');
    await plant(parley, conversationId, { type: 'MessageSent', version: 99, conversationVersion: 7 });
    await say(ann, conversationId, 'after');
    await following.untilMessage('after');
    await comesToHistory(following);
    await unreadIsRecount(bob);

    const id = await deadLetter(parley, /not a MessageSent as it is known here \(version 99\)/);
    expect(id).toMatch(/^deliver\/parley\.conversation\/shard\d\/\d+$/);
    const shown = (await tool('show', id)).printed;
    expect(shown).toMatch(/^attempts: 0$/m);
    expect(shown).toContain('"version":99');
    expect(await metricOf(parley.output(), 'worker_dead_letters_total worker="deliver"')).toBe(1);

    // This version still cannot read it.
    expect(await tool('replay', id)).toEqual({ code: 0, printed: `${id} is handed over again.\n` });
    await waitFor(
      'it has been tried',
      async () => (await metricOf(parley.output(), 'worker_dead_letters_total worker="deliver"')) === 2,
    );
    expect(await deadLetter(parley, /version 99/)).toBe(id);

    expect(await parley.stop()).toBe(0);
    expect((await tool('list')).printed).toContain(id); // also while Parley does not run
    expect(parley.postmaster()).toBeNull();
    expect(await tool('discard', id)).toEqual({ code: 0, printed: `${id} is discarded.\n` });
    await parley.start();
    expect(await tool('discard', id)).toMatchObject({
      code: 1,
      printed: expect.stringContaining(`There is no dead letter ${id}.`),
    });
    // Other workers have set the same event aside, each for itself.
    expect((await tool('list', '--worker', 'deliver')).printed).toBe('There are no dead letters.\n');
  },
  180_000,
);

story(
  'an event that deliver cannot handle makes its own conversation wait in the inbox, and no other; across a restart, too',
  async ({ parley, people }) => {
    const [ann, bob, carol] = await people('Ann', 'Bob', 'Carol');
    const [poisoned, other] = [await createGroup(ann, 'Poisoned', [bob]), await createGroup(ann, 'Other', [carol])];
    await say(ann, poisoned, 'before');
    await unreadIsRecount(bob);
    const unread = async (conversationId: string) => (await inboxOf(bob)).items.get(conversationId)?.unreadCount ?? 0;
    await plant(parley, poisoned, {
      type: 'ConversationCreated',
      version: 1,
      conversationVersion: 9_999,
      kind: 'GROUP',
      createdBy: fromPublicId('user', ann.userId),
      at: 'not a moment',
    });
    const parked = () => metricOf(parley.output(), 'worker_parked worker="deliver"');
    await waitFor('it is parked', async () => ((await parked()) ?? 0) > 0, 10_000);

    const following = await Following.start(carol, other, { after: await cursorOf(carol, other) });
    await say(ann, other, 'here all is well');
    await following.untilMessage('here all is well');
    await unreadIsRecount(carol);
    await say(ann, poisoned, 'behind it');
    await waitFor('it queues', async () => ((await parked()) ?? 0) >= 2, 10_000);
    expect(await unread(poisoned)).toBe(1);

    await parley.kill();
    await parley.start();
    await say(ann, other, 'still well');
    await unreadIsRecount(carol);
    // Its unread count may be right by now: the reconciliation has counted what deliver could not.
    await waitFor('it still queues', async () => ((await parked()) ?? 0) >= 2, 10_000);

    // All tries are used up: as after an hour.
    await withDatabase(parley.dataDir, (database) =>
      database.everywhere(
        `update event_log_kept set due_at = now(), value = jsonb_set(value::jsonb, '{pauses}', '99')::text
         where topic = 'parley.conversation.deliver.retry' and (value::jsonb ->> 'pauses')::int > 0`,
      ),
    );
    const id = await deadLetter(parley, /ConversationCreated/);
    await waitFor('nothing is parked', async () => (await parked()) === 0, 10_000);
    await waitFor('what was behind it came', async () => (await unread(poisoned)) === 2, 10_000);
    await unreadIsRecount(bob);
    const { printed } = await parleyTool(parley.dataDir, 'dlq', 'show', id);
    expect(printed).toMatch(/^attempts: \d+$/m);
    expect(printed).toContain('not a moment');
    expect((await parleyTool(parley.dataDir, 'dlq', 'discard', id)).code).toBe(0);
  },
  180_000,
);

story(
  'an operator builds the index anew while people talk: nothing is lost, and what was wrong in it is right again',
  async ({ parley, people }) => {
    const [ann, bob] = await people('Ann', 'Bob');
    const [group, direct] = [await createGroup(ann, 'Harbour', [bob]), await openDirect(ann, bob)];
    const [first, second] = [await say(ann, group, 'anchor one'), await say(ann, group, 'anchor two')];
    await say(bob, direct, 'anchor three');
    await soon(async () => expect(await findsMessages(bob, 'anchor')).toHaveLength(3));
    // Somebody changed a row by hand: the index knows nothing of it.
    await withDatabase(parley.dataDir, (database) =>
      database.everywhere("update message set body = 'buoy', version = version + 1 where id = $1::uuid", [
        fromPublicId('message', first.id),
      ]),
    );
    expect(await findsMessages(bob, 'buoy')).toEqual([]);

    const sends: Send[] = [];
    let isDone = false;
    const talking = (async () => {
      while (!isDone && sends.length < 1_000) {
        const send = draft(ann, group, `anchor again ${sends.length}`);
        sends.push(send);
        await postUntilAcked(send);
        await anyMoment(0, 30);
      }
    })();
    const { code, printed } = await parleyTool(parley.dataDir, 'search', 'reindex');
    isDone = true;
    await talking;
    expect([code, printed]).toEqual([
      0,
      expect.stringMatching(
        /^messages: the new index is in place\. \d+ read, 0 of them gone, in [\d.]+ s\.\npeople: .*\nconversations: .*\n$/,
      ),
    ]);
    expect(sends.length).toBeGreaterThan(5);
    expect(await findsMessages(bob, 'buoy')).toEqual([first.id]);
    expect(await findsMessages(bob, 'anchor two')).toEqual([second.id]);
    expect(await finds(bob, 'searchUsers', ann.person.handle)).toEqual([ann.userId]);
    expect(await finds(bob, 'searchConversations', 'harbour')).toEqual([group]);
    await searchConverges(bob, group, { count: 40, limit: 30_000 });
    expect(await parleyTool(parley.dataDir, 'search', 'reindex', 'people')).toMatchObject({ code: 0 });
    await say(bob, direct, 'after all of it');
    await searchConverges(ann, direct);
  },
  120_000,
);

story('the tool says how it is used, and what there is to build anew', async ({ parley }) => {
  const tool = (...args: string[]) => parleyTool(parley.dataDir, 'search', 'reindex', ...args);
  const { code, printed } = await tool('--help');
  expect([code, printed.split('\n')[0]]).toEqual([0, expect.stringContaining('Search: builds the index anew')]);
  expect(await tool('letters')).toEqual({
    code: 1,
    printed: 'There is no index of letters; there are messages, people, conversations.\n',
  });
  expect(await tool('people', 'messages')).toMatchObject({ code: 1 });
});
