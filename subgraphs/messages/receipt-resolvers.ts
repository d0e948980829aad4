import { Paged, PerViewer } from '../../platform/subgraph/directives.js';
import { Arg, Ctx, FieldResolver, Int, Mutation, Resolver, Root } from 'type-graphql';
import { requireViewer } from '../../platform/auth/caller.js';
import type { Cursors } from '../../platform/cursors/cursors.js';
import { Fault, UserFault } from '../../platform/errors/errors.js';
import { toPublicId } from '../../platform/ids/ids.js';
import { toConnection } from '../../platform/subgraph/graphql-types.js';
import type { MessagesContext } from './context.js';
import { Watermark } from './event-types.js';
import { UserView, type MemberView, type MessageView, type WatermarkView } from './present.js';
import { deliveredSeqOf, readSeqOf, receiptsOf, statusOf, type Receipt } from './progress.js';
import { MessageStatus, ReceiptConnection, UpdateReceiptsInput, UpdateReceiptsPayload } from './receipt-schema.js';
import type { Receipts } from './receipts.js';
import { Member, Message } from './schema.js';

const MAX_PAGE = 100;

@Resolver()
export class ReceiptsResolver {
  constructor(private readonly receipts: Receipts) {}

  @Mutation(() => UpdateReceiptsPayload, {
    description:
      'Acknowledges what this device has received and the person has read: watermarks, which only move forward; send many in one call. Accepted at once, stored in batches.',
  })
  async updateReceipts(
    @Arg('input', () => UpdateReceiptsInput) input: UpdateReceiptsInput,
    @Ctx() { caller }: MessagesContext,
  ) {
    const faults = await this.receipts.update(requireViewer(caller), input.receipts).catch((error: unknown) => {
      if (error instanceof UserFault) return [error as UserFault];
      throw error;
    });
    return { errors: faults.map(({ code, path, message, retryAt }) => ({ code, path, message, retryAt })) };
  }
}

@Resolver(() => Message)
export class MessageReceiptsResolver {
  constructor(private readonly cursors: Cursors) {}

  @PerViewer()
  @FieldResolver(() => MessageStatus, {
    description:
      'The furthest that every recipient has reached, by their watermarks. READ only from those who share read receipts.',
  })
  async status(@Root() message: MessageView, @Ctx() context: MessagesContext) {
    return isOwn(message, context) ? statusOf(message.snapshot, await load(message, context)) : 'SENT';
  }

  @PerViewer()
  @FieldResolver(() => Int)
  async deliveredCount(@Root() message: MessageView, @Ctx() context: MessagesContext) {
    return (await load(message, context)).filter((receipt) => receipt.hasReceived).length;
  }

  @PerViewer()
  @FieldResolver(() => Int)
  async readCount(@Root() message: MessageView, @Ctx() context: MessagesContext) {
    return (await load(message, context)).filter((receipt) => receipt.hasRead).length;
  }

  @Paged()
  @PerViewer()
  @FieldResolver(() => ReceiptConnection, {
    description: 'Who has received and read it. The sender only; empty where the conversation fans out on read.',
  })
  async receipts(
    @Root() message: MessageView,
    @Arg('first', () => Int, { defaultValue: 50 }) first: number,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Ctx() context: MessagesContext,
  ) {
    if (first < 1 || first > MAX_PAGE) throw new Fault('BAD_USER_INPUT', `first is between 1 and ${MAX_PAGE}.`);
    const { id } = message.snapshot;
    const [last = ''] = after == null ? [] : this.cursors.open('receipts', id, after);
    const receipts = (await load(message, context)).filter(({ userId }) => userId > last);
    const edges = receipts.slice(0, first).map((receipt) => ({
      cursor: this.cursors.seal('receipts', id, [receipt.userId]),
      node: toReceipt(receipt),
    }));
    return toConnection(edges, { hasNextPage: receipts.length > first, hasPreviousPage: after != null });
  }
}

@Resolver(() => Member)
export class MemberMarksResolver {
  @PerViewer()
  @FieldResolver(() => Int, {
    nullable: true,
    description: 'Watermarks: every message up to this seq. Null where privacy or fan-out on read hides them.',
  })
  async deliveredSeq(@Root() { conversation, snapshot }: MemberView, @Ctx() { loaders }: MessagesContext) {
    const marks = await loaders.marks.load(conversation);
    const member = marks?.members.get(snapshot.userId);
    return marks && member ? deliveredSeqOf(member, marks) : null;
  }

  @PerViewer()
  @FieldResolver(() => Int, { nullable: true })
  async readSeq(@Root() { conversation, snapshot }: MemberView, @Ctx() { loaders }: MessagesContext) {
    const marks = await loaders.marks.load(conversation);
    const member = marks?.members.get(snapshot.userId);
    return marks && member ? readSeqOf(member, marks) : null;
  }
}

@Resolver(() => Watermark)
export class WatermarkResolver {
  /** The hub says whether the viewers hide what they read: it executes this once for all that do, and for all others. */
  @FieldResolver(() => Int, { nullable: true, description: 'Null where privacy hides it.' })
  async readSeq(@Root() { mark, viewerHidesReads }: WatermarkView, @Ctx() { caller, loaders }: MessagesContext) {
    const viewerHides = viewerHidesReads ?? (await loaders.hidesReads.load(requireViewer(caller).userId));
    return viewerHides || (await loaders.hidesReads.load(mark.userId)) ? null : mark.readSeq;
  }
}

function isOwn(message: MessageView, { caller }: MessagesContext): boolean {
  return message.snapshot.senderId === requireViewer(caller).userId;
}

/** Nothing is read for the messages of others. */
async function load(message: MessageView, context: MessagesContext): Promise<Receipt[]> {
  if (!isOwn(message, context)) return [];
  return receiptsOf(message.snapshot, await context.loaders.marks.load(message.snapshot.conversationId));
}

function toReceipt({ userId, hasReceived, hasRead }: Receipt) {
  return { userId: toPublicId('user', userId), user: new UserView(userId), hasReceived, hasRead };
}
