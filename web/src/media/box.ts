/** The largest box of a picture in the history, in CSS pixels. */
const [WIDEST, HIGHEST, NARROWEST] = [320, 340, 96];

export interface Box {
  width: number;
  height: number;
}

/** Where a picture goes: kept free before there is anything to show of it. */
export function boxOf(width: number | null | undefined, height: number | null | undefined): Box {
  if (!width || !height) return { width: WIDEST, height: 240 };
  const scale = Math.min(WIDEST / width, HIGHEST / height, 1);
  return { width: Math.max(NARROWEST, Math.round(width * scale)), height: Math.max(48, Math.round(height * scale)) };
}

/** What a kind other than a picture takes, in CSS pixels. */
const LINE = 64;

/** About what attachments take, before the code that shows them is there. */
export function heightOf(
  media: readonly ({ kind: string; width?: number | null; height?: number | null } | null)[],
): number {
  const pictures = media.filter((each) => each?.kind === 'IMAGE' || each?.kind === 'VIDEO');
  const [first] = pictures;
  const grid = pictures.length > 1 ? Math.ceil(pictures.length / 2) * (TILE + 4) : 0;
  const shown = pictures.length === 1 ? boxOf(first?.width, first?.height).height : grid;
  return shown + (media.length - pictures.length) * LINE;
}

/** Of one of several pictures. */
export const TILE = 156;
