import type { mediaKinds } from '../../schema/events.js';

/** What whoever uploaded it says that it is. */
export interface Claim {
  kind: (typeof mediaKinds)[number];
  /** Lower case, without parameters. */
  contentType: string;
  filename: string;
}

/** A file that was written into the given folder. */
export interface MadeFile {
  path: string;
  contentType: string;
  /** Bytes. */
  size: number;
}

/** Longest sides of thumbnails, in pixels. */
export const thumbnailSizes = [128, 512, 1280] as const;

export interface MadeImage extends MadeFile {
  /** Pixels. */
  width: number;
  height: number;
}

export interface MadeThumbnail extends MadeImage {
  /** The longest side that it was made for: its own is that, or less where the whole image is smaller. */
  side: (typeof thumbnailSizes)[number];
}

export interface Accepted {
  kind: 'accepted';
  /** What the bytes are, one spelling for each type; application/octet-stream where they do not say. */
  contentType: string;
  /** Pixels as shown, rotation applied; of images, and of videos where it could be told. */
  width: number | null;
  height: number | null;
  /** Of audio and video, in milliseconds, where it could be told. */
  durationMs: number | null;
  /** 64 loudness values, 0-100, of VOICE, where they could be told. */
  waveform: number[] | null;
  /** Of images, and of videos that have a poster. */
  blurHash: string | null;
  /** To be served instead of what was uploaded: an image upright and without EXIF, which may tell where it was taken. Null where the upload is served as it is. */
  cleaned: MadeFile | null;
  /** Of images and of posters, WebP, smallest first: up to the first that holds the whole image, so none is enlarged. */
  thumbnails: MadeThumbnail[];
  /** A frame of a video, WebP; null where none could be made. */
  poster: MadeImage | null;
}

export interface Rejected {
  kind: 'rejected';
  /** TOO_LARGE: more pixels, time or memory than an upload is given, whatever it is. */
  rejection: 'TYPE_MISMATCH' | 'CORRUPT' | 'TOO_LARGE';
  /** For the log: no names, no content. */
  why: string;
}

/** Looks at uploads that nobody vouches for, where a hostile one harms nothing but itself. */
export interface MediaInspection {
  /**
   * `file`: a local path; it is only read. What is made is written into `folder`, which is there and empty, and which the
   * caller removes whatever comes of it. The same file twice gives the same answer. Ends within two minutes; calls wait for
   * each other where there are many. Throws Fault UNAVAILABLE where no inspection can be run now, which says nothing of the
   * file.
   */
  inspect(file: string, claim: Claim, folder: string): Promise<Accepted | Rejected>;
  /** Ends what is under way: those calls throw Fault UNAVAILABLE. */
  close(): Promise<void>;
}
