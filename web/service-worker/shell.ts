import { isOfApp } from './app-paths';

/** The files of the build that this worker came with, as vite.config.mjs says. */
declare const SHELL: { version: string; page: string; entry: string; files: string[] };

const PREFIX = 'shell-';
const name = PREFIX + SHELL.version;

/** All files of the app, so that it starts without a network. Throws where the router serves another build by now. */
export async function keepShell(): Promise<void> {
  const shell = await caches.open(name);
  await shell.addAll([SHELL.page, ...SHELL.files]);
  const page = await (await shell.match(SHELL.page))?.text();
  if (!page?.includes(SHELL.entry)) throw new Error('The page is of another build.');
}

/** Once no page uses them any more. */
export async function forgetOldShells(): Promise<void> {
  for (const each of await caches.keys()) if (each.startsWith(PREFIX) && each !== name) await caches.delete(each);
}

/**
 * Pages come from the network, and from what was kept only where there is none: nobody is left with an old app. Files whose
 * names change with their content come from what was kept. Undefined: the browser fetches it as ever.
 */
export function fetchShell(request: Request): Promise<Response> | undefined {
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== location.origin) return undefined;
  if (request.mode === 'navigate') return isOfApp(pathname) ? page(request) : undefined;
  return SHELL.files.includes(pathname) ? file(request, pathname) : undefined;
}

async function page(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (error) {
    const found = await kept(SHELL.page);
    if (found) return found;
    throw error;
  }
}

const file = async (request: Request, pathname: string): Promise<Response> =>
  (await kept(pathname)) ?? (await fetch(request));

const kept = async (path: string): Promise<Response | undefined> =>
  (await caches.open(name)).match(path, { ignoreVary: true });
