import { UserFault } from '../../platform/errors/errors.js';
import { GROUP_LIMIT } from './checks.js';

/** What people are told in more than one place. */
export function full(path: string[]): UserFault {
  return new UserFault('CONVERSATION_FULL', path, `A group has at most ${GROUP_LIMIT} members.`);
}

export function notAMember(): UserFault {
  return new UserFault('NOT_A_MEMBER', ['conversationId'], 'You are not in this conversation.');
}

export function isDirect(): UserFault {
  return new UserFault(
    'FORBIDDEN',
    ['conversationId'],
    'A direct conversation is always between its two people. Create a group.',
  );
}

export function wasRemoved(path: string[]): UserFault {
  return new UserFault('FORBIDDEN', path, 'An admin has removed you. Ask an admin to add you again.');
}

export function forbidden(message: string, path: string[] = ['conversationId']): UserFault {
  return new UserFault('FORBIDDEN', path, message);
}
