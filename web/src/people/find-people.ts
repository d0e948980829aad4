import { useChat, useInbox } from '@parley/client/react';
import { SearchUsersDocument, type PersonFieldsFragment } from '@parley/client/operations';
import { useEffect, useState } from 'react';
import { useSettled } from '../app/use-settled';

export interface Found {
  people: readonly PersonFieldsFragment[];
  isSearching: boolean;
}

const asQuery = (text: string): string => text.trim().replace(/^@/, '');

/** People by name or handle: those whom the person talks with at once, all others from the server. */
export function useFoundPeople(text: string): Found {
  const { requests, userId } = useChat();
  const { items } = useInbox();
  const [found, setFound] = useState<Found & { query: string }>({ people: [], isSearching: false, query: '' });
  const query = asQuery(text);
  const settled = useSettled(query);
  useEffect(() => {
    if (settled === '') return;
    const over = new AbortController();
    requests.ask(SearchUsersDocument, { query: settled, first: 20 }, { signal: over.signal }).then(
      ({ searchUsers: { edges } }) => {
        const people = edges.flatMap(({ node }) => (node ? [node] : []));
        setFound({ people, isSearching: false, query: settled });
      },
      () => undefined,
    );
    return () => over.abort();
  }, [requests, settled]);
  const words = query.toLocaleLowerCase();
  const contacts = items
    .flatMap(({ conversation }) => (conversation?.otherUser ? [conversation.otherUser] : []))
    .filter(({ displayName, handle }) => displayName.toLocaleLowerCase().includes(words) || handle.includes(words));
  const isCurrent = query !== '' && found.query === query;
  const known = new Set(contacts.map(({ id }) => id));
  const others = isCurrent ? found.people.filter(({ id }) => !known.has(id)) : [];
  const people = [...contacts, ...others].filter(({ id, isDeleted }) => id !== userId && !isDeleted);
  return { people: people.slice(0, 20), isSearching: query !== '' && !isCurrent };
}
