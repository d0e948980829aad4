import { Cost } from '../../platform/subgraph/directives.js';
import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { requireViewer, type Person } from '../../platform/auth/caller.js';
import { asPayload, type UserErrorEntry } from '../../platform/errors/errors.js';
import type { MessageSnapshot } from '../../schema/events.js';
import type { MessagesContext } from './context.js';
import { SendMessageInput, SendMessagePayload } from './inputs.js';
import { MessageView } from './present.js';
import type { Sending } from './sending.js';

@Resolver()
export class SendingResolver {
  constructor(private readonly sending: Sending) {}

  @Cost(5)
  @Mutation(() => SendMessagePayload, {
    description:
      'Stores the message and returns it. Retrying with the same clientMessageId, from any node and at any later time, returns the first one.',
  })
  sendMessage(@Arg('input', () => SendMessageInput) input: SendMessageInput, @Ctx() context: MessagesContext) {
    return toPayload(context, (viewer) => this.sending.send(viewer, input));
  }
}

async function toPayload(
  { caller, loaders }: MessagesContext,
  work: (viewer: Person) => Promise<MessageSnapshot>,
): Promise<{ message: MessageView | null; errors: UserErrorEntry[] }> {
  const viewer = requireViewer(caller);
  // In a function of its own, so that what it throws at once is an answer, too.
  const { message, errors } = await asPayload('message', (async () => work(viewer))());
  loaders.forget();
  return { message: message && new MessageView(message), errors };
}
