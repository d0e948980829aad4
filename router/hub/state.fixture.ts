import { Registry } from 'prom-client';
import type { Person } from '../../platform/auth/caller.js';
import { newUuid } from '../../platform/ids/ids.js';
import { EmbeddedPubSub } from '../../platform/pubsub/embedded.js';
import { silentLog } from '../../platform/telemetry/log.js';
import type { StateEvent } from '../../schema/presence.js';
import { Renderer, type RenderGroup } from './renderer.js';

const uuids = new Map<string, string>();

/** The same for the same name. */
export function uuidOf(name: string): string {
  const uuid = uuids.get(name) ?? newUuid(1);
  uuids.set(name, uuid);
  return uuid;
}
export function nameOf(uuid: string): string {
  return [...uuids].find(([, each]) => each === uuid)?.[0] ?? uuid;
}

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
    subscriber(name: string, args: Record<string, unknown>, key = 'document') {
      const viewer: Person = { kind: 'person', userId: uuidOf(name), deviceId: `${name}'s`, startedAt: 0 };
      const group: RenderGroup = {
        key,
        document: null as never,
        operationName: null,
        rootField,
        variables: {},
        viewer: null,
      };
      const told: StateEvent[] = [];
      const connection = {
        told,
        backlog: 0,
        ended: false,
        drained: () => undefined as void,
        close: () => undefined as void,
      };
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
        onClose: (callback: () => void) => {
          connection.close = callback;
        },
      };
      return { connection, told, request: { viewer, args, group, sink } };
    },
  };
}
