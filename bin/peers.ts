import type { AskInternal, InternalCall } from '../platform/subgraph/internal.js';
import { internalCalls, remoteInterface } from '../platform/subgraph/internal.js';
import type { Internal } from '../schema/internal.js';

type Methods = Record<string, (...args: unknown[]) => unknown>;

/**
 * What subgraphs answer each other and the router beyond GraphQL: called directly where the subgraph runs in this process,
 * else asked over HTTP. Subgraphs ask each other in circles, so which of the two it is is looked up at each call.
 */
export class Peers {
  private readonly here = new Map<string, Methods>();
  private readonly served: { subgraph: string; calls: InternalCall[] }[] = [];

  constructor(private readonly ask: AskInternal) {}

  /** Has a subgraph of this process answer. */
  provide<T extends object>(description: Internal<T>, target: T): void {
    this.here.set(keyOf(description), target as unknown as Methods);
    this.served.push({ subgraph: description.subgraph, calls: internalCalls(description, target) });
  }

  of<T extends object>(description: Internal<T>): T {
    const key = keyOf(description);
    const remote = remoteInterface(description, this.ask) as unknown as Methods;
    const methods = Object.keys(description.methods).map((method) => [
      method,
      (...args: unknown[]) => (this.here.get(key) ?? remote)[method]!(...args),
    ]);
    return Object.fromEntries(methods) as T;
  }

  /** What a subgraph of this process answers over HTTP. */
  callsOf(subgraph: string): InternalCall[] {
    return this.served.filter((each) => each.subgraph === subgraph).flatMap(({ calls }) => calls);
  }
}

function keyOf({ subgraph, name }: { subgraph: string; name: string }): string {
  return `${subgraph}/${name}`;
}
