import { createHmac, timingSafeEqual } from 'node:crypto';
import { Fault } from '../errors/errors.js';

/** What a cursor may be used for. One made for another purpose, or about another thing, is refused. */
export type CursorPurpose =
  | 'conversation-feed'
  | 'inbox-feed'
  | 'messages'
  | 'members'
  | 'inbox-list'
  | 'join-requests'
  | 'blocked-users'
  | 'muted-users'
  | 'reaction-users'
  | 'receipts'
  | 'reports'
  | 'search'
  | 'uploads'
  | 'shared-media';

/**
 * Cursors are opaque to clients and sealed: a few numbers or words, bound to a purpose and to the ids they are about by
 * an HMAC-SHA256 of 12 bytes. The same content always gives the same cursor, whoever asks: who may use it is checked
 * when it is used.
 */
export class Cursors {
  constructor(private readonly secret: Buffer) {}

  /** `about` is '' where the content itself says what it is about, so that the cursor can be opened alone. */
  seal(purpose: CursorPurpose, about: string, content: readonly (string | number | bigint)[]): string {
    const text = content.join(' ');
    return Buffer.concat([this.mac(purpose, about, text), Buffer.from(text)]).toString('base64url');
  }

  /** The content. Throws BAD_USER_INPUT for a cursor that is not whole, or belongs elsewhere. */
  open(purpose: CursorPurpose, about: string, cursor: string): string[] {
    const bytes = Buffer.from(cursor, 'base64url');
    if (bytes.length > 12 && bytes.length < 200) {
      const text = bytes.toString('utf8', 12);
      if (timingSafeEqual(bytes.subarray(0, 12), this.mac(purpose, about, text))) return text.split(' ');
    }
    throw new Fault('BAD_USER_INPUT', 'This cursor does not belong here. Use one that this field gave out, unchanged.');
  }

  private mac(purpose: CursorPurpose, about: string, text: string): Buffer {
    return createHmac('sha256', this.secret).update(`${purpose}\0${about}\0${text}`).digest().subarray(0, 12);
  }
}
