import { join } from 'node:path';
import { z } from 'zod';
import { inspectPoster } from './inspect-image.js';
import { nothingTold } from './job.js';
import type { Accepted, Claim } from './port.js';
import { Rejection } from './reject.js';
import { inputOf, runFfmpeg } from './run-ffmpeg.js';
import { Waveform } from './waveform.js';

const seconds = z.coerce.number().nonnegative().optional().catch(undefined);
const probed = z.object({
  format: z.object({ duration: seconds }).default({ duration: undefined }),
  streams: z
    .array(
      z.object({
        codec_type: z.string().optional(),
        width: z.number().int().positive().optional().catch(undefined),
        height: z.number().int().positive().optional().catch(undefined),
        sample_aspect_ratio: z.string().optional(),
        duration: seconds,
        disposition: z.object({ attached_pic: z.number() }).partial().default({}),
        side_data_list: z.array(z.object({ rotation: z.number().optional() })).default([]),
      }),
    )
    .default([]),
});
type Stream = z.infer<typeof probed>['streams'][number];

type SoundParts = Pick<Accepted, 'width' | 'height' | 'durationMs' | 'waveform' | 'blurHash' | 'thumbnails' | 'poster'>;

/** The longest side of a poster, pixels. */
const POSTER = 1280;

/** What ffmpeg says of a sound or a video. */
export async function inspectSound(
  file: string,
  { kind }: Pick<Claim, 'kind'>,
  contentType: string,
  folder: string,
  pixels: number,
): Promise<SoundParts> {
  const input = inputOf(file, contentType);
  const output = await runFfmpeg('ffprobe', ['-of', 'json', '-show_format', '-show_streams', ...input]);
  if (!output) throw new Rejection('CORRUPT', 'ffprobe cannot read it');
  const { format, streams } = probed.parse(JSON.parse(output.toString()));
  // A cover is no film.
  const video = streams.find((stream) => stream.codec_type === 'video' && !stream.disposition.attached_pic);
  const audio = streams.find((stream) => stream.codec_type === 'audio');
  if (kind === 'VIDEO' ? !video : !audio || video)
    throw new Rejection('TYPE_MISMATCH', `${streams.map((stream) => stream.codec_type).join(', ') || 'nothing'} in it`);
  const told =
    format.duration ?? streams.reduce<number | undefined>((most, { duration }) => duration ?? most, undefined);

  if (kind !== 'VIDEO') {
    // What a browser records does not say how long it is.
    const waveform = kind === 'VOICE' || told === undefined ? await listen(input) : null;
    if (waveform?.durationMs === 0) throw new Rejection('CORRUPT', 'no sound can be read from it');
    const durationMs = waveform?.durationMs ?? Math.round(told! * 1_000);
    return { ...nothingTold, durationMs, waveform: kind === 'VOICE' ? (waveform?.values ?? null) : null };
  }
  const shape = shapeOf(video!);
  if (shape && shape.width * shape.height > pixels)
    throw new Rejection('TOO_LARGE', `${shape.width} × ${shape.height} pixels`);
  const durationMs = Math.round((told ?? (await lengthOf(input))) * 1_000);
  const picture = await takePicture(input, Math.min(1, durationMs / 2_000), folder);
  const shown = picture ? await inspectPoster(picture, folder, pixels) : {};
  return { ...nothingTold, ...shape, durationMs, ...shown };
}

/** As shown: pixels that are not square made so, and turned as the file says. */
function shapeOf({ width, height, sample_aspect_ratio, side_data_list }: Stream) {
  if (!width || !height) return null;
  const [across = 1, down = 1] = (sample_aspect_ratio ?? '1:1').split(':').map(Number);
  const shown = { width: across > 0 && down > 0 ? Math.round((width * across) / down) : width, height };
  const turned = side_data_list.find(({ rotation }) => rotation !== undefined)?.rotation ?? 0;
  return Math.abs(turned) % 180 === 90 ? { width: shown.height, height: shown.width } : shown;
}

/** Null where no frame can be had. */
async function takePicture(input: string[], atSeconds: number, folder: string): Promise<string | null> {
  const path = join(folder, 'frame.png');
  const filter = `scale='trunc(iw*sar+0.5)':ih,setsar=1,scale='min(${POSTER},iw)':'min(${POSTER},ih)':force_original_aspect_ratio=decrease`;
  // Not the very first, which often is black; of what is too short for that, the first.
  for (const at of [atSeconds, 0]) {
    const args = ['-ss', at.toFixed(3), ...input, '-map', '0:v:0', '-frames:v', '1', '-vf', filter, '-y', path];
    if ((await runFfmpeg('ffmpeg', args)) && (await isThere(path))) return path;
  }
  return null;
}

async function isThere(path: string): Promise<boolean> {
  const { stat } = await import('node:fs/promises');
  return stat(path).then(
    ({ size }) => size > 0,
    () => false,
  );
}

async function listen(input: string[]): Promise<{ durationMs: number; values: number[] }> {
  const waveform = new Waveform();
  const rate = String(Waveform.RATE);
  await runFfmpeg('ffmpeg', [...input, '-map', '0:a:0', '-ac', '1', '-ar', rate, '-f', 's16le', 'pipe:1'], (chunk) =>
    waveform.hear(chunk),
  );
  return { durationMs: waveform.durationMs, values: waveform.values(64) };
}

/** Seconds, from its packets. */
async function lengthOf(input: string[]): Promise<number> {
  const said = await runFfmpeg('ffmpeg', [
    ...input,
    '-map',
    '0:v:0',
    '-c',
    'copy',
    '-progress',
    'pipe:1',
    '-f',
    'null',
    '-',
  ]);
  const times = [...(said?.toString() ?? '').matchAll(/^out_time_us=(\d+)$/gm)];
  return Number(times.at(-1)?.[1] ?? 0) / 1e6;
}
