import { fileTypeFromFile } from 'file-type';
import { nothingTold, type Job } from './job.js';
import type { Accepted, Rejected } from './port.js';
import { Rejection } from './reject.js';
import { agreedType } from './types.js';

/*
 * A process of its own for each upload, started by ChildInspection: it reads files that may be made to break what reads
 * them. It has nothing of Parley's: no configuration, no secrets, no connection.
 */

// Whoever started it has ended: so does it, with what it has started.
process.stdin.resume().once('end', () => process.kill(-process.pid, 'SIGKILL'));

const say = (message: object) => process.stdout.write(`${JSON.stringify(message)}\n`);

type Parts = Pick<Accepted, keyof typeof nothingTold> & Partial<Accepted>;

/** Who looks into such a file. Most of the time of a small one would go into loading what another kind needs. */
async function inspectorFor({
  file,
  claim,
  folder,
  hasFfmpeg,
  pixels,
}: Job): Promise<(type: string) => Promise<Parts>> {
  if (claim.kind === 'IMAGE') {
    const { inspectImage } = await import('./inspect-image.js');
    return async (type) => ({ ...nothingTold, ...(await inspectImage(file, type, folder, pixels)) });
  }
  if (claim.kind === 'FILE' || !hasFfmpeg) return async () => nothingTold;
  const { inspectSound } = await import('./inspect-sound.js');
  return (type) => inspectSound(file, claim, type, folder, pixels);
}

async function inspect({ file, claim }: Job, look: (type: string) => Promise<Parts>): Promise<Accepted | Rejected> {
  try {
    const sniffed = (await fileTypeFromFile(file))?.mime ?? null;
    const contentType = agreedType(claim, sniffed);
    if (contentType === null)
      throw new Rejection(
        'TYPE_MISMATCH',
        `${sniffed ?? 'no known type'}, and not ${claim.kind} of ${claim.contentType}`,
      );
    return { kind: 'accepted', contentType, cleaned: null, ...(await look(contentType)) };
  } catch (error) {
    if (error instanceof Rejection) return { kind: 'rejected', rejection: error.rejection, why: error.message };
    return { kind: 'rejected', rejection: 'CORRUPT', why: String(error).slice(0, 300) };
  }
}

const job = JSON.parse(process.argv[2] ?? '') as Job;
const look = await inspectorFor(job);
say({ ready: true });
say({ result: await inspect(job, look) });
process.stdin.destroy();
