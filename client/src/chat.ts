import { Conversation } from './conversation.js';
import type { Environment, Tabs } from './environment.js';
import {
  CreateChannelDocument,
  CreateGroupDocument,
  JoinChannelDocument,
  LeaveConversationDocument,
  OpenDirectConversationDocument,
  type CreateChannelInput,
  type CreateGroupInput,
} from './generated/graphql.js';
import { Inbox } from './inbox.js';
import { MediaStates } from './media/media-states.js';
import type { Observable } from './observable.js';
import { Outbox } from './outbox/outbox.js';
import { Activity } from './presence/activity.js';
import { Presences } from './presence/presence.js';
import { Typings } from './presence/typings.js';
import { PushTarget } from './push-target.js';
import { Receipts } from './receipts.js';
import type { Session } from './session/session.js';
import { Snapshots } from './snapshots.js';
import { prefixOf } from './storage/of-person.js';
import type { Storage } from './storage/port.js';
import type { Connection, Live } from './transport/live.js';
import { Requests } from './transport/requests.js';
import { SocketLive } from './transport/socket-live.js';
import { TabLive } from './transport/tab-live.js';
import { Uploads } from './uploads/uploads.js';

export interface ChatDeps {
  url: string;
  storage: Storage;
  environment: Environment;
  tabs: Tabs | null;
  session: Session;
  userId: string;
  timeout: number;
}

/** Conversations that nobody looks at stay in memory, so many of them. */
const KEPT_IN_MEMORY = 20;

/** Everything that one signed-in person has here, from sign-in to sign-out. */
export class Chat {
  readonly inbox: Inbox;
  readonly outbox: Outbox;
  readonly uploads: Uploads;
  readonly media: MediaStates;
  readonly presence: Presences;
  readonly typing: Typings;
  readonly pushTarget: PushTarget;
  readonly requests: Requests;
  private readonly live: Live;
  private readonly receipts: Receipts;
  private readonly snapshots: Snapshots;
  private readonly activity: Activity;
  private readonly conversations = new Map<string, Conversation>();
  private readonly stopWatching: () => void;

  constructor(private readonly deps: ChatDeps) {
    const { url, storage, environment, tabs, session, userId, timeout } = deps;
    const prefix = prefixOf(userId);
    const openSocket = () => new SocketLive(url, environment, session);
    this.requests = new Requests(url, environment, session, timeout);
    this.live = tabs ? new TabLive(tabs, environment, openSocket) : openSocket();
    this.snapshots = new Snapshots(storage, prefix, environment);
    const { requests, live, snapshots } = this;
    this.receipts = new Receipts({ storage, key: `${prefix}receipts`, requests, environment });
    this.inbox = new Inbox({
      viewerId: userId,
      requests,
      live,
      environment,
      receipts: this.receipts,
      snapshots,
      onHidden: (conversationId, messageId) => this.conversations.get(conversationId)?.hide(messageId),
    });
    this.media = new MediaStates(live, requests, environment, (media) => {
      for (const conversation of this.conversations.values()) conversation.learn(media);
    });
    this.uploads = new Uploads({ requests, environment, states: this.media });
    this.outbox = new Outbox({
      storage,
      prefix: `${prefix}outbox/`,
      requests,
      uploads: this.uploads,
      environment,
      tabs,
      onSend: (conversationId) => this.conversations.get(conversationId)?.sending() ?? (() => undefined),
    });
    this.presence = new Presences(live, environment);
    this.typing = new Typings(live, environment, userId);
    this.pushTarget = new PushTarget({ storage, userId, requests, session, environment });
    this.activity = new Activity(requests, environment, tabs);
    this.stopWatching = live.connection.subscribe(() => {
      // Whoever has just reached the server need not wait any longer.
      if (live.connection.get() !== 'online') return;
      this.outbox.hurry();
      this.uploads.hurry();
    });
    void this.inbox.start();
    void snapshots.prune();
  }

  get userId(): string {
    return this.deps.userId;
  }

  /** Of the socket that brings live events. */
  get connection(): Observable<Connection> {
    return this.live.connection;
  }

  /** The same object for the same id while somebody has it open. */
  conversation(id: string): Conversation {
    const known = this.conversations.get(id);
    if (known) return known;
    const { requests, live, outbox, receipts, snapshots, typing } = this;
    const { environment, userId: viewerId } = this.deps;
    const inbox = this.inbox.store;
    const deps = { viewerId, requests, live, environment, outbox, receipts, snapshots, typing, inbox };
    const made = new Conversation(id, deps);
    this.conversations.set(id, made);
    this.letGo();
    return made;
  }

  /** The one conversation with that person; resolves with its id. Throws Refused, as all of these. */
  async openDirect(userId: string): Promise<string> {
    const variables = { input: { userId } };
    const { conversation } = await this.requests.mutate(OpenDirectConversationDocument, variables, {
      repeatable: true,
    });
    return conversation!.id;
  }

  async createGroup(input: Omit<CreateGroupInput, 'clientMutationId'>): Promise<string> {
    const clientMutationId = this.deps.environment.uuid();
    const { conversation } = await this.requests.mutate(CreateGroupDocument, { input: { ...input, clientMutationId } });
    return conversation!.id;
  }

  async createChannel(input: Omit<CreateChannelInput, 'clientMutationId'>): Promise<string> {
    const clientMutationId = this.deps.environment.uuid();
    const variables = { input: { ...input, clientMutationId } };
    const { conversation } = await this.requests.mutate(CreateChannelDocument, variables);
    return conversation!.id;
  }

  async joinChannel(conversationId: string): Promise<void> {
    await this.requests.mutate(JoinChannelDocument, { input: { conversationId } }, { repeatable: true });
  }

  async leave(conversationId: string): Promise<void> {
    await this.requests.mutate(LeaveConversationDocument, { input: { conversationId } }, { repeatable: true });
  }

  /** Ends all of it here; what is in storage stays. */
  async close(): Promise<void> {
    for (const conversation of this.conversations.values()) conversation.close();
    this.conversations.clear();
    this.inbox.close();
    this.outbox.close();
    this.uploads.close();
    this.media.close();
    this.receipts.close();
    this.presence.close();
    this.typing.close();
    this.activity.close();
    this.stopWatching();
    this.live.close();
    this.requests.close();
    await this.snapshots.flush();
    this.snapshots.close();
  }

  private letGo(): void {
    const idle = [...this.conversations.values()].filter(({ isOpen }) => !isOpen);
    // The one that was just made is the last.
    for (const conversation of idle.slice(0, -1).slice(0, Math.max(0, idle.length - KEPT_IN_MEMORY))) {
      conversation.close();
      this.conversations.delete(conversation.id);
    }
  }
}
