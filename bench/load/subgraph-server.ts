import { ViewerTokens } from '../../platform/auth/viewer-token.js';
import { serveSubgraph } from '../../platform/subgraph/serve.js';
import { silentLog } from '../../platform/telemetry/log.js';
import { answer } from '../helper.js';
import { stubSubgraph, type StubName } from '../stub-subgraphs.js';

const names: StubName[] = ['messages', 'users'];

answer({
  /** The URL of each stub subgraph by its name. */
  async listen(viewerSecret: string): Promise<Record<string, string>> {
    const viewerTokens = new ViewerTokens(Buffer.from(viewerSecret));
    const options = { host: '127.0.0.1', port: 0, viewerTokens, log: silentLog() };
    const servers = await Promise.all(names.map((name) => serveSubgraph(stubSubgraph(name), options)));
    return Object.fromEntries(names.map((name, index) => [name, `${servers[index]!.url}/graphql`]));
  },
});
