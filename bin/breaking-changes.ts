import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CriticalityLevel, diff } from '@graphql-inspector/core';
import { buildSchema } from 'graphql';
import { z } from 'zod';

const FILE = 'schema/api.graphql';
const ACCEPTED = 'schema/accepted-changes.json';

const acceptedChanges = z.object({
  description: z.string(),
  accepted: z.array(z.object({ change: z.string(), why: z.string().min(1) })),
});

export interface Comparison {
  /** A sentence for each change that breaks clients and is not accepted. */
  complaints: string[];
  /** Why nothing was compared, or null. */
  skipped: string | null;
}

/** Compares the API with the one that clients have: main's, and what was main's before where HEAD is its tip. */
export async function breakingChanges(root: string, api: string): Promise<Comparison> {
  const revisions = basesOf(root);
  const before = new Set(revisions.map((revision) => git(root, 'show', `${revision}:./${FILE}`)));
  before.delete(null);
  if (before.size === 0) return { complaints: [], skipped: whyNot(root, revisions) };
  const accepted = new Set(readAccepted(root).map(({ change }) => change));
  const breaking = new Set<string>();
  for (const sdl of before)
    for (const { criticality, message } of await diff(buildSchema(sdl ?? ''), buildSchema(api)))
      if (criticality.level === CriticalityLevel.Breaking && !accepted.has(message)) breaking.add(message);
  const complaints = [...breaking].map(
    (message) => `Breaks clients: "${message}". Take it back, or accept it in ${ACCEPTED}.`,
  );
  return { complaints, skipped: null };
}

/**
 * On a branch: where it left main. On main itself, or detached as CI checks it out: HEAD for what is not committed yet, and
 * HEAD's first parent for what HEAD brought.
 */
function basesOf(root: string): string[] {
  const head = git(root, 'rev-parse', 'HEAD');
  if (head === null) return [];
  const main = ['main', 'origin/main'].find((name) => git(root, 'rev-parse', '--verify', '--quiet', name) !== null);
  const fork = main ? git(root, 'merge-base', 'HEAD', main) : null;
  if (fork !== null && fork !== head) return [fork];
  const parent = git(root, 'rev-parse', '--verify', '--quiet', 'HEAD~1');
  return parent === null ? [] : [head, parent];
}

function whyNot(root: string, revisions: string[]): string {
  const isShallow = git(root, 'rev-parse', '--is-shallow-repository') === 'true';
  const reason =
    revisions.length > 0
      ? `${revisions[0]?.slice(0, 8)} has no ${FILE}`
      : isShallow
        ? 'this clone is shallow (fetch two commits or more)'
        : 'there is no earlier commit';
  return `Changes that break clients were not looked for: ${reason}.`;
}

/** Null where there is no git, no such revision, or no such file in it. */
function git(root: string, ...args: string[]): string | null {
  try {
    return execFileSync('git', args, {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      maxBuffer: 64 * 1024 * 1024,
    }).trim();
  } catch {
    return null;
  }
}

function readAccepted(root: string): z.infer<typeof acceptedChanges>['accepted'] {
  const path = join(root, ACCEPTED);
  return existsSync(path) ? acceptedChanges.parse(JSON.parse(readFileSync(path, 'utf8'))).accepted : [];
}
