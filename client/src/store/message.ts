import type { ConversationEventsSubscription, OwnMessageFieldsFragment } from '../generated/graphql.js';

/** A stored message, as the signed-in person sees it. */
export type Message = OwnMessageFieldsFragment;

type LiveChange = Extract<ConversationEventsSubscription['conversationEvents'], { __typename: 'MessageChanged' }>;

export interface Change {
  reason: LiveChange['reason'];
  reaction: LiveChange['reaction'];
}

/**
 * A live event says what is the same for everybody; the rest is what was known before, moved by what happened. `isWhole` is
 * false where that does not tell whether the person has reacted: the message has to be read.
 */
export function fromLive(
  live: LiveChange['message'],
  { reason, reaction }: Change,
  before: Message | undefined,
  viewerId: string,
): { message: Message; isWhole: boolean } {
  const had = new Map(before?.reactions.map(({ emoji, viewerHasReacted }) => [emoji, viewerHasReacted]));
  if (reaction?.userId === viewerId) had.set(reaction.emoji, reaction.isAdded);
  const reactions = live.reactions.map((each) => ({ ...each, viewerHasReacted: had.get(each.emoji) ?? false }));
  const status = reason === 'FAILED' ? 'FAILED' : (before?.status ?? 'SENT');
  const isWhole = reactions.length === 0 || (before !== undefined && reason !== 'CHANGED');
  return { message: { ...live, status, reactions }, isWhole };
}
