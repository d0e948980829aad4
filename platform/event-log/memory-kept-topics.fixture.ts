import type { KeptChange, KeptKey, KeptRecord, KeptTopics } from './port.js';

/** For tests: kept topics in memory. */
export class MemoryKeptTopics implements KeptTopics {
  private records: KeptRecord[] = [];

  async change(partition: string, { add = [], replace = [], remove = [] }: KeptChange): Promise<void> {
    const isSame = (a: Pick<KeptRecord, 'topic' | 'position'>) => (b: KeptRecord) =>
      b.partition === partition && b.topic === a.topic && b.position === a.position;
    for (const record of add) if (!this.records.some(isSame(record))) this.records.push({ ...record, partition });
    for (const record of replace) {
      this.records = this.records.filter((each) => !isSame(record)(each));
      this.records.push({ ...record, partition });
    }
    for (const record of remove) this.records = this.records.filter((each) => !isSame(record)(each));
  }

  async read({ partition, topics, key, after = 0n, limit }: Parameters<KeptTopics['read']>[0]): Promise<KeptRecord[]> {
    return this.of(partition, topics)
      .filter((record) => (key === undefined || record.key === key) && record.position > after)
      .slice(0, limit);
  }

  async keys(partition: string, topics: readonly string[]): Promise<KeptKey[]> {
    const keys = new Map<string, KeptKey>();
    for (const { key, position, dueAt } of this.of(partition, topics)) {
      const known = keys.get(key);
      if (!known) keys.set(key, { key, count: 1, position, dueAt, earliestDueAt: dueAt });
      else {
        known.count++;
        known.earliestDueAt = Math.min(known.earliestDueAt, dueAt);
      }
    }
    return [...keys.values()];
  }

  async topics(): Promise<{ topic: string; partition: string; count: number }[]> {
    const names = [...new Set(this.records.map(({ topic, partition }) => `${partition} ${topic}`))].sort();
    return names.map((name) => {
      const [partition = '', topic = ''] = name.split(' ');
      return { topic, partition, count: this.of(partition, [topic]).length };
    });
  }

  private of(partition: string, topics: readonly string[]): KeptRecord[] {
    return this.records
      .filter((record) => record.partition === partition && topics.includes(record.topic))
      .sort((a, b) => Number(a.position - b.position));
  }
}
