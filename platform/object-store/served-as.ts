import type { DownloadGrant } from './port.js';

/** What browsers show and never run. */
const shown = new Set([
  'image/jpeg',
  'image/png',
  'image/gif',
  'image/webp',
  'image/avif',
  'audio/mpeg',
  'audio/mp4',
  'audio/aac',
  'audio/ogg',
  'audio/opus',
  'audio/wav',
  'audio/webm',
  'audio/flac',
  'video/mp4',
  'video/webm',
  'video/ogg',
  'video/quicktime',
]);

/** UTF-8 bytes of a name: file systems take 255. */
const LONGEST_NAME = 200;

/** The headers of an answer to this grant. Whatever a browser might run, or render as a page, is an attachment of no type. */
export function servedAs(grant: Pick<DownloadGrant, 'contentType' | 'disposition' | 'filename'>): {
  contentType: string;
  disposition: string;
} {
  const contentType = grant.contentType.toLowerCase().split(';', 1)[0]!.trim();
  const isShown = shown.has(contentType);
  return {
    contentType: isShown ? contentType : 'application/octet-stream',
    disposition: contentDisposition(isShown ? grant.disposition : 'attachment', grant.filename),
  };
}

/** RFC 6266, with the name in ASCII for old clients and in UTF-8 (RFC 8187) for all others. */
export function contentDisposition(kind: DownloadGrant['disposition'], filename: string): string {
  const name = safeName(filename);
  const ascii = name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^\x20-\x7e]/g, '_')
    .replaceAll('%', '_');
  const encoded = encodeURIComponent(name).replaceAll(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${kind}; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}

/** One name that a file can have everywhere, and that shows its ending where it has it: no path, no control, no change of direction. */
function safeName(filename: string): string {
  const name = filename
    .toWellFormed()
    .normalize('NFC')
    // Cc: line breaks and NUL; Cf: marks of direction, which make "gpj.exe" look like "exe.jpg"; Zl and Zp: breaks in Unicode.
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '')
    .replaceAll(/["\\/:*?<>|]/g, '_')
    .replaceAll(/^[. ]+|[. ]+$/g, '');
  return shorten(name) || 'file';
}

/** Cut before the ending, which says what opens it. */
function shorten(name: string): string {
  if (Buffer.byteLength(name) <= LONGEST_NAME) return name;
  const ending = /\.[A-Za-z0-9]{1,10}$/.exec(name)?.[0] ?? '';
  let [kept, bytes] = ['', Buffer.byteLength(ending)];
  for (const character of name.slice(0, name.length - ending.length)) {
    bytes += Buffer.byteLength(character);
    if (bytes > LONGEST_NAME) break;
    kept += character;
  }
  return kept + ending;
}
