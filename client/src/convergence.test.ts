import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Conversation } from './conversation.js';
import type { Outbox } from './outbox/outbox.js';
import type { Receipts } from './receipts.js';
import { Cell } from './observable.js';
import { Snapshots } from './snapshots.js';
import { memoryStorage } from './storage/memory.js';
import { InboxStore } from './store/inbox-store.js';
import { Typings } from './presence/typings.js';
import { FickleNetwork } from './testing/fickle-network.js';
import { me, ModelConversation } from './testing/model-conversation.js';
import { webEnvironment } from './web-environment.js';

/** A person's device, its network, and the conversation as the server has it. */
class Scene {
  readonly model = new ModelConversation('cnv_1');
  readonly network = new FickleNetwork(this.model);
  private readonly storage = memoryStorage();
  /** Everything that waits, waits for one turn. */
  private readonly environment = { ...webEnvironment(), sleep: () => turn(), random: () => 0.5 };
  private snapshots = this.openStorage();
  conversation = this.openConversation();

  constructor(history: number) {
    for (const userId of ['usr_a', 'usr_b']) this.model.join(userId);
    for (let i = 0; i < history; i++) this.model.send('usr_a', `before ${i}`);
    this.conversation.open();
  }

  /** The page is closed, with or without a last writing, and opened again. */
  async reload(isWritten: boolean): Promise<void> {
    if (isWritten) await this.snapshots.flush();
    this.conversation.close();
    this.snapshots.close();
    this.snapshots = this.openStorage();
    this.conversation = this.openConversation();
    this.conversation.open();
  }

  /** The network is well again, and nothing more happens. */
  async settle(): Promise<void> {
    for (let quiet = 0; quiet < 4;) {
      this.network.deliver(false);
      this.network.read(0);
      this.network.answer(0);
      await turn();
      quiet = this.network.isQuiet ? quiet + 1 : 0;
    }
  }

  private openStorage(): Snapshots {
    const sleepsForEver = { ...this.environment, sleep: () => new Promise<void>(() => undefined) };
    return new Snapshots(this.storage, '', sleepsForEver);
  }

  private openConversation(): Conversation {
    const { network, environment, snapshots } = this;
    const transport = { ask: network.ask, subscribe: network.subscribe } as never;
    return new Conversation(this.model.id, {
      viewerId: me,
      requests: transport,
      live: transport,
      environment,
      snapshots,
      typing: new Typings(transport, environment, me),
      outbox: { entries: new Cell([]) } as unknown as Outbox,
      receipts: {} as Receipts,
      inbox: new InboxStore(
        me,
        () => undefined,
        () => undefined,
      ),
    });
  }
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

type Act = (scene: Scene, pick: number) => unknown;
const people = ['usr_a', 'usr_b', 'usr_c', me];
const someone = (pick: number) => people[pick % people.length]!;
const someSeq = ({ model }: Scene, pick: number) => 1 + (pick % Math.max(1, model.size));

const onTheServer: Record<string, Act> = {
  send: ({ model }, pick) => model.send(someone(pick), `said ${pick}`),
  edit: (scene, pick) => scene.model.edit(someSeq(scene, pick), `edited ${pick}`),
  delete: (scene, pick) => scene.model.delete(someSeq(scene, pick)),
  pin: (scene, pick) => scene.model.pin(someSeq(scene, pick)),
  react: (scene, pick) => scene.model.react(someone(pick), someSeq(scene, pick >> 2), pick % 3 ? '👍' : '🎉'),
  read: ({ model }, pick) => model.read(someone(pick), pick % 30),
  join: ({ model }, pick) => model.join(someone(pick)),
  leave: ({ model }, pick) => model.leave(someone(pick)),
  promote: ({ model }, pick) => model.promote(someone(pick), pick % 2 ? 'ADMIN' : 'MEMBER'),
  rename: ({ model }, pick) => model.rename(`Title ${pick}`),
};
const onTheWay: Record<string, Act> = {
  deliver: ({ network }, pick) => network.deliver(pick % 4 === 0),
  requestArrives: ({ network }, pick) => network.read(pick),
  answerArrives: ({ network }, pick) => network.answer(pick),
  answerIsLost: ({ network }, pick) => network.lose(pick),
  cut: ({ network }) => network.cut(),
};
const onTheDevice: Record<string, Act> = {
  loadOlder: ({ conversation }) => void conversation.loadOlder().catch(() => undefined),
  loadNewer: ({ conversation }) => void conversation.loadNewer().catch(() => undefined),
  jump: (scene, pick) => void scene.conversation.jumpTo({ seq: someSeq(scene, pick) }).catch(() => undefined),
  jumpToLatest: ({ conversation }) => conversation.jumpToLatest(),
  reload: (scene, pick) => scene.reload(pick % 2 === 0),
};
const acts = { ...onTheServer, ...onTheWay, ...onTheDevice };
const act = fc.record({
  what: fc.oneof(
    { arbitrary: fc.constantFrom(...Object.keys(onTheServer)), weight: 4 },
    { arbitrary: fc.constantFrom('deliver', 'requestArrives', 'answerArrives'), weight: 5 },
    { arbitrary: fc.constantFrom('answerIsLost', 'cut'), weight: 1 },
    { arbitrary: fc.constantFrom(...Object.keys(onTheDevice)), weight: 1 },
  ),
  pick: fc.nat(1_000),
});

test('whatever the network does, a conversation ends as the server has it, without a hole and in order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(60), fc.array(act, { maxLength: 60 }), async (history, sequence) => {
      const scene = new Scene(history);
      for (const { what, pick } of sequence) {
        await acts[what]!(scene, pick);
        await turn();
      }
      await scene.settle();
      scene.conversation.jumpToLatest();
      const { model, conversation } = scene;
      for (let view = conversation.view.get(); ; view = conversation.view.get()) {
        const shown = view.messages.flatMap((message) => (message.isPending ? [] : [message]));
        const from = shown[0]?.seq ?? model.size + 1;
        const all = Array.from({ length: model.size + 1 - from }, (_, i) => model.messageOf(from + i));
        expect(shown.map(({ isPending: _, isOwn: __, progress: ___, ...message }) => message)).toEqual(all);
        expect(view.info).toEqual({ ...model.infoNow(), memberCount: view.info?.memberCount });
        expect([...view.members].sort(byUser)).toEqual(model.memberStates().sort(byUser));
        expect(view.state).toBe('live');
        if (!view.hasOlder) {
          expect(from).toBe(1);
          break;
        }
        const older = conversation.loadOlder();
        await scene.settle();
        await older;
      }
      conversation.close();
    }),
    { numRuns: Number(process.env.PARLEY_CONVERGENCE_RUNS ?? 150), endOnFailure: false },
  );
}, 60_000);

const byUser = (a: { userId: string }, b: { userId: string }) => (a.userId < b.userId ? -1 : 1);
