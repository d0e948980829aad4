import type {
  ConversationFieldsFragment,
  PersonFieldsFragment,
  PreviewFieldsFragment,
} from '@parley/client/operations';
import { strings } from '../strings';

type Named = Pick<PersonFieldsFragment, 'displayName' | 'isDeleted'>;

export function nameOf(person: Named | null | undefined): string {
  if (!person) return strings.conversation.someone;
  return person.isDeleted ? strings.conversation.deletedUser : person.displayName;
}

/** A direct conversation is called as the other person is. */
export function titleOf(
  info: Pick<ConversationFieldsFragment, 'kind' | 'title'> | null | undefined,
  otherUser: Named | null | undefined,
): string {
  if (info?.kind === 'DIRECT') return nameOf(otherUser);
  return info?.title ?? strings.conversation.unnamed;
}

type SystemEvent = NonNullable<PreviewFieldsFragment['systemEvent']> & {
  subjects?: readonly (PersonFieldsFragment | null)[];
};

/** What happened, in words. */
export function systemText(event: SystemEvent): string {
  const actor = nameOf(event.actor);
  const isSelf = event.subjectIds.length === 1 && event.subjectIds[0] === event.actorId;
  const subjects = event.subjects?.length
    ? joined(event.subjects.map(nameOf))
    : isSelf
      ? actor
      : counted(event.subjectIds.length);
  const { system } = strings;
  switch (event.kind) {
    case 'CONVERSATION_CREATED':
      return system.CONVERSATION_CREATED(actor);
    case 'MEMBERS_JOINED':
      return system.MEMBERS_JOINED(actor, subjects, isSelf);
    case 'MEMBERS_LEFT':
      return system.MEMBERS_LEFT(subjects);
    case 'MEMBERS_REMOVED':
      return system.MEMBERS_REMOVED(actor, subjects);
    case 'OWNER_CHANGED':
      return system.OWNER_CHANGED(subjects);
    case 'TITLE_CHANGED':
      return system.TITLE_CHANGED(actor, event.text ?? '');
  }
}

/** The newest message, on one line. */
export function previewOf(message: PreviewFieldsFragment | null, kind: string | undefined, viewerId: string): string {
  const { inbox } = strings;
  if (!message) return inbox.nothingYet;
  if (message.systemEvent) return systemText(message.systemEvent);
  const text = message.deletedAt ? inbox.deletedPreview : message.body || otherContent(message.kind);
  if (message.senderId === viewerId) return `${inbox.you}: ${text}`;
  return kind === 'DIRECT' ? text : `${nameOf(message.sender)}: ${text}`;
}

/** Of a message without text. */
export const otherContent = (kind: string): string =>
  kind === 'VOICE' ? strings.inbox.voicePreview : strings.inbox.attachmentPreview;

const joined = (names: string[]): string => new Intl.ListFormat('en').format(names);
const counted = (count: number): string => strings.conversation.members(count);
