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
    text: withLineEnds(letter.text),
    html: letter.html === undefined ? undefined : withLineEnds(letter.html),
    headers: {
      // No answers of out-of-office robots (RFC 3834 §5).
      'Auto-Submitted': 'auto-generated',
      ...(letter.unsubscribe === undefined ? {} : unsubscribing(letter.unsubscribe)),
    },
    disableFileAccess: true,
    disableUrlAccess: true,
  }).compile();
  const { from: sender, to } = node.getEnvelope();
  if (!sender || to.length !== 1) throw new Error('a letter goes from one address to one address');
  return { raw: await node.build(), envelope: { from: sender, to } };
}

/** RFC 8058 §3.1. */
function unsubscribing(address: string) {
  const url = new URL(address);
  if (!/^https?:$/.test(url.protocol)) throw new Error(`letters are not unsubscribed from by ${url.protocol}`);
  return {
    // Folded, a URL would be taken apart by some programs; the parser has left nothing in it that ends a header.
    'List-Unsubscribe': { prepared: true, foldLines: false, value: `<${url.href.replaceAll('>', '%3E')}>` },
    'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
  };
}

function withLineEnds(text: string): string {
  return text.replaceAll(/\r?\n/g, '\r\n');
}
