import { expect } from '@jest/globals';
import { createGroup, draft, history, openDirect, post, say } from '../chat.js';
import { Refused } from '../client.js';
import { storiesOnParley } from '../story.js';

/** What refused it. */
const refusalOf = (work: Promise<unknown>) => work.then(() => refusalIn(new Error('it was done')), refusalIn);

function refusalIn(reason: unknown): { code: string; retryAt?: string } {
  if (reason instanceof Refused) return reason.errors[0] as { code: string; retryAt?: string };
  throw reason;
}

// A newcomer has a tenth: 12 messages a minute.
const story = storiesOnParley({ PARLEY_RATE_LIMITS: 'sendMessage.person=120/60, signUp.network=1000/60' });

story('who sends too fast is told when to go on; what they sent before is still answered', async ({ people }) => {
  const [ann, bob] = await people('Ann', 'Bob');
  const conversationId = await openDirect(ann, bob);
  const first = draft(ann, conversationId, '1');
  await post(first);
  const sent = ['1'];
  let refusal: { code: string } | null = null;
  // More than twelve, where they take so long that some of the allowance comes back.
  while (!refusal && sent.length < 60) {
    const body = String(sent.length + 1);
    refusal = await say(ann, conversationId, body).then(() => null, refusalIn);
    if (!refusal) sent.push(body);
  }
  expect(refusal?.code).toBe('RATE_LIMITED');
  expect(sent.length).toBeGreaterThanOrEqual(12);
  expect(await post({ ...first, acked: null })).toEqual(first.acked);
  await say(bob, conversationId, 'no hurry');
  expect((await history(bob, conversationId)).map(({ body }) => body)).toEqual([...sent, 'no hurry']);
});

story('the same text to many strangers is stopped, but not to who has answered, nor in groups', async ({ people }) => {
  const advertisement = 'Buy the finest watches in town, only today!';
  const strangers = await people('A', 'B', 'C', 'D', 'E', 'F', 'G');
  const [spammer] = await people('Spammer');
  const conversations = await Promise.all(strangers.map((stranger) => openDirect(spammer, stranger)));
  for (const conversationId of conversations.slice(0, 5)) await say(spammer, conversationId, advertisement);
  // The same words, however they are written.
  const again = say(spammer, conversations[5]!, `  ${advertisement.toUpperCase()}\n`);
  expect((await refusalOf(again)).code).toBe('SPAM_SUSPECTED');
  await say(spammer, conversations[5]!, 'Hello F, how are you?');
  expect((await refusalOf(say(spammer, conversations[5]!, advertisement))).code).toBe('SPAM_SUSPECTED');

  await say(strangers[6], conversations[6]!, 'What do you sell?');
  await say(spammer, conversations[6]!, advertisement);
  const group = await createGroup(spammer, 'Friends', strangers.slice(0, 2));
  await say(spammer, group, advertisement);
  expect((await history(strangers[5], conversations[5]!)).map(({ body }) => body)).toEqual(['Hello F, how are you?']);
});
