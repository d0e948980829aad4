import { describe, expect, it } from '@jest/globals';
import { parse, type ExecutionResult } from 'graphql';
import type { Person } from '../../platform/auth/caller.js';
import type { StreamEvent } from '../../schema/feeds.js';
import type { MessageFeedEvent } from '../../schema/live.js';
import { Renderer, type RenderGroup } from './renderer.js';

const viewer: Person = { kind: 'person', userId: 'ann', deviceId: 'phone', startedAt: 0 };
const group: RenderGroup = {
  key: 'group',
  document: parse('subscription { conversationEvents(conversationId: "c") { cursor } }'),
  operationName: null,
  rootField: 'conversationEvents',
  variables: {},
  viewer: null,
};
const caughtUp = (version: number): StreamEvent => ({ type: 'caughtUp', conversationId: 'c', version });

/** Counts executions; answers with a text of so many characters unless told otherwise. */
function rendererOf(options: { size?: number; keepBytes?: number; answer?: () => Promise<ExecutionResult> } = {}) {
  const { size = 10, keepBytes, answer } = options;
  let executions = 0;
  const renderer = new Renderer(() => {
    executions++;
    return answer?.() ?? Promise.resolve({ data: { text: 'x'.repeat(size) } });
  }, keepBytes);
  return {
    render: (version: number) => renderer.render(group, caughtUp(version), viewer),
    renderer,
    executions: () => executions,
  };
}

describe('a rendering', () => {
  it('is executed once for all who ask at the same time, and for those who ask soon after', async () => {
    const { render, executions } = rendererOf();
    const [first, second] = await Promise.all([render(1), render(1)]);
    expect(JSON.parse(first.toString())).toEqual({ data: { text: 'x'.repeat(10) } });
    expect(second).toBe(first);
    expect(await render(1)).toBe(first);
    expect(executions()).toBe(1);
    await render(2);
    expect(executions()).toBe(2);
  });

  it('is let go, the oldest first, where all together take too many bytes', async () => {
    const { render, executions } = rendererOf({ size: 1_000, keepBytes: 10_000 });
    for (let version = 1; version <= 20; version++) await render(version);
    expect(executions()).toBe(20);
    await render(20);
    expect(executions()).toBe(20);
    await render(1);
    expect(executions()).toBe(21);
  });

  it('is told and not kept where it alone takes too many', async () => {
    const { render, executions } = rendererOf({ size: 1_000, keepBytes: 500 });
    expect((await render(1)).length).toBeGreaterThan(1_000);
    await render(1);
    expect(executions()).toBe(2);
  });

  it('is not kept where a field of it has an error', async () => {
    const { render, executions } = rendererOf({
      answer: () => Promise.resolve({ data: { text: null }, errors: [{ message: 'not now' } as never] }),
    });
    await render(1);
    await render(1);
    expect(executions()).toBe(2);
  });

  it('is not kept where the event is a reply: what it quotes may be deleted meanwhile', async () => {
    const { renderer, executions } = rendererOf();
    const replyTo = (replyToId?: string) => ({
      type: 'change' as const,
      event: {
        kind: 'message',
        conversationId: 'c',
        version: 1,
        reason: 'SENT',
        message: { replyToId },
      } as MessageFeedEvent,
    });
    const twice = async (event: StreamEvent) => {
      for (let i = 0; i < 2; i++) await renderer.render(group, event, viewer);
      return executions();
    };
    expect(await twice(replyTo('quoted'))).toBe(2);
    expect(await twice({ ...replyTo(), event: { ...replyTo().event, version: 2 } })).toBe(3);
  });

  it('fails after three tries for all who wait, and is tried anew for the next', async () => {
    const { render, executions } = rendererOf({ answer: () => Promise.reject(new Error('down')) });
    const both = await Promise.allSettled([render(1), render(1)]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(executions()).toBe(3);
    await expect(render(1)).rejects.toThrow('down');
    expect(executions()).toBe(6);
  });
});
