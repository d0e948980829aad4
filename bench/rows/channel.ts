import { randomUUID } from 'node:crypto';
import { fromPublicId } from '../../platform/ids/ids.js';
import { withDatabase } from '../../tests/database.js';
import { memoryWithoutGarbage } from '../memory.js';
import type { Parley } from '../parley.js';
import { request, signUp, type Person } from '../people.js';
import { median, type Row } from '../report.js';

const [LARGE, SMALL] = [100_000, 300];
const ROUNDS = 120;
/** What a channel of 100,000 may cost at most, against one of 300: noise of a busy machine included. */
const MOST = 1.3;

/** One channel with so many members, owned by the first person, in the second one's list. */
interface Place {
  id: string;
  owner: Person;
  guest: Person;
}

/**
 * What people do in a channel of 100,000, against the same in one of 300: nothing may depend on how many there are. The
 * members are rows made in bulk; the people who do something come in through the API.
 */
export async function channel(parley: Parley, dataDir: string): Promise<Row[]> {
  const [owner, guest] = (await signUp(parley.url, 2)) as [Person, Person];
  const [large, small] = [
    await place(parley, dataDir, owner, guest, LARGE),
    await place(parley, dataDir, owner, guest, SMALL),
  ];
  const rows: Row[] = [await memory(parley, large, small)];
  for (const { name, act } of actions(parley.url)) {
    const times = { large: [] as number[], small: [] as number[] };
    for (let round = 0; round < ROUNDS; round++) {
      // They take turns, so that a noisy neighbour hits both.
      times.large.push(await timed(() => act(large)));
      times.small.push(await timed(() => act(small)));
    }
    const [value, baseline] = [median(times.large), median(times.small)];
    rows.push({
      name: `channel of ${LARGE.toLocaleString('en')}: ${name}`,
      unit: 'ms',
      value,
      baseline: { name: `one of ${SMALL}`, value: baseline },
      goal: `≤ ${MOST} ×`,
      met: value <= MOST * baseline,
    });
  }
  return rows;
}

/** What is kept in memory after all of it in the large one, against after all of it in the small one. */
async function memory(parley: Parley, large: Place, small: Place): Promise<Row> {
  const after = async (where: Place) => {
    for (let round = 0; round < ROUNDS / 2; round++) for (const { act } of actions(parley.url)) await act(where);
    return (await memoryWithoutGarbage(parley.pid)).resident / 1024;
  };
  const baseline = await after(small);
  const value = await after(large);
  return {
    name: `channel of ${LARGE.toLocaleString('en')}: resident memory after all of these`,
    unit: 'MB',
    value,
    baseline: { name: `one of ${SMALL}`, value: baseline },
    goal: '≤ 1.1 ×',
    met: value <= 1.1 * baseline,
  };
}

async function place(parley: Parley, dataDir: string, owner: Person, guest: Person, members: number): Promise<Place> {
  const { createChannel } = await request<{ createChannel: { conversation: { id: string } } }>(
    parley.url,
    owner.accessToken,
    'mutation ($input: CreateChannelInput!) { createChannel(input: $input) { conversation { id } errors { message } } }',
    { input: { clientMutationId: randomUUID(), title: 'bench', visibility: 'PUBLIC' } },
  );
  const { id } = createChannel.conversation;
  const uuid = fromPublicId('conversation', id)!;
  await withDatabase(dataDir, async (database) => {
    // Only its own shard has the conversation, so only there are rows made.
    await database.everywhere(
      `with made as materialized (select gen_random_uuid() as user_id, n from generate_series(1, $2::int) n
         where exists (select from conversation where conversation_id = $1)),
       spans as (insert into member_span (conversation_id, user_id, from_seq) select $1, user_id, 1 from made)
       insert into member (conversation_id, user_id, role, joined_at, version, changed_at)
       select $1, user_id, 'MEMBER', now() + n * interval '1 ms', 0, now() from made`,
      [uuid, members - 2],
    );
    await database.everywhere(
      'update conversation_head set member_count = member_count + $2 where conversation_id = $1',
      [uuid, members - 2],
    );
    await database.everywhere('analyze');
  });
  const made = { id, owner, guest };
  await join(parley.url, made);
  for (let i = 0; i < 50; i++) await send(parley.url, made);
  return made;
}

const join = (url: string, { id, guest }: Place) =>
  change(url, guest, 'joinChannel', 'JoinChannelInput', { conversationId: id });
const leave = (url: string, { id, guest }: Place) =>
  change(url, guest, 'leaveConversation', 'LeaveConversationInput', { conversationId: id });
const send = (url: string, { id, owner }: Place) =>
  change(url, owner, 'sendMessage', 'SendMessageInput', {
    conversationId: id,
    clientMessageId: randomUUID(),
    body: 'hello',
  });

async function change(url: string, person: Person, name: string, type: string, input: object): Promise<void> {
  const answer = await request<Record<string, { errors: { message: string }[] }>>(
    url,
    person.accessToken,
    `mutation ($input: ${type}!) { ${name}(input: $input) { errors { message } } }`,
    { input },
  );
  if (answer[name]!.errors.length > 0) throw new Error(`${name}: ${JSON.stringify(answer[name]!.errors)}`);
}

function actions(url: string): { name: string; act: (place: Place) => Promise<unknown> }[] {
  const read = (fields: string) => (place: Place) =>
    request(url, place.guest.accessToken, `query ($id: ID!) { ${fields} }`, { id: place.id });
  return [
    { name: 'leave and join', act: async (place) => [await leave(url, place), await join(url, place)] },
    { name: 'send', act: (place) => send(url, place) },
    {
      name: 'open',
      act: read(
        'conversation(id: $id) { title memberCount viewerMember { role } messages(last: 30) { edges { node { seq body } } } cursor }',
      ),
    },
    { name: 'unread', act: read('viewer { unreadCount inboxItem(conversationId: $id) { unreadCount } }') },
    {
      name: 'page of members',
      act: read(
        'conversation(id: $id) { members(first: 50) { edges { node { userId role } } pageInfo { hasNextPage } } }',
      ),
    },
    {
      name: 'admins',
      act: read('conversation(id: $id) { members(first: 50, role: OWNER) { edges { node { userId } } } }'),
    },
  ];
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const before = performance.now();
  await work();
  return performance.now() - before;
}
