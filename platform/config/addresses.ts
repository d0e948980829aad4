import type { z } from 'zod';

const shardName = /^[a-z][a-z0-9_-]{0,62}$/;

/**
 * Reads `shard0=postgresql://…,shard1=postgresql://…`; without names they are shard0, shard1 … in order. A comma in a URL
 * is written %2C.
 */
export function parseShardUrls(text: string, context: z.RefinementCtx): Map<string, string> {
  const shards = new Map<string, string>();
  for (const [index, entry] of entriesOf(text).entries()) {
    const named = /^([^:/?=]*)=(.*)$/.exec(entry);
    const [name, url] = named ? [named[1]!, named[2]!] : [`shard${index}`, entry];
    if (!shardName.test(name)) context.addIssue(`"${name}" is not the name of a shard`);
    if (!isPostgresUrl(url)) context.addIssue(`the URL of ${name} does not begin with postgresql://`);
    if (shards.has(name)) context.addIssue(`${name} is named twice`);
    shards.set(name, url);
  }
  if (shards.size === 0) context.addIssue('it names no shard');
  return shards;
}

/** Reads `users=http://10.0.0.1:4011,http://10.0.0.2:4011;messages=http://…`, to origins by subgraph. */
export function parseSubgraphUrls(text: string, context: z.RefinementCtx): Map<string, string[]> {
  const subgraphs = new Map<string, string[]>();
  for (const entry of entriesOf(text, ';')) {
    const [name = '', ...rest] = entry.split('=');
    const urls = entriesOf(rest.join('='));
    if (urls.length === 0) context.addIssue(`${name} has no URL`);
    for (const url of urls) if (!isOrigin(url)) context.addIssue(`${url} is not http://host:port`);
    subgraphs.set(
      name.trim(),
      urls.filter(isOrigin).map((url) => new URL(url).origin),
    );
  }
  return subgraphs;
}

/** Reads `users=4011,messages=4013`. */
export function parsePorts(text: string, context: z.RefinementCtx): Map<string, number> {
  const ports = new Map<string, number>();
  for (const entry of entriesOf(text)) {
    const [name = '', port = ''] = entry.split('=');
    if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) context.addIssue(`${entry} is not <subgraph>=<port>`);
    ports.set(name.trim(), Number(port));
  }
  return ports;
}

/** Reads `clamd:3310`. */
export function parseHostAndPort(text: string, context: z.RefinementCtx): { host: string; port: number } {
  const [, host = '', port = ''] = /^\[?([^\s,/[\]]+?)\]?:(\d{1,5})$/.exec(text.trim()) ?? [];
  if (host === '' || Number(port) === 0 || Number(port) > 65_535) context.addIssue('expected host:port');
  return { host, port: Number(port) };
}

export function isPostgresUrl(url: string): boolean {
  return /^postgres(ql)?:\/\//.test(url) && URL.canParse(url);
}

function isOrigin(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, pathname, search } = new URL(url);
  return (protocol === 'http:' || protocol === 'https:') && pathname === '/' && search === '';
}

function entriesOf(text: string, separator = ','): string[] {
  return text
    .split(separator)
    .map((entry) => entry.trim())
    .filter(Boolean);
}
