import { join } from 'node:path';
import { encode } from 'blurhash';
import sharp, { type Sharp } from 'sharp';
import { thumbnailSizes, type Accepted, type MadeFile, type MadeImage, type MadeThumbnail } from './port.js';
import { Rejection } from './reject.js';

// One upload, one thread: others want the processor too, and nothing is seen twice.
sharp.concurrency(1);
sharp.cache(false);

/** More of a file is wrong than a player would mind, or it ends too soon. */
const FAIL_ON = 'error';
const QUALITY = { cleaned: 90, shown: 80 };

type ImageParts = Pick<Accepted, 'width' | 'height' | 'blurHash' | 'cleaned' | 'thumbnails'>;

/** Reads an image whole, and makes of it a clean copy and its thumbnails. `pixels`: the most that are read, of all frames. */
export async function inspectImage(
  file: string,
  contentType: string,
  folder: string,
  pixels: number,
): Promise<ImageParts> {
  const open = (animated: boolean) => sharp(file, { failOn: FAIL_ON, limitInputPixels: pixels, animated });
  const { pages = 1, ...about } = await read(() => open(false).metadata());
  if (about.width * about.height * pages > pixels)
    throw new Rejection('TOO_LARGE', `${pages} frames of ${about.width} × ${about.height} pixels`);
  const isAnimated = pages > 1 && (contentType === 'image/gif' || contentType === 'image/webp');
  return read(async () => {
    const cleaned = await clean(open(isAnimated), contentType, folder);
    // Of what people will get: so it shows what the thumbnails show, upright.
    const still = () => sharp(cleaned.path, { failOn: FAIL_ON, limitInputPixels: pixels });
    const { width, height, pageHeight } = await still().metadata();
    return {
      width,
      height: pageHeight ?? height,
      blurHash: await blurHashOf(still()),
      cleaned,
      thumbnails: await thumbnailsOf(still, { width, height: pageHeight ?? height }, folder),
    };
  });
}

/** Of a frame of a video, which `file` holds as a picture. */
export async function inspectPoster(
  file: string,
  folder: string,
  pixels: number,
): Promise<{ poster: MadeImage; blurHash: string; thumbnails: MadeThumbnail[] }> {
  const still = () => sharp(file, { limitInputPixels: pixels });
  const { width, height } = await still().metadata();
  const poster = await write(still().webp({ quality: QUALITY.shown }), join(folder, 'poster.webp'), 'image/webp');
  return {
    poster: { ...poster, width, height },
    blurHash: await blurHashOf(still()),
    thumbnails: await thumbnailsOf(still, { width, height }, folder),
  };
}

/** Upright, in sRGB, and with nothing but its pixels: neither EXIF, nor what hides behind the end of the image. */
async function clean(image: Sharp, contentType: string, folder: string): Promise<MadeFile> {
  const upright = image.autoOrient();
  const path = (ending: string) => join(folder, `cleaned.${ending}`);
  switch (contentType) {
    case 'image/jpeg':
      return write(upright.jpeg({ quality: QUALITY.cleaned, chromaSubsampling: '4:4:4' }), path('jpg'), contentType);
    case 'image/png':
      return write(upright.png(), path('png'), contentType);
    case 'image/gif':
      return write(upright.gif(), path('gif'), contentType);
    default:
      // Also of AVIF, which takes minutes to write.
      return write(upright.webp({ quality: QUALITY.cleaned }), path('webp'), 'image/webp');
  }
}

async function thumbnailsOf(
  still: () => Sharp,
  whole: { width: number; height: number },
  folder: string,
): Promise<MadeThumbnail[]> {
  const longest = Math.max(whole.width, whole.height);
  const holding = thumbnailSizes.findIndex((side) => side >= longest);
  const sides = holding < 0 ? thumbnailSizes : thumbnailSizes.slice(0, holding + 1);
  const made: MadeThumbnail[] = [];
  for (const side of sides) {
    const path = join(folder, `thumbnail-${side}.webp`);
    const { width, height, size } = await still()
      .resize(side, side, { fit: 'inside', withoutEnlargement: true })
      .webp({ quality: QUALITY.shown })
      .toFile(path);
    made.push({ side, path, width, height, size, contentType: 'image/webp' });
  }
  return made;
}

/** https://blurha.sh */
async function blurHashOf(still: Sharp): Promise<string> {
  const { data, info } = await still
    .resize(32, 32, { fit: 'inside' })
    .flatten({ background: '#fff' })
    .toColourspace('srgb')
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return encode(new Uint8ClampedArray(data), info.width, info.height, 4, 3);
}

async function write(image: Sharp, path: string, contentType: string): Promise<MadeFile> {
  const { size } = await image.toFile(path);
  return { path, contentType, size };
}

/** What the library cannot read is the file's fault. */
async function read<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Rejection) throw error;
    const { message } = error as Error;
    throw new Rejection(/pixel limit|too large/i.test(message) ? 'TOO_LARGE' : 'CORRUPT', message.slice(0, 300));
  }
}
