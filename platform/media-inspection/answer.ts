import { z } from 'zod';

const size = z.number().int().nonnegative();
const side = z.number().int().positive();
const madeFile = z.object({ path: z.string(), contentType: z.string(), size });
const madeImage = madeFile.extend({ width: side, height: side });

/** What the child process may answer. A file may have taken it over: so its answer is read as anybody's. */
export const answer = z.union([
  z.object({ ready: z.literal(true) }),
  z.object({
    result: z.discriminatedUnion('kind', [
      z.object({
        kind: z.literal('accepted'),
        contentType: z.string().max(200),
        width: side.nullable(),
        height: side.nullable(),
        durationMs: size.nullable(),
        waveform: z.array(z.number().int().min(0).max(100)).length(64).nullable(),
        blurHash: z.string().max(200).nullable(),
        cleaned: madeFile.nullable(),
        thumbnails: z
          .array(madeImage.extend({ side: z.union([z.literal(128), z.literal(512), z.literal(1280)]) }))
          .max(3),
        poster: madeImage.nullable(),
      }),
      z.object({
        kind: z.literal('rejected'),
        rejection: z.enum(['TYPE_MISMATCH', 'CORRUPT', 'TOO_LARGE']),
        why: z.string().max(1_000),
      }),
    ]),
  }),
]);
