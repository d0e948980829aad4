import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import sharp from 'sharp';
import { inspectImage } from '../../platform/media-inspection/inspect-image.js';
import { thumbnailSizes } from '../../platform/media-inspection/port.js';
import { signUp } from '../../tests/chat.js';
import type { Device } from '../../tests/client.js';
import { completeUpload, createUpload, mediaOf, put } from '../../tests/media.js';
import { Parley } from '../parley.js';
import type { Row } from '../report.js';

const PHOTOS = 16;
const [WIDTH, HEIGHT] = [4_000, 3_000];
const PIXELS = 100_000_000;
const POLL_MS = 200;
const LIMIT_MS = 180_000;

/** Photos of 12 megapixels, from the end of their upload until all are READY; against the same work by sharp alone. */
export async function thumbnails(dataDir: string): Promise<Row[]> {
  const photos = await Promise.all(Array.from({ length: PHOTOS }, photo));
  const parley = await Parley.start(dataDir);
  let value: number;
  try {
    const device = await signUp(new URL(parley.url).origin, 'Photographer');
    try {
      value = await throughParley(device, photos);
    } finally {
      device.close();
    }
  } finally {
    await parley.stop();
  }
  return [
    {
      name: `thumbnails of photos of 12 megapixels, ${thumbnailSizes.length} each`,
      unit: 'thumbnails/s',
      value,
      baseline: { name: 'sharp in one process, the same work', value: await bySharp(join(dataDir, 'alone'), photos) },
      goal: '',
      met: true,
      details: { photoBytes: Math.round(photos.reduce((sum, { length }) => sum + length, 0) / PHOTOS) },
    },
  ];
}

/** As grainy as one from a telephone: some 3 MB of JPEG. */
async function photo(): Promise<Buffer> {
  const [width, height] = [WIDTH / 40, HEIGHT / 40];
  const scene = await sharp(randomBytes(width * height * 3), { raw: { width, height, channels: 3 } })
    .resize(WIDTH, HEIGHT, { kernel: 'cubic' })
    .raw()
    .toBuffer();
  const grain = randomBytes(1 << 16);
  for (let at = 0; at < scene.length; at++)
    scene[at] = Math.max(0, Math.min(255, scene[at]! + (grain[at & 0xffff]! >> 4) - 8));
  return sharp(scene, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } })
    .withMetadata({ orientation: 6 })
    .jpeg({ quality: 85 })
    .toBuffer();
}

async function throughParley(device: Device, photos: Buffer[]): Promise<number> {
  const ids: string[] = [];
  for (const bytes of photos) {
    const about = { filename: 'photo.jpg', contentType: 'image/jpeg', kind: 'IMAGE' as const, bytes };
    const { media, upload } = await createUpload(device, about);
    const status = await put(upload!, bytes);
    if (status !== 200) throw new Error(`the store answered ${status}`);
    ids.push(media.id);
  }
  const startedAt = performance.now();
  await Promise.all(ids.map((id) => completeUpload(device, id)));
  for (const id of ids) {
    for (;;) {
      const status = (await mediaOf(device, id))?.status;
      if (status === 'READY') break;
      if (status !== 'PROCESSING' || performance.now() > startedAt + LIMIT_MS) throw new Error(`a photo is ${status}`);
      await delay(POLL_MS);
    }
  }
  return perSecond(startedAt);
}

async function bySharp(folder: string, photos: Buffer[]): Promise<number> {
  mkdirSync(folder);
  const file = join(folder, 'photo.jpg');
  const startedAt = performance.now();
  for (const bytes of photos) {
    writeFileSync(file, bytes);
    await inspectImage(file, 'image/jpeg', folder, PIXELS);
  }
  return perSecond(startedAt);
}

const perSecond = (startedAt: number) => (PHOTOS * thumbnailSizes.length * 1_000) / (performance.now() - startedAt);
