import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedWebhook {
  /** As it came. */
  body: string;
  signature: string;
  deliveryId: string;
  event: { id: string; type: string; version: number; conversationId: string; message?: { id: string; body: string } };
}

/** A partner's server, which answers as it is told. */
export class WebhookReceiver {
  readonly received: ReceivedWebhook[] = [];
  /** The status of the answer; null lets the request hang. */
  answer: (webhook: ReceivedWebhook) => number | null = () => 204;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<WebhookReceiver> {
    const server = createServer();
    const receiver = new WebhookReceiver(server);
    server.on('request', (request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        const body = Buffer.concat(parts).toString();
        const webhook = {
          body,
          signature: String(request.headers['parley-signature']),
          deliveryId: String(request.headers['parley-delivery']),
          event: JSON.parse(body) as ReceivedWebhook['event'],
        };
        receiver.received.push(webhook);
        const status = receiver.answer(webhook);
        if (status !== null) response.writeHead(status, status === 302 ? { location: '/elsewhere' } : {}).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/hook`;
  }

  /** The texts of the messages that it was told of, each attempt. */
  get bodies(): (string | undefined)[] {
    return this.received.map(({ event }) => event.message?.body);
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}
