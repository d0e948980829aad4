import { tmpdir } from 'node:os';
import { z } from 'zod';

const count = (smallest: number, largest: number) => z.coerce.number().int().min(smallest).max(largest);

/** What the environment may say of media. */
export const mediaVariables = {
  PARLEY_MEDIA_QUOTA_BYTES: count(1, Number.MAX_SAFE_INTEGER)
    .default(10 * 1024 ** 3)
    .describe('Bytes of uploads that one person may keep; new and unverified accounts get a tenth'),
  PARLEY_MEDIA_UPLOADS_PER_DAY: count(1, 1_000_000)
    .default(500)
    .describe('Uploads that one person may begin within 24 hours; new and unverified accounts get a tenth'),
  PARLEY_MEDIA_LINK_SECONDS: count(1, 604_800)
    .default(3_600)
    .describe('How long a link to media works, and up to a sixth more: equal links can be kept meanwhile'),
  PARLEY_MEDIA_UPLOAD_SECONDS: count(1, 604_800)
    .default(3_600)
    .describe('How long somebody may take to put the bytes of an upload'),
  PARLEY_MEDIA_TEMP_DIR: z
    .string()
    .min(1)
    .optional()
    .describe(
      "Folder where uploads are looked at, with room for two of them; without one, the system's for such files",
    ),
} as const;

export interface MediaConfig {
  quotaBytes: number;
  uploadsPerDay: number;
  linkSeconds: number;
  uploadSeconds: number;
  tempDir: string;
}

export function readMedia(values: z.output<z.ZodObject<typeof mediaVariables>>): MediaConfig {
  return {
    quotaBytes: values.PARLEY_MEDIA_QUOTA_BYTES,
    uploadsPerDay: values.PARLEY_MEDIA_UPLOADS_PER_DAY,
    linkSeconds: values.PARLEY_MEDIA_LINK_SECONDS,
    uploadSeconds: values.PARLEY_MEDIA_UPLOAD_SECONDS,
    tempDir: values.PARLEY_MEDIA_TEMP_DIR ?? tmpdir(),
  };
}
