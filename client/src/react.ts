import {
  createContext,
  createElement,
  useContext,
  useEffect,
  useMemo,
  useSyncExternalStore,
  type ReactNode,
} from 'react';
import type { Chat } from './chat.js';
import type { Conversation } from './conversation.js';
import type { PersonFieldsFragment } from './generated/graphql.js';
import type { Media } from './media/media-states.js';
import type { Observable } from './observable.js';
import type { OutboxEntry } from './outbox/entry.js';
import type { Parley } from './parley.js';
import type { Presence } from './presence/presence.js';
import type { SessionState } from './session/session.js';
import type { ConversationView } from './store/conversation-view.js';
import type { InboxView } from './store/inbox-view.js';
import type { Connection } from './transport/live.js';
import type { UploadState } from './uploads/upload.js';

const ParleyContext = createContext<Parley | null>(null);

/** Gives a client to the hooks of all components below. */
export function ParleyProvider({ parley, children }: { parley: Parley; children?: ReactNode }): ReactNode {
  return createElement(ParleyContext.Provider, { value: parley }, children);
}

/** The client. Throws outside of a ParleyProvider. */
export function useParley(): Parley {
  const parley = useContext(ParleyContext);
  if (!parley) throw new Error('There is no ParleyProvider above this component.');
  return parley;
}

/** What an observable holds now; draws again at each change. */
export function useObservable<T>(observable: Observable<T>): T {
  return useSyncExternalStore(observable.subscribe, observable.get, observable.get);
}

/** Who is signed in. */
export function useSession(): SessionState {
  return useObservable(useParley().session.state);
}

/** What the signed-in person has. Throws while nobody is: use it below a component that asks useSession. */
export function useChat(): Chat {
  const chat = useObservable(useParley().chat);
  if (!chat) throw new Error('Nobody is signed in.');
  return chat;
}

/** The conversation list. */
export function useInbox(): InboxView {
  return useObservable(useChat().inbox.view);
}

/** One conversation, open for as long as the component is there. */
export function useConversation(id: string): [ConversationView, Conversation] {
  const chat = useChat();
  const conversation = useMemo(() => chat.conversation(id), [chat, id]);
  useEffect(() => conversation.open(), [conversation]);
  return [useObservable(conversation.view), conversation];
}

/** Messages on their way, of all conversations. */
export function useOutbox(): readonly OutboxEntry[] {
  return useObservable(useChat().outbox.entries);
}

/** How far a file is on its way, where it goes from this tab. */
export function useUpload(uploadId: string): UploadState | undefined {
  const { all } = useChat().uploads;
  const get = () => all.get().get(uploadId);
  return useSyncExternalStore(all.subscribe, get, get);
}

/** What a message carries, as it is by now: followed while the server looks at it, and with links that were read anew. */
export function useMedia(media: Media): Media {
  const states = useChat().media;
  useEffect(() => states.watch(media), [states, media.id, media.status]);
  const get = () => states.all.get().get(media.id);
  return useSyncExternalStore(states.all.subscribe, get, get) ?? media;
}

/** Who types in a conversation, others than the person; followed for as long as the component is there, unless it is null. */
export function useTyping(conversationId: string | null): readonly PersonFieldsFragment[] {
  const { typing } = useChat();
  useEffect(() => (conversationId === null ? undefined : typing.watch(conversationId)), [typing, conversationId]);
  const get = () => typing.of(conversationId ?? '');
  return useSyncExternalStore(typing.all.subscribe, get, get);
}

/** Of the socket that brings live events. */
export function useConnection(): Connection {
  return useObservable(useChat().connection);
}

/** Who of these people is online, by user id; watched for as long as the component is there. */
export function usePresence(userIds: readonly string[]): ReadonlyMap<string, Presence> {
  const { presence } = useChat();
  const key = userIds.join(' ');
  useEffect(() => presence.watch(key === '' ? [] : key.split(' ')), [presence, key]);
  return useObservable(presence.all);
}
