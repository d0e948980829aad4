import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { openTestDatabases, type TestDatabases } from '../platform/database/testing.js';
import { newUuid } from '../platform/ids/ids.js';
import { Shards } from '../platform/shards/shards.js';
import { events, type ConversationLogEvent } from '../schema/events.js';
import { OpenMembers } from './open-members.js';

let databases: TestDatabases;
let shards: Shards;
beforeAll(async () => {
  databases = await openTestDatabases();
  shards = await Shards.load(databases.directory, databases.shards);
});
afterAll(() => databases.close());

let members: OpenMembers;
let group: string;
const [ann, bob, cid] = [newUuid(1), newUuid(2), newUuid(3)] as const;
const db = () => shards.of(group).db;
beforeEach(async () => {
  members = new OpenMembers(shards);
  group = newUuid(1);
  await db().$queryRaw`
    select create_conversation(${group}::uuid, 'GROUP', null, 'Group', null, ${ann}::uuid, null, ${[bob]}::uuid[])`;
  await db().outbox.deleteMany();
});
/** What the changes made so far have told. */
async function told(): Promise<ConversationLogEvent[]> {
  const rows = await db().outbox.findMany({ orderBy: { id: 'asc' } });
  await db().outbox.deleteMany();
  return rows.map(({ payload }) => {
    const content = JSON.parse(payload) as { type: keyof typeof events };
    return events[content.type].parse(content) as ConversationLogEvent;
  });
}
const send = () => db().$queryRaw`
  select from send_messages(true, array[${group}]::uuid[], array[${ann}]::uuid[], array[${newUuid(1)}]::uuid[],
    array[${newUuid(1)}]::text[], array['x']::text[])`;
const add = (user: string) => db().$queryRaw`select add_members(${group}::uuid, ${ann}::uuid, ${[user]}::uuid[], 256)`;
const remove = (user: string) => db().$queryRaw`select remove_members(${group}::uuid, ${ann}::uuid, ${[user]}::uuid[])`;
const who = async (batch: ConversationLogEvent[]) =>
  ((await members.of(batch)).get(group) ?? []).map(({ userId }) => userId).sort();
/** Changes the table behind the back of everybody, so that it shows whether it was read. */
const hide = (user: string) =>
  db()
    .$executeRaw`update member set left_at = now() where conversation_id = ${group}::uuid and user_id = ${user}::uuid`;

test('are kept while one version follows the other', async () => {
  await send();
  expect(await who(await told())).toEqual([ann, bob]);
  await hide(bob);
  await send();
  await send();
  expect(await who(await told())).toEqual([ann, bob]);
});

test('are read anew when somebody joins or leaves', async () => {
  await send();
  expect(await who(await told())).toEqual([ann, bob]);
  await add(cid);
  await send();
  expect(await who(await told())).toEqual([ann, bob, cid]);
  await send();
  await remove(bob);
  expect(await who(await told())).toEqual([ann, cid]);
});

test('are read anew after a hole, and after a replay', async () => {
  await send();
  const first = await told();
  expect(await who(first)).toEqual([ann, bob]);
  await add(cid);
  await told(); // another process has handled it
  await send();
  expect(await who(await told())).toEqual([ann, bob, cid]);
  await hide(cid);
  expect(await who(first)).toEqual([ann, bob]);
});
