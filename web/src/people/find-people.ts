import { useChat, useInbox } from '@parley/client/react';
import { UserDocument, type PersonFieldsFragment } from '@parley/client/operations';
import { useEffect, useState } from 'react';

/** How long somebody has stopped typing before they are searched for, in ms. */
const PAUSE = 250;

const asHandle = (query: string): string => query.trim().replace(/^@/, '').toLowerCase();

export interface Found {
  people: readonly PersonFieldsFragment[];
  isSearching: boolean;
}

/** People whom the person talks with, by name or handle; and anybody, by their whole handle. */
export function useFoundPeople(query: string): Found {
  const { requests, userId } = useChat();
  const { items } = useInbox();
  const [byHandle, setByHandle] = useState<{ handle: string; person: PersonFieldsFragment | null } | null>(null);
  const handle = asHandle(query);
  const canBeHandle = /^[a-z0-9_]{3,30}$/.test(handle);
  useEffect(() => {
    if (!canBeHandle) return;
    const over = new AbortController();
    const timer = setTimeout(() => {
      requests.ask(UserDocument, { handle }, { signal: over.signal }).then(
        ({ user }) => setByHandle({ handle, person: user }),
        () => undefined,
      );
    }, PAUSE);
    return () => {
      clearTimeout(timer);
      over.abort();
    };
  }, [requests, handle, canBeHandle]);
  const words = query.trim().toLocaleLowerCase();
  const contacts = items.flatMap(({ conversation }) => (conversation?.otherUser ? [conversation.otherUser] : []));
  const known = contacts.filter(
    (person) => person.displayName.toLocaleLowerCase().includes(words) || person.handle.includes(handle),
  );
  const found = canBeHandle && byHandle?.handle === handle ? byHandle.person : null;
  const people = [...(found && known.every(({ id }) => id !== found.id) ? [found] : []), ...known].filter(
    ({ id, isDeleted }) => id !== userId && !isDeleted,
  );
  return { people: people.slice(0, 20), isSearching: canBeHandle && byHandle?.handle !== handle };
}
