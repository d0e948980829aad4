import { expect, test } from '@jest/globals';
import { Snapshots } from './snapshots.js';
import { memoryStorage } from './storage/memory.js';
import { ConversationStore } from './store/conversation-store.js';
import { InboxStore } from './store/inbox-store.js';
import { webEnvironment } from './web-environment.js';

const ignore = () => undefined;

test('a page that is left begins to write all that is due, whether or not it sees a write end', () => {
  const begun: string[] = [];
  let leave = ignore;
  const storage = {
    ...memoryStorage(),
    set: (key: string) => {
      begun.push(key);
      return new Promise<never>(ignore);
    },
  };
  const snapshots = new Snapshots(storage, 'of/ann/', {
    ...webEnvironment(),
    onAttention: (listener) => {
      leave = () => void listener();
      return ignore;
    },
  });
  const inbox = new InboxStore('ann', ignore, ignore);
  snapshots.keepInbox(() => inbox.snapshot());
  snapshots.keepConversation(new ConversationStore('one', 'ann', ignore, () => false, ignore));
  snapshots.keepConversation(new ConversationStore('two', 'ann', ignore, () => false, ignore));
  leave();
  expect(begun).toEqual(['of/ann/inbox', 'of/ann/conversation/one', 'of/ann/conversation/two']);
  snapshots.close();
});
