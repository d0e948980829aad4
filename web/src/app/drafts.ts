/** What somebody has written and not sent, for each conversation, on this device. */
const key = (userId: string, conversationId: string) => `draft/${userId}/${conversationId}`;

export function draftOf(userId: string, conversationId: string): string {
  return localStorage.getItem(key(userId, conversationId)) ?? '';
}

export function keepDraft(userId: string, conversationId: string, text: string): void {
  if (text.trim() === '') localStorage.removeItem(key(userId, conversationId));
  else localStorage.setItem(key(userId, conversationId), text);
}

/** With the session, on sign-out. */
export function forgetDrafts(): void {
  for (const name of Object.keys(localStorage)) if (name.startsWith('draft/')) localStorage.removeItem(name);
}
