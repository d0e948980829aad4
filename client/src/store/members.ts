import type { MemberFieldsFragment, OwnMemberFieldsFragment } from '../generated/graphql.js';

/** Somebody in a conversation, with how far they have received and read; null where that is hidden. */
export type Member = OwnMemberFieldsFragment;

interface Marks {
  deliveredSeq: number | null;
  readSeq: number | null;
}

/** Watermarks only move forward. What is hidden stays hidden until it is told again. */
export function withMarks(member: Member, { deliveredSeq, readSeq }: Marks): Member {
  return {
    ...member,
    deliveredSeq: forward(member.deliveredSeq, deliveredSeq),
    readSeq: readSeq === null ? null : Math.max(member.readSeq ?? 0, readSeq),
  };
}

/** Who writes has received and read what is before it. */
export function afterWriting(member: Member, seq: number): Member {
  return withMarks(member, { deliveredSeq: seq, readSeq: member.readSeq === null ? null : seq });
}

/** A live event does not tell the marks; who has just come has none. */
export function fromLiveMember(live: MemberFieldsFragment, before: Member | undefined): Member {
  return { ...live, deliveredSeq: before ? before.deliveredSeq : 0, readSeq: before ? before.readSeq : 0 };
}

/** As it was read, but never behind what was told before. */
export function fromReadMember(read: Member, before: Member | undefined): Member {
  if (!before) return read;
  return {
    ...read,
    deliveredSeq: most(read.deliveredSeq, before.deliveredSeq),
    readSeq: most(read.readSeq, before.readSeq),
  };
}

const forward = (before: number | null, seq: number | null): number | null =>
  before === null || seq === null ? before : Math.max(before, seq);

const most = (read: number | null, before: number | null): number | null =>
  read === null ? null : Math.max(read, before ?? 0);
