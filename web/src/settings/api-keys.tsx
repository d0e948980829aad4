import { useChat } from '@parley/client/react';
import {
  BotsDocument,
  CreateApiKeyDocument,
  CreateBotDocument,
  RevokeApiKeyDocument,
  type ApiKeyScope,
} from '@parley/client/operations';
import { Bot, KeyRound } from 'lucide-react';
import { useState } from 'react';
import { ago } from '../app/time';
import { useAnswer } from '../app/use-answer';
import { strings } from '../strings';
import { Button } from '../ui/button';
import { Dialog, DialogActions } from '../ui/dialog';
import { Field } from '../ui/field';
import { Form } from '../ui/form';
import { attempt } from '../ui/notices';
import { Toggle } from '../ui/toggle';
import styles from './settings.module.css';

const { bots: texts } = strings.settings;
const scopes = Object.entries(texts.scopes) as [ApiKeyScope, string][];
const usual: readonly ApiKeyScope[] = ['MESSAGES_READ', 'MESSAGES_WRITE', 'CONVERSATIONS_READ'];

/** Bots of the person, and the keys by which programs act for them. */
export function ApiKeys() {
  const { requests } = useChat();
  const { data, reload } = useAnswer(BotsDocument, {});
  const [keyFor, setKeyFor] = useState<string | null>(null);
  const [round, setRound] = useState(0);
  const bots = data?.viewer?.bots ?? [];
  const revoke = (apiKeyId: string) =>
    void attempt(async () => {
      await requests.mutate(RevokeApiKeyDocument, { input: { apiKeyId } }, { repeatable: true });
      await reload();
    });
  return (
    <section className={styles.section}>
      <h3>{texts.title}</h3>
      <p className={styles.soft}>{texts.hint}</p>
      {bots.map(({ id, user, apiKeys }) => (
        <ul key={id} className={styles.cards} aria-label={user.displayName}>
          <li className={styles.card}>
            <Bot size={22} aria-hidden />
            <span className={styles.cardText}>
              <strong>{user.displayName}</strong>
              <p className={styles.soft}>@{user.handle}</p>
            </span>
            <Button onPress={() => setKeyFor(id)}>{texts.newKey}</Button>
          </li>
          {apiKeys.map((key) => (
            <li key={key.id} className={styles.card}>
              <KeyRound size={22} aria-hidden />
              <span className={styles.cardText}>
                <strong>{key.name}</strong>
                <p className={styles.soft}>
                  {key.prefix}… · {key.lastUsedAt ? texts.used(ago(key.lastUsedAt)) : texts.neverUsed}
                </p>
              </span>
              <Button kind="danger" aria-label={texts.revokeNamed(key.name)} onPress={() => revoke(key.id)}>
                {texts.revoke}
              </Button>
            </li>
          ))}
        </ul>
      ))}
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
      {keyFor && (
        <NewKey
          botId={keyFor}
          onClose={() => {
            setKeyFor(null);
            void reload();
          }}
        />
      )}
    </section>
  );
}

/** The secret is shown until this is closed, and never again. */
function NewKey({ botId, onClose }: { botId: string; onClose: () => void }) {
  const { requests } = useChat();
  const [chosen, setChosen] = useState(usual);
  const [secret, setSecret] = useState<string | null>(null);
  if (secret !== null)
    return (
      <Dialog title={texts.secretTitle} isOpen onClose={onClose}>
        <p>{texts.secretHint}</p>
        <Field label={texts.secret} value={secret} isReadOnly />
      </Dialog>
    );
  return (
    <Dialog title={texts.newKey} isOpen onClose={onClose}>
      <Form
        onSubmit={async ({ name = '' }) => {
          const input = { botId, name, scopes: [...chosen] };
          const made = await requests.mutate(CreateApiKeyDocument, { input });
          setSecret(made.secret);
        }}
      >
        {({ isBusy }) => (
          <>
            <Field name="name" label={texts.keyName} maxLength={80} isRequired />
            {scopes.map(([scope, label]) => (
              <Toggle
                key={scope}
                label={label}
                isOn={chosen.includes(scope)}
                onChange={(isOn) => setChosen(isOn ? [...chosen, scope] : chosen.filter((each) => each !== scope))}
              />
            ))}
            <DialogActions>
              <Button type="submit" kind="primary" isDisabled={isBusy || chosen.length === 0}>
                {texts.makeKey}
              </Button>
            </DialogActions>
          </>
        )}
      </Form>
    </Dialog>
  );
}
