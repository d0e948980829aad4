import { fileTypeFromFile } from 'file-type';
import { inspectImage } from './inspect-image.js';
import { inspectSound, nothingTold } from './inspect-sound.js';
import type { Job } from './job.js';
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

async function inspect({ file, claim, folder, hasFfmpeg, pixels }: Job): Promise<Accepted | Rejected> {
  try {
    const sniffed = (await fileTypeFromFile(file))?.mime ?? null;
    const contentType = agreedType(claim, sniffed);
    if (contentType === null)
      throw new Rejection(
        'TYPE_MISMATCH',
        `${sniffed ?? 'no known type'}, and not ${claim.kind} of ${claim.contentType}`,
      );
    const plain = { kind: 'accepted', contentType, cleaned: null, ...nothingTold } as const;
    if (claim.kind === 'FILE') return plain;
    if (claim.kind === 'IMAGE') return { ...plain, ...(await inspectImage(file, contentType, folder, pixels)) };
    if (!hasFfmpeg) return plain;
    return { ...plain, ...(await inspectSound(file, claim, contentType, folder, pixels)) };
  } catch (error) {
    if (error instanceof Rejection) return { kind: 'rejected', rejection: error.rejection, why: error.message };
    return { kind: 'rejected', rejection: 'CORRUPT', why: String(error).slice(0, 300) };
  }
}

const job = JSON.parse(process.argv[2] ?? '') as Job;
say({ ready: true });
say({ result: await inspect(job) });
process.stdin.destroy();
