import { Fault, UserFault } from '../../platform/errors/errors.js';
import { normaliseType, takenTypes } from '../../platform/media-inspection/types.js';
import type { MediaKind } from '../../schema/media.js';
import type { NewUpload } from './store.js';

const [MB, GB] = [1024 ** 2, 1024 ** 3];

/** Bytes; one PUT carries at most 5 GB. */
const largest: Record<MediaKind, number> = {
  IMAGE: 50 * MB,
  VIDEO: 2 * GB,
  AUDIO: 512 * MB,
  VOICE: 64 * MB,
  FILE: 2 * GB,
};

/** RFC 9110 §8.3.1, in lower case. */
const mediaType = /^[a-z0-9!#$&^_.+-]{1,63}\/[a-z0-9!#$&^_.+-]{1,63}$/;
const MAX_FILENAME = 200;

export interface UploadDraft {
  clientMutationId: string;
  filename: string;
  contentType: string;
  size: number;
  kind: MediaKind;
  sha256?: string | null;
}

/** What is wished for, as it can be stored. Throws INVALID_INPUT, UNSUPPORTED_TYPE or TOO_LARGE. */
export function checkUpload(draft: UploadDraft): Omit<NewUpload, 'mediaId' | 'ownerId'> {
  const { clientMutationId, kind, size, sha256 = null } = draft;
  if (clientMutationId === '' || clientMutationId.length > 64 || !isStorable(clientMutationId))
    throw new UserFault('INVALID_INPUT', ['clientMutationId'], 'clientMutationId has 1 to 64 characters.');
  const contentType = toMediaType(draft.contentType);
  const [most, types] = [largest[kind], takenTypes[kind]];
  if (types && !types.includes(contentType))
    throw new UserFault(
      'UNSUPPORTED_TYPE',
      ['contentType'],
      `As ${kind}, send one of ${types.join(', ')}; anything else as FILE.`,
    );
  if (!Number.isSafeInteger(size) || size < 1)
    throw new UserFault('INVALID_INPUT', ['size'], 'size is the number of bytes, 1 or more.');
  if (size > most) throw new UserFault('TOO_LARGE', ['size'], `As ${kind}, send at most ${most / MB} MB.`);
  if (sha256 !== null && !/^[0-9a-f]{64}$/i.test(sha256))
    throw new UserFault('INVALID_INPUT', ['sha256'], 'sha256 is 64 hexadecimal digits.');
  return {
    clientMutationId,
    kind,
    contentType,
    size,
    filename: cleanFilename(draft.filename),
    sha256: sha256?.toLowerCase() ?? null,
  };
}

function toMediaType(given: string): string {
  const type = normaliseType(given);
  if (mediaType.test(type)) return type;
  throw new UserFault('UNSUPPORTED_TYPE', ['contentType'], 'contentType is a media type, such as image/jpeg.');
}

/**
 * A name that any system takes, and that looks like what it is: without a path, control characters, marks that turn the
 * direction of writing, or a dot at either end. The end stays, where it is too long: it tells the type.
 */
export function cleanFilename(given: string): string {
  const name = given
    .toWellFormed()
    .normalize('NFC')
    .split(/[/\\]/)
    .at(-1)!
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\uFFFD<>:"|?*]/gu, '')
    .replaceAll(/^[\s.]+|[\s.]+$/gu, '');
  const letters = [...name];
  if (letters.length === 0) return 'file';
  if (letters.length <= MAX_FILENAME) return name;
  const extension = /\.[^.\s]{1,16}$/u.exec(name)?.[0] ?? '';
  return letters.slice(0, MAX_FILENAME - [...extension].length).join('') + extension;
}

function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

/** `first` of a connection. Throws BAD_USER_INPUT outside 1 to 100. */
export function checkFirst(first: number): number {
  if (first < 1 || first > 100) throw new Fault('BAD_USER_INPUT', 'first is 1 to 100.');
  return first;
}
