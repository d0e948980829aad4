import type { Environment } from '../environment.js';
import { asParleyError, ParleyError } from '../errors.js';
import {
  CompleteUploadDocument,
  CreateUploadDocument,
  DeleteMediaDocument,
  type CreateUploadMutation,
} from '../generated/graphql.js';
import type { Media, MediaStates } from '../media/media-states.js';
import type { Requests } from '../transport/requests.js';
import type { Waiting } from '../waiting.js';
import type { FileToSend } from './file.js';
import type { Slots } from './slots.js';

export interface UploadState {
  /**
   * PROCESSING: the bytes are up, a message may carry it, and the server looks at it. FAILED: `error` says why; `start` goes
   * on, unless the file was looked at and REJECTED.
   */
  status: 'UPLOADING' | 'PROCESSING' | 'READY' | 'FAILED';
  /** Bytes that have gone to the store. */
  sent: number;
  media: Media | null;
  error: ParleyError | null;
}

export interface UploadDeps {
  requests: Pick<Requests, 'mutate'>;
  environment: Environment;
  states: Pick<MediaStates, 'settled'>;
  slots: Slots;
  waiting: Waiting;
  onState: (uploadId: string, state: UploadState) => void;
}

type Signed = NonNullable<CreateUploadMutation['createUpload']['upload']>;

export const cancelled = (): ParleyError => new ParleyError('CANCELLED', 'This upload was cancelled.', false);

/** Failures that another attempt may mend, but for ever: of a store that refuses what was signed for it, for one. */
const FEW = 3;
/** Uploads that ended before their bytes were up, and are begun anew. */
const ROUNDS = 20;

/**
 * One file on its way to the store. What is cut short goes on by itself; with the same uploadId, in whatever page, it stays
 * the same upload.
 */
export class Upload {
  private now: UploadState = { status: 'UPLOADING', sent: 0, media: null, error: null };
  private controller = new AbortController();
  private carried: Promise<string> | null = null;

  constructor(
    readonly file: FileToSend,
    private readonly deps: UploadDeps,
  ) {}

  get state(): UploadState {
    return this.now;
  }

  /** Resolves with the media's id once a message may carry it. Rejects with a ParleyError; CANCELLED is one. */
  mediaId(): Promise<string> {
    return (this.carried ??= this.begin());
  }

  /** Begins it, or tries again what failed. */
  start(): void {
    if (!this.carried || this.now.status === 'FAILED') this.carried = this.begin();
  }

  /** Ends it, and gives back the room that it took, where no message carries it. */
  cancel(): void {
    this.controller.abort(cancelled());
    const { media } = this.now;
    const { requests } = this.deps;
    if (media) void requests.mutate(DeleteMediaDocument, { input: { mediaId: media.id } }).catch(() => undefined);
  }

  /** Ends it here: the page goes. */
  close(): void {
    this.controller.abort(cancelled());
  }

  private begin(): Promise<string> {
    this.controller = new AbortController();
    const { signal } = this.controller;
    this.set({ status: 'UPLOADING', sent: 0, media: null, error: null });
    const carried = this.carry(signal).then((media) => {
      this.set({ status: media.status === 'READY' ? 'READY' : 'PROCESSING', sent: this.file.blob.size, media });
      void this.settle(media, signal);
      return media.id;
    });
    carried.catch((error: unknown) => this.set({ status: 'FAILED', error: asParleyError(error) }));
    return carried;
  }

  private async settle(media: Media, signal: AbortSignal): Promise<void> {
    const settled = await this.deps.states.settled(media, signal).catch(() => null);
    if (!settled) return;
    const error = rejectionOf(settled);
    this.set({ status: error ? 'FAILED' : 'READY', media: settled, error });
  }

  /** Resolves with media that a message may carry. */
  private async carry(signal: AbortSignal): Promise<Media> {
    const { slots, waiting } = this.deps;
    for (let failures = 0, round = 0; ;) {
      try {
        return await slots.run(() => this.attempt(round, signal));
      } catch (error) {
        signal.throwIfAborted();
        const problem = asParleyError(error);
        if (problem.code === 'UPLOAD_EXPIRED' && round++ < ROUNDS) continue;
        if (!(await this.isWorthRetrying(problem, failures)))
          throw new ParleyError(problem.code, problem.message, false, problem.retryAt, problem.reference);
        await waiting.before(problem, failures++, signal);
        signal.throwIfAborted();
      }
    }
  }

  /** `round`: of uploads that took too long; each is another one to the server. */
  private async attempt(round: number, signal: AbortSignal): Promise<Media> {
    signal.throwIfAborted();
    const { requests } = this.deps;
    const { uploadId, filename, contentType, kind, blob } = this.file;
    const clientMutationId = round === 0 ? uploadId : `${uploadId}/${round}`;
    const input = { clientMutationId, filename, contentType, kind, size: blob.size };
    const { media, upload } = await requests.mutate(CreateUploadDocument, { input }, { signal, attempts: 1 });
    this.set({ media });
    const rejection = rejectionOf(media!);
    if (rejection) throw rejection;
    if (media!.status !== 'AWAITING_UPLOAD') return media!;
    if (!upload) throw expired();
    await this.put(upload, signal);
    const completing = { signal, attempts: 1, repeatable: true };
    const completed = await requests.mutate(CompleteUploadDocument, { input: { mediaId: media!.id } }, completing);
    const problem = rejectionOf(completed.media!);
    if (problem) throw problem;
    return completed.media!;
  }

  private async put({ method, url, headers }: Signed, signal: AbortSignal): Promise<void> {
    const { blob } = this.file;
    const status = await this.deps.environment.put(url, {
      method,
      headers: Object.fromEntries(headers.map(({ name, value }) => [name, value])),
      body: blob,
      signal,
      onProgress: (sent) => this.set({ sent }),
    });
    if (status < 200 || status > 299)
      throw new ParleyError('UPLOAD_REFUSED', `The store answered with status ${status}.`, status >= 500);
  }

  private async isWorthRetrying({ code, retryable }: ParleyError, failures: number): Promise<boolean> {
    if (code === 'UPLOAD_REFUSED' || code === 'NOT_UPLOADED') return retryable || failures < FEW;
    // It can be a day until there is room: the person decides.
    if (!retryable || code === 'QUOTA_EXCEEDED') return false;
    if (await isReadable(this.file.blob)) return true;
    throw new ParleyError('FILE_GONE', 'The file cannot be read any more.', false);
  }

  private set(change: Partial<UploadState>): void {
    this.now = { ...this.now, ...change };
    this.deps.onState(this.file.uploadId, this.now);
  }
}

const expired = (): ParleyError => new ParleyError('UPLOAD_EXPIRED', 'The upload took too long.', false);

function rejectionOf({ rejection, filename }: Media): ParleyError | null {
  if (rejection === null) return null;
  return rejection === 'UPLOAD_EXPIRED'
    ? expired()
    : new ParleyError(rejection, `${filename} was rejected: ${rejection}.`, false);
}

/** A file that was changed or removed since it was chosen looks like a broken network. */
async function isReadable(blob: Blob): Promise<boolean> {
  return blob
    .slice(0, 1)
    .arrayBuffer()
    .then(
      () => true,
      () => false,
    );
}
