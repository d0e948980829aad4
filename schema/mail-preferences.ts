/** What a router does for somebody who follows the link in a letter. Answered by the notifications subgraph. UUIDs. */
export interface MailPreferences {
  /** They get no more letters about unread messages. */
  stopDigests(userId: string): Promise<void>;
}
