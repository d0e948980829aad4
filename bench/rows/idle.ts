import { Helper } from '../helper.js';
import type { ListenTask } from '../load/receivers.js';
import { gcOnSignal, memoryWithoutGarbage, type Memory } from '../memory.js';
import { Parley } from '../parley.js';
import { signUp } from '../people.js';
import type { Row } from '../report.js';

const SOCKETS = 2_000;

/** What a signed-in connection with an inbox stream costs in memory of the server, garbage collected. */
export async function idle(dataDir: string): Promise<Row[]> {
  const receivers = Helper.start('receivers');
  const plain = Helper.start('plain-server', gcOnSignal);
  const parley = await Parley.start(dataDir, gcOnSignal);
  try {
    const perSocket = async (pid: number, task: Omit<ListenTask, 'accessTokens'>, accessTokens: string[]) => {
      const listen = async (sockets: number) => {
        const tokens = Array.from({ length: sockets }, (_, index) => accessTokens[index % accessTokens.length]!);
        await receivers.call('listen', { ...task, accessTokens: tokens } satisfies ListenTask);
      };
      await listen(100); // code and caches that the first few make necessary
      await receivers.call('close');
      const before = await memoryWithoutGarbage(pid);
      await listen(SOCKETS);
      const after = await memoryWithoutGarbage(pid);
      await receivers.call('close');
      const grown = (part: keyof Memory) => (after[part] - before[part]) / SOCKETS;
      return { resident: grown('resident'), heap: grown('heap') };
    };
    const people = await signUp(parley.url, 100);
    const task = { after: null, atOnce: false };
    const ours = await perSocket(
      parley.pid,
      { ...task, kind: 'inbox', url: parley.socketUrl },
      people.map(({ accessToken }) => accessToken),
    );
    const url = await plain.call<string>('listen', { sample: null, replay: 0 });
    const theirs = await perSocket(plain.pid, { ...task, kind: 'plain', url }, ['']);
    return [
      {
        name: `idle socket with an inbox stream (${SOCKETS} opened)`,
        unit: 'KB',
        value: ours.resident,
        baseline: { name: 'plain ws', value: theirs.resident },
        goal: '≤ 20 KB',
        met: ours.resident <= 20,
      },
      {
        name: 'idle socket, what it keeps in the heap',
        unit: 'KB',
        value: ours.heap,
        baseline: { name: 'plain ws', value: theirs.heap },
        goal: '',
        met: true,
      },
    ];
  } finally {
    await Promise.all([receivers.stop(), plain.stop(), parley.stop()]);
  }
}
