import { createParley } from '@parley/client';
import { SendMessageDocument } from '@parley/client/operations';
import WebSocket from 'ws';

const { PARLEY_URL: url = 'http://127.0.0.1:4000', BOT_HANDLE: handle = 'dice_bot' } = process.env;
const { BOT_PASSWORD: password = 'for trying it alone' } = process.env;

const commands = {
  '/dice': () => `You rolled ${1 + Math.floor(Math.random() * 6)}.`,
  '/time': () => new Date().toISOString(),
  '/help': () => Object.keys(commands).join(' '),
};

const parley = createParley({ url, WebSocket, deviceName: 'bot', platform: 'BOT' });
try {
  await parley.session.signIn({ login: handle, password });
} catch (error) {
  if (error.code !== 'WRONG_CREDENTIALS') throw error;
  await parley.session.signUp({ handle, password, displayName: 'Dice', email: `${handle}@example.org` });
}
const chat = parley.chat.get();
console.log(`ready as @${handle}`);

/** Opens each conversation in which somebody has written, and keeps it open. */
const open = new Set();
function look() {
  for (const { conversationId, unreadCount } of chat.inbox.view.get().items) {
    if (unreadCount === 0 || open.has(conversationId)) continue;
    open.add(conversationId);
    follow(chat.conversation(conversationId));
  }
}
chat.inbox.view.subscribe(look);
look();

function follow(conversation) {
  const seen = new Set();
  conversation.view.subscribe(() => {
    for (const message of conversation.view.get().messages) {
      if (message.isPending || message.isOwn || seen.has(message.id)) continue;
      seen.add(message.id);
      const command = commands[message.body?.trim()];
      if (command) void answer(message, command()).catch(console.error);
    }
    conversation.markRead();
  });
  conversation.open();
}

/** The same clientMessageId for the same question: however often it is answered, one answer is there. */
async function answer({ id, conversationId }, body) {
  const input = { conversationId, body, clientMessageId: `answer to ${id}`, replyToId: id };
  await chat.requests.mutate(SendMessageDocument, { input });
}
