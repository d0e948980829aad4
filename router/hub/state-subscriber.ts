import type { Person } from '../../platform/auth/caller.js';
import type { LiveState } from '../../schema/states.js';
import type { Renderer } from './renderer.js';
import type { StreamRequest } from './root-stream.js';

/** Bytes that may wait on a connection before its states are held back. */
const BACKLOG_LIMIT = 1024 * 1024;

/** How something stands now, for one subscriber. */
export interface State {
  /** The same for the same state, whoever is told. */
  identity: string;
  event: LiveState;
}

/**
 * One subscription that tells how things stand, each thing only when that is something else than was told last. Nothing
 * is queued: a connection that takes nothing is told, once it has room, how things stand by then.
 */
export class StateSubscriber {
  closed = false;
  /** Something could not be rendered: it has to be told once more. */
  isBehind = false;
  private readonly told = new Map<string, string>();
  private waitsForRoom = false;

  constructor(
    readonly request: StreamRequest,
    private readonly renderer: Renderer,
    /** Tells all things again, after the connection had no room. */
    private readonly tellAll: () => void,
  ) {}

  get viewer(): Person {
    return this.request.viewer;
  }

  /** Counts as told already: what a stream begins with where there is nothing to tell. */
  begin(key: string, identity: string): void {
    this.told.set(key, identity);
  }

  /**
   * Tells a state, which `current` reads, now and again when it has been rendered: what is outdated by then is left out,
   * because whoever outdated it tells the newer one. True when it was written.
   */
  async tell(key: string, current: () => State | null): Promise<boolean> {
    const state = current();
    if (!state || !this.mayTell(key, state)) return false;
    const { group, sink, viewer } = this.request;
    const payload = await this.renderer.render(group, state.event, viewer).catch(() => null);
    if (!payload) this.isBehind = true;
    if (!payload || current()?.identity !== state.identity || !this.mayTell(key, state)) return false;
    this.told.set(key, state.identity);
    sink.write(payload);
    return true;
  }

  private mayTell(key: string, { identity }: State): boolean {
    if (this.closed || this.waitsForRoom || this.told.get(key) === identity) return false;
    const { sink } = this.request;
    if (sink.backlog() <= BACKLOG_LIMIT) return true;
    this.waitsForRoom = true;
    sink.onDrain(() => {
      this.waitsForRoom = false;
      if (!this.closed) this.tellAll();
    });
    return false;
  }
}
