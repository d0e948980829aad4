import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Letter, Mail } from './port.js';

/** A transport under test, and what arrived on its other side: whole messages, RFC 5322. */
export interface MailUnderTest {
  mail: Mail;
  arrived: () => Promise<string[]>;
  /** Ends what the transport talks to. */
  end: () => Promise<void>;
}

const letter: Letter = { to: 'ann@example.org', subject: 'Your code', text: 'ABCD-1234', action: 'ABCD-1234' };

/** What every adapter of the port does. `open` is told whom the letters are from. */
export function mailContract(name: string, open: (from: string) => Promise<MailUnderTest>): void {
  describe(`mail, ${name}`, () => {
    let under: MailUnderTest;
    beforeEach(async () => {
      under = await open('Parley <parley@example.org>');
    });
    afterEach(async () => {
      await under.mail.close();
      await under.end();
    });

    test('a letter has arrived once send resolves', async () => {
      await under.mail.send(letter);
      const [message = '', ...others] = await under.arrived();
      expect(others).toEqual([]);
      expect(message).toMatch(/^From: Parley <parley@example\.org>\r$/m);
      expect(message).toMatch(/^To: ann@example\.org\r$/m);
      expect(message).toMatch(/^Subject: Your code\r$/m);
      expect(message).toMatch(/^Auto-Submitted: auto-generated\r$/m);
      expect(message).toMatch(/\r\n\r\nABCD-1234\s*$/);
    });

    test('lines end as RFC 5322 has it, long ones too', async () => {
      await under.mail.send({ ...letter, text: `one\ntwo\n\n${'long '.repeat(300)}` });
      const [message = ''] = await under.arrived();
      expect(message.replaceAll('\r\n', '')).not.toContain('\n');
      expect(bodyOf(message).trimEnd()).toBe(`one\ntwo\n\n${'long '.repeat(300)}`.trimEnd());
    });

    test('text in any script arrives as it was', async () => {
      const text = 'Grüße, 山田さん\n.\nthe line above is a dot';
      await under.mail.send({ ...letter, subject: 'Grüße', text });
      const [message = ''] = await under.arrived();
      expect(message).toContain('Subject: =?UTF-8?Q?Gr=C3=BC=C3=9Fe?=');
      expect(bodyOf(message).trimEnd()).toBe(text);
    });

    test('a letter in HTML too has both, the text first', async () => {
      const html = '<p>Grüße, 山田さん</p>';
      await under.mail.send({ ...letter, text: 'Grüße', html });
      const [message = ''] = await under.arrived();
      const boundary = /^Content-Type: multipart\/alternative;\s+boundary="(.+)"\r$/m.exec(message)?.[1];
      const parts = message.split(`--${boundary}`).slice(1, -1);
      expect(parts.map((part) => /^Content-Type: (\S+);/m.exec(part)?.[1])).toEqual(['text/plain', 'text/html']);
      expect(parts.map((part) => bodyOf(part).trimEnd())).toEqual(['Grüße', html]);
    });

    test('says how to unsubscribe, as RFC 8058 has it', async () => {
      const unsubscribe = `https://chat.example.org/unsubscribe?token=${'t'.repeat(300)}`;
      await under.mail.send({ ...letter, unsubscribe });
      const [message = ''] = await under.arrived();
      expect(message).toContain(`\r\nList-Unsubscribe: <${unsubscribe}>\r\n`);
      expect(message).toMatch(/^List-Unsubscribe-Post: List-Unsubscribe=One-Click\r$/m);
    });

    test('says nothing of it where nobody can unsubscribe', async () => {
      await under.mail.send(letter);
      expect((await under.arrived()).join()).not.toMatch(/List-Unsubscribe|multipart/i);
    });

    test('a line break in a subject or an address makes no header', async () => {
      await under.mail.send({ ...letter, subject: 'Hello\r\nBcc: eve@example.org' });
      await under.mail.send({ ...letter, to: 'ann@example.org\r\nBcc: eve@example.org' }).catch(() => undefined);
      await under.mail.send({ ...letter, unsubscribe: 'https://example.org/>\r\nBcc: eve@example.org' });
      await expect(under.mail.send({ ...letter, unsubscribe: 'mailto:eve@example.org' })).rejects.toThrow('mailto:');
      for (const message of await under.arrived()) expect(message).not.toMatch(/^Bcc:/im);
    });

    test('many at once all arrive, and close waits for them', async () => {
      const sent = Array.from({ length: 20 }, (_, i) => under.mail.send({ ...letter, subject: `Letter ${i}` }));
      await under.mail.close();
      await Promise.all(sent);
      const subjects = (await under.arrived()).map((message) => /^Subject: Letter (\d+)\r$/m.exec(message)?.[1]);
      expect(subjects.map(Number).sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i));
    });
  });
}

/** The text of a message of one part. */
function bodyOf(message: string): string {
  const split = message.indexOf('\r\n\r\n');
  const [headers, body] = [message.slice(0, split), message.slice(split + 4)];
  const encoding = /^Content-Transfer-Encoding: (\S+)/im.exec(headers)?.[1];
  const bytes =
    encoding === 'base64'
      ? Buffer.from(body, 'base64')
      : encoding === 'quoted-printable'
        ? Buffer.from(unquote(body), 'latin1')
        : Buffer.from(body, 'utf8');
  return bytes.toString('utf8').replaceAll('\r\n', '\n');
}

function unquote(text: string): string {
  return text
    .replaceAll('=\r\n', '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}
