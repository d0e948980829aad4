import { Cost } from '../../platform/subgraph/directives.js';
import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { requireViewer, type Person } from '../../platform/auth/caller.js';
import { asPayload, type UserErrorEntry } from '../../platform/errors/errors.js';
import type { MessageSnapshot } from '../../schema/events.js';
import type { MessagesContext } from './context.js';
import type { Changing } from './changing.js';
import {
  AddReactionInput,
  AddReactionPayload,
  DeleteMessageInput,
  DeleteMessagePayload,
  DeleteScope,
  EditMessageInput,
  EditMessagePayload,
  ForwardMessageInput,
  ForwardMessagePayload,
  PinMessageInput,
  PinMessagePayload,
  RemoveReactionInput,
  RemoveReactionPayload,
  SendMessageInput,
  SendMessagePayload,
  UnpinMessageInput,
  UnpinMessagePayload,
} from './inputs.js';
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

  @Cost(5)
  @Mutation(() => ForwardMessagePayload, {
    description:
      'Sends the text of a message that the viewer may read, as it is now, and what it carries, to where they may send, with who wrote it and without its mentions; not of SYSTEM. Retrying with the same clientMessageId returns the first one.',
  })
  forwardMessage(@Arg('input', () => ForwardMessageInput) input: ForwardMessageInput, @Ctx() context: MessagesContext) {
    return toPayload(context, (viewer) => this.sending.forward(viewer, input));
  }
}

@Resolver()
export class ChangingResolver {
  constructor(private readonly changing: Changing) {}

  @Mutation(() => EditMessagePayload, {
    description:
      'Replaces text and mentions of a message that the viewer wrote, within the window of the policy; not of one that they forwarded. What it carries stays. The text before joins edits. The same again changes nothing.',
  })
  editMessage(@Arg('input', () => EditMessageInput) input: EditMessageInput, @Ctx() context: MessagesContext) {
    return toPayload(context, (viewer) => this.changing.edit(viewer, input));
  }

  @Mutation(() => DeleteMessagePayload, {
    description:
      'EVERYONE: leaves a message without body, attachments, mentions, edits and reactions; for the sender within the window of the policy, for admins always, never for SYSTEM. VIEWER: hides any message that the viewer may read; the payload shows it for the last time. Deleting twice is fine.',
  })
  deleteMessage(@Arg('input', () => DeleteMessageInput) input: DeleteMessageInput, @Ctx() context: MessagesContext) {
    return toPayload(context, (viewer) =>
      input.scope === DeleteScope.VIEWER
        ? this.changing.hide(viewer, input.messageId)
        : this.changing.deleteForEveryone(viewer, input.messageId),
    );
  }

  @Mutation(() => AddReactionPayload, {
    description: 'At most 20 different emoji a message; not on SYSTEM. Adding one twice changes nothing.',
  })
  addReaction(@Arg('input', () => AddReactionInput) input: AddReactionInput, @Ctx() context: MessagesContext) {
    return toPayload(context, (viewer) => this.changing.addReaction(viewer, input));
  }

  @Mutation(() => RemoveReactionPayload, { description: 'Removing what is not there changes nothing.' })
  removeReaction(@Arg('input', () => RemoveReactionInput) input: RemoveReactionInput, @Ctx() context: MessagesContext) {
    return toPayload(context, (viewer) => this.changing.removeReaction(viewer, input));
  }

  @Mutation(() => PinMessagePayload, {
    description:
      'In a direct conversation both can pin, elsewhere admins; at most 50 in a conversation, and not SYSTEM. Pinning twice changes nothing.',
  })
  pinMessage(@Arg('input', () => PinMessageInput) input: PinMessageInput, @Ctx() context: MessagesContext) {
    return toPayload(context, (viewer) => this.changing.pin(viewer, input.messageId, true));
  }

  @Mutation(() => UnpinMessagePayload, { description: 'For those who can pin.' })
  unpinMessage(@Arg('input', () => UnpinMessageInput) input: UnpinMessageInput, @Ctx() context: MessagesContext) {
    return toPayload(context, (viewer) => this.changing.pin(viewer, input.messageId, false));
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
