import type { z } from 'zod';

/** An OpenID Connect issuer that this Parley trusts, and the client ids for which its id tokens may be made out. */
export interface OidcIssuer {
  /** Exactly as the issuer writes itself. */
  issuer: string;
  audiences: string[];
}

/** Reads `https://id.example.org=client-id|other-id, …`. Plain http is for issuers on this machine. */
export function parseIssuers(text: string, context: z.RefinementCtx): OidcIssuer[] {
  const entries = text
    .split(',')
    .map((entry) => entry.trim())
    .filter(Boolean);
  return entries.map((entry) => {
    const [issuer = '', ...rest] = entry.split('=');
    const audiences = rest.join('=').split('|').filter(Boolean);
    if (audiences.length === 0) context.addIssue(`${entry} names no client id`);
    if (!isSafe(issuer)) context.addIssue(`${issuer} is not an https URL`);
    return { issuer, audiences };
  });
}

function isSafe(issuer: string): boolean {
  const { protocol, hostname } = URL.canParse(issuer) ? new URL(issuer) : { protocol: '', hostname: '' };
  return protocol === 'https:' || (protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(hostname));
}
