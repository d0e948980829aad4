import { randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import { createGroup, history, removeMembers, say, signInElsewhere } from '../chat.js';
import type { Device, Refused } from '../client.js';
import { Following } from '../following.js';
import { inboxOf } from '../inbox-invariants.js';
import { storiesOnParley } from '../story.js';
import { waitFor } from '../wait-for.js';

const story = storiesOnParley();
const errors = 'errors { code path message }';

interface Invite {
  id: string;
  code: string;
  url: string;
}
async function invite(device: Device, conversationId: string, input: Record<string, unknown> = {}): Promise<Invite> {
  const { invite: made } = await device.mutate<{ invite: Invite }>(
    `mutation ($input: CreateInviteInput!) { createInvite(input: $input) { invite { id code url } ${errors} } }`,
    { input: { clientMutationId: randomUUID(), conversationId, ...input } },
  );
  return made;
}
const accept = (device: Device, code: string) =>
  device.mutate<{ conversation: { id: string } | null; joinRequest: { id: string } | null }>(
    `mutation ($code: String!) { acceptInvite(input: { code: $code }) { conversation { id } joinRequest { id } ${errors} } }`,
    { code },
  );
const decide = (device: Device, joinRequestId: string, approve: boolean) =>
  device.mutate(
    `mutation ($input: DecideJoinRequestInput!) { decideJoinRequest(input: $input) { conversation { id } ${errors} } }`,
    { input: { joinRequestId, approve } },
  );
const refusal = async (work: Promise<unknown>) =>
  (
    await work.then(
      () => null,
      (error: unknown) => error as Refused,
    )
  )?.codes;

story(
  'Ann posts a link; Bob looks where it leads, joins on one device and reads on the other',
  async ({ parley, people, closing }) => {
    const [ann, bob] = await people('Ann', 'Bob');
    const laptop = closing(await signInElsewhere(bob));
    const group = await createGroup(ann, 'Hikers', []);
    await say(ann, group, 'before Bob');
    const { code, url } = await invite(ann, group, { maxUses: 1 });
    expect(url).toBe(`${parley.url}/invite/${code}`);
    const preview = await bob.query(
      'query ($code: String!) { invite(code: $code) { title memberCount needsApproval viewerIsMember } }',
      { code },
    );
    expect(preview).toEqual({
      invite: { title: 'Hikers', memberCount: 1, needsApproval: false, viewerIsMember: false },
    });

    const annsStream = await Following.start(ann, group);
    for (let i = 0; i < 2; i++) expect((await accept(bob, code)).conversation).toEqual({ id: group });
    await waitFor('Ann sees him join', () =>
      annsStream.events.some(({ userId, isMember }) => userId === bob.userId && isMember === true),
    );
    await waitFor('the laptop lists it', async () => (await inboxOf(laptop)).items.has(group));
    const stream = await Following.start(laptop, group);
    await say(ann, group, 'welcome');
    await stream.untilMessage('welcome');
    // A group shows what was said from joining on: that he joined, and the welcome.
    expect((await history(laptop, group)).map(({ body }) => body)).toEqual([null, 'welcome']);
    const [eve] = await people('Eve');
    expect(await refusal(accept(eve, code))).toEqual(['INVITE_EXPIRED']);
  },
);

story('Cid asks to be let in while Ann is away; she comes back and lets him', async ({ people }) => {
  const [ann, bob, cid] = await people('Ann', 'Bob', 'Cid');
  const group = await createGroup(ann, 'Club', [bob]);
  const { code } = await invite(ann, group, { needsApproval: true });
  ann.drop();
  const { conversation, joinRequest } = await accept(cid, code);
  expect(conversation).toBeNull();
  expect(await refusal(say(cid, group, 'hello?'))).toEqual(['NOT_A_MEMBER']);
  expect(await refusal(decide(bob, joinRequest!.id, true))).toEqual(['FORBIDDEN']);
  const lists =
    'query ($id: ID!) { conversation(id: $id) { invites { code } joinRequests { edges { node { id user { displayName } } } } } }';
  expect(await bob.query(lists, { id: group })).toEqual({ conversation: { invites: [], joinRequests: { edges: [] } } });
  expect(await ann.query(lists, { id: group })).toEqual({
    conversation: {
      invites: [{ code }],
      joinRequests: { edges: [{ node: { id: joinRequest!.id, user: { displayName: 'Cid' } } }] },
    },
  });
  await decide(ann, joinRequest!.id, true);
  await waitFor('Cid has it in his list', async () => (await inboxOf(cid)).items.has(group));
  await say(cid, group, 'thank you');
});

story('whom Ann has thrown out does not come back by the link they kept', async ({ people }) => {
  const [ann, bob] = await people('Ann', 'Bob');
  const group = await createGroup(ann, 'Quiet', [bob]);
  const { id, code } = await invite(ann, group);
  await removeMembers(ann, group, [bob]);
  expect(await refusal(accept(bob, code))).toEqual(['FORBIDDEN']);
  await ann.mutate(`mutation ($id: ID!) { revokeInvite(input: { inviteId: $id }) { invite { id } ${errors} } }`, {
    id,
  });
  expect(await refusal(accept(bob, code))).toEqual(['INVITE_EXPIRED']);
  expect(await bob.query('query ($code: String!) { invite(code: $code) { title } }', { code })).toEqual({
    invite: null,
  });
});

story('blocked people open no conversation with each other, nor send in the one they have', async ({ people }) => {
  const [ann, bob] = await people('Ann', 'Bob');
  const open = (from: Device, to: Device) =>
    from.mutate<{ conversation: { id: string } }>(
      `mutation ($id: ID!) { openDirectConversation(input: { userId: $id }) { conversation { id } ${errors} } }`,
      { id: to.userId },
    );
  await open(ann, bob);
  await bob.mutate(`mutation ($id: ID!) { blockUser(input: { userId: $id }) { ${errors} } }`, { id: ann.userId });
  expect(await refusal(open(ann, bob))).toEqual(['BLOCKED']);
  await bob.mutate(`mutation ($id: ID!) { unblockUser(input: { userId: $id }) { ${errors} } }`, { id: ann.userId });
  expect(await refusal(open(ann, bob))).toBeUndefined();
});
