import { SERVICE_HEADER, type ServiceTokens } from '../auth/service-token.js';
import { unavailable } from '../errors/report.js';
import type { Log } from '../telemetry/log.js';
import type { Instances } from './instances.js';
import type { AskInternal } from './internal.js';

/** Asks subgraphs that run elsewhere, as this process itself. `instancesOf` throws for a subgraph that is not configured. */
export function askSubgraphs(
  instancesOf: (subgraph: string) => Instances,
  serviceTokens: ServiceTokens,
  log: Log,
): AskInternal {
  return async (subgraph, path, body) => {
    const headers = { [SERVICE_HEADER]: serviceTokens.token() };
    const { status, text } = await instancesOf(subgraph)
      .post({ path, body, headers, mayRepeat: true })
      .catch((cause: unknown) => {
        throw unavailable(cause);
      });
    if (status === 200) return text;
    // It takes our requests for a stranger's, or knows another version of the interface: for an operator to put right.
    if (status !== 503) log.error({ subgraph, path, status }, 'a subgraph refused what this process asked');
    throw unavailable(new Error(`${subgraph} answered ${path} with ${status}`));
  };
}
