import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { createLog, silentLog } from '../telemetry/log.js';
import { mailContract } from './contract.js';
import { EmbeddedMail } from './embedded.js';

const newFolder = async () => join(await mkdtemp(join(tmpdir(), 'parley-mail-')), 'mail');

mailContract('embedded', async (from) => {
  const folder = await newFolder();
  return {
    mail: new EmbeddedMail({ folder, from, log: silentLog() }),
    arrived: async () => Promise.all((await readdir(folder)).map((file) => readFile(join(folder, file), 'utf8'))),
    end: () => rm(folder, { recursive: true, force: true }),
  };
});

test('the log tells where the letter is and what it is about, and nobody else may read the file', async () => {
  const folder = await newFolder();
  const lines: string[] = [];
  const log = createLog('info', { write: (line) => void lines.push(line) });
  const mail = new EmbeddedMail({ folder, from: 'parley@example.org', log });
  await mail.send({ to: 'ann@example.org', subject: 'Your code', text: 'Code: ABCD', action: 'ABCD' });
  const [name = ''] = await readdir(folder);
  expect(JSON.parse(lines[0]!)).toMatchObject({ file: join(folder, name), action: 'ABCD', msg: 'mail: Your code' });
  expect(lines[0]).not.toContain('ann@example.org');
  expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
  await rm(folder, { recursive: true, force: true });
});
