import { randomBytes } from 'node:crypto';
import { cpuOf } from '../cpu.js';
import { Helper } from '../helper.js';
import type { GatewayResult, GatewayTask } from '../load/gateway.js';
import type { Row } from '../report.js';

const IN_FLIGHT = 50;

/** One query over two subgraphs that answer from memory, through our data source and through Apollo's own. */
export async function gateway(ms: number): Promise<Row[]> {
  const viewerSecret = randomBytes(32).toString('hex');
  const subgraphs = Helper.start('subgraph-server');
  try {
    const urls = await subgraphs.call<Record<string, string>>('listen', viewerSecret);
    const measure = async (source: GatewayTask['source']) => {
      const asker = Helper.start('gateway');
      const task = { source, urls, viewerSecret, inFlight: IN_FLIGHT };
      await asker.call('run', { ...task, ms: ms / 3 } satisfies GatewayTask);
      const before = [cpuOf(asker.pid), cpuOf(subgraphs.pid)] as const;
      const { requests, seconds } = await asker.call<GatewayResult>('run', { ...task, ms } satisfies GatewayTask);
      const used = [cpuOf(asker.pid) - before[0], cpuOf(subgraphs.pid) - before[1]] as const;
      await asker.stop();
      return { perSecond: requests / seconds, gatewayUs: used[0] / requests, subgraphsUs: used[1] / requests };
    };
    const theirs = await measure('default');
    const ours = await measure('ours');
    return [
      {
        name: 'gateway, 10 messages and senders over 2 HTTP subgraphs',
        unit: 'requests/s',
        value: ours.perSecond,
        baseline: { name: 'RemoteGraphQLDataSource', value: theirs.perSecond },
        goal: '≥ 3 × the default',
        met: ours.perSecond >= 3 * theirs.perSecond,
        details: {
          gatewayCpuUs: ours.gatewayUs,
          gatewayCpuUsOfDefault: theirs.gatewayUs,
          subgraphsCpuUs: ours.subgraphsUs,
          subgraphsCpuUsWithDefault: theirs.subgraphsUs,
        },
      },
    ];
  } finally {
    await subgraphs.stop();
  }
}
