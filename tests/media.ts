import { randomUUID } from 'node:crypto';
import type { Device } from './client.js';
import { waitFor } from './wait-for.js';

export interface UploadDraft {
  filename: string;
  contentType: string;
  kind: 'IMAGE' | 'VIDEO' | 'AUDIO' | 'VOICE' | 'FILE';
  bytes: Buffer;
  sha256?: string;
  /** What is announced, where that is not the length of the bytes. */
  size?: number;
}
export interface SignedUpload {
  method: string;
  url: string;
  headers: { name: string; value: string }[];
  expiresAt: string;
}
export interface Media {
  id: string;
  status: string;
  rejection: string | null;
  filename: string;
  contentType: string;
  size: number;
  width: number | null;
  height: number | null;
  durationMs: number | null;
  waveform: number[] | null;
  blurHash: string | null;
  url: string | null;
  thumbnails: { size: number; width: number; height: number; url: string }[];
}
export const mediaFields =
  'id status rejection filename contentType size width height durationMs waveform blurHash url thumbnails { size width height url }';

/** Begins an upload; throws Refused where it may not be. */
export async function createUpload(
  device: Device,
  { bytes, size = bytes.length, ...draft }: UploadDraft,
  clientMutationId: string = randomUUID(),
): Promise<{ media: Media; upload: SignedUpload | null }> {
  return device.mutate(
    `mutation ($input: CreateUploadInput!) { createUpload(input: $input) {
      media { ${mediaFields} } upload { method url headers { name value } expiresAt } errors { code path message } } }`,
    { input: { ...draft, size, clientMutationId } },
  );
}

/** As a browser would. Resolves with the status. */
export async function put(
  { method, url, headers }: SignedUpload,
  bytes: Buffer,
  signal?: AbortSignal,
): Promise<number> {
  const response = await fetch(url, {
    method,
    headers: Object.fromEntries(headers.map(({ name, value }) => [name, value])),
    body: new Uint8Array(bytes),
    signal,
  });
  await response.arrayBuffer();
  return response.status;
}

export async function completeUpload(device: Device, mediaId: string): Promise<Media> {
  const { media } = await device.mutate<{ media: Media }>(
    `mutation ($id: ID!) { completeUpload(input: { mediaId: $id }) { media { ${mediaFields} } errors { code path message } } }`,
    { id: mediaId },
  );
  return media;
}

/** An upload whose bytes are up, PROCESSING or further. */
export async function upload(device: Device, draft: UploadDraft): Promise<Media> {
  const { media, upload: signed } = await createUpload(device, draft);
  const status = await put(signed!, draft.bytes);
  if (status !== 200) throw new Error(`The store answered ${status}.`);
  return completeUpload(device, media.id);
}

/** Null where it is not there for this device. */
export async function mediaOf(device: Device, id: string): Promise<Media | null> {
  const { media } = await device.query<{ media: Media | null }>(
    `query ($id: ID!) { media(id: $id) { ${mediaFields} } }`,
    { id },
  );
  return media;
}

/** As it is once it was looked at. */
export function settled(device: Device, id: string, limit = 30_000): Promise<Media> {
  let last: Media | null = null;
  return waitFor(
    'it was looked at',
    async () => {
      last = await mediaOf(device, id);
      return last && ['READY', 'REJECTED'].includes(last.status) && last;
    },
    limit,
    () => last,
  );
}

export async function fetched(url: string, headers: Record<string, string> = {}) {
  const response = await fetch(url, { headers });
  return { status: response.status, headers: response.headers, bytes: Buffer.from(await response.arrayBuffer()) };
}

export interface CarryingMessage {
  id: string;
  seq: number;
  kind: string;
  body: string | null;
  status?: string;
  attachments: (Media | null)[];
}
export const carryingFields = `id seq kind body status attachments { ${mediaFields} }`;

export async function sendMedia(
  device: Device,
  conversationId: string,
  attachmentIds: string[],
  body = '',
  clientMessageId: string = randomUUID(),
): Promise<CarryingMessage> {
  const { message } = await device.mutate<{ message: CarryingMessage }>(
    `mutation ($input: SendMessageInput!) { sendMessage(input: $input) {
      message { ${carryingFields} } errors { code path message } } }`,
    { input: { conversationId, clientMessageId, attachmentIds, body } },
  );
  return message;
}

export async function messageOf(device: Device, id: string): Promise<CarryingMessage | null> {
  const { message } = await device.query<{ message: CarryingMessage | null }>(
    `query ($id: ID!) { message(id: $id) { ${carryingFields} } }`,
    { id },
  );
  return message;
}
