import type { Readable } from 'node:stream';

/** `tooLarge`: more bytes than the scanner takes, so nothing is known of them, now or later. */
export type Verdict = { kind: 'clean' } | { kind: 'malware'; name: string } | { kind: 'tooLarge' };

/** Says of bytes whether they are known to be hostile. */
export interface VirusScan {
  /** Consumes the stream. Throws Fault UNAVAILABLE where the scanner cannot be reached or does not answer: then nothing is known. */
  scan(bytes: Readable): Promise<Verdict>;
  close(): Promise<void>;
}
