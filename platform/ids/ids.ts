import { createHash, randomFillSync } from 'node:crypto';
import { TypeID } from 'typeid-js';

export const BUCKETS = 4096;

/** The prefixes of public ids (TypeID 0.3). A prefix tells the kind of thing, the bucket inside tells its shard. */
export const prefixes = {
  user: 'usr',
  conversation: 'cnv',
  message: 'msg',
  device: 'dev',
  viewer: 'vwr',
  invite: 'inv',
  joinRequest: 'jrq',
  report: 'rpt',
  media: 'med',
  pushTarget: 'psh',
  bot: 'bot',
  apiKey: 'key',
  webhook: 'whk',
} as const;
export type IdKind = keyof typeof prefixes;

const pool = new Uint8Array(4096);
let used = pool.length;

/** A UUIDv7 (RFC 9562 §5.7) whose 12 bits of rand_a hold the bucket, 0 to 4095: so the id says which shard has it. */
export function newUuid(bucket: number, now = Date.now()): string {
  if (used + 8 > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const time = now.toString(16).padStart(12, '0');
  let tail = '';
  for (let i = 0; i < 8; i++) {
    let byte = pool[used + i] ?? 0;
    if (i === 0) byte = (byte & 0x3f) | 0x80;
    tail += byte.toString(16).padStart(2, '0');
  }
  used += 8;
  const randA = (bucket & 0xfff).toString(16).padStart(3, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randA}-${tail.slice(0, 4)}-${tail.slice(4)}`;
}

/** The bucket that a UUID made by newUuid carries. */
export function bucketOf(uuid: string): number {
  return parseInt(uuid.slice(15, 18), 16);
}

export function randomBucket(): number {
  const bytes = new Uint16Array(1);
  randomFillSync(bytes);
  return (bytes[0] ?? 0) & 0xfff;
}

/** The same parts always give the same bucket: a retry lands on the shard that a unique index of its own watches. */
export function bucketFrom(...parts: string[]): number {
  const digest = createHash('sha256').update(parts.join('\n')).digest();
  return digest.readUInt16BE(0) & 0xfff;
}

/** `usr_01h455vb4pex5vsknk084sn02q`: the public form of a UUID. */
export function toPublicId(kind: IdKind, uuid: string): string {
  return TypeID.fromUUID(prefixes[kind], uuid).toString();
}

/** The UUID inside a public id, or null when it is not one of this kind. Never throws: ids come from outside. */
export function fromPublicId(kind: IdKind, id: string): string | null {
  const prefix = prefixes[kind];
  if (id.length !== prefix.length + 27 || !id.startsWith(prefix)) return null;
  try {
    const typeId = TypeID.fromString(id, prefix);
    const uuid = typeId.toUUID();
    return uuid[14] === '7' ? uuid : null;
  } catch {
    return null;
  }
}

/** A public id made of two things': `inb_<user>_<conversation>`, `mbr_<conversation>_<user>`. */
export function toPairId(prefix: string, first: string, second: string): string {
  return `${prefix}_${suffix(first)}_${suffix(second)}`;
}

/** The two UUIDs inside a pair id, or null. */
export function fromPairId(prefix: string, id: string): [string, string] | null {
  const parts = id.split('_');
  if (parts.length !== 3 || parts[0] !== prefix) return null;
  const first = fromPublicId('user', `usr_${parts[1]}`);
  const second = fromPublicId('user', `usr_${parts[2]}`);
  return first && second ? [first, second] : null;
}

function suffix(uuid: string): string {
  return toPublicId('user', uuid).slice(4);
}
