import type { Admin, Kafka } from 'kafkajs';

/** One admin connection, opened when it is needed, and anew after a failure. */
export class KafkaAdmin {
  private admin: Promise<Admin> | null = null;

  constructor(private readonly kafka: Kafka) {}

  async use<T>(work: (admin: Admin) => Promise<T>): Promise<T> {
    const opened = (this.admin ??= this.open());
    try {
      return await work(await opened);
    } catch (error) {
      if (this.admin === opened) await this.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    const { admin } = this;
    this.admin = null;
    await admin?.then((each) => each.disconnect()).catch(() => undefined);
  }

  private async open(): Promise<Admin> {
    const admin = this.kafka.admin();
    await admin.connect();
    return admin;
  }
}
