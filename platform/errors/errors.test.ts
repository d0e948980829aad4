import { expect, test } from '@jest/globals';
import { asPayload, Fault, UserFault } from './errors.js';

test('what the person can put right becomes an entry of the payload', async () => {
  const fault = new UserFault('NOT_A_MEMBER', ['conversationId'], 'You are not in this conversation.');
  await expect(asPayload('message', Promise.reject(fault))).resolves.toEqual({
    message: null,
    errors: [
      { code: 'NOT_A_MEMBER', path: ['conversationId'], message: 'You are not in this conversation.', retryAt: null },
    ],
  });
  await expect(asPayload('message', Promise.resolve(1))).resolves.toEqual({ message: 1, errors: [] });
});

test('anything else goes on', async () => {
  await expect(asPayload('message', Promise.reject(new Fault('UNAVAILABLE', 'Later.')))).rejects.toMatchObject({
    extensions: { code: 'UNAVAILABLE', retryable: true },
  });
});
