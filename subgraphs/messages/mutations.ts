import { Cost } from '../../platform/subgraph/directives.js';
import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { requireViewer } from '../../platform/auth/caller.js';
import { asPayload } from '../../platform/errors/errors.js';
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
    return toPayload(context, this.sending.send(requireViewer(context.caller), input));
  }
}

async function toPayload({ loaders }: MessagesContext, work: Promise<MessageSnapshot>) {
  const { message, errors } = await asPayload('message', work);
  loaders.forget();
  return { message: message && new MessageView(message), errors };
}
