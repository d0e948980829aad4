import type { Accepted, Claim } from './port.js';

/** What the child process is told, as its argument. */
export interface Job {
  file: string;
  claim: Claim;
  folder: string;
  hasFfmpeg: boolean;
  /** The most that an image may have, of all its frames. */
  pixels: number;
}

/** What is told of a file that is neither picture nor sound, or that nobody here can read. */
export const nothingTold = {
  width: null,
  height: null,
  durationMs: null,
  waveform: null,
  blurHash: null,
  thumbnails: [],
  poster: null,
} satisfies Partial<Accepted>;
