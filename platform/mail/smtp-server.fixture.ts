import { createServer, type AddressInfo, type Socket } from 'node:net';

/** As much of an SMTP server (RFC 5321) as a sender needs; keeps each message in memory. */
export class SmtpServerFixture {
  readonly messages: { from: string; to: string[]; data: string }[] = [];
  /** What RCPT is answered with. */
  recipientReply = '250 ok';
  private readonly sockets = new Set<Socket>();
  private readonly server = createServer((socket) => this.talk(socket));

  private constructor() {}

  static async start(): Promise<SmtpServerFixture> {
    const fixture = new SmtpServerFixture();
    await new Promise<void>((resolve) => fixture.server.listen(0, '127.0.0.1', resolve));
    return fixture;
  }

  get url(): string {
    return `smtp://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private talk(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
    socket.on('error', () => undefined);
    const reply = (line: string) => socket.write(`${line}\r\n`);
    let [from, to, input, isData] = ['', [] as string[], '', false];
    reply('220 fixture');
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      input += chunk;
      for (;;) {
        const end = input.indexOf(isData ? '\r\n.\r\n' : '\r\n');
        if (end < 0) return;
        const text = input.slice(0, end);
        input = input.slice(end + (isData ? 5 : 2));
        if (isData) {
          this.messages.push({ from, to, data: `${text}\r\n`.replaceAll(/^\.\./gm, '.') });
          [from, to, isData] = ['', [], false];
          reply('250 taken');
        } else if (/^(EHLO|HELO)/i.test(text)) reply('250 fixture');
        else if (/^MAIL FROM:/i.test(text)) {
          from = /<(.*?)>/.exec(text)?.[1] ?? '';
          reply('250 ok');
        } else if (/^RCPT TO:/i.test(text)) {
          to.push(/<(.*?)>/.exec(text)?.[1] ?? '');
          reply(this.recipientReply);
        } else if (/^DATA/i.test(text)) {
          isData = true;
          reply('354 go on');
        } else if (/^QUIT/i.test(text)) socket.end('221 bye\r\n');
        else reply('250 ok');
      }
    });
  }
}
