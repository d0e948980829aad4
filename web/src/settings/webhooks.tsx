import { useChat, useInbox } from '@parley/client/react';
import {
  CreateWebhookDocument,
  DeleteWebhookDocument,
  ResumeWebhookDocument,
  RotateWebhookSecretDocument,
  TestWebhookDocument,
  type WebhookEventType,
  type WebhookFieldsFragment,
} from '@parley/client/operations';
import { Ellipsis, KeyRound, RotateCcw, Send, Trash2, Webhook } from 'lucide-react';
import { useState } from 'react';
import { ago } from '../app/time';
import { titleOf } from '../conversation/names';
import { strings } from '../strings';
import { Button, IconButton } from '../ui/button';
import { Confirm } from '../ui/confirm';
import { Dialog, DialogActions } from '../ui/dialog';
import { Field } from '../ui/field';
import { Form } from '../ui/form';
import { Menu } from '../ui/menu';
import { attempt, tell } from '../ui/notices';
import { Pick } from '../ui/pick';
import { Several } from '../ui/several';
import { Secret } from './secret';
import styles from './settings.module.css';

const { webhooks: texts } = strings.settings;
const EVERYWHERE = 'everywhere';

/** One of a bot's webhooks: what it is told of, how its deliveries fare, and what can be done about that. */
export function WebhookLine({ webhook, onChange }: { webhook: WebhookFieldsFragment; onChange: () => void }) {
  const { requests } = useChat();
  const titles = useTitles();
  const [asked, setAsked] = useState<'rotate' | 'delete' | null>(null);
  const [secret, setSecret] = useState<string | null>(null);
  const { id: webhookId, url, eventTypes, conversationIds, lastError, disabledAt, deadCount } = webhook;
  const input = { webhookId };
  const act = (work: () => Promise<unknown>) => void attempt(work).then(onChange);
  const test = () =>
    act(async () => {
      const { delivered, failure } = await requests.mutate(TestWebhookDocument, { input });
      tell(delivered ? texts.taken : texts.notTaken(failure ?? ''));
    });
  const rotate = () =>
    act(async () => setSecret((await requests.mutate(RotateWebhookSecretDocument, { input })).secret));
  const resume = () => act(() => requests.mutate(ResumeWebhookDocument, { input }, { repeatable: true }));
  const remove = () => act(() => requests.mutate(DeleteWebhookDocument, { input }, { repeatable: true }));
  const close = () => setAsked(null);
  return (
    <li className={styles.card}>
      <Webhook size={22} aria-hidden />
      <span className={styles.cardText}>
        <strong>{url}</strong>
        <p className={styles.soft}>{eventTypes.map((type) => texts.events[type]).join(', ')}</p>
        <p className={styles.soft}>
          {conversationIds
            ? conversationIds.map((id) => titles.get(id) ?? strings.conversation.unnamed).join(', ')
            : texts.everywhere}
        </p>
        <p className={styles.soft}>{stateOf(webhook)}</p>
        {lastError && <p className={styles.problem}>{lastError}</p>}
        {disabledAt && <p className={styles.problem}>{texts.disabled(ago(disabledAt))}</p>}
      </span>
      <Menu
        label={texts.optionsOf(url)}
        trigger={
          <IconButton label={texts.optionsOf(url)}>
            <Ellipsis size={19} aria-hidden />
          </IconButton>
        }
        choices={[
          { id: 'test', label: texts.test, icon: Send, onChoose: test },
          (deadCount > 0 || disabledAt !== null) && {
            id: 'resume',
            label: deadCount > 0 ? texts.resume : texts.enable,
            icon: RotateCcw,
            onChoose: resume,
          },
          { id: 'rotate', label: texts.rotate, icon: KeyRound, onChoose: () => setAsked('rotate') },
          { id: 'delete', label: texts.delete, icon: Trash2, isDangerous: true, onChoose: () => setAsked('delete') },
        ]}
      />
      {asked === 'rotate' && (
        <Confirm
          title={texts.rotateTitle}
          hint={texts.rotateHint}
          action={texts.rotate}
          isDangerous={false}
          onConfirm={rotate}
          onClose={close}
        />
      )}
      {asked === 'delete' && (
        <Confirm
          title={texts.deleteTitle}
          hint={texts.deleteHint}
          action={texts.delete}
          onConfirm={remove}
          onClose={close}
        />
      )}
      {secret !== null && (
        <Secret title={texts.secretTitle} label={texts.secret} value={secret} onClose={() => setSecret(null)} />
      )}
    </li>
  );
}

function stateOf({ lastDeliveredAt, waitingCount, deadCount }: WebhookFieldsFragment): string {
  return [
    lastDeliveredAt ? texts.delivered(ago(lastDeliveredAt)) : texts.neverDelivered,
    waitingCount > 0 && texts.waiting(waitingCount),
    deadCount > 0 && texts.givenUp(deadCount),
  ]
    .filter(Boolean)
    .join(' · ');
}

/** Makes a webhook, and shows what signs its deliveries until this is closed. */
export function NewWebhook({ botId, onClose }: { botId: string; onClose: () => void }) {
  const { requests } = useChat();
  const titles = useTitles();
  const [where, setWhere] = useState(EVERYWHERE);
  const [chosen, setChosen] = useState<readonly WebhookEventType[]>(['MESSAGE_SENT']);
  const [secret, setSecret] = useState<string | null>(null);
  if (secret !== null)
    return <Secret title={texts.secretTitle} label={texts.secret} value={secret} onClose={onClose} />;
  const places = [...titles].map(([value, label]) => ({ value, label }));
  return (
    <Dialog title={texts.make} isOpen onClose={onClose}>
      <Form
        onSubmit={async ({ url = '' }) => {
          const conversationIds = where === EVERYWHERE ? null : [where];
          const input = { botId, url, eventTypes: [...chosen], conversationIds };
          const made = await requests.mutate(CreateWebhookDocument, { input });
          setSecret(made.secret);
        }}
      >
        {({ isBusy }) => (
          <>
            <Field name="url" label={texts.url} hint={texts.urlHint} type="url" maxLength={2048} isRequired />
            <Pick
              label={texts.where}
              value={where}
              options={[{ value: EVERYWHERE, label: texts.everywhere }, ...places]}
              onChange={setWhere}
            />
            <p className={styles.soft}>{texts.hint}</p>
            <Several label={texts.eventsLabel} labels={texts.events} chosen={chosen} onChange={setChosen} />
            <DialogActions>
              <Button type="submit" kind="primary" isDisabled={isBusy || chosen.length === 0}>
                {texts.confirm}
              </Button>
            </DialogActions>
          </>
        )}
      </Form>
    </Dialog>
  );
}

/** Of the groups and channels in the person's list, as far as it is loaded, by id. */
function useTitles(): ReadonlyMap<string, string> {
  const { items, archived } = useInbox();
  const named = [...items, ...archived].filter(({ conversation }) => conversation && conversation.kind !== 'DIRECT');
  return new Map(named.map(({ conversationId, conversation }) => [conversationId, titleOf(conversation, null)]));
}
