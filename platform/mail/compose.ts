import MailComposer from 'nodemailer/lib/mail-composer';
import type { Letter } from './port.js';

export interface Composed {
  /** The message, RFC 5322. */
  raw: Buffer;
  envelope: { from: string; to: string[] };
}

/** `from`: an address, or `Name <address>`. */
export async function compose(letter: Letter, from: string): Promise<Composed> {
  const node = new MailComposer({
    from,
    to: { name: '', address: letter.to },
    subject: letter.subject,
    text: letter.text.replaceAll(/\r?\n/g, '\r\n'),
    // No answers of out-of-office robots (RFC 3834 §5).
    headers: { 'Auto-Submitted': 'auto-generated' },
    disableFileAccess: true,
    disableUrlAccess: true,
  }).compile();
  const { from: sender, to } = node.getEnvelope();
  if (!sender || to.length !== 1) throw new Error('a letter goes from one address to one address');
  return { raw: await node.build(), envelope: { from: sender, to } };
}
