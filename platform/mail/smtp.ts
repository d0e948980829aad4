import { createTransport } from 'nodemailer';
import { Fault } from '../errors/errors.js';
import { compose } from './compose.js';
import type { Letter, Mail } from './port.js';

const TIMEOUT_MS = 15_000;

/** Letters through an SMTP server: `smtp://user:password@host:port`, or `smtps://` for TLS from the start. */
export class SmtpMail implements Mail {
  private readonly transport;
  private readonly underWay = new Set<Promise<void>>();

  constructor(private readonly options: { url: string; from: string }) {
    const { protocol, hostname, port, username, password } = new URL(options.url);
    const secure = protocol === 'smtps:';
    this.transport = createTransport({
      pool: true,
      maxConnections: 4,
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port) || (secure ? 465 : 587),
      secure,
      auth: username ? { user: decodeURIComponent(username), pass: decodeURIComponent(password) } : undefined,
      connectionTimeout: TIMEOUT_MS,
      greetingTimeout: TIMEOUT_MS,
      socketTimeout: TIMEOUT_MS,
    });
  }

  send(letter: Letter): Promise<void> {
    const sending = this.hand(letter).finally(() => this.underWay.delete(sending));
    this.underWay.add(sending);
    return sending;
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.underWay);
    this.transport.close();
  }

  private async hand(letter: Letter): Promise<void> {
    const { raw, envelope } = await compose(letter, this.options.from);
    try {
      await this.transport.sendMail({ raw, envelope });
    } catch (cause) {
      // 5yz: the server will never take this letter (RFC 5321 §4.2.1). All else may pass.
      const { responseCode = 0 } = cause as { responseCode?: number };
      if (responseCode >= 500) throw cause;
      throw new Fault('UNAVAILABLE', 'Mail cannot be sent right now. Try again in a minute.', { cause });
    }
  }
}
