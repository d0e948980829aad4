import type { Sending } from '../environment.js';
import { noAnswer } from '../errors.js';

/** A connection that carries nothing for so long is given up, in ms. */
const SILENT = 60_000;

/** By XMLHttpRequest, which tells how far it is, where there is one; else by fetch. */
export const put = (url: string, sending: Sending): Promise<number> =>
  typeof XMLHttpRequest === 'undefined' ? putByFetch(url, sending) : putByRequest(url, sending);

async function putByFetch(url: string, { method, headers, body, signal, onProgress }: Sending): Promise<number> {
  try {
    const response = await fetch(url, { method, headers, body, signal });
    await response.arrayBuffer();
    onProgress(body.size);
    return response.status;
  } catch (error) {
    signal.throwIfAborted();
    throw noAnswer('The store could not be reached.', error);
  }
}

function putByRequest(url: string, { method, headers, body, signal, onProgress }: Sending): Promise<number> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const request = new XMLHttpRequest();
    let silence: ReturnType<typeof setTimeout>;
    const listen = () => {
      clearTimeout(silence);
      silence = setTimeout(() => request.abort(), SILENT);
    };
    const abort = () => request.abort();
    signal.addEventListener('abort', abort, { once: true });
    request.upload.onprogress = ({ loaded }) => {
      listen();
      // What surrounds the bytes is not counted.
      onProgress(Math.min(loaded, body.size));
    };
    request.onloadend = () => {
      clearTimeout(silence);
      signal.removeEventListener('abort', abort);
      if (signal.aborted) reject(signal.reason as Error);
      else if (request.status === 0) reject(noAnswer('The store could not be reached.'));
      else resolve(request.status);
    };
    request.open(method, url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    listen();
    request.send(body);
  });
}
