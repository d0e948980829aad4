import { createPrivateKey, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect } from 'node:http2';
import { setTimeout as delay } from 'node:timers/promises';
import { SignJWT } from 'jose';
import type { PushAddress } from '../../platform/push/port.js';
import type { ArrivedPush } from '../../platform/push/provider.fixture.js';
import { Helper } from '../helper.js';
import { Parley } from '../parley.js';
import { createGroup, request, signUp, type Person } from '../people.js';
import { median, type Row } from '../report.js';

/** A message in each group, of which all but the sender are away. */
const [GROUPS, PEOPLE] = [40, 40];
const ROUNDS = 3;
const BARE_MS = 3_000;
const IN_FLIGHT = 50;
const POLL_MS = 20;
const LIMIT_MS = 60_000;

type Provider = Record<string, string>;
interface Arrived {
  count: number;
  last: ArrivedPush | null;
}

/** Pushes to people who are away, from the sending of the messages until the last has arrived; against bare posts. */
export async function notify(dataDir: string): Promise<Row[]> {
  const helper = Helper.start('push-provider');
  try {
    const { environment, caFile } = await helper.call<{ environment: Provider; caFile: string }>('open');
    const rates = await throughParley(dataDir, helper, { ...environment, NODE_EXTRA_CA_CERTS: caFile });
    const bare = await postBarely(helper, environment, readFileSync(caFile, 'utf8'));
    const value = median(rates);
    return [
      {
        name: `pushes to people who are away, ${PEOPLE} of each message`,
        unit: 'pushes/s',
        value,
        baseline: { name: 'bare HTTP/2 posts', value: bare },
        goal: '',
        met: true,
        details: { messagesPerSecond: Math.round((value / PEOPLE) * 10) / 10 },
      },
    ];
  } finally {
    await helper.stop();
  }
}

async function throughParley(dataDir: string, helper: Helper, environment: Provider): Promise<number[]> {
  const parley = await Parley.start(dataDir, [], { ...environment, PARLEY_PUSH_BURST_SECONDS: '0' });
  try {
    const [sender, ...sleepers] = (await signUp(parley.url, PEOPLE + 1)) as [Person, ...Person[]];
    const devices = await helper.call<PushAddress[]>('devices', PEOPLE);
    await Promise.all(sleepers.map((person, index) => register(parley.url, person, devices[index]!)));
    const groups: string[] = [];
    for (let i = 0; i < GROUPS; i++) groups.push(await createGroup(parley.url, sender, sleepers));
    const rates: number[] = [];
    for (let round = 0; round <= ROUNDS; round++) {
      const before = (await helper.call<Arrived>('arrived')).count;
      const startedAt = performance.now();
      await Promise.all(groups.map((id) => send(parley.url, sender, id)));
      while ((await helper.call<Arrived>('arrived')).count < before + GROUPS * PEOPLE) {
        if (performance.now() > startedAt + LIMIT_MS) throw new Error('pushes are missing');
        await delay(POLL_MS);
      }
      const rate = (GROUPS * PEOPLE * 1_000) / (performance.now() - startedAt);
      if (round > 0) rates.push(rate); // the first is for warming up
    }
    return rates;
  } finally {
    await parley.stop();
  }
}

const register = (url: string, { accessToken }: Person, address: PushAddress) =>
  request(
    url,
    accessToken,
    'mutation ($input: RegisterPushTargetInput!) { registerPushTarget(input: $input) { errors { code } } }',
    { input: { apnsToken: address.provider === 'APNS' ? address.token : null } },
  );

const send = (url: string, { accessToken }: Person, conversationId: string) =>
  request(url, accessToken, 'mutation ($input: SendMessageInput!) { sendMessage(input: $input) { errors { code } } }', {
    input: { conversationId, clientMessageId: randomUUID(), body: 'hello' },
  });

/** The last push again and again, over one connection. */
async function postBarely(helper: Helper, environment: Provider, ca: string): Promise<number> {
  const { last } = await helper.call<Arrived>('arrived');
  const token = await new SignJWT({})
    .setProtectedHeader({ alg: 'ES256', kid: environment.PARLEY_APNS_KEY_ID! })
    .setIssuer(environment.PARLEY_APNS_TEAM_ID!)
    .setIssuedAt()
    .sign(createPrivateKey(environment.PARLEY_APNS_KEY!));
  const session = connect(environment.PARLEY_APNS_ENDPOINT!, { ca });
  const post = () =>
    new Promise<void>((resolve, reject) => {
      const stream = session.request({
        ':method': 'POST',
        ':path': `/3/device/${last!.device}`,
        authorization: `bearer ${token}`,
        'apns-topic': environment.PARLEY_APNS_TOPIC!,
        'apns-push-type': 'alert',
        'apns-priority': '10',
        'apns-expiration': String(Math.floor(Date.now() / 1_000) + 3_600),
        'apns-collapse-id': last!.collapseKey,
      });
      stream.once('response', ({ ':status': status }) =>
        status === 200 ? resolve() : reject(new Error(`the provider answered ${status}`)),
      );
      stream.once('error', reject);
      stream.resume();
      stream.end(last!.raw);
    });
  let posted = 0;
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: IN_FLIGHT }, async () => {
      for (; performance.now() < startedAt + BARE_MS; posted++) await post();
    }),
  );
  const rate = (posted * 1_000) / (performance.now() - startedAt);
  session.close();
  return rate;
}
