import { expect, test } from '@jest/globals';
import { until } from '../observable.js';
import { memoryStorage } from '../storage/memory.js';
import { SharedTabs } from '../testing/shared-tabs.js';
import { webEnvironment } from '../web-environment.js';
import { Session, type SessionOptions } from './session.js';

/** A server that knows sessions as Parley does: a refresh token works once, and again only with the same id. */
class Accounts {
  now = 1_000_000;
  refreshes = 0;
  isSignedOut = false;
  /** Answers to lose. */
  lose = 0;
  private serial = 0;
  private token = '';
  private used = { token: '', id: '', answer: {} as object };

  fetch = async (_url: string, init: RequestInit): Promise<Response> => {
    const { query, variables } = JSON.parse(init.body as string) as {
      query: string;
      variables: { input: { refreshToken: string; clientMutationId: string } };
    };
    const answer = query.includes('refreshSession') ? this.refresh(variables.input) : { signIn: this.enter() };
    if (this.lose > 0) {
      this.lose--;
      throw new TypeError('The answer was lost.');
    }
    return new Response(JSON.stringify({ data: answer }));
  };

  private enter(): object {
    this.token = `refresh ${++this.serial}`;
    const claims = btoa(JSON.stringify({ iat: 0, exp: 600 }));
    return {
      session: {
        accessToken: `head.${claims}.${this.serial}`,
        // By a clock that is a year ahead of the device's.
        accessTokenExpiresAt: new Date(this.now + 365 * 86_400_000).toISOString(),
        refreshToken: this.token,
        device: { id: 'dev_1', name: 'A test' },
      },
      viewer: { id: 'v', email: null, emailVerifiedAt: null, roles: [], user: { id: 'usr_1' } },
      errors: [],
    };
  }

  private refresh({ refreshToken, clientMutationId }: { refreshToken: string; clientMutationId: string }): object {
    const isRepeated = refreshToken === this.used.token && clientMutationId === this.used.id;
    if (isRepeated && !this.isSignedOut) return this.used.answer;
    if (refreshToken !== this.token || this.isSignedOut) {
      this.isSignedOut = true;
      const error = { code: 'WRONG_CREDENTIALS', message: 'Sign in again.', path: ['refreshToken'], retryAt: null };
      return { refreshSession: { session: null, viewer: null, errors: [error] } };
    }
    this.refreshes++;
    this.used = { token: refreshToken, id: clientMutationId, answer: { refreshSession: this.enter() } };
    return this.used.answer;
  }
}

function device() {
  const server = new Accounts();
  const shared = new SharedTabs();
  const storage = memoryStorage('one device');
  const environment = { ...webEnvironment(), fetch: server.fetch, now: () => server.now };
  const open = (): Session => {
    const { tabs } = shared.open();
    const options: SessionOptions = {
      url: 'http://parley',
      storage,
      environment,
      tabs,
      deviceName: 'A test',
      platform: 'WEB',
      timeout: 1_000,
    };
    return new Session(options);
  };
  return { server, open };
}

const credentials = { login: 'ann', password: 'correct horse' };
/** Access tokens live for 600 s. */
const almostExpired = 575_000;

test('two tabs that need a new token at once refresh once, and have the same', async () => {
  const { server, open } = device();
  const [first, second] = [open(), open()];
  await first.signIn(credentials);
  const old = await second.loaded.then(() => first.accessToken());
  server.now += almostExpired;
  await new Promise(setImmediate);
  const tokens = await Promise.all([first, second, first, second].map((tab) => tab.accessToken()));
  expect(new Set(tokens).size).toBe(1);
  expect(tokens[0]).not.toBe(old);
  expect(server.refreshes).toBe(1);
});

test('a token is used until shortly before it expires by the device, whatever the clock of the server says', async () => {
  const { server, open } = device();
  const tab = open();
  await tab.signIn(credentials);
  const token = await tab.accessToken();
  server.now += 560_000;
  expect(await tab.accessToken()).toBe(token);
  server.now += 15_000;
  expect(await tab.accessToken()).not.toBe(token);
});

test('a refresh whose answer was lost is repeated as the same one, even after a reload', async () => {
  const { server, open } = device();
  const tab = open();
  await tab.signIn(credentials);
  server.now += almostExpired;
  server.lose = 1;
  await expect(tab.accessToken()).rejects.toMatchObject({ code: 'NO_ANSWER', retryable: true });
  tab.close();
  const reloaded = open();
  await reloaded.accessToken();
  expect(server.refreshes).toBe(1);
  expect(reloaded.state.get()).toMatchObject({ status: 'signedIn', userId: 'usr_1' });
});

test('a token that the server refuses early is renewed once for all who hold it', async () => {
  const { server, open } = device();
  const tab = open();
  await tab.signIn(credentials);
  const refused = await tab.accessToken();
  const renewed = await Promise.all([tab.renewed(refused), tab.renewed(refused)]);
  expect(await tab.renewed(refused)).toBe(renewed[0]);
  expect(server.refreshes).toBe(1);
});

test('a device that was signed out is so in all tabs, with the reason; a lost connection signs nobody out', async () => {
  const { server, open } = device();
  const [first, second] = [open(), open()];
  await first.signIn(credentials);
  server.lose = 1;
  await expect(first.renewed(await first.accessToken())).rejects.toMatchObject({ code: 'NO_ANSWER' });
  expect(first.state.get().status).toBe('signedIn');
  server.isSignedOut = true;
  await expect(first.renewed(await first.accessToken())).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  expect(first.state.get()).toMatchObject({ status: 'signedOut', reason: { code: 'WRONG_CREDENTIALS' } });
  await until(second.state, ({ status }) => status === 'signedOut');
});
