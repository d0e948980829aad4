import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { crc32, deflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { waitFor } from '../../tests/wait-for.js';
import { createLog, silentLog } from '../telemetry/log.js';
import { ChildInspection } from './child-inspection.js';
import type { Accepted, Claim } from './port.js';

let folder: string;
let inspection: ChildInspection;
let count = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-inspection-'));
  inspection = ChildInspection.open({ log: silentLog() });
});
afterAll(async () => {
  await inspection.close();
  await rm(folder, { recursive: true, force: true });
});

async function newFolder(): Promise<string> {
  const path = join(folder, `made-${++count}`);
  await mkdir(path);
  return path;
}
async function fileOf(bytes: Buffer | string): Promise<string> {
  const path = join(folder, `file-${++count}`);
  await writeFile(path, bytes);
  return path;
}
async function inspect(bytes: Buffer | string, contentType: string, kind: Claim['kind'] = 'IMAGE') {
  return inspection.inspect(await fileOf(bytes), { kind, contentType, filename: 'a' }, await newFolder());
}
async function accepted(...given: Parameters<typeof inspect>): Promise<Accepted> {
  const result = await inspect(...given);
  expect(result).toMatchObject({ kind: 'accepted' });
  return result as Accepted;
}

/** Red on its left, blue on its right. */
function twoColours(width: number, height: number) {
  const half = { width: Math.ceil(width / 2), height, channels: 3, background: 'red' } as const;
  const whole = { width, height, channels: 3, background: 'blue' } as const;
  return sharp({ create: whole }).composite([{ input: { create: half }, left: 0, top: 0 }]);
}
async function colourAt(path: string, x: number, y: number): Promise<'red' | 'blue' | 'other'> {
  const { data, info } = await sharp(path).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const at = (y * info.width + x) * info.channels;
  const [red = 0, , blue = 0] = data.subarray(at, at + 3);
  return red > 180 && blue < 80 ? 'red' : blue > 180 && red < 80 ? 'blue' : 'other';
}

describe('an image', () => {
  test('is turned upright, and keeps nothing of where it was taken', async () => {
    const photo = await twoColours(1600, 800)
      .withExif({ IFD0: { Copyright: 'somebody' }, IFD3: { GPSLatitude: '52/1 30/1 0/1' } })
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer();
    expect((await sharp(photo).metadata()).exif).toBeDefined();
    const made = await accepted(photo, 'image/jpeg');
    expect(made).toMatchObject({ contentType: 'image/jpeg', width: 800, height: 1600 });
    expect(made.thumbnails.map(({ side, width, height }) => [side, width, height])).toEqual([
      [128, 64, 128],
      [512, 256, 512],
      [1280, 640, 1280],
    ]);
    for (const { path, width, height } of [
      ...made.thumbnails,
      { path: made.cleaned!.path, width: 800, height: 1600 },
    ]) {
      expect([
        await colourAt(path, width >> 1, height >> 3),
        await colourAt(path, width >> 1, height - (height >> 3)),
      ]).toEqual(['red', 'blue']);
      const { exif, xmp, iptc, orientation } = await sharp(path).metadata();
      expect([exif, xmp, iptc, orientation ?? 1]).toEqual([undefined, undefined, undefined, 1]);
    }
    expect(made.blurHash).toMatch(/^[0-9A-Za-z#$%*+,\-.:;=?@[\]^_{|}~]{28}$/);
  });

  test('that is small is not enlarged', async () => {
    const { thumbnails } = await accepted(await twoColours(300, 200).png().toBuffer(), 'image/png');
    expect(thumbnails.map(({ side, width, height }) => [side, width, height])).toEqual([
      [128, 128, 85],
      [512, 300, 200],
    ]);
    expect((await accepted(await twoColours(1, 1).png().toBuffer(), 'image/png')).thumbnails).toHaveLength(1);
  });

  test.each(['png', 'webp', 'gif', 'avif'] as const)('may be %s', async (format) => {
    const image = await twoColours(200, 100).toFormat(format).toBuffer();
    const { contentType, width, height, cleaned } = await accepted(image, `image/${format}`);
    expect([contentType, width, height]).toEqual([`image/${format}`, 200, 100]);
    expect(await colourAt(cleaned!.path, 20, 50)).toBe('red');
  });

  test('that moves goes on moving, and its thumbnail stands still', async () => {
    const frames = await Promise.all(
      ['red', 'blue', 'red'].map((background) =>
        sharp({ create: { width: 60, height: 40, channels: 3, background } })
          .png()
          .toBuffer(),
      ),
    );
    const gif = await sharp(frames, { join: { animated: true } })
      .gif()
      .toBuffer();
    const { width, height, cleaned, thumbnails } = await accepted(gif, 'image/gif');
    expect([width, height]).toEqual([60, 40]);
    expect((await sharp(cleaned!.path).metadata()).pages).toBe(3);
    expect((await sharp(thumbnails[0]!.path).metadata()).pages ?? 1).toBe(1);
    expect(await colourAt(thumbnails[0]!.path, 30, 20)).toBe('red');
  });

  test('with something behind its end is served without', async () => {
    const polyglot = Buffer.concat([
      await twoColours(50, 50).jpeg().toBuffer(),
      Buffer.from('PK\u0003\u0004<script>alert(1)</script>'),
    ]);
    const { cleaned } = await accepted(polyglot, 'image/jpeg');
    expect((await readFile(cleaned!.path)).includes('script')).toBe(false);
    const hidden = await twoColours(50, 50)
      .withExif({ IFD0: { ImageDescription: '<script>alert(1)</script>' } })
      .jpeg()
      .toBuffer();
    expect(hidden.includes('script')).toBe(true);
    expect((await readFile((await accepted(hidden, 'image/jpeg')).cleaned!.path)).includes('script')).toBe(false);
  });
});

/** A PNG that says to be so large. `format`: bits of a sample, and 0 for grey or 2 for colours. */
function pngOf(width: number, height: number, format: [bits: number, colours: number], pixels: Buffer): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width);
  header.writeUInt32BE(height, 4);
  header.set([...format, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(pixels)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
/** Says to be so large, and is some bytes. */
const bomb = (width: number, height: number) => pngOf(width, height, [8, 2], Buffer.alloc(1 << 24));

describe('a file that is not what it says', () => {
  const html = '<!doctype html><script>alert(1)</script>';
  test.each([
    ['HTML named .jpg', html, 'image/jpeg', 'TYPE_MISMATCH'],
    [
      'an SVG',
      '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
      'image/svg+xml',
      'TYPE_MISMATCH',
    ],
    ['a GIF that is a script', `GIF89a=1;${html}`, 'image/gif', 'CORRUPT'],
    ['nothing at all', '', 'image/png', 'TYPE_MISMATCH'],
    ['a bomb', bomb(50_000, 50_000), 'image/png', 'TOO_LARGE'],
    [
      'the largest that a PNG can say',
      bomb(2 ** 31 - 1, 2 ** 31 - 1),
      'image/png',
      expect.stringMatching(/TOO_LARGE|CORRUPT/),
    ],
  ])('%s is rejected', async (_what, bytes, contentType, rejection) => {
    expect(await inspect(bytes, contentType)).toMatchObject({ kind: 'rejected', rejection });
  });

  test('a photo that ends too soon, or is damaged, is rejected', async () => {
    const photo = await sharp({
      create: {
        width: 800,
        height: 600,
        channels: 3,
        background: 'red',
        noise: { type: 'gaussian', mean: 128, sigma: 40 },
      },
    })
      .jpeg()
      .toBuffer();
    expect(await inspect(photo.subarray(0, photo.length >> 1), 'image/jpeg')).toMatchObject({ rejection: 'CORRUPT' });
    const png = await sharp(photo).png().toBuffer();
    expect(await inspect(Buffer.from(png).fill(0, 2_000, 3_000), 'image/png')).toMatchObject({ rejection: 'CORRUPT' });
    expect(await inspect(photo, 'image/png')).toMatchObject({ rejection: 'TYPE_MISMATCH' });
  });

  test('an animation counts all its frames', async () => {
    const small = ChildInspection.open({ log: silentLog(), limits: { pixels: 10_000 } });
    const frames = await Promise.all(
      ['red', 'blue'].map((background) =>
        sharp({ create: { width: 90, height: 90, channels: 3, background } })
          .png()
          .toBuffer(),
      ),
    );
    const gif = await fileOf(
      await sharp(frames, { join: { animated: true } })
        .gif()
        .toBuffer(),
    );
    const claim = { kind: 'IMAGE', contentType: 'image/gif', filename: 'a' } as const;
    expect(await small.inspect(gif, claim, await newFolder())).toMatchObject({ rejection: 'TOO_LARGE' });
    await small.close();
  });

  test('HTML as a file is a file', async () => {
    expect(await accepted(html, 'text/html', 'FILE')).toMatchObject({
      contentType: 'text/html',
      cleaned: null,
      thumbnails: [],
    });
  });
});

describe('the process that inspects', () => {
  const claim = { kind: 'IMAGE', contentType: 'image/png', filename: 'a' } as const;
  const running = (file: string) => {
    const { stdout } = spawnSync('ps', ['-eo', 'args'], { encoding: 'utf8' });
    return stdout.split('\n').filter((line) => line.includes(file)).length;
  };

  /** That takes more than a second, and is made in no time: a bit for each of its 98 million pixels, all black. */
  let largePng: string;
  beforeAll(async () => {
    const side = 9_900;
    const row = 1 + Math.ceil(side / 8);
    largePng = await fileOf(pngOf(side, side, [1, 0], Buffer.alloc(side * row)));
  });

  test('is ended when it takes too long, and the next upload is inspected', async () => {
    const hasty = ChildInspection.open({ log: silentLog(), limits: { wallMs: 300 } });
    expect(await hasty.inspect(largePng, claim, await newFolder())).toMatchObject({ rejection: 'TOO_LARGE' });
    expect(running(largePng)).toBe(0);
    await hasty.close();
    await accepted(await twoColours(10, 10).png().toBuffer(), 'image/png');
  });

  test('is ended by the system when it takes too much of a processor', async () => {
    const idle = ChildInspection.open({ log: silentLog(), limits: { cpuSeconds: 1 } });
    const create = { width: 5_000, height: 5_000, channels: 3, background: 'red' } as const;
    const file = await fileOf(await sharp({ create }).webp({ lossless: true, effort: 0 }).toBuffer());
    const webp = { ...claim, contentType: 'image/webp' };
    expect(await idle.inspect(file, webp, await newFolder())).toMatchObject({ rejection: 'TOO_LARGE' });
    await idle.close();
  });

  test('that has too little memory to begin says nothing of the file', async () => {
    const tight = ChildInspection.open({ log: silentLog(), limits: { memoryMb: 200 } });
    const file = await fileOf(await twoColours(10, 10).png().toBuffer());
    await expect(tight.inspect(file, claim, await newFolder())).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await tight.close();
  });

  test('has none of the environment', async () => {
    process.env.PARLEY_TEST_ONLY_SECRET = 'x';
    const watching = ChildInspection.open({ log: silentLog() });
    const inspecting = watching.inspect(largePng, claim, await newFolder());
    const ended = expect(inspecting).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    const pid = await waitFor(
      'it runs',
      () => {
        const { stdout } = spawnSync('pgrep', ['-f', largePng], { encoding: 'utf8' });
        return stdout.split('\n')[0] || null;
      },
      20_000,
    );
    expect(await readFile(`/proc/${pid}/environ`, 'utf8')).not.toContain('PARLEY');
    await watching.close();
    await ended;
    expect(running(largePng)).toBe(0);
    delete process.env.PARLEY_TEST_ONLY_SECRET;
  });

  test('many at once wait for each other', async () => {
    const file = await fileOf(await twoColours(10, 10).png().toBuffer());
    const results = await Promise.all([1, 2, 3].map(async () => inspection.inspect(file, claim, await newFolder())));
    expect(results.map(({ kind }) => kind)).toEqual(['accepted', 'accepted', 'accepted']);
  });
});

const hasFfmpeg = !spawnSync('ffmpeg', ['-version']).error;
(hasFfmpeg ? describe : describe.skip)('sound and video, with ffmpeg', () => {
  const make = async (ending: string, ...args: string[]) => {
    const path = join(folder, `made-${++count}.${ending}`);
    await promisify(execFile)('ffmpeg', ['-v', 'error', '-y', ...args, path]);
    return readFile(path);
  };
  const tone = ['-f', 'lavfi', '-i', 'sine=frequency=440:duration=2'];
  const film = ['-f', 'lavfi', '-i', 'color=red:size=320x180:duration=3:rate=10'];

  test('a voice note has its length and its loudness', async () => {
    const quietThenLoud = await make('ogg', ...tone, '-af', "volume='if(lt(t,1),0.1,1)':eval=frame", '-c:a', 'libopus');
    const { durationMs, waveform, contentType } = await accepted(quietThenLoud, 'audio/ogg', 'VOICE');
    expect(contentType).toBe('audio/ogg');
    expect(durationMs).toBeGreaterThan(1_900);
    expect(durationMs).toBeLessThan(2_200);
    expect(waveform).toHaveLength(64);
    expect(Math.max(...waveform!)).toBe(100);
    expect(Math.max(...waveform!.slice(4, 28))).toBeLessThan(25);
    expect(Math.min(...waveform!.slice(36, 60))).toBeGreaterThan(75);
  });

  test('one of a browser, which does not say how long it is, too', async () => {
    // As MediaRecorder writes: to a stream, without a length.
    const path = await fileOf('');
    execFileSync('sh', ['-c', 'ffmpeg -v error -f lavfi -i sine=duration=2 -c:a libopus -f webm pipe:1 > "$0"', path]);
    const result = await inspection.inspect(
      path,
      { kind: 'VOICE', contentType: 'audio/webm;codecs=opus', filename: 'a' },
      await newFolder(),
    );
    expect(result).toMatchObject({ kind: 'accepted', contentType: 'audio/webm' });
    expect((result as Accepted).durationMs).toBeGreaterThan(1_900);
  });

  test('silence is all zeros', async () => {
    const silence = await make('wav', '-f', 'lavfi', '-i', 'anullsrc=duration=1');
    expect((await accepted(silence, 'audio/wav', 'VOICE')).waveform).toEqual(Array(64).fill(0));
  });

  test('a sound has its length and no waveform', async () => {
    expect(await accepted(await make('mp3', ...tone), 'audio/mpeg', 'AUDIO')).toMatchObject({
      waveform: null,
      durationMs: expect.any(Number),
    });
  });

  test('a video has its size, length, poster and thumbnails', async () => {
    const made = await accepted(await make('mp4', ...film, '-c:v', 'mpeg4'), 'video/mp4', 'VIDEO');
    expect(made).toMatchObject({ width: 320, height: 180, durationMs: 3_000, poster: { width: 320, height: 180 } });
    expect(made.thumbnails.map(({ side }) => side)).toEqual([128, 512]);
    expect(await colourAt(made.poster!.path, 100, 100)).toBe('red');
    expect(made.blurHash).not.toBeNull();
  });

  test('a video that a telephone turned is shown upright', async () => {
    const film = await make('mp4', '-f', 'lavfi', '-i', 'color=red:size=320x180:duration=1:rate=10', '-c:v', 'mpeg4');
    const [flat, turned] = [await fileOf(film), join(folder, 'turned.mp4')];
    execFileSync('ffmpeg', ['-v', 'error', '-y', '-i', flat, '-c', 'copy', '-metadata:s:v', 'rotate=90', turned]);
    expect(await accepted(await readFile(turned), 'video/mp4', 'VIDEO')).toMatchObject({
      width: 180,
      height: 320,
      poster: { width: 180, height: 320 },
    });
  });

  test('what is no video, no sound, or damaged is rejected', async () => {
    const sound = await make('mp4', ...tone, '-c:a', 'aac');
    expect(await inspect(sound, 'video/mp4', 'VIDEO')).toMatchObject({ rejection: 'TYPE_MISMATCH' });
    const video = await make('mp4', ...film, '-c:v', 'mpeg4');
    expect(await inspect(video, 'audio/mp4', 'VOICE')).toMatchObject({ rejection: 'TYPE_MISMATCH' });
    expect(await inspect(video.subarray(0, video.length >> 1), 'video/mp4', 'VIDEO')).toMatchObject({
      rejection: 'CORRUPT',
    });
  });

  test('what reads a sound that takes too long is ended with it', async () => {
    const endless = await fileOf(await make('wav', ...tone, '-ar', '8000'));
    // Hours of silence after it, which take no space.
    const header = await readFile(endless);
    header.writeUInt32LE(0xfffffff0, header.indexOf('data') + 4);
    await writeFile(endless, header);
    await truncate(endless, 4_000_000_000);
    const hasty = ChildInspection.open({ log: silentLog(), limits: { wallMs: 1_000 } });
    const claim = { kind: 'VOICE', contentType: 'audio/wav', filename: 'a' } as const;
    expect(await hasty.inspect(endless, claim, await newFolder())).toMatchObject({ rejection: 'TOO_LARGE' });
    const { stdout } = spawnSync('ps', ['-eo', 'args'], { encoding: 'utf8' });
    expect(stdout).not.toContain(endless);
    await hasty.close();
  });

  test('a playlist that names other files is read by nobody', async () => {
    const secret = await fileOf(await make('wav', ...tone));
    const playlist = `ftypisom\n#EXTM3U\n#EXTINF:1,\nfile://${secret}\n`;
    expect(await inspect(playlist, 'audio/mp4', 'AUDIO')).toMatchObject({ kind: 'rejected' });
    const concat = Buffer.concat([
      Buffer.from('\0\0\0\x18ftypmp42\0\0\0\0isommp42'),
      Buffer.from(`\nffconcat version 1.0\nfile ${secret}\n`),
    ]);
    expect(await inspect(concat, 'audio/mp4', 'AUDIO')).toMatchObject({ rejection: 'CORRUPT' });
  });
});

test('without ffmpeg, sounds and videos are taken as they are, and the log says so once', async () => {
  const lines: string[] = [];
  const log = createLog('info', { write: (line) => void lines.push(line) });
  const plain = ChildInspection.open({ log, hasFfmpeg: false });
  expect(lines.join()).toContain('ffmpeg is not installed');
  // A WAV of no samples: its magic bytes are all that is looked at.
  const wav = await fileOf(
    Buffer.from(
      'RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0data\0\0\0\0',
      'latin1',
    ),
  );
  const claim = { kind: 'VOICE', contentType: 'audio/wav', filename: 'a' } as const;
  expect(await plain.inspect(wav, claim, await newFolder())).toMatchObject({
    kind: 'accepted',
    durationMs: null,
    waveform: null,
  });
  expect(lines).toHaveLength(1);
  await plain.close();
});
