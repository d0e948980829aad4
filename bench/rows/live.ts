import { cpuOf, cpuOfPostgres } from '../cpu.js';
import { Helper } from '../helper.js';
import type { Flood, Listening, ListenTask, Publish } from '../load/receivers.js';
import type { Parley } from '../parley.js';
import { createGroup, signUp, type Person } from '../people.js';
import type { Row } from '../report.js';

const SOCKETS = 1_000;
const PEOPLE = 250;
const MISSED = 100;
/** Messages on their way to everybody at a time. */
const IN_FLIGHT = 32;

/** A group and what listens to it: people have several devices each, as a group has at most 256 members. */
export interface Audience {
  conversationId: string;
  owner: Person;
  people: Person[];
}

export async function gather(parley: Parley): Promise<Audience> {
  const people = await signUp(parley.url, PEOPLE);
  const [owner, ...members] = people as [Person, ...Person[]];
  return { owner, people, conversationId: await createGroup(parley.url, owner, members) };
}

/** Deliveries of one conversation to 1,000 sockets, against ws.send of the same bytes to as many. */
export async function fanOut(parley: Parley, dataDir: string, audience: Audience, ms: number): Promise<Row[]> {
  const receivers = Helper.start('receivers');
  const plain = Helper.start('plain-server');
  try {
    const publish: Publish = {
      kind: 'parley',
      url: parley.socketUrl,
      accessToken: audience.owner.accessToken,
      conversationId: audience.conversationId,
    };
    await receivers.call('listen', listenTask(parley, audience, null, false));
    const ours = await flood(receivers, publish, ms, () => [cpuOf(parley.pid), cpuOfPostgres(dataDir)]);
    const sample = await receivers.call<string>('sample');
    await receivers.call('close');
    const url = await plain.call<string>('listen', { sample, replay: 0 });
    await receivers.call('listen', plainTask(url, false));
    const theirs = await flood(receivers, { kind: 'plain', url }, ms, () => [cpuOf(plain.pid), 0]);
    await receivers.call('close');
    const name = `fan-out, ${SOCKETS} subscribers`;
    return [
      {
        name,
        unit: 'deliveries/s',
        value: ours.perSecond,
        baseline: { name: 'plain ws.send', value: theirs.perSecond },
        goal: '≥ plain ws.send',
        met: ours.perSecond >= theirs.perSecond,
        details: { bytes: ours.bytes, deliveries: ours.deliveries, seconds: ours.seconds },
      },
      {
        name: `${name}: CPU of the server`,
        unit: 'us/delivery',
        value: ours.node + ours.postgres,
        baseline: { name: 'plain ws.send', value: theirs.node },
        goal: '≤ plain ws.send',
        met: ours.node + ours.postgres <= theirs.node,
        details: {
          node: ours.node,
          postgres: ours.postgres,
          loadGenerator: ours.load,
          loadGeneratorOfPlain: theirs.load,
        },
      },
    ];
  } finally {
    await Promise.all([receivers.stop(), plain.stop()]);
  }
}

async function flood(receivers: Helper, publish: Publish, ms: number, cpu: () => [node: number, postgres: number]) {
  await receivers.call('flood', { ms: ms / 4, inFlight: IN_FLIGHT, publish });
  const before = [...cpu(), cpuOf(receivers.pid)];
  const { deliveries, seconds, bytes } = await receivers.call<Flood>('flood', { ms, inFlight: IN_FLIGHT, publish });
  const used = [...cpu(), cpuOf(receivers.pid)].map((value, index) => (value - before[index]!) / deliveries);
  const [node, postgres, load] = used as [number, number, number];
  return { deliveries, seconds, bytes, perSecond: deliveries / seconds, node, postgres, load };
}

/** 1,000 sockets come back at the same moment, each 100 messages behind, against plain ws pushing the same bytes. */
export async function resume(parley: Parley, dataDir: string, audience: Audience): Promise<Row[]> {
  const receivers = Helper.start('receivers');
  const plain = Helper.start('plain-server');
  try {
    // The rehearsal warms both up.
    for (const isRehearsal of [true, false]) {
      await receivers.call('listen', listenTask(parley, { ...audience, people: [audience.owner] }, null, false, 1));
      const after = await receivers.call<string>('cursor');
      await receivers.call('publish', {
        count: MISSED,
        publish: {
          kind: 'parley',
          url: parley.socketUrl,
          accessToken: audience.owner.accessToken,
          conversationId: audience.conversationId,
        } satisfies Publish,
      });
      const sample = await receivers.call<string>('sample');
      await receivers.call('close');
      const cpu = () => [cpuOf(parley.pid), cpuOfPostgres(dataDir)] as const;
      const before = cpu();
      const ours = await receivers.call<Listening>('listen', listenTask(parley, audience, after, true));
      const [node, postgres] = cpu().map((value, index) => (value - before[index]!) / 1000) as [number, number];
      await receivers.call('close');
      const url = await plain.call<string>('listen', { sample, replay: MISSED });
      const theirs = await receivers.call<Listening>('listen', plainTask(url, true));
      await receivers.call('close');
      if (isRehearsal) continue;
      const isWhole = ours.fewest === MISSED && ours.most === MISSED;
      return [
        {
          name: `resume, ${SOCKETS} sockets at once, ${MISSED} missed each`,
          unit: 'ms',
          value: ours.ms,
          baseline: { name: 'plain ws.send', value: theirs.ms },
          goal: 'all < 3 s, none lost',
          met: isWhole && ours.ms < 3_000,
          details: { fewestGot: ours.fewest, mostGot: ours.most, cpuMsOfNode: node, cpuMsOfPostgres: postgres },
        },
      ];
    }
    return [];
  } finally {
    await Promise.all([receivers.stop(), plain.stop()]);
  }
}

function listenTask(
  parley: Parley,
  { people, conversationId }: Audience,
  after: string | null,
  atOnce: boolean,
  sockets = SOCKETS,
): ListenTask {
  const accessTokens = Array.from({ length: sockets }, (_, index) => people[index % people.length]!.accessToken);
  return { url: parley.socketUrl, kind: 'conversation', accessTokens, conversationId, after, atOnce };
}

function plainTask(url: string, atOnce: boolean, sockets = SOCKETS): ListenTask {
  return { url, kind: 'plain', accessTokens: new Array<string>(sockets).fill(''), after: null, atOnce };
}
