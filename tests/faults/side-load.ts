import { randomBytes } from 'node:crypto';
import { draft, isTransient, postUntilAcked, type Send } from '../chat.js';
import type { Device } from '../client.js';
import { completeUpload, createUpload, put, type SignedUpload, type UploadDraft } from '../media.js';
import { searchMessagesDocument } from '../search.js';
import { anyMoment } from '../wait-for.js';

const [TALKERS, UPLOADERS] = [4, 1];
const LIMIT_MS = 120_000;
const PUT_MS = 3_000;

interface Wait {
  /** Of performance.now(), as `endedAt`. */
  startedAt: number;
  endedAt: number;
}

export interface Talker {
  device: Device;
  /** Of theirs, and READY: sent again and again, whatever becomes of new ones. */
  attachmentId: string;
}

export interface SideLoadOptions {
  /** They are in all of the conversations. */
  talkers: Talker[];
  conversations: string[];
  /** In every message. */
  word: string;
}

/** What people go on doing while a service is away: they talk, attach, upload and search, steadily. */
export class SideLoad {
  readonly sends: Send[] = [];
  readonly waits: Wait[] = [];
  /** Whose bytes are there, and whom they belong to. */
  readonly uploads: { owner: Device; id: string }[] = [];
  /** What searches were answered: 'found', or codes of errors. */
  readonly searches: string[] = [];
  private isOver = false;
  private readonly running: Promise<unknown>;

  constructor(private readonly options: SideLoadOptions) {
    const lanes = (count: number, turn: (lane: number, i: number) => Promise<void>) =>
      Array.from({ length: count }, async (_, lane) => {
        for (let i = 0; !this.isOver; i++) await turn(lane, i);
      });
    this.running = Promise.all([
      ...lanes(TALKERS, (lane, i) => this.talk(lane, i)),
      ...lanes(UPLOADERS, (lane, i) => this.uploadAndSend(lane, i)),
      this.search(),
    ]);
    this.running.catch(() => (this.isOver = true));
  }

  get acked(): number {
    return this.sends.filter(({ acked }) => acked).length;
  }

  /** ms of the sends that began and ended between the two, ascending. */
  waitsBetween(from: number, to: number): number[] {
    return this.waits
      .filter(({ startedAt, endedAt }) => startedAt >= from && endedAt <= to)
      .map(({ startedAt, endedAt }) => endedAt - startedAt)
      .sort((a, b) => a - b);
  }

  /** Resolves once everything that was begun has ended. */
  async stop(): Promise<void> {
    this.isOver = true;
    await this.running;
  }

  private async talk(lane: number, i: number): Promise<void> {
    const { device, attachmentId } = this.talker(lane);
    await this.send(device, lane + i, `${lane} says ${i}`, i % 5 === 0 ? [attachmentId] : undefined);
    await anyMoment(40, 120);
  }

  private async uploadAndSend(lane: number, i: number): Promise<void> {
    const { device: owner } = this.talker(lane);
    const file = newFile();
    const key = randomBytes(12).toString('hex');
    const { media, upload } = await insistently(() => createUpload(owner, file, key));
    if (upload) await insistently(() => putOnce(upload, file.bytes));
    await insistently(() => completeUpload(owner, media.id));
    this.uploads.push({ owner, id: media.id });
    await this.send(owner, lane + i, `${lane} uploads ${i}`, [media.id]);
    // Each is inspected in a process of its own: no faster than that.
    await anyMoment(1_500, 2_500);
  }

  private talker(lane: number): Talker {
    const { talkers } = this.options;
    return talkers[lane % talkers.length]!;
  }

  private async send(sender: Device, turn: number, what: string, attachmentIds?: string[]): Promise<void> {
    const { conversations, word } = this.options;
    const send = draft(sender, conversations[turn % conversations.length]!, `${word} ${what}`, attachmentIds);
    this.sends.push(send);
    const startedAt = performance.now();
    await postUntilAcked(send, LIMIT_MS);
    this.waits.push({ startedAt, endedAt: performance.now() });
  }

  /** Does not wait for answers: those who search do not know of each other. */
  private async search(): Promise<void> {
    const under: Promise<unknown>[] = [];
    for (let i = 0; !this.isOver; i++) {
      const asked = this.talker(i).device.ask(searchMessagesDocument, { query: this.options.word, first: 5 });
      under.push(
        asked.then(({ errors }) =>
          this.searches.push(errors.map(({ extensions }) => extensions?.code).join() || 'found'),
        ),
      );
      await anyMoment(200, 400);
    }
    await Promise.all(under);
  }
}

/** Like no other. */
export function newFile(): UploadDraft {
  const bytes = randomBytes(4_000);
  return { filename: 'notes.bin', contentType: 'application/octet-stream', kind: 'FILE', bytes };
}

async function putOnce(upload: SignedUpload, bytes: Buffer): Promise<void> {
  const status = await put(upload, bytes, AbortSignal.timeout(PUT_MS));
  if (status !== 200) throw new StoreRefuses(`the store answers ${status}`);
}
class StoreRefuses extends Error {}

/** As a client does whose network comes and goes. */
async function insistently<T>(work: () => Promise<T>): Promise<T> {
  const end = performance.now() + LIMIT_MS;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      const isOfTheStore =
        error instanceof StoreRefuses || error instanceof TypeError || (error as Error).name === 'TimeoutError';
      if ((!isOfTheStore && !isTransient(error)) || performance.now() > end) throw error;
      await anyMoment(100, 300);
    }
  }
}
