import type { GraphQLFieldResolver } from 'graphql';
import type { Caller } from '../auth/caller.js';
import { asPayload } from '../errors/errors.js';
import type { Limits } from '../rate-limit/limits.js';

type Resolve = GraphQLFieldResolver<unknown, never>;

/**
 * For aroundMutation: a mutation that has a rate limit answers RATE_LIMITED in its payload's errors where that is used up.
 * `except`: mutations that look to it themselves, because a retry of what they have done must not be refused.
 */
export function limited(limits: Limits, except: readonly string[] = []): (name: string, resolve: Resolve) => Resolve {
  return (name, resolve) => {
    if (except.includes(name) || !limits.has(name)) return resolve;
    return async (root, args, context, info) => {
      const { caller } = context as { caller: Caller };
      const input = (args as { input?: Record<string, unknown> }).input ?? {};
      const refused = await asPayload('none', limits.spend(name, caller, subjectOf(input)));
      if (refused.errors.length > 0) return { errors: refused.errors };
      return resolve(root, args, context, info);
    };
  };
}

function subjectOf({ conversationId, login, email }: Record<string, unknown>) {
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
  return { conversationId: text(conversationId), login: text(login) ?? text(email) };
}
