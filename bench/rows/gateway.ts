import { randomBytes } from 'node:crypto';
import { cpuOf } from '../cpu.js';
import { Helper } from '../helper.js';
import type { GatewayResult, GatewayTask } from '../load/gateway.js';
import type { Row } from '../report.js';

const IN_FLIGHT = 50;
const ROUNDS = 3;

/** One query over two subgraphs that answer from memory, through our data source and through Apollo's own. */
export async function gateway(ms: number): Promise<Row[]> {
  const viewerSecret = randomBytes(32).toString('hex');
  const subgraphs = Helper.start('subgraph-server');
  try {
    const urls = await subgraphs.call<Record<string, string>>('listen', viewerSecret);
    const [theirs, ours] = [
      await Asker.start('default', urls, viewerSecret),
      await Asker.start('ours', urls, viewerSecret),
    ];
    // They take turns, so that a noisy neighbour hits both.
    for (let round = 0; round < ROUNDS; round++) for (const asker of [theirs, ours]) await asker.ask(ms / ROUNDS);
    await Promise.all([theirs.stop(), ours.stop()]);
    return [
      {
        name: 'gateway, 10 messages and senders over 2 HTTP subgraphs',
        unit: 'requests/s',
        value: ours.perSecond,
        baseline: { name: 'RemoteGraphQLDataSource', value: theirs.perSecond },
        goal: '≥ 3 × the default',
        met: ours.perSecond >= 3 * theirs.perSecond,
        details: {
          gatewayCpuUs: ours.cpuPerRequest,
          gatewayCpuUsOfDefault: theirs.cpuPerRequest,
        },
      },
    ];
  } finally {
    await subgraphs.stop();
  }
}

/** A gateway in a process of its own, and what it has done so far. */
class Asker {
  private requests = 0;
  private seconds = 0;
  private cpu = 0;

  private constructor(private readonly helper: Helper) {}

  static async start(
    source: GatewayTask['source'],
    urls: Record<string, string>,
    viewerSecret: string,
  ): Promise<Asker> {
    const helper = Helper.start('gateway');
    await helper.call('open', { source, urls, viewerSecret } satisfies GatewayTask);
    await helper.call('run', { inFlight: IN_FLIGHT, ms: 2_000 });
    return new Asker(helper);
  }

  async ask(ms: number): Promise<void> {
    const before = cpuOf(this.helper.pid);
    const { requests, seconds } = await this.helper.call<GatewayResult>('run', { inFlight: IN_FLIGHT, ms });
    this.requests += requests;
    this.seconds += seconds;
    this.cpu += cpuOf(this.helper.pid) - before;
  }

  get perSecond(): number {
    return this.requests / this.seconds;
  }

  get cpuPerRequest(): number {
    return this.cpu / this.requests;
  }

  stop(): Promise<void> {
    return this.helper.stop();
  }
}
