import { GraphQLScalarType, Kind } from 'graphql';
import { Fault } from '../errors/errors.js';

const instant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/i;

function parseInstant(value: unknown): Date {
  const date = typeof value === 'string' && instant.test(value) ? new Date(value) : null;
  if (!date || Number.isNaN(date.getTime()))
    throw new Fault('BAD_USER_INPUT', 'A DateTime is an RFC 3339 instant such as 2026-01-31T12:00:00.000Z.');
  return date;
}

/** A Date, Unix ms, or text that is such an instant already. */
export const DateTimeScalar = new GraphQLScalarType({
  name: 'DateTime',
  description: 'An instant, RFC 3339 with milliseconds, in UTC.',
  specifiedByURL: 'https://scalars.graphql.org/andimarek/date-time',
  serialize: (value) =>
    typeof value === 'string' && value.endsWith('Z') ? value : new Date(value as Date).toISOString(),
  parseValue: parseInstant,
  parseLiteral: (node) => parseInstant(node.kind === Kind.STRING ? node.value : null),
});

function parseUrl(value: unknown): string {
  if (typeof value === 'string' && URL.canParse(value)) return value;
  throw new Fault('BAD_USER_INPUT', 'A URL is absolute, such as https://example.org/picture.webp.');
}

export const UrlScalar = new GraphQLScalarType<string, string>({
  name: 'URL',
  specifiedByURL: 'https://url.spec.whatwg.org/',
  serialize: String,
  parseValue: parseUrl,
  parseLiteral: (node) => parseUrl(node.kind === Kind.STRING ? node.value : null),
});

// The pattern of https://html.spec.whatwg.org/multipage/input.html#valid-e-mail-address
const email =
  /^[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$/;

function parseEmail(value: unknown): string {
  if (typeof value === 'string' && value.length <= 254 && email.test(value)) return value;
  throw new Fault('BAD_USER_INPUT', 'An EmailAddress looks like ann@example.org and has at most 254 characters.');
}

export const EmailAddressScalar = new GraphQLScalarType<string, string>({
  name: 'EmailAddress',
  specifiedByURL: 'https://html.spec.whatwg.org/multipage/input.html#valid-e-mail-address',
  serialize: String,
  parseValue: parseEmail,
  parseLiteral: (node) => parseEmail(node.kind === Kind.STRING ? node.value : null),
});
