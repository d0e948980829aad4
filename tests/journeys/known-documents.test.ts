import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { WebSocket } from 'ws';
import { createParley, until } from '../../client/src/index.js';
import { packageRoot } from '../../platform/config/package-root.js';
import { ask } from '../client.js';
import { storiesOnParley } from '../story.js';

const story = storiesOnParley({
  PARLEY_TRUSTED_DOCUMENTS: join(packageRoot, 'client/src/generated/persisted-documents.json'),
});

story('the client talks where its documents alone are run, and nobody asks for anything else', async ({ parley }) => {
  const client = createParley({ url: parley.url, WebSocket, deviceName: 'A test' });
  try {
    const handle = `ann_${randomUUID().slice(0, 8)}`;
    await client.session.signUp({
      handle,
      email: `${handle}@example.org`,
      displayName: 'Ann',
      password: 'correct horse',
    });
    const chat = client.chat.get()!;
    const conversation = chat.conversation(await chat.createGroup({ title: 'Notes', memberIds: [] }));
    conversation.open();
    await conversation.send({ body: 'Hello' });
    const { messages } = await until(
      conversation.view,
      (view) =>
        view.state === 'live' && view.messages.some((message) => !message.isPending && message.body === 'Hello'),
    );
    expect(messages.at(-1)).toMatchObject({ body: 'Hello' });

    const token = await client.session.accessToken();
    for (const document of ['{ viewer { user { handle } } }', '{ __schema { types { name } } }']) {
      const { status, data, errors } = await ask(parley.url, document, {}, token);
      expect([status, data, errors[0]?.extensions?.code]).toEqual([403, undefined, 'DOCUMENT_NOT_TRUSTED']);
    }
  } finally {
    await client.close();
  }
});
