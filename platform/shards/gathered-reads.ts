import type { ShardClient } from '../database/port.js';
import { Gathering } from './gathering.js';
import type { Shard, Shards } from './shards.js';

/** Rows that one statement asks for. */
const MOST = 1_000;

interface Asked<Question, Answer> {
  question: Question;
  answer?: Answer;
}

/**
 * A read that many ask for at the same moment, as when thousands of sockets come back: one statement on each shard at a time,
 * for all who have asked since the last one began. So nobody is answered by what was read before they asked.
 */
export class GatheredReads<Question, Answer> {
  private readonly gatherings = new Map<Shard, Gathering<Asked<Question, Answer>>>();

  constructor(
    private readonly shards: Shards,
    /** Answers in the order of the questions; throws PY001 where the shard does not own the bucket of one of them. */
    private readonly read: (db: ShardClient, questions: Question[]) => Promise<Answer[]>,
  ) {}

  /** Of the shard that holds this UUID. Throws as Shards.on does. */
  async ask(uuid: string, question: Question): Promise<Answer> {
    const asked: Asked<Question, Answer> = { question };
    let wasGathered = false;
    await this.shards.on(uuid, (shard) => {
      // Refused before: on its own now, so that a bucket that moves holds up nobody else.
      if (wasGathered) return this.answer(shard.db, [asked]);
      wasGathered = true;
      return this.gatheringOf(shard).add([asked]);
    });
    return asked.answer!;
  }

  private gatheringOf(shard: Shard): Gathering<Asked<Question, Answer>> {
    let gathering = this.gatherings.get(shard);
    if (!gathering) this.gatherings.set(shard, (gathering = new Gathering((all) => this.answer(shard.db, all))));
    return gathering;
  }

  private async answer(db: ShardClient, all: Asked<Question, Answer>[]): Promise<void> {
    for (let from = 0; from < all.length; from += MOST) {
      const some = all.slice(from, from + MOST);
      const answers = await this.read(
        db,
        some.map(({ question }) => question),
      );
      for (const [index, asked] of some.entries()) asked.answer = answers[index]!;
    }
  }
}
