import type { Claim } from './port.js';

/** Other spellings of types, of browsers and telephones, and what each is called here. */
const spellings: Record<string, string> = {
  'image/jpg': 'image/jpeg',
  'image/pjpeg': 'image/jpeg',
  'image/apng': 'image/png',
  'image/x-png': 'image/png',
  'audio/mp3': 'audio/mpeg',
  'audio/x-m4a': 'audio/mp4',
  'audio/m4a': 'audio/mp4',
  'audio/x-wav': 'audio/wav',
  'audio/wave': 'audio/wav',
  'audio/vnd.wave': 'audio/wav',
  'audio/x-flac': 'audio/flac',
  'audio/opus': 'audio/ogg',
  'audio/aacp': 'audio/aac',
  'video/x-m4v': 'video/mp4',
  'application/x-zip-compressed': 'application/zip',
  'application/ogg': 'audio/ogg',
};

/** What is taken as an image, a video or a sound: what browsers show. Of FILE, anything. */
export const takenTypes: Record<Claim['kind'], readonly string[] | null> = {
  IMAGE: ['image/jpeg', 'image/png', 'image/gif', 'image/webp', 'image/avif'],
  VIDEO: ['video/mp4', 'video/webm', 'video/quicktime', 'video/ogg'],
  AUDIO: ['audio/mpeg', 'audio/mp4', 'audio/aac', 'audio/ogg', 'audio/wav', 'audio/webm', 'audio/flac'],
  VOICE: ['audio/mpeg', 'audio/mp4', 'audio/aac', 'audio/ogg', 'audio/wav', 'audio/webm', 'audio/flac'],
  FILE: null,
};

/** Containers say no more than that: of these the bytes look alike. */
const alike: Record<string, readonly string[]> = {
  'video/mp4': ['audio/mp4', 'video/quicktime'],
  'video/quicktime': ['video/mp4', 'audio/mp4'],
  'audio/mp4': ['video/mp4'],
  'video/webm': ['audio/webm'],
  'video/matroska': ['video/webm', 'audio/webm'],
  'audio/ogg': ['video/ogg'],
  'video/ogg': ['audio/ogg'],
  // What is made of others: documents of offices, packages, old Word files.
  'application/zip': ['application/vnd.*', 'application/x-*', 'application/epub+zip', 'application/java-archive'],
  'application/x-cfb': ['application/msword', 'application/vnd.*', 'application/x-*'],
  'application/xml': ['application/*', 'text/*', 'image/svg+xml'],
};

/** Lower case, without parameters, one spelling. */
export function normaliseType(contentType: string): string {
  const plain = contentType.toLowerCase().split(';', 1)[0]!.trim();
  return spellings[plain] ?? plain;
}

/**
 * What the upload is, by its claim and its magic bytes (null: they say nothing); null where the two do not agree. A claim
 * whose kind has magic bytes has to show them.
 */
export function agreedType(claim: Claim, sniffed: string | null): string | null {
  const claimed = normaliseType(claim.contentType);
  const found = sniffed === null ? null : normaliseType(sniffed);
  const taken = takenTypes[claim.kind];
  if (taken && (!taken.includes(claimed) || found === null)) return null;
  if (found === null) return hasMagic(claimed) ? null : claimed;
  if (found === claimed) return claimed;
  if (alike[found]?.some((other) => matches(claimed, other))) return claimed;
  // Nothing was claimed, so nothing is wrong.
  return claimed === 'application/octet-stream' ? found : null;
}

function matches(type: string, pattern: string): boolean {
  return pattern.endsWith('*') ? type.startsWith(pattern.slice(0, -1)) : type === pattern;
}

/** Whether bytes of this type always begin in a way that is known. */
function hasMagic(type: string): boolean {
  if (type === 'image/svg+xml') return false;
  return (
    Object.values(takenTypes).some((types) => types?.includes(type)) ||
    type === 'application/pdf' ||
    type === 'application/zip'
  );
}
