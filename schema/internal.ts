import { z } from 'zod';
import type { ApiKeys } from './api-keys.js';
import type { SignedIn } from './devices.js';
import type { ConversationFeed, InboxFeed } from './feeds.js';
import type { MailPreferences } from './mail-preferences.js';
import type { Attachables, MediaFeed } from './media.js';
import type { Memberships } from './memberships.js';
import type { People } from './people.js';
import type { DeviceSockets, PresenceFeed, TypingFeed } from './presence.js';
import type { Reportables } from './reportables.js';

/**
 * An interface that one subgraph answers and other processes ask: a call where both run in one process, else
 * POST /internal/<name>/<method>. Every method may be asked twice: a call whose answer was lost is repeated.
 */
export interface Internal<T> {
  name: string;
  /** The subgraph that answers. */
  subgraph: string;
  /** What each method takes. */
  methods: { [M in keyof T]: T[M] extends (...args: infer Args) => Promise<unknown> ? z.ZodType<Args> : never };
}

const id = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
const ids = z.array(id);
const version = z.number().int().nonnegative();
const count = z.number().int().positive();
const cursor = z.string().nullable();
const device = z.object({ userId: id, deviceId: id });
const kind = z.enum(['user', 'message', 'conversation']);

export const people: Internal<People> = {
  name: 'people',
  subgraph: 'users',
  methods: {
    known: z.tuple([ids]),
    blocked: z.tuple([id, ids]),
    findable: z.tuple([id, ids]),
    privacy: z.tuple([ids]),
  },
};

export const signedIn: Internal<SignedIn> = {
  name: 'signed-in',
  subgraph: 'users',
  methods: { among: z.tuple([ids]) },
};

export const apiKeys: Internal<ApiKeys> = {
  name: 'api-keys',
  subgraph: 'users',
  methods: { claimsOf: z.tuple([z.string().regex(/^[0-9a-f]{64}$/)]) },
};

export const memberships: Internal<Memberships> = {
  name: 'memberships',
  subgraph: 'conversations',
  methods: { isMember: z.tuple([id, id]), membersOf: z.tuple([id, count]), directContacts: z.tuple([id, ids]) },
};

export const inboxFeed: Internal<InboxFeed> = {
  name: 'inbox-feed',
  subgraph: 'conversations',
  methods: { open: z.tuple([id, cursor]), changes: z.tuple([id, version, count]), heads: z.tuple([ids]) },
};

export const conversationFeed: Internal<ConversationFeed> = {
  name: 'conversation-feed',
  subgraph: 'messages',
  methods: { open: z.tuple([id, id, cursor]), changes: z.tuple([id, version, count]), heads: z.tuple([ids]) },
};

const reportables: Internal<Reportables>['methods'] = {
  excerptOf: z.tuple([kind, id, id]),
  authorOf: z.tuple([kind, id]),
};
export const reportableMessages: Internal<Reportables> = {
  name: 'reportables',
  subgraph: 'messages',
  methods: reportables,
};
export const reportableConversations: Internal<Reportables> = {
  name: 'reportables',
  subgraph: 'conversations',
  methods: reportables,
};

export const presenceFeed: Internal<PresenceFeed> = {
  name: 'presence-feed',
  subgraph: 'presence',
  methods: {
    visible: z.tuple([id, ids]),
    audiences: z.tuple([ids]),
    states: z.tuple([ids]),
    recent: z.tuple([ids]),
  },
};

export const mailPreferences: Internal<MailPreferences> = {
  name: 'mail-preferences',
  subgraph: 'notifications',
  methods: { stopDigests: z.tuple([id]) },
};

export const typingFeed: Internal<TypingFeed> = {
  name: 'typing-feed',
  subgraph: 'presence',
  methods: {
    isMember: z.tuple([id, id]),
    typists: z.tuple([id]),
    blocked: z.tuple([id, ids]),
    stopped: z.tuple([id, id]),
  },
};

export const mediaFeed: Internal<MediaFeed> = {
  name: 'media-feed',
  subgraph: 'media',
  methods: { visible: z.tuple([id, ids]), states: z.tuple([ids]) },
};

export const attachables: Internal<Attachables> = {
  name: 'attachables',
  subgraph: 'media',
  methods: { attach: z.tuple([id, ids]), attachAgain: z.tuple([ids]) },
};

export const deviceSockets: Internal<DeviceSockets> = {
  name: 'device-sockets',
  subgraph: 'presence',
  methods: { socketLives: z.tuple([device, z.string()]), socketsGone: z.tuple([device, z.string()]) },
};
