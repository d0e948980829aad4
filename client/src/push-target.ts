import type { Environment } from './environment.js';
import { Refused } from './errors.js';
import {
  RegisterPushTargetDocument,
  RemovePushTargetDocument,
  type RegisterPushTargetInput,
} from './generated/graphql.js';
import type { Session } from './session/session.js';
import { prefixOf } from './storage/of-person.js';
import type { Storage } from './storage/port.js';
import type { Requests } from './transport/requests.js';

/** A target of this session, as it lies in storage. */
interface Kept {
  deviceId: string;
  input: RegisterPushTargetInput;
  /** Null until the server has answered. */
  pushTargetId: string | null;
  /** When it did, in ms since 1970. */
  at: number;
}

export interface PushTargetDeps {
  storage: Storage;
  userId: string;
  requests: Pick<Requests, 'mutate'>;
  session: Pick<Session, 'state'>;
  environment: Pick<Environment, 'now'>;
}

/** The same address is told again after so long, in ms: the server may have forgotten it. */
const AGAIN = 86_400_000;

/** Where Parley wakes this device while its app is closed: an address that the platform gave. It ends with the session. */
export class PushTarget {
  private readonly key: string;

  constructor(private readonly deps: PushTargetDeps) {
    this.key = `${prefixOf(deps.userId)}push`;
  }

  /** Whether this session has one, or is about to. */
  async isWanted(): Promise<boolean> {
    return (await this.kept()) !== null;
  }

  /** Call it at each start, and when the platform gives another address: the server is asked only where it has to be. */
  async register(input: RegisterPushTargetInput): Promise<void> {
    const { storage, requests, environment } = this.deps;
    const deviceId = this.deviceId();
    if (deviceId === null) return;
    const before = await this.kept();
    const isKnown = before?.pushTargetId != null && JSON.stringify(before.input) === JSON.stringify(input);
    if (isKnown && environment.now() - before.at < AGAIN) return;
    // Before the server knows: what it sends at once is wanted.
    await storage.set(this.key, { deviceId, input, pushTargetId: null, at: 0 } satisfies Kept);
    const { pushTarget } = await requests.mutate(RegisterPushTargetDocument, { input }, { repeatable: true });
    await storage.set(this.key, {
      deviceId,
      input,
      pushTargetId: pushTarget!.id,
      at: environment.now(),
    } satisfies Kept);
  }

  /** Parley wakes this device no more. Have the platform end the address as well: then nothing arrives, whatever becomes of this. */
  async remove(): Promise<void> {
    const { storage, requests } = this.deps;
    const kept = await this.kept();
    await storage.delete(this.key);
    if (!kept?.pushTargetId) return;
    const variables = { input: { pushTargetId: kept.pushTargetId } };
    await requests.mutate(RemovePushTargetDocument, variables, { repeatable: true }).catch((error: unknown) => {
      if (!(error instanceof Refused) || error.code !== 'NOT_FOUND') throw error;
    });
  }

  private async kept(): Promise<Kept | null> {
    const kept = (await this.deps.storage.get(this.key)) as Kept | undefined;
    return kept && kept.deviceId === this.deviceId() ? kept : null;
  }

  private deviceId(): string | null {
    const state = this.deps.session.state.get();
    return state.status === 'signedIn' ? state.deviceId : null;
  }
}
