/**
 * A value as JSON text, with what JSON lacks: Map, Set, bigint and Date become objects with one key that begins with $, and
 * so does undefined at the top. An object that happens to look so is wrapped.
 */
export function encode(value: unknown): string {
  return JSON.stringify(value === undefined ? { $undefined: true } : toJson(value));
}

/** What encode was given. Throws SyntaxError for what is not its text. */
export function decode(text: string): unknown {
  const json = JSON.parse(text) as unknown;
  // Most answers are plain JSON, which need not be walked through.
  return text.includes('"$') ? fromJson(json) : json;
}

function toJson(value: unknown): unknown {
  if (typeof value === 'bigint') return { $bigint: String(value) };
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(toJson);
  if (value instanceof Map) return { $map: [...value].map(([key, each]) => [toJson(key), toJson(each)]) };
  if (value instanceof Set) return { $set: [...value].map(toJson) };
  if (value instanceof Date) return { $date: value.toISOString() };
  const plain = Object.fromEntries(Object.entries(value).map(([key, each]) => [key, toJson(each)]));
  return markOf(plain) === null ? plain : { $object: plain };
}

function fromJson(json: unknown): unknown {
  if (typeof json !== 'object' || json === null) return json;
  if (Array.isArray(json)) return json.map(fromJson);
  const mark = markOf(json);
  if (mark === null) return fromObject(json);
  const inner = (json as Record<string, unknown>)[mark];
  if (mark === '$undefined') return undefined;
  if (mark === '$bigint') return BigInt(inner as string);
  if (mark === '$date') return new Date(inner as string);
  if (mark === '$map') return new Map((inner as [unknown, unknown][]).map(([k, v]) => [fromJson(k), fromJson(v)]));
  if (mark === '$set') return new Set((inner as unknown[]).map(fromJson));
  if (mark === '$object') return fromObject(inner as object);
  throw new SyntaxError(`an object marked ${mark}`);
}

function fromObject(json: object): unknown {
  return Object.fromEntries(Object.entries(json).map(([key, each]) => [key, fromJson(each)]));
}

/** The only key of an object, where it begins with $. */
function markOf(json: object): string | null {
  const [first = '', ...more] = Object.keys(json);
  return first.startsWith('$') && more.length === 0 ? first : null;
}
