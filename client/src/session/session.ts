import type { Environment, Tabs } from '../environment.js';
import { asParleyError, Refused, signedOut, type ParleyError } from '../errors.js';
import {
  RefreshSessionDocument,
  ResetPasswordDocument,
  SignInDocument,
  SignInWithOidcDocument,
  SignOutDocument,
  SignUpDocument,
  type DeviceInput,
  type DevicePlatform,
  type ErrorFieldsFragment,
  type ResetPasswordInput,
  type SessionFieldsFragment,
  type SignInInput,
  type SignInWithOidcInput,
  type SignUpInput,
  type TypedDocumentString,
  type ViewerFieldsFragment,
} from '../generated/graphql.js';
import { Cell, type Observable } from '../observable.js';
import type { Storage } from '../storage/port.js';
import { Alone } from '../tabs/alone.js';
import { post } from '../transport/post.js';
import { sessionKey, toKeptSession, type KeptSession } from './kept-session.js';

/** Who is signed in on this device. */
export type SessionState =
  /** Storage is being read. */
  | { status: 'loading' }
  /** `reason`: why a session that there was has ended, where that was not the person's own doing. */
  | { status: 'signedOut'; reason: ParleyError | null }
  | { status: 'signedIn'; userId: string; deviceId: string; viewer: ViewerFieldsFragment };

interface Entered {
  session: SessionFieldsFragment | null;
  viewer: ViewerFieldsFragment | null;
  errors: ErrorFieldsFragment[];
}
type Entry<Input> = TypedDocumentString<Record<string, unknown>, { input: Input }>;

export interface SessionOptions {
  url: string;
  storage: Storage;
  environment: Environment;
  tabs: Tabs | null;
  /** How the person tells this device from their others. */
  deviceName: string;
  platform: DevicePlatform;
  /** In ms, for a request. */
  timeout: number;
}

/** A token is renewed when it has less than this left, in ms, and at the latest when the server says that it is over. */
const MARGIN = 30_000;

/**
 * The session of this device, the same in all tabs: kept in storage, refreshed before the access token expires, by one tab
 * at a time.
 */
export class Session {
  private readonly cell = new Cell<SessionState>({ status: 'loading' });
  private readonly alone: Alone;
  private readonly stopListening: () => void;
  private kept: KeptSession | null = null;
  private refreshing: Promise<KeptSession> | null = null;
  /** Resolves once storage has been read. */
  readonly loaded: Promise<void>;

  constructor(private readonly options: SessionOptions) {
    this.alone = new Alone(options.tabs);
    this.loaded = this.load();
    this.stopListening =
      options.tabs?.onMessage((message) => {
        if ((message as { type?: unknown }).type === 'session') void this.load();
      }) ?? (() => undefined);
  }

  get state(): Observable<SessionState> {
    return this.cell;
  }

  /** Creates the account and signs this device in. Throws Refused for what the person can put right. */
  signUp(input: Omit<SignUpInput, 'device'>): Promise<void> {
    return this.enter(SignUpDocument, input);
  }

  /** By e-mail address or handle, and password. Throws Refused for what the person can put right. */
  signIn(input: Omit<SignInInput, 'device'>): Promise<void> {
    return this.enter(SignInDocument, input);
  }

  /** With an id token of an OpenID Connect issuer that this Parley trusts. */
  signInWithOidc(input: Omit<SignInWithOidcInput, 'device'>): Promise<void> {
    return this.enter(SignInWithOidcDocument, input);
  }

  /** With the token of a mailed link; signs this device in, and all others out. */
  resetPassword(input: Omit<ResetPasswordInput, 'device'>): Promise<void> {
    return this.enter(ResetPasswordDocument, input);
  }

  /** Ends the session here in any case, and on the server where it can be reached. */
  async signOut(): Promise<void> {
    const { kept } = this;
    await this.end(null);
    if (!kept) return;
    const { environment, url, timeout } = this.options;
    await post(environment, url, SignOutDocument, {}, { accessToken: kept.accessToken, timeout }).catch(
      () => undefined,
    );
  }

  /** One that is good for half a minute at least. Throws UNAUTHENTICATED where nobody is signed in. */
  async accessToken(): Promise<string> {
    await this.loaded;
    const { kept } = this;
    if (!kept) throw signedOut();
    if (kept.expiresAt - this.options.environment.now() > MARGIN) return kept.accessToken;
    return (await this.refresh(kept)).accessToken;
  }

  /** The server has refused this token: another one, where there is or can be one. */
  async renewed(refused: string): Promise<string> {
    await this.loaded;
    const { kept } = this;
    if (!kept) throw signedOut();
    if (kept.accessToken !== refused) return kept.accessToken;
    return (await this.refresh(kept)).accessToken;
  }

  close(): void {
    this.stopListening();
  }

  private async enter<Input>(document: unknown, input: Omit<Input, 'device'>): Promise<void> {
    const { environment, url, timeout } = this.options;
    const device = await this.device();
    const entry = document as Entry<Input>;
    const variables = { input: { ...input, device } as Input };
    const kept = toSession(await post(environment, url, entry, variables, { accessToken: null, timeout }), environment);
    await this.keep(kept);
  }

  private async device(): Promise<DeviceInput> {
    const { storage, environment, deviceName, platform } = this.options;
    const known = await storage.get('installation');
    const installationId = typeof known === 'string' ? known : environment.uuid();
    if (installationId !== known) await storage.set('installation', installationId);
    return { installationId, name: deviceName, platform };
  }

  private refresh(stale: KeptSession): Promise<KeptSession> {
    this.refreshing ??= this.alone
      .run('session', () => this.refreshAlone(stale))
      .finally(() => (this.refreshing = null));
    return this.refreshing;
  }

  private async refreshAlone(stale: KeptSession): Promise<KeptSession> {
    const { environment, url, timeout, storage } = this.options;
    const kept = (await storage.get(sessionKey)) as KeptSession | undefined;
    if (!kept) {
      this.show(null, null);
      throw signedOut();
    }
    // Another tab was faster.
    if (kept.refreshToken !== stale.refreshToken) {
      this.show(kept, null);
      return kept;
    }
    const { refreshToken, refreshId: clientMutationId } = kept;
    try {
      const variables = { input: { refreshToken, clientMutationId } };
      const answer = await post(environment, url, RefreshSessionDocument, variables, { accessToken: null, timeout });
      const fresh = toSession(answer, environment);
      await this.keep(fresh);
      return fresh;
    } catch (error) {
      const problem = asParleyError(error);
      if (!(problem instanceof Refused) || problem.retryable) throw problem;
      await this.end(problem);
      throw signedOut();
    }
  }

  private async keep(kept: KeptSession): Promise<void> {
    await this.options.storage.set(sessionKey, kept);
    this.show(kept, null);
    this.options.tabs?.post({ type: 'session' });
  }

  private async end(reason: ParleyError | null): Promise<void> {
    this.show(null, reason);
    await this.options.storage.delete(sessionKey);
    this.options.tabs?.post({ type: 'session' });
  }

  private async load(): Promise<void> {
    const kept = (await this.options.storage.get(sessionKey).catch(() => undefined)) as KeptSession | undefined;
    this.show(kept ?? null, null);
  }

  private show(kept: KeptSession | null, reason: ParleyError | null): void {
    const before = this.cell.get();
    this.kept = kept;
    if (!kept) {
      if (before.status !== 'signedOut') this.cell.set({ status: 'signedOut', reason });
      return;
    }
    const { deviceId, viewer } = kept;
    const isSame = before.status === 'signedIn' && before.deviceId === deviceId && before.viewer === viewer;
    if (!isSame) this.cell.set({ status: 'signedIn', userId: viewer.user.id, deviceId, viewer });
  }
}

function toSession(answer: object, environment: Environment): KeptSession {
  const [payload] = Object.values(answer) as Entered[];
  if (!payload || payload.errors.length > 0) throw new Refused(payload?.errors ?? []);
  if (!payload.session || !payload.viewer) throw signedOut();
  return toKeptSession(payload.session, payload.viewer, environment.now(), environment.uuid());
}
