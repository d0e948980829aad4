import type { Chat, Observable } from '@parley/client';
import { useObservable, useParley } from '@parley/client/react';
import { ConversationAboutDocument, UsersDocument } from '@parley/client/operations';
import { useMemo } from 'react';

/** How long pictures gather before they are asked for together, in ms; the API takes 100 people at once. */
const GATHER = 100;
const MOST = 100;
/** What does not load, or cannot be read, is tried again after so many ms, so often. */
const AGAIN = 30_000;
const TRIES = 3;

/**
 * Links to pictures end after an hour, and lists that lay in storage have older ones: what does not load is asked for anew.
 * By the link that did not load: the one in its place, null while there is none.
 */
class Pictures implements Observable<ReadonlyMap<string, string | null>> {
  private readonly listeners = new Set<() => void>();
  private inPlace: ReadonlyMap<string, string | null> = new Map();
  /** By id of the person or conversation. */
  private due = new Map<string, string>();
  private readonly tries = new Map<string, number>();

  constructor(private readonly chat: Chat) {}

  get = () => this.inPlace;

  subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };

  renew(id: string, url: string): void {
    if (this.inPlace.has(url)) return;
    this.tell(new Map(this.inPlace).set(url, null));
    if (this.due.size === 0) setTimeout(() => void this.ask(), GATHER);
    this.due.set(id, url);
  }

  private async ask(): Promise<void> {
    const due = [...this.due];
    this.due = new Map();
    const people = due.filter(([id]) => id.startsWith('usr_'));
    const others = due.filter(([id]) => !id.startsWith('usr_'));
    for (let at = 0; at < people.length; at += MOST) await this.askForPeople(people.slice(at, at + MOST));
    for (const [id, url] of others) await this.askForConversation(id, url);
  }

  private async askForPeople(people: readonly [string, string][]): Promise<void> {
    try {
      const { users } = await this.chat.requests.ask(UsersDocument, { ids: people.map(([id]) => id) });
      const now = new Map(users.map((user) => [user?.id, user?.avatarUrl ?? null]));
      for (const [id, url] of people) this.put(url, now.get(id) ?? null);
    } catch {
      for (const [, url] of people) this.tryLater(url);
    }
  }

  private async askForConversation(id: string, url: string): Promise<void> {
    try {
      const { conversation } = await this.chat.requests.ask(ConversationAboutDocument, { id });
      this.put(url, conversation?.avatarUrl ?? null);
    } catch {
      this.tryLater(url);
    }
  }

  private put(url: string, next: string | null): void {
    // Links of some minutes are equal: then it is no older than it may be, and something else was in the way.
    if (next === url) this.tryLater(url);
    else this.tell(new Map(this.inPlace).set(url, next));
  }

  private tryLater(url: string): void {
    const tries = (this.tries.get(url) ?? 0) + 1;
    this.tries.set(url, tries);
    if (tries > TRIES) return;
    setTimeout(() => {
      const inPlace = new Map(this.inPlace);
      inPlace.delete(url);
      this.tell(inPlace);
    }, AGAIN);
  }

  private tell(inPlace: ReadonlyMap<string, string | null>): void {
    this.inPlace = inPlace;
    for (const listener of this.listeners) listener();
  }
}

const nothing: Observable<ReadonlyMap<string, string | null>> = {
  get: () => none,
  subscribe: () => () => undefined,
};
const none: ReadonlyMap<string, string | null> = new Map();
const ofChats = new WeakMap<Chat, Pictures>();

function picturesOf(chat: Chat): Pictures {
  const known = ofChats.get(chat) ?? new Pictures(chat);
  ofChats.set(chat, known);
  return known;
}

/** The link to show of a person or conversation, null for none; and what to call where it does not load. */
export function usePicture(id: string, given: string | null): [string | null, () => void] {
  const chat = useObservable(useParley().chat);
  const pictures = useMemo(() => (chat ? picturesOf(chat) : null), [chat]);
  const inPlace = useObservable(pictures ?? nothing);
  let url = given;
  while (url !== null && inPlace.has(url)) url = inPlace.get(url) ?? null;
  return [url, () => url !== null && pictures?.renew(id, url)];
}
