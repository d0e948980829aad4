import type { Joined } from './root-stream.js';
import type { RenderGroup } from './renderer.js';

/** Those of these people who hide what they have read, and so see nothing of what others have read. */
export type HidesReads = (userIds: readonly string[]) => Promise<ReadonlySet<string>>;

/** The group of viewers that hide what they have read, or of those that do not. */
export function inClass(group: RenderGroup, viewerHidesReads: boolean): RenderGroup {
  const key = group.key.replace(/^(hides|shows)\n/, '');
  return { ...group, key: `${viewerHidesReads ? 'hides' : 'shows'}\n${key}`, viewerHidesReads };
}

/** Moves the subscriptions of people who have changed their mind since into the other group. */
export async function regroupByClass(joined: Iterable<Joined>, hidesReads: HidesReads): Promise<void> {
  const inAClass = [...joined].filter(({ subscriber }) => subscriber.group.viewerHidesReads !== undefined);
  if (inAClass.length === 0) return;
  const hiding = await hidesReads([...new Set(inAClass.map(({ subscriber }) => subscriber.viewer.userId))]);
  for (const { topic, subscriber } of inAClass) {
    const hides = hiding.has(subscriber.viewer.userId);
    if (!subscriber.closed && hides !== subscriber.group.viewerHidesReads)
      topic.regroup(subscriber, inClass(subscriber.group, hides));
  }
}
