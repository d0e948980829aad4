import { useChat } from '@parley/client/react';
import { BotsDocument, CreateBotDocument, DeleteBotDocument, type BotsQuery } from '@parley/client/operations';
import { Bot, Ellipsis, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useAnswer } from '../app/use-answer';
import { strings } from '../strings';
import { Button, IconButton } from '../ui/button';
import { Confirm } from '../ui/confirm';
import { DialogActions } from '../ui/dialog';
import { Field } from '../ui/field';
import { Form } from '../ui/form';
import { Menu } from '../ui/menu';
import { attempt } from '../ui/notices';
import { KeyLine, NewKey } from './api-keys';
import styles from './settings.module.css';
import { NewWebhook, WebhookLine } from './webhooks';

const { bots: texts, keys, webhooks: hooks } = strings.settings;

type Viewer = NonNullable<BotsQuery['viewer']>;

/** Bots of the person, the keys by which programs act for them, and the webhooks that tell programs what happens. */
export function Bots() {
  const { requests } = useChat();
  const { data, reload } = useAnswer(BotsDocument, {});
  const [round, setRound] = useState(0);
  if (!data?.viewer) return <p role="status">{strings.loading}</p>;
  const { bots, webhooks } = data.viewer;
  return (
    <>
      <section className={styles.section}>
        <h3>{texts.title}</h3>
        <p className={styles.soft}>{texts.hint}</p>
        {bots.map((bot) => (
          <OneBot
            key={bot.id}
            bot={bot}
            webhooks={webhooks.filter(({ botId }) => botId === bot.id)}
            onChange={() => void reload()}
          />
        ))}
      </section>
      <section className={styles.section}>
        <h3>{texts.another}</h3>
        <Form
          key={round}
          onSubmit={async ({ displayName = '', handle = '' }) => {
            await requests.mutate(CreateBotDocument, { input: { displayName, handle } });
            setRound(round + 1);
            await reload();
          }}
        >
          {({ isBusy }) => (
            <>
              <Field name="displayName" label={texts.botName} maxLength={80} isRequired />
              <Field name="handle" label={strings.settings.handle} maxLength={30} autoCapitalize="none" isRequired />
              <DialogActions>
                <Button type="submit" isDisabled={isBusy}>
                  {texts.newBot}
                </Button>
              </DialogActions>
            </>
          )}
        </Form>
      </section>
    </>
  );
}

interface OneBotProps {
  bot: Viewer['bots'][number];
  webhooks: Viewer['webhooks'];
  onChange: () => void;
}

function OneBot({ bot: { id, user, apiKeys }, webhooks, onChange }: OneBotProps) {
  const { requests } = useChat();
  const [asked, setAsked] = useState<'key' | 'webhook' | 'delete' | null>(null);
  const close = () => {
    setAsked(null);
    onChange();
  };
  const remove = () =>
    void attempt(() => requests.mutate(DeleteBotDocument, { input: { botId: id } }, { repeatable: true })).then(
      onChange,
    );
  return (
    <div className={styles.group}>
      <ul className={styles.cards} aria-label={user.displayName}>
        <li className={styles.card}>
          <Bot size={22} aria-hidden />
          <span className={styles.cardText}>
            <strong>{user.displayName}</strong>
            <p className={styles.soft}>@{user.handle}</p>
          </span>
          <Menu
            label={texts.options(user.displayName)}
            trigger={
              <IconButton label={texts.options(user.displayName)}>
                <Ellipsis size={19} aria-hidden />
              </IconButton>
            }
            choices={[
              {
                id: 'delete',
                label: texts.delete,
                icon: Trash2,
                isDangerous: true,
                onChoose: () => setAsked('delete'),
              },
            ]}
          />
        </li>
        {apiKeys.map((key) => (
          <KeyLine key={key.id} apiKey={key} onChange={onChange} />
        ))}
        {webhooks.map((webhook) => (
          <WebhookLine key={webhook.id} webhook={webhook} onChange={onChange} />
        ))}
      </ul>
      <div className={styles.buttons}>
        <Button onPress={() => setAsked('key')}>{keys.make}</Button>
        <Button onPress={() => setAsked('webhook')}>{hooks.make}</Button>
      </div>
      {asked === 'key' && <NewKey botId={id} onClose={close} />}
      {asked === 'webhook' && <NewWebhook botId={id} onClose={close} />}
      {asked === 'delete' && (
        <Confirm
          title={texts.deleteTitle(user.displayName)}
          hint={texts.deleteHint}
          action={texts.delete}
          onConfirm={remove}
          onClose={() => setAsked(null)}
        />
      )}
    </div>
  );
}
