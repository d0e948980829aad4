import { readFileSync } from 'node:fs';
import { createECDH, randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  buildSchema,
  isObjectType,
  Kind,
  parse,
  type GraphQLObjectType,
  type GraphQLSchema,
  type ObjectTypeDefinitionNode,
} from 'graphql';
import { packageRoot } from '../../platform/config/package-root.js';
import type { Caller } from '../../platform/auth/caller.js';
import { fromPublicId } from '../../platform/ids/ids.js';
import { executeOn } from '../../platform/subgraph/execute.js';
import type { Subgraph } from '../../platform/subgraph/subgraph.js';
import { cursorOf, createGroup, openDirect, removeMembers, say, signUp } from '../chat.js';
import { createBot, createKey } from '../bots.js';
import { ask, type Answer, type Device } from '../client.js';
import { Everything, rootFields, type Supply } from '../everything.js';
import { InProcessParley } from '../in-process.js';
import { sendMedia, settled, upload } from '../media.js';
import { pushTargetsOf, registerPush, updateNotificationSettings } from '../notifications.js';
import { readConversation, readInbox } from '../replica.js';
import { finds, findsMessages, soon } from '../search.js';
import { eventually } from '../wait-for.js';

/*
 * Every field and every mutation, asked by those who have no business with it. What is secret carries the word "canary", so
 * that a leak shows wherever it comes out. Asks the subgraphs past the router, too, and so has them all in this process; a
 * deployment answers with the same resolvers.
 */

let parley: InProcessParley;
let scene: Scene;
interface Scene {
  ann: Device;
  bob: Device;
  askers: { name: string; device: Device | null }[];
  group: string;
  direct: string;
  messageId: string;
  mediaId: string;
  supply: Supply;
}

beforeAll(async () => {
  parley = await InProcessParley.open({}, { PARLEY_MAX_COST: '1000000', PARLEY_MAX_ALIASES: '10000' });
  const [ann, bob, removed, blocked, stranger] = (await Promise.all(
    ['Ann', 'Bob', 'Removed', 'Blocked', 'Stranger'].map((name) => signUp(parley.url, name)),
  )) as [Device, Device, Device, Device, Device];
  const group = await createGroup(ann, 'canary title', [bob, removed]);
  const direct = await openDirect(ann, bob);
  const message = await say(ann, group, 'canary one');
  await say(bob, direct, 'canary two');
  await ann.mutate(`mutation ($id: ID!) { addReaction(input: { messageId: $id, emoji: "👍" }) { errors { code } } }`, {
    id: message.id,
  });
  const { invite } = await ann.mutate<{ invite: { id: string; code: string } }>(
    `mutation ($id: ID!, $key: ID!) { createInvite(input: { conversationId: $id, clientMutationId: $key }) { invite { id code } errors { code } } }`,
    { id: group, key: randomUUID() },
  );
  await removeMembers(ann, group, [removed]);
  const after = await say(ann, group, 'canary three');
  const { id: mediaId } = await upload(ann, {
    ...{ filename: 'canary.txt', contentType: 'text/plain', kind: 'FILE' },
    bytes: Buffer.from('canary four'),
  });
  await sendMedia(ann, group, [mediaId]);
  await settled(ann, mediaId);
  const bot = await createBot(ann, 'Robot of Ann');
  const apiKey = await createKey(ann, bot.botId, ['MESSAGES_READ'], { name: 'canary key' });
  await ann.mutate(`mutation ($id: ID!) { blockUser(input: { userId: $id }) { errors { code } } }`, {
    id: blocked.userId,
  });
  const browser = createECDH('prime256v1');
  browser.generateKeys();
  const pushTarget = await registerPush(ann, {
    ...{ provider: 'WEB_PUSH', endpoint: 'https://push.example.org/canary' },
    ...{ p256dh: browser.getPublicKey('base64url'), auth: randomBytes(16).toString('base64url') },
  });
  await updateNotificationSettings(ann, { quietHours: { from: '01:00', to: '02:00', timeZone: 'Atlantic/Canary' } });
  const { viewer } = await ann.query<{ viewer: { id: string; inboxCursor: string } }>('{ viewer { id inboxCursor } }');
  const cursor = await cursorOf(ann, group);
  await soon(async () => {
    expect(await findsMessages(ann, 'canary')).toHaveLength(3);
    expect(await finds(ann, 'searchConversations', 'canary')).toEqual([group]);
  }, 10_000);

  scene = {
    ann,
    bob,
    askers: [
      { name: 'a stranger', device: stranger },
      { name: 'a removed member', device: removed },
      { name: 'a blocked person', device: blocked },
      { name: 'nobody', device: null },
    ],
    group,
    direct,
    messageId: after.id,
    mediaId,
    supply: (name, owner) => {
      if (name === 'after')
        return owner.includes('nboxChanges') ? viewer.inboxCursor : /hanges/.test(owner) ? cursor : undefined;
      if (name === 'before' || name === 'last') return undefined;
      const values: Record<string, unknown> = {
        id: { message: message.id, conversation: group, media: mediaId }[owner.split('.')[1] ?? ''],
        ids: [ann.userId],
        first: 5,
        seq: 1,
        conversationId: group,
        messageId: owner.includes('around') || owner.includes('Around') ? undefined : message.id,
        replyToId: undefined,
        userId: ann.userId,
        userIds: [ann.userId],
        memberIds: [ann.userId],
        inviteId: invite.id,
        code: owner.startsWith('Query') ? 'unknown' : undefined,
        joinRequestId: 'jrq_01h455vb4pex5vsknk084sn02q',
        reportId: 'rpt_01h455vb4pex5vsknk084sn02q',
        botId: bot.botId,
        webhookId: 'whk_01h455vb4pex5vsknk084sn02q',
        url: 'https://outside.example.org/',
        apiKeyId: apiKey.id,
        handle: owner.startsWith('Mutation.createBot') ? 'bot_from_outside' : undefined,
        displayName: owner.startsWith('Mutation.createBot') ? 'from outside' : undefined,
        name: owner.startsWith('Mutation.createApiKey') ? 'from outside' : undefined,
        mediaId,
        pushTargetId: pushTarget.id,
        attachmentIds: [mediaId],
        filename: 'outside.txt',
        contentType: 'text/plain',
        size: 5,
        clientMutationId: 'matrix',
        clientMessageId: 'matrix',
        body: 'from outside',
        title: 'from outside',
        emoji: '👎',
        approve: true,
        isTyping: true,
        readSeq: 1,
        query: 'canary',
        reason: 'SPAM',
        scope: 'EVERYONE',
        mentions: undefined,
        role: owner.startsWith('Mutation') ? 'MEMBER' : undefined,
        muted: true,
      };
      return values[name];
    },
  };
}, 90_000);
afterAll(() => parley?.close(), 30_000);

const apiSchema = (): GraphQLSchema => buildSchema(readFileSync(join(packageRoot, 'schema', 'api.graphql'), 'utf8'));
/** What only subscriptions tell; who may hear it is tried in the stories of strangers, presence and membership. */
const liveOnly = new Set([
  'Subscription',
  'InboxCaughtUp',
  'InboxItemChanged',
  'MessageHidden',
  'PresenceChange',
  'TypingChange',
]);

const askAs = (device: Device | null, document: string): Promise<Answer> =>
  device ? device.ask(document) : ask(parley.url, document);

function expectNoLeak({ data, errors }: Pick<Answer, 'data' | 'errors'>, what: string): void {
  const text = JSON.stringify({ data, errors });
  expect([what, text.match(/.{0,80}canary.{0,20}/i)?.[0]]).toEqual([what, undefined]);
  const codes = errors.map(({ extensions }) => extensions?.code);
  expect([
    what,
    codes.includes('INTERNAL'),
    errors.filter(({ extensions }) => extensions?.code === 'INTERNAL'),
  ]).toEqual([what, false, []]);
}

describe('whoever has no business with a conversation', () => {
  test('gets nothing of it through any query, however deep', async () => {
    const schema = apiSchema();
    const everything = new Everything(schema, scene.supply);
    for (const field of rootFields(schema, 'Query')) {
      const text = everything.field('Query', field, 4);
      if (text === null) continue;
      for (const { name, device } of scene.askers)
        expectNoLeak(await askAs(device, `query { ${text} }`), `${name}: ${field.name}`);
    }
    expect([...everything.leftOut].sort()).toEqual([]);
  });

  test('asks what a member is answered, and leaves no field out', async () => {
    const schema = apiSchema();
    const everything = new Everything(schema, scene.supply);
    const text = rootFields(schema, 'Query')
      .map((field) => everything.field('Query', field, 4))
      .filter((each) => each !== null);
    for (const field of rootFields(schema, 'Query')) everything.field('Query', field, 6);
    const answers = await Promise.all(text.map((each) => scene.ann.ask(`query { ${each} }`)));
    expect(JSON.stringify(answers)).toMatch(/canary title[^]*canary three/);
    expect(JSON.stringify(answers)).toMatch(/Atlantic\/Canary/);
    for (const field of rootFields(schema, 'Mutation')) everything.field('Mutation', field, 3);
    const fields = Object.values(schema.getTypeMap())
      .filter((type) => isObjectType(type) && !type.name.startsWith('__') && !liveOnly.has(type.name))
      .flatMap((type) => Object.keys((type as GraphQLObjectType).getFields()).map((name) => `${type.name}.${name}`));
    expect(fields.filter((name) => !everything.asked.has(name))).toEqual([]);
  });

  test('gets nothing through a subgraph’s entities', async () => {
    const uuid = { user: fromPublicId('user', scene.ann.userId)! };
    const keys: Record<string, Record<string, string>[]> = {
      Conversation: [{ id: scene.group }, { id: scene.direct }],
      Message: [{ id: scene.messageId }],
      Media: [{ id: scene.mediaId }],
      User: [{ id: scene.ann.userId }],
      Viewer: [{ id: await viewerIdOf(scene.ann) }],
      Member: [{ conversationId: scene.group, userId: scene.ann.userId }],
      InboxItem: [{ id: await inboxItemIdOf(scene.ann, scene.group) }],
    };
    expect(uuid.user).toBeTruthy();
    for (const subgraph of parley.parts.subgraphs) {
      const everything = new Everything(subgraph.schema, scene.supply);
      for (const typename of entitiesOf(subgraph)) {
        const type = subgraph.schema.getType(typename);
        if (!isObjectType(type)) continue;
        const representations = (keys[typename] ?? []).map((key) => ({ __typename: typename, ...key }));
        expect([subgraph.name, typename, representations.length > 0]).toEqual([subgraph.name, typename, true]);
        const query = `query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on ${typename} ${everything.selection(type, 3)} } }`;
        for (const { name, device } of scene.askers) {
          const { data, errors = [] } = await executeOn(
            subgraph,
            { query, variables: { representations } },
            callerOf(device),
          );
          expectNoLeak({ data, errors: errors as never }, `${name}: ${subgraph.name}.${typename}`);
        }
      }
    }
  });

  test('changes nothing through any mutation', async () => {
    const { ann, bob, group, direct } = scene;
    const look = async () => ({
      group: await readConversation(ann, group),
      direct: await readConversation(bob, direct),
      inbox: [...(await readInbox(bob)).values()],
      pushTargets: await pushTargetsOf(ann),
      settings: await ann.query('{ viewer { notificationSettings { push quietHours { timeZone } } } }'),
      bots: await ann.query('{ viewer { bots { id apiKeys { id } } } }'),
    });
    const before = await look();
    const schema = apiSchema();
    // What people do to their own accounts, to which nobody else is a party.
    const own =
      /^(signUp|signIn|signOut|refresh|deleteAccount|changePassword|resetPassword|requestPassword|resendEmail|verifyEmail|updateP)/;
    const everything = new Everything(schema, scene.supply);
    for (const field of rootFields(schema, 'Mutation')) {
      if (own.test(field.name) || field.name === 'acceptInvite') continue;
      const text = everything.field('Mutation', field, 3);
      if (text === null) continue;
      for (const { name, device } of scene.askers)
        expectNoLeak(await askAs(device, `mutation { ${text} }`), `${name}: ${field.name}`);
    }
    expect([...everything.leftOut].filter((name) => name !== 'Mutation.acceptInvite')).toEqual([]);
    await eventually(async () => expect(await look()).toEqual(before), 2_000);
  }, 60_000);
});

function callerOf(device: Device | null): Caller {
  const startedAt = Date.now();
  if (!device) return { kind: 'nobody', startedAt };
  const userId = fromPublicId('user', device.userId)!;
  return { kind: 'person', userId, deviceId: fromPublicId('device', device.session.device.id)!, startedAt };
}

/** Types with a resolvable @key. */
function entitiesOf({ sdl }: Subgraph): string[] {
  return parse(sdl())
    .definitions.filter((node): node is ObjectTypeDefinitionNode => node.kind === Kind.OBJECT_TYPE_DEFINITION)
    .filter((node) =>
      node.directives?.some(
        (directive) =>
          directive.name.value === 'key' &&
          !directive.arguments?.some(({ value }) => value.kind === Kind.BOOLEAN && !value.value),
      ),
    )
    .map((node) => node.name.value);
}

async function viewerIdOf(device: Device): Promise<string> {
  return (await device.query<{ viewer: { id: string } }>('{ viewer { id } }')).viewer.id;
}

async function inboxItemIdOf(device: Device, conversationId: string): Promise<string> {
  const { viewer } = await eventually(() =>
    device.query<{ viewer: { inboxItem: { id: string } } }>(
      'query ($id: ID!) { viewer { inboxItem(conversationId: $id) { id } } }',
      { id: conversationId },
    ),
  );
  return viewer.inboxItem.id;
}
