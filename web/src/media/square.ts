import { ParleyError } from '@parley/client';
import { strings } from '../strings';

/** In pixels: more than is ever shown of a picture this small. */
const MOST = 512;

/** The middle of an image, as a square. Throws a ParleyError where this browser cannot read it. */
export async function squareOf(file: File): Promise<{ blob: Blob; filename: string; side: number }> {
  const image = await createImageBitmap(file).catch(() => null);
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d');
  if (!image || !context) throw new ParleyError('UNSUPPORTED_TYPE', strings.media.avatar.unreadable, false);
  const cut = Math.min(image.width, image.height);
  const side = Math.min(cut, MOST);
  [canvas.width, canvas.height] = [side, side];
  context.imageSmoothingQuality = 'high';
  context.drawImage(image, (image.width - cut) / 2, (image.height - cut) / 2, cut, cut, 0, 0, side, side);
  image.close();
  // What can be seen through stays so.
  const type = file.type === 'image/png' ? 'image/png' : 'image/jpeg';
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, type, 0.9));
  if (!blob) throw new ParleyError('UNSUPPORTED_TYPE', strings.media.avatar.unreadable, false);
  return { blob, filename: type === 'image/png' ? 'picture.png' : 'picture.jpg', side };
}
