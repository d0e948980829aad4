import type { Backoff } from '../backoff.js';
import type { Environment } from '../environment.js';
import type { MediaStates } from '../media/media-states.js';
import { Cell, type Observable } from '../observable.js';
import type { Requests } from '../transport/requests.js';
import { Waiting } from '../waiting.js';
import { fileToSend, type FileOptions, type FileToSend } from './file.js';
import { Slots } from './slots.js';
import { Upload, type UploadState } from './upload.js';

export interface UploadsDeps {
  requests: Pick<Requests, 'mutate'>;
  environment: Environment;
  states: Pick<MediaStates, 'settled'>;
}

/** A browser has few connections to one host, and messages need some of them. */
const AT_ONCE = 2;
/** Of those that are done so many are remembered, to be shown from here. */
const REMEMBERED = 30;
const backoff: Backoff = { first: 500, most: 30_000 };

/** Files on their way to the store, straight from this device. What lies with a message in the outbox survives a reload. */
export class Uploads {
  private readonly uploads = new Map<string, Upload>();
  private readonly cell = new Cell<ReadonlyMap<string, UploadState>>(new Map());
  private readonly slots = new Slots(AT_ONCE);
  private readonly waiting: Waiting;
  private readonly stopListening: () => void;

  constructor(private readonly deps: UploadsDeps) {
    const { environment } = deps;
    this.waiting = new Waiting(environment, backoff);
    this.stopListening = environment.onAttention(() => this.hurry());
  }

  /** How far each is, by uploadId; of this tab. */
  get all(): Observable<ReadonlyMap<string, UploadState>> {
    return this.cell;
  }

  /** Begins at once. Give its `file` to a message that is to carry it; it may be sent while the bytes are on their way. */
  start(blob: Blob, options: FileOptions = {}): Upload {
    return this.resume(fileToSend(this.deps.environment.uuid(), blob, options));
  }

  /** The upload of this file: the one that is under way, or was here; else it goes on from what the server knows. */
  resume(file: FileToSend): Upload {
    const { slots, waiting } = this;
    const onState = (uploadId: string, state: UploadState) => {
      // What was cancelled is not shown any more.
      if (this.uploads.has(uploadId)) this.cell.set(new Map(this.cell.get()).set(uploadId, state));
    };
    const upload = this.uploads.get(file.uploadId) ?? new Upload(file, { ...this.deps, slots, waiting, onState });
    this.uploads.set(file.uploadId, upload);
    upload.start();
    this.forgetOld();
    return upload;
  }

  /** Gives it up. */
  cancel(uploadId: string): void {
    const upload = this.uploads.get(uploadId);
    this.forget(uploadId);
    upload?.cancel();
  }

  /** The bytes of what was uploaded from this page, so that nobody needs to fetch what they have just sent. */
  fileOf(mediaId: string): FileToSend | null {
    for (const { file, state } of this.uploads.values()) if (state.media?.id === mediaId) return file;
    return null;
  }

  /** Tries now what waits for a better time. */
  hurry(): void {
    this.waiting.hurry();
  }

  close(): void {
    this.stopListening();
    for (const upload of this.uploads.values()) upload.close();
    this.uploads.clear();
  }

  private forget(uploadId: string): void {
    this.uploads.delete(uploadId);
    const states = new Map(this.cell.get());
    states.delete(uploadId);
    this.cell.set(states);
  }

  private forgetOld(): void {
    const done = [...this.uploads.values()].filter(({ state }) => state.status === 'READY');
    for (const { file } of done.slice(0, Math.max(0, done.length - REMEMBERED))) this.forget(file.uploadId);
  }
}
