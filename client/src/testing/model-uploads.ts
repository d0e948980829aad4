import type { Sending } from '../environment.js';
import { noAnswer, Refused } from '../errors.js';
import { CompleteUploadDocument, CreateUploadDocument, DeleteMediaDocument } from '../generated/graphql.js';
import type { Media } from '../media/media-states.js';

/** What becomes of the next request to the store, or of the next one about an upload. */
export type UploadFate = 'done' | 'lostBefore' | 'lostAfter' | 'refused' | 'never';

/** The server's side of uploads, and the store: one media for each clientMutationId, whatever is lost. */
export class ModelUploads {
  readonly fates: UploadFate[] = [];
  readonly media = new Map<string, Media>();
  readonly bytes = new Map<string, string>();
  puts = 0;

  /** Answers what is about uploads; undefined: it is about something else. */
  async answer(document: unknown, variables: unknown, signal?: AbortSignal): Promise<unknown> {
    const { input } = variables as { input: Record<string, string> };
    if (document === CreateUploadDocument) return this.meet(signal, () => this.create(input.clientMutationId!, input));
    if (document === CompleteUploadDocument) return this.meet(signal, () => this.complete(input.mediaId!));
    if (document === DeleteMediaDocument) return { media: this.media.delete(input.mediaId!) ? {} : null };
    return undefined;
  }

  put = async (url: string, { body, signal, onProgress }: Sending): Promise<number> => {
    this.puts++;
    const text = await body.text();
    onProgress(Math.floor(body.size / 2));
    return this.meet(signal, () => {
      this.bytes.set(url, text);
      onProgress(body.size);
      return 200;
    });
  };

  /** The server has looked at it. */
  settle(id: string, rejection: Media['rejection'] = null): Media {
    const media = { ...this.media.get(id)!, status: rejection ? ('REJECTED' as const) : ('READY' as const), rejection };
    this.media.set(id, media);
    return media;
  }

  private create(clientMutationId: string, { filename, contentType, kind, size }: Record<string, unknown>): unknown {
    const id = `med_${clientMutationId}`;
    if (!this.media.has(id)) this.media.set(id, { ...blank, id, filename, contentType, kind, size } as Media);
    const media = this.media.get(id)!;
    return { media, upload: media.status === 'AWAITING_UPLOAD' ? { method: 'PUT', url: id, headers: [] } : null };
  }

  private complete(id: string): unknown {
    const media = this.media.get(id)!;
    if (media.status !== 'AWAITING_UPLOAD') return { media };
    if (!this.bytes.has(id))
      throw new Refused([{ code: 'NOT_UPLOADED', message: 'No bytes.', path: ['mediaId'], retryAt: null }]);
    const complete = { ...media, status: 'PROCESSING' as const };
    this.media.set(id, complete);
    return { media: complete };
  }

  private async meet<T>(signal: AbortSignal | undefined, act: () => T): Promise<T> {
    await new Promise((resolve) => setImmediate(resolve));
    const fate = this.fates.shift() ?? 'done';
    signal?.throwIfAborted();
    if (fate === 'never')
      return new Promise((_, reject) =>
        signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true }),
      );
    if (fate === 'lostBefore') throw noAnswer('lost');
    if (fate === 'refused')
      throw new Refused([{ code: 'TOO_LARGE', message: 'Too large.', path: ['size'], retryAt: null }]);
    const answer = act();
    if (fate === 'lostAfter') throw noAnswer('lost');
    return answer;
  }
}

const blank: Partial<Media> = {
  status: 'AWAITING_UPLOAD',
  rejection: null,
  width: null,
  height: null,
  durationMs: null,
  waveform: null,
  blurHash: null,
  url: null,
  thumbnails: [],
  createdAt: new Date(1_700_000_000_000).toISOString(),
};
