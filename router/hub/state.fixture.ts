import { Registry } from 'prom-client';
import type { Person } from '../../platform/auth/caller.js';
import { EmbeddedPubSub } from '../../platform/pubsub/embedded.js';
import { silentLog } from '../../platform/telemetry/log.js';
import type { StateEvent } from '../../schema/presence.js';
import { Renderer, type RenderGroup } from './renderer.js';

export interface Rendered {
  event: StateEvent;
  /** Which document. */
  key: string;
}

/** What topics of states need, with renderings kept, and subscribers that remember what they were told. */
export function stateFixture(rootField: string) {
  const rendered: Rendered[] = [];
  let hold: Promise<void> = Promise.resolve();
  const failing = { isOn: false, count: 0 };
  const renderer = new Renderer(async (group, _variables, event) => {
    await hold;
    if (failing.isOn) {
      failing.count++;
      throw new Error('the subgraph is down');
    }
    rendered.push({ event: event as StateEvent, key: group.key });
    return { data: { event } };
  });
  return {
    pubsub: new EmbeddedPubSub(),
    renderer,
    rendered,
    registry: new Registry(),
    log: silentLog(),
    /** Renderings wait until the returned function is called. */
    holdRenderings(): () => void {
      let release: () => void = () => undefined;
      hold = new Promise((resolve) => {
        release = resolve;
      });
      return release;
    },
    failing,
    subscriber(userId: string, key = 'document') {
      const viewer: Person = { kind: 'person', userId, deviceId: `${userId}'s`, startedAt: 0 };
      const group: RenderGroup = {
        key,
        document: null as never,
        operationName: null,
        rootField,
        variables: {},
        viewer: null,
      };
      const told: StateEvent[] = [];
      const connection = { told, backlog: 0, ended: false, drained: () => undefined as void };
      const sink = {
        write: (payload: Buffer) => {
          told.push((JSON.parse(payload.toString()) as { data: { event: StateEvent } }).data.event);
        },
        backlog: () => connection.backlog,
        onDrain: (callback: () => void) => {
          connection.drained = callback;
        },
        end: () => {
          connection.ended = true;
        },
        fail: () => undefined,
        close: () => undefined,
        onClose: () => undefined,
      };
      return { connection, told, subscription: { viewer, group, sink } };
    },
  };
}
