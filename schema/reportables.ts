export type ReportableKind = 'user' | 'message' | 'conversation';

/**
 * What moderation must know of things that people report. Each kind is answered by the subgraph that owns it; ids are
 * UUIDs.
 */
export interface Reportables {
  /** How the thing reads now, for a moderator; '' where it has no text. Null when this viewer may not see it. */
  excerptOf(kind: ReportableKind, id: string, viewerUserId: string): Promise<string | null>;
  /** The person who answers for it: the sender of a message. Null where there is none, or nobody alone. */
  authorOf(kind: ReportableKind, id: string): Promise<string | null>;
}
