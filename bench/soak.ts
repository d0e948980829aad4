import { mkdtempSync, rmSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  addMembers,
  createGroup,
  draft,
  leave,
  openDirect,
  postUntilAcked,
  removeMembers,
  signInElsewhere,
  signUp,
} from '../tests/chat.js';
import type { Device } from '../tests/client.js';
import { Following } from '../tests/following.js';
import { gcOnSignal, memoryWithoutGarbage } from './memory.js';
import { Parley } from './parley.js';

/*
 * Memory over time: one Parley, as `npm start` runs it, lives through round after round of what the journeys do, and its
 * resident memory is read after each, idle and with no client connected. A line that climbs is a leak.
 */

const PEOPLE = 20;
const MESSAGES = 300;

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '60' } } });
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 4) throw new Error('--rounds takes a whole number, at least 4');

const dataDir = mkdtempSync(join(tmpdir(), 'parley-soak-'));
chmodSync(dataDir, 0o755); // Postgres runs as another user where this is root
const parley = await Parley.start(dataDir, gcOnSignal);
const url = parley.url.replace(/\/graphql$/, '');
const idle: number[] = [];
try {
  for (let round = 1; round <= rounds; round++) {
    const began = performance.now();
    await journey(url);
    const { resident, heap } = await memoryWithoutGarbage(parley.pid);
    idle.push(resident);
    console.log(
      `round ${round}: ${(resident / 1024).toFixed(1)} MB resident, ${(heap / 1024).toFixed(1)} MB of it live objects, after ${Math.round(performance.now() - began)} ms`,
    );
  }
} finally {
  await parley.stop();
  rmSync(dataDir, { recursive: true, force: true });
}
const quarter = Math.floor(rounds / 4);
const mean = (list: number[]) => list.reduce((sum, each) => sum + each, 0) / list.length / 1024;
const [second, last] = [mean(idle.slice(quarter, 2 * quarter)), mean(idle.slice(-quarter))];
console.log(
  `idle memory: ${second.toFixed(1)} MB in the second quarter of ${rounds} rounds, ${last.toFixed(1)} MB in the last`,
);

/** Twenty people with two devices each, in one group and in pairs: live, dropped and resumed, removed, added and gone. */
async function journey(url: string): Promise<void> {
  const people = await Promise.all(Array.from({ length: PEOPLE }, (_, index) => signUp(url, `P${index}`)));
  const others = await Promise.all(people.map((device) => signInElsewhere(device)));
  const [owner, ...members] = people as [Device, ...Device[]];
  const conversationId = await createGroup(owner, 'Soak', members);
  const followings = await Promise.all(
    [...people, ...others].map((device) => Following.start(device, conversationId, { persists: true })),
  );
  const inboxes = people.map((device) => device.subscribe('subscription { inboxEvents { __typename } }'));
  for (let sent = 0; sent < MESSAGES; sent += PEOPLE) {
    await Promise.all(
      people.map((device, index) => postUntilAcked(draft(device, conversationId, `message ${sent + index}`))),
    );
    others[(sent / PEOPLE) % PEOPLE]!.drop();
  }
  for (let index = 0; index + 1 < PEOPLE; index += 2) {
    const direct = await openDirect(people[index]!, people[index + 1]!);
    await postUntilAcked(draft(people[index]!, direct, 'hello'));
  }
  await removeMembers(owner, conversationId, members.slice(0, 2));
  await addMembers(owner, conversationId, members.slice(0, 1));
  await leave(members[3]!, conversationId);
  const last = await postUntilAcked(draft(owner, conversationId, 'the end'));
  const gone = new Set([...members.slice(0, 2), members[3]!].map(({ userId }) => userId));
  await Promise.all(
    followings.map((each) => (gone.has(each.device.userId) ? each.untilEnded(10_000) : each.untilSeq(last.seq))),
  );
  for (const following of followings) following.stop();
  for (const inbox of inboxes) if (inbox.values.length === 0) throw new Error('an inbox stream heard nothing');
  for (const device of [...people, ...others]) device.close();
}
