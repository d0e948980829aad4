import type { IncomingMessage, ServerResponse } from 'node:http';
import type { UnsubscribeTokens } from '../platform/auth/unsubscribe-token.js';
import type { MailPreferences } from '../schema/mail-preferences.js';
import type { Route } from './routes.js';

const PREFIX = '/unsubscribe/';
/** A body that is longer is cut off: nothing in it matters. */
const BODY_LIMIT = 10_000;

/**
 * Where the link in a letter leads. A GET shows a page with a button, because mail scanners follow links too; a POST, of that
 * button or of a mail program's own (RFC 8058), stops the letters, without a sign-in and as often as it comes.
 */
export function unsubscribeRoute(
  tokens: Pick<UnsubscribeTokens, 'verify'>,
  preferences: () => Pick<MailPreferences, 'stopDigests'>,
): Route {
  return {
    prefix: PREFIX,
    methods: ['GET', 'HEAD', 'POST'],
    headers: [],
    handle: async (request, response) => {
      const { method = '', url = '' } = request;
      if (!['GET', 'HEAD', 'POST'].includes(method)) {
        response.setHeader('allow', 'GET, HEAD, POST');
        return answer(request, response, 405, page('This is a page with one button.'));
      }
      const userId = tokens.verify(url.slice(PREFIX.length).split('?')[0]!);
      if (userId === null)
        return answer(request, response, 404, page('This link is not whole. Copy all of it from the letter.'));
      if (method !== 'POST')
        return answer(request, response, 200, page('Do you want no more letters about unread messages?', true));
      await preferences().stopDigests(userId);
      return answer(
        request,
        response,
        200,
        page('You get no more letters about unread messages. You can turn them on again in the settings of Parley.'),
      );
    },
  };
}

function answer(request: IncomingMessage, response: ServerResponse, status: number, html: string): void {
  let received = 0;
  request.on('data', (chunk: Buffer) => {
    received += chunk.length;
    if (received > BODY_LIMIT) request.destroy();
  });
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'content-length': Buffer.byteLength(html),
    'content-security-policy':
      "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
    // The address is the permission.
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
    'x-robots-tag': 'noindex',
  });
  response.end(request.method === 'HEAD' ? undefined : html);
}

function page(text: string, hasButton = false): string {
  const form =
    '<form method="post"><button name="List-Unsubscribe" value="One-Click">Get no more letters</button></form>';
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Parley</title>
<style>body { font: 1.1rem/1.5 system-ui, sans-serif; max-width: 32rem; margin: 15vh auto; padding: 0 1rem } button { font: inherit; padding: .5rem 1rem }</style>
</head><body><p>${text}</p>${hasButton ? form : ''}</body></html>
`;
}
