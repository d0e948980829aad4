import sharp from 'sharp';

/** A picture to choose, in one colour. */
export async function photo(name: string) {
  const background = { r: 14, g: 106, b: 91 };
  const buffer = await sharp({ create: { width: 640, height: 400, channels: 3, background } })
    .png()
    .toBuffer();
  return { name, mimeType: 'image/png', buffer };
}
