import { Key, ListSize, Paged, PerViewer, Shareable } from '../../platform/subgraph/directives.js';
import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { PageInfo } from '../../platform/subgraph/graphql-types.js';
import { UrlScalar } from '../../platform/subgraph/scalars.js';
import { Invite, JoinRequestConnection } from './invite-schema.js';
import { Media, User } from './stubs.js';

export enum ConversationKind {
  DIRECT = 'DIRECT',
  GROUP = 'GROUP',
  CHANNEL = 'CHANNEL',
}
registerEnumType(ConversationKind, {
  name: 'ConversationKind',
  valuesConfig: {
    DIRECT: { description: 'Two people; at most one per pair.' },
    GROUP: { description: 'Up to 256 members.' },
    CHANNEL: { description: 'Any number of members; public or by invite.' },
  },
});

export enum Visibility {
  PRIVATE = 'PRIVATE',
  PUBLIC = 'PUBLIC',
}
registerEnumType(Visibility, { name: 'Visibility' });

export enum FanOut {
  ON_WRITE = 'ON_WRITE',
  ON_READ = 'ON_READ',
}
registerEnumType(FanOut, {
  name: 'FanOut',
  valuesConfig: {
    ON_WRITE: {
      description: "Up to 256 members: delivered to each member's inbox stream and counted per member as it is sent.",
    },
    ON_READ: { description: 'More: stored once, delivered on conversationEvents, unread computed when read.' },
  },
});

export enum MemberRole {
  OWNER = 'OWNER',
  ADMIN = 'ADMIN',
  MEMBER = 'MEMBER',
}
registerEnumType(MemberRole, { name: 'MemberRole' });

@ObjectType({ description: 'Who may do what in a conversation, and for how long.' })
export class ConversationPolicy {
  @Field(() => MemberRole, { description: 'Lowest role that may send.' })
  whoCanSend!: MemberRole;
  @Field(() => MemberRole, { description: 'Lowest role that may add people and make invites.' })
  whoCanInvite!: MemberRole;
  @Field(() => Int, { description: 'How long a sender may edit, in seconds; 0 never.' })
  editWindowSeconds!: number;
  @Field(() => Int, {
    description: 'How long a sender may delete for everyone, in seconds; 0 never. Admins always may.',
  })
  deleteWindowSeconds!: number;
  @Field(() => Int, { description: 'Least time between two messages of one member, in seconds; 0 none.' })
  slowModeSeconds!: number;
  @Field(() => Int, {
    nullable: true,
    description: 'Messages disappear for everyone this long after they are sent, in seconds; null never.',
  })
  messageTtlSeconds!: number | null;
}

@Key('conversationId userId')
@ObjectType({ description: 'Somebody in a conversation.' })
export class Member {
  @Shareable()
  @Field(() => ID)
  id!: string;
  @Field(() => ID)
  conversationId!: string;
  @Field(() => ID)
  userId!: string;
  @Shareable()
  @Field(() => User, { nullable: true, description: 'Null only while the users subgraph cannot answer.' })
  user!: User | null;
  @Shareable()
  @Field(() => MemberRole)
  role!: MemberRole;
  @Field(() => Date)
  joinedAt!: Date;
}

@ObjectType()
export class MemberEdge {
  @Field(() => String)
  cursor!: string;
  @Field(() => Member)
  node!: Member;
}

@ObjectType()
export class MemberConnection {
  @Field(() => [MemberEdge])
  edges!: MemberEdge[];
  @Field(() => PageInfo)
  pageInfo!: PageInfo;
}

@Key('id')
@ObjectType({ description: 'A thread of messages between its members.' })
export class Conversation {
  @Field(() => ID)
  id!: string;
  @Field(() => ConversationKind)
  kind!: ConversationKind;
  @Field(() => String, { nullable: true, description: 'Null for DIRECT.' })
  title!: string | null;
  @Field(() => String, { nullable: true })
  description!: string | null;
  @Field(() => Media, { nullable: true, description: 'Null for who may not read the upload itself.' })
  avatar!: Media | null;
  @Field(() => UrlScalar, {
    nullable: true,
    description: 'The avatar with its longest side at 128 pixels, signed; null without one.',
  })
  avatarUrl!: string | null;
  @Field(() => Visibility)
  visibility!: Visibility;
  @Field(() => Date)
  createdAt!: Date;
  @Field(() => User, { nullable: true })
  createdBy!: User | null;
  @Field(() => Int)
  memberCount!: number;
  @Paged()
  @Field(() => MemberConnection, {
    description: 'In the order in which they joined. Empty for who is not a member of a public channel.',
  })
  members!: MemberConnection;
  @PerViewer()
  @Field(() => Member, { nullable: true, description: 'Null when the viewer is not a member.' })
  viewerMember!: Member | null;
  @PerViewer()
  @Field(() => User, { nullable: true, description: 'DIRECT only: the other person.' })
  otherUser!: User | null;
  @Field(() => ConversationPolicy)
  policy!: ConversationPolicy;
  @Field(() => FanOut, {
    description: "How its messages reach people: on every member's inbox stream, or only on its own stream.",
  })
  fanOut!: FanOut;
  @ListSize('assumedSize: 20')
  @PerViewer()
  @Field(() => [Invite], { description: 'Those that can be used, newest first. Admins only; empty for others.' })
  invites!: Invite[];
  @Paged()
  @PerViewer()
  @Field(() => JoinRequestConnection, {
    description: 'Those that wait, oldest first. Admins only; empty for others.',
  })
  joinRequests!: JoinRequestConnection;
}
