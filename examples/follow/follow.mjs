import { readFile, rename, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

const { PARLEY_URL = 'http://127.0.0.1:4000', LOGIN: login, PASSWORD: password } = process.env;
const [conversationId, cursorFile = `${conversationId}.cursor`] = process.argv.slice(2);

/** An access token lives for ten minutes: each connection begins with one of its own. */
async function connectionParams() {
  const query = `mutation ($input: SignInInput!) {
    signIn(input: $input) { session { accessToken } errors { code message } }
  }`;
  const device = { name: 'follow', platform: 'OTHER', installationId: 'follow' };
  const response = await fetch(`${PARLEY_URL}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables: { input: { login, password, device } } }),
  });
  const { session, errors } = (await response.json()).data.signIn;
  if (!session) {
    console.error(errors[0].message);
    process.exit(1);
  }
  return { authorization: `Bearer ${session.accessToken}` };
}

const url = `${PARLEY_URL.replace(/^http/, 'ws')}/graphql`;
// Retried below, with the newest cursor: by itself it would subscribe again with the first one.
const client = createClient({ url, webSocketImpl: WebSocket, connectionParams, retryAttempts: 0 });
const query = `subscription ($conversationId: ID!, $after: String) {
  conversationEvents(conversationId: $conversationId, after: $after) {
    __typename
    cursor
    ... on MessageChanged { message { seq body sender { displayName } } }
  }
}`;

let after = await readFile(cursorFile, 'utf8').catch(() => null);
for (;;) {
  try {
    for await (const { data, errors } of client.iterate({ query, variables: { conversationId, after } })) {
      if (!data) throw errors;
      const { __typename, cursor, message } = data.conversationEvents;
      console.log(message ? `${message.seq} ${message.sender?.displayName}: ${message.body}` : __typename);
      // Once it is dealt with, so that nothing is lost here either; whole or not at all.
      await writeFile(`${cursorFile}.new`, (after = cursor));
      await rename(`${cursorFile}.new`, cursorFile);
    }
    break; // The person is no longer a member.
  } catch (error) {
    const refusal = Array.isArray(error) ? error[0] : null;
    if (refusal && !refusal.extensions?.retryable) throw new Error(refusal.message);
    await sleep(1_000);
  }
}
