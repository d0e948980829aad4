import type { Level, SettingsRow } from '../../subgraphs/notifications/store.js';
import { quietFor } from './quiet-hours.js';
import type { Claimed } from './rows.js';
import type { Situation, UnreadMessage } from './situations.js';

/** What is older is not pushed any more: the conversation list has it, and mail may. */
export const PUSH_LIFE_MS = 24 * 3_600_000;

export interface Case {
  row: Pick<Claimed, 'pushFrom' | 'settledSeq' | 'shown'>;
  /** Null for who is not in the conversation. */
  situation: Situation | null;
  settings: SettingsRow;
  /** Whether the person has a living device that is not idle. */
  isAwake: boolean;
  /** Of a sender: muted, or blocked either way. */
  isSilenced: (senderId: string) => boolean;
  /** How long a message may stay undelivered while a device is awake, ms. */
  checkMs: number;
  /** Unix ms */
  now: number;
}

export interface Decision {
  /** What is to be told, the newest of it. */
  push: UnreadMessage | null;
  /** Whether what devices show is to be taken back. */
  clears: boolean;
  /** Up to here it is decided, once that is done. */
  settledSeq: number;
  /** When to look again, ms from now. */
  againInMs: number | null;
  /** What must still be told then. */
  pushFrom: number | null;
}

/** Whether a level lets a message through. Of a conversation that fans out on read, mentions alone are told. */
export function isWanted(level: Level, { kind, isOnRead }: Situation, { isMention }: UnreadMessage): boolean {
  if (level === 'NONE') return false;
  if (isMention) return true;
  return !isOnRead && (level === 'ALL' || kind === 'DIRECT');
}

/**
 * What a person is to be told of a conversation now. Told is what came while no device was awake, and what no device has
 * taken although one was; never what is read, silenced, or not theirs to see.
 */
export function decide(given: Case): Decision {
  const { row, situation, settings, isAwake, isSilenced, checkMs, now } = given;
  const isShown = Object.keys(row.shown).length > 0;
  if (!situation) return nothing(row.settledSeq, isShown);
  const { lastSeq, deliveredSeq, isOnRead, isMuted, unread } = situation;
  const clears = isShown && isOutOfDate(row.shown, situation);

  const wanted = isMuted
    ? []
    : unread.filter(
        (message) =>
          message.seq > row.settledSeq &&
          message.createdAt > now - PUSH_LIFE_MS &&
          isWanted(settings.push, situation, message) &&
          !isSilenced(message.senderId),
      );
  // Where fan-out is on read nobody keeps what was delivered: who is awake has it.
  const isDelivered = ({ seq }: UnreadMessage) => (isOnRead ? isAwake : seq <= deliveredSeq);
  const isDueSince = ({ seq }: UnreadMessage) => row.pushFrom !== null && seq >= row.pushFrom;
  const missed = wanted.filter((message) => !isDelivered(message) || (!isAwake && isDueSince(message)));
  const [newest, oldest] = [missed[0], missed.at(-1)];
  if (!newest || !oldest) return nothing(lastSeq, clears);
  // A device that is awake has a while to take them.
  const againInMs = oldest.createdAt + checkMs - now;
  if (isAwake && againInMs > 0)
    return { push: null, clears, settledSeq: row.settledSeq, againInMs, pushFrom: row.pushFrom };
  const quietMs = settings.quietHours && quietFor(settings.quietHours, now);
  if (quietMs !== null) {
    return { push: null, clears, settledSeq: row.settledSeq, againInMs: quietMs, pushFrom: oldest.seq };
  }
  return { push: newest, clears: false, settledSeq: lastSeq, againInMs: null, pushFrom: null };
}

function nothing(settledSeq: number, clears: boolean): Decision {
  return { push: null, clears, settledSeq, againInMs: null, pushFrom: null };
}

/** Whether what is shown was read since, or is not to be seen any more. */
function isOutOfDate(shown: Record<string, number>, { unread }: Situation): boolean {
  const newest = Math.max(...Object.values(shown));
  return !unread.some(({ seq }) => seq === newest);
}
