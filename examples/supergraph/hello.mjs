import { randomUUID } from 'node:crypto';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

const { PARLEY_URL = 'http://127.0.0.1:4000', ISSUER = 'http://127.0.0.1:4400' } = process.env;

async function ask(query, variables, accessToken) {
  const response = await fetch(`${PARLEY_URL}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(accessToken && { authorization: `Bearer ${accessToken}` }) },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors = [] } = await response.json();
  const [payload] = Object.values(data ?? {});
  if (errors.length > 0 || payload.errors.length > 0) throw new Error(JSON.stringify({ errors, payload }));
  return payload;
}

/** What your app does once your issuer has signed somebody in. */
async function signIn(employee) {
  const { id_token: idToken } = await (await fetch(`${ISSUER}/id-token?sub=${employee}`)).json();
  const { session, viewer } = await ask(
    `mutation ($input: SignInWithOidcInput!) {
      signInWithOidc(input: $input) { session { accessToken } viewer { user { id } } errors { code message } }
    }`,
    { input: { idToken, device: { name: 'hello', platform: 'OTHER', installationId: 'hello' } } },
  );
  return { id: viewer.user.id, accessToken: session.accessToken };
}

const [ada, grace] = [await signIn('7'), await signIn('8')];
const { conversation } = await ask(
  `mutation ($userId: ID!) {
    openDirectConversation(input: { userId: $userId }) { conversation { id } errors { code message } }
  }`,
  { userId: ada.id },
  grace.accessToken,
);

const socket = createClient({
  url: `${PARLEY_URL.replace(/^http/, 'ws')}/graphql`,
  webSocketImpl: WebSocket,
  connectionParams: { authorization: `Bearer ${ada.accessToken}` },
});
const events = socket.iterate({
  query: `subscription ($conversationId: ID!) {
    conversationEvents(conversationId: $conversationId) {
      __typename
      ... on MessageChanged { message { body sender { displayName employee { title team } } } }
    }
  }`,
  variables: { conversationId: conversation.id },
});
for await (const { data, errors } of events) {
  if (errors) throw new Error(JSON.stringify(errors));
  const { __typename, message } = data.conversationEvents;
  if (__typename === 'CaughtUp')
    await ask(
      `mutation ($input: SendMessageInput!) { sendMessage(input: $input) { message { id } errors { code message } } }`,
      { input: { conversationId: conversation.id, clientMessageId: randomUUID(), body: 'Good morning, Ada' } },
      grace.accessToken,
    );
  if (__typename !== 'MessageChanged') continue;
  const { displayName, employee } = message.sender;
  console.log(`${displayName} (${employee?.title}, ${employee?.team}): ${message.body}`);
  break;
}
await socket.dispose();
