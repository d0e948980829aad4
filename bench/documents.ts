/** What a real client asks of a live stream: enough to draw the message and to resume. */
const selection = `
  __typename
  ... on MessageChanged { cursor reason message { id seq body createdAt clientMessageId sender { id displayName handle } } }
  ... on MemberChanged { cursor userId isMember member { id role joinedAt user { id displayName handle } } }
  ... on ConversationChanged { cursor conversation { id title memberCount } }`;

export const conversationEvents = `subscription ($id: ID!, $after: String) {
  conversationEvents(conversationId: $id, after: $after) {${selection}
  ... on CaughtUp { cursor } } }`;

export const inboxEvents = `subscription ($after: String) {
  inboxEvents(after: $after) {${selection}
  ... on InboxItemChanged { cursor conversationId isRemoved item { id unreadCount lastActivityAt } }
  ... on InboxCaughtUp { cursor } } }`;

export const sendMessage = `mutation ($input: SendMessageInput!) {
  sendMessage(input: $input) { message { id seq createdAt } errors { code message } } }`;

/** 100 bytes, different each time. */
export function bodyOf(text: string): string {
  return text.padEnd(100, ' lorem ipsum dolor sit amet');
}
