import { setTimeout as delay } from 'node:timers/promises';
import { subgraphNames } from '../../bin/processes.js';
import { withDatabase, type Database } from '../database.js';
import type { Deployment, PassageName } from '../services/deployment.js';
import { redisCli } from '../services/servers/redis.js';
import { anyMoment, waitFor } from '../wait-for.js';

export interface Fault {
  name: string;
  inflict: (deployment: Deployment) => Promise<void>;
}

/** For how long things are away. */
export interface Spans {
  kafkaMs: number;
  redisMs: number;
  /** Longer than a worker's session. */
  frozenMs: number;
  cutMs: number;
}

/** What happens to deployments, each from its beginning until it is over or mended. */
export function faults({ kafkaMs, redisMs, frozenMs, cutMs }: Spans): Fault[] {
  const seconds = (ms: number) => `${ms / 1_000} s`;
  return [
    { name: 'a router is killed', inflict: (deployment) => kill(deployment, 'router-1') },
    ...subgraphNames.map((name) => ({
      name: `one of the ${name} subgraph is killed`,
      inflict: (deployment: Deployment) => kill(deployment, `${name}-1`),
    })),
    { name: 'all workers and relays are killed before Kafka answers', inflict: killBeforeKafkaAnswers },
    {
      name: 'all relays are killed after their append, before they delete',
      inflict: (deployment) => killWhileHeld(deployment, holdOutbox, 'take_outbox', 'rolled back'),
    },
    {
      name: 'all workers are killed before the database commits',
      inflict: (deployment) => killWhileHeld(deployment, holdInboxes, 'deliver_inbox', 'rolled back'),
    },
    {
      name: 'all workers are killed before their position is committed',
      inflict: (deployment) => killWhileHeld(deployment, holdInboxes, 'deliver_inbox'),
    },
    {
      name: `Kafka is away for ${seconds(kafkaMs)}`,
      inflict: async ({ kafka }) => {
        await kafka!.kill();
        await delay(kafkaMs);
        await kafka!.start();
      },
    },
    {
      name: `Redis is away for ${seconds(redisMs)} and comes back empty`,
      inflict: async ({ redis }) => {
        await redis.kill();
        await delay(redisMs);
        await redis.restart();
      },
    },
    {
      name: 'Redis loses all that it holds',
      inflict: async ({ redis }) => {
        redisCli(redis.ports[0]!, 'flushall');
        await delay(1_000);
      },
    },
    { name: 'the Postgres of all shards is killed after a commit, before the reply', inflict: killPostgresUnanswered },
    {
      name: `workers are frozen for ${seconds(frozenMs)}`,
      inflict: async (deployment) => {
        const { process } = deployment.process('workers-1');
        process.signal('SIGSTOP');
        await delay(frozenMs);
        process.signal('SIGCONT');
      },
    },
    ...(['to messages-1', 'from messages-1 to Postgres', 'from router-1 to Redis'] as const).map((way) => ({
      name: `no answers on the way ${way} for ${seconds(cutMs)}`,
      inflict: (deployment: Deployment) => cut(deployment, way, cutMs),
    })),
    { name: 'every process is restarted, one after the other', inflict: restartAll },
  ];
}

async function kill(deployment: Deployment, name: string): Promise<void> {
  const { process } = deployment.process(name);
  await process.end('SIGKILL');
  await anyMoment(0, 1_000);
  await process.start();
}

async function killWorkers(deployment: Deployment): Promise<void> {
  await Promise.all(['workers-1', 'workers-2'].map((name) => deployment.process(name).process.end('SIGKILL')));
}

/** What is on its way to Kafka, be it an event or a position, may arrive or not: nobody is told. */
async function killBeforeKafkaAnswers(deployment: Deployment): Promise<void> {
  await deployment.kafka!.freeze();
  await withDatabase(deployment.dataDir, (database) =>
    waitFor('events wait for Kafka', async () => (await database.everywhere('select from outbox')).length > 5, 20_000),
  );
  await killWorkers(deployment);
  deployment.kafka!.resume();
  await deployment.start();
}

/** Kills the workers at the moment when what they ask of the database cannot go on. */
async function killWhileHeld(
  deployment: Deployment,
  hold: (database: Database) => Promise<void>,
  asked: string,
  outcome: 'rolled back' | 'committed' = 'committed',
): Promise<void> {
  await withDatabase(deployment.dataDir, async (database) => {
    await hold(database);
    const waiting = `from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '%${asked}%'`;
    const waits = async () => {
      // Within a transaction, what was seen of others is kept.
      await database.everywhere('select pg_stat_clear_snapshot()');
      return (await database.everywhere(`select ${waiting}`)).length > 0;
    };
    await waitFor(`${asked} waits`, waits, 20_000);
    await killWorkers(deployment);
    if (outcome === 'rolled back') await database.everywhere(`select pg_terminate_backend(pid) ${waiting}`);
    await database.everywhere('rollback');
  });
  await deployment.start();
}

/** Of events that the relay has not deleted yet. */
async function holdOutbox(database: Database): Promise<void> {
  await waitFor(
    'events are in an outbox',
    async () => {
      await database.everywhere('rollback');
      await database.everywhere('begin');
      return (await database.everywhere('select from outbox for update')).length > 0;
    },
    20_000,
  );
}

async function holdInboxes(database: Database): Promise<void> {
  await database.everywhere('begin');
  await database.everywhere('lock table inbox in share mode');
}

/** A commit that waits for a standby which is not there is durable, and its client is not told. */
async function killPostgresUnanswered(deployment: Deployment): Promise<void> {
  const setting = 'synchronous_standby_names';
  await withDatabase(deployment.dataDir, async (database) => {
    await database.everywhere('set synchronous_commit = local');
    await database.one(`alter system set ${setting} = 'nobody'`);
    await database.one('select pg_reload_conf()');
    await waitFor(
      'a send is committed and not answered',
      async () =>
        (
          await database.one(
            "select from pg_stat_activity where wait_event = 'SyncRep' and query like '%send_messages%'",
          )
        ).length > 0,
      20_000,
    );
    await database.one(`alter system reset ${setting}`);
  });
  const pid = deployment.killPostgres();
  await waitFor('another Postgres runs', () => ![null, pid].includes(deployment.postmaster()), 30_000);
}

async function cut(deployment: Deployment, way: PassageName, ms: number): Promise<void> {
  deployment.passage(way).cutAnswers();
  await delay(ms);
  deployment.passage(way).mend();
}

async function restartAll({ processes }: Deployment): Promise<void> {
  for (const { name, process } of processes.values()) {
    const code = await process.end('SIGTERM');
    if (code !== 0) throw new Error(`${name} ended with ${code}.`);
    await process.start();
  }
}
