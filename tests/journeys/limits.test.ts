import { describe, expect } from '@jest/globals';
import { createGroup, draft, history, openDirect, post, say } from '../chat.js';
import { Refused } from '../client.js';
import { storiesOnParley } from '../story.js';

/** What refused it. */
async function refusalOf(work: Promise<unknown>): Promise<{ code: string; retryAt?: string }> {
  const error = await work.then(
    () => new Error('it was done'),
    (reason: unknown) => reason,
  );
  if (error instanceof Refused) return error.errors[0] as { code: string; retryAt?: string };
  throw error;
}

describe('a person on a new account', () => {
  // A newcomer has a tenth: 6 messages a minute.
  const story = storiesOnParley({ PARLEY_RATE_LIMITS: 'sendMessage.person=60/60, signUp.network=1000/60' });

  story('who sends too fast is told when to go on; what they sent before is still answered', async ({ people }) => {
    const [ann, bob] = await people('Ann', 'Bob');
    const conversationId = await openDirect(ann, bob);
    const first = draft(ann, conversationId, 'one');
    await post(first);
    for (const body of ['two', 'three', 'four', 'five', 'six']) await say(ann, conversationId, body);
    expect((await refusalOf(say(ann, conversationId, 'seven'))).code).toBe('RATE_LIMITED');
    expect(await post({ ...first, acked: null })).toEqual(first.acked);
    await say(bob, conversationId, 'no hurry');
    expect((await history(bob, conversationId)).map(({ body }) => body)).toEqual([
      'one',
      'two',
      'three',
      'four',
      'five',
      'six',
      'no hurry',
    ]);
  });
});

describe('the same text to many strangers', () => {
  const story = storiesOnParley({ PARLEY_RATE_LIMITS: 'sendMessage.person=1000/60, signUp.network=1000/60' });
  const advertisement = 'Buy the finest watches in town, only today!';

  story('is stopped, but not for those who have answered, nor in groups', async ({ people }) => {
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
});
