import { createHash } from 'node:crypto';

/** Lua that runs inside Redis, atomically. All of its keys are in one slot. */
export interface Script {
  text: string;
  sha: string;
}

export function script(text: string): Script {
  return { text, sha: createHash('sha1').update(text).digest('hex') };
}
