import { spawn } from 'node:child_process';

/** The demuxer of each type: a file that names others, as playlists do, is never read as such. */
export const demuxers: Record<string, string> = {
  'video/mp4': 'mov',
  'audio/mp4': 'mov',
  'video/quicktime': 'mov',
  'video/webm': 'matroska',
  'audio/webm': 'matroska',
  'video/ogg': 'ogg',
  'audio/ogg': 'ogg',
  'audio/mpeg': 'mp3',
  'audio/aac': 'aac',
  'audio/wav': 'wav',
  'audio/flac': 'flac',
};

/** Opens a file by its type alone, and nothing that it names. */
export const inputOf = (file: string, contentType: string): string[] => [
  ...['-protocol_whitelist', 'file,pipe'],
  ...['-f', demuxers[contentType] ?? 'mov'],
  ...['-i', `file:${file}`],
];

/**
 * Runs ffmpeg or ffprobe with one thread. `onOutput` sees what it writes; without one, up to 1 MB of it is returned. Null
 * where it fails.
 */
export async function runFfmpeg(
  program: 'ffmpeg' | 'ffprobe',
  args: string[],
  onOutput?: (chunk: Buffer) => void,
): Promise<Buffer | null> {
  const own = program === 'ffmpeg' ? ['-nostdin', '-threads', '1'] : [];
  const child = spawn(program, ['-v', 'error', '-hide_banner', ...own, ...args], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const chunks: Buffer[] = [];
  let size = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    if (onOutput) return onOutput(chunk);
    size += chunk.length;
    if (size > 1 << 20) child.kill('SIGKILL');
    else chunks.push(chunk);
  });
  return new Promise((resolve) => {
    child.once('error', () => resolve(null));
    child.once('close', (code) => resolve(code === 0 ? Buffer.concat(chunks) : null));
  });
}
