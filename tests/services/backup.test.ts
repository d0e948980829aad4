import { execFile } from 'node:child_process';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from '@jest/globals';
import { createGroup, draft, postUntilAcked, say, signUp, type Send } from '../chat.js';
import { Device } from '../client.js';
import { withDatabase } from '../database.js';
import { databaseIsSound } from '../database-invariants.js';
import { Following } from '../following.js';
import { ackedOnce, comesToHistory, denseSeq, unreadIsRecount } from '../invariants.js';
import { parleyTool } from '../operator.js';
import { ParleyProcess } from '../parley-process.js';
import { testDirectory } from '../running-parley.js';

const run = promisify(execFile);
const open: { close(): void }[] = [];
const running: ParleyProcess[] = [];
afterAll(async () => {
  for (const each of open) each.close();
  for (const parley of running) await parley.remove();
}, 60_000);

/** As docs/operations.md says: a copy of the data directory of a Parley that goes on, between two statements. */
async function backUp(dataDir: string, copy: string): Promise<void> {
  await withDatabase(dataDir, async (database) => {
    await database.one("select pg_backup_start('copy', true)");
    await copyAll(dataDir, copy);
    const [stopped] = await database.one<{ labelfile: string }>('select labelfile from pg_backup_stop()');
    await copyAll(join(copy, 'postgres/PG_VERSION'), join(copy, 'postgres/backup_label')); // for its owner
    await writeFile(join(copy, 'postgres/backup_label'), stopped!.labelfile);
  });
  // What was written meanwhile stands in the log, the newest of it only now.
  await rm(join(copy, 'postgres/pg_wal'), { recursive: true });
  await copyAll(join(dataDir, 'postgres/pg_wal'), join(copy, 'postgres/pg_wal'));
  await rm(join(copy, 'postgres/postmaster.pid'));
}

/** With owners, as Postgres may run as somebody else. Files that go meanwhile are in nobody's way. */
const copyAll = (from: string, to: string) => run('cp', ['-a', from, to]).catch(() => undefined);

test('a copy made while people talk is a Parley with all that was acknowledged before it; devices that know more go on, too', async () => {
  const parley = await ParleyProcess.start();
  running.push(parley);
  const [ann, bob] = await Promise.all(['Ann', 'Bob'].map((name) => signUp(parley.url, name)));
  open.push(ann!, bob!);
  const group = await createGroup(ann!, 'Kept', [bob!]);
  const before: Send[] = [];
  let isOver = false;
  const talking = (async () => {
    for (let i = 1; !isOver; i++) {
      const send = draft(ann!, group, `message ${i}`);
      await postUntilAcked(send);
      if (!isOver) before.push(send);
    }
  })();
  const directory = await testDirectory();
  const copy = join(directory, 'data');
  await say(bob!, group, 'before');
  const known = before.length;
  await backUp(parley.dataDir, copy);
  isOver = true;
  await talking;
  const ahead = await Following.start(bob!, group);
  await say(ann!, group, 'after, and lost with the disk');
  await ahead.untilMessage('after, and lost with the disk');
  ahead.stop();
  await parley.stop();

  const restored = await ParleyProcess.startOn(async (dataDir) => {
    await rename(copy, dataDir);
    const tool = await parleyTool(dataDir, 'shards', 'restored');
    expect(tool).toEqual({
      code: 0,
      printed: 'Cursors from before are void on shard0, shard1: devices read all anew.\n',
    });
  });
  running.push(restored);
  await rm(directory, { recursive: true });
  const [annAgain, bobAgain] = [ann!, bob!].map((device) => new Device(restored.url, device.person, device.session));
  open.push(annAgain!, bobAgain!);
  const kept = (await denseSeq(annAgain!, group)).map(({ body }) => body);
  expect(kept).toEqual(expect.arrayContaining(['before', ...before.slice(0, known).map(({ body }) => body)]));
  expect(kept).not.toContain('after, and lost with the disk');
  await ackedOnce(before.slice(0, known).map((send) => ({ ...send, sender: annAgain! })));
  await unreadIsRecount(bobAgain!);
  await withDatabase(restored.dataDir, (database) => databaseIsSound(database));

  // Bob's device has seen what is gone: its cursor must not pass over what takes those versions now.
  const following = await Following.start(bobAgain!, group, { after: ahead.cursor, persists: true });
  await say(annAgain!, group, 'we go on');
  await following.untilMessage('we go on');
  await comesToHistory(following);
  following.stop();
}, 120_000);
