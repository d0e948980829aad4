import { useChat } from '@parley/client/react';
import {
  CreateApiKeyDocument,
  RevokeApiKeyDocument,
  type ApiKeyScope,
  type BotsQuery,
} from '@parley/client/operations';
import { KeyRound } from 'lucide-react';
import { useState } from 'react';
import { ago, onDate } from '../app/time';
import { strings } from '../strings';
import { Button } from '../ui/button';
import { Confirm } from '../ui/confirm';
import { Dialog, DialogActions } from '../ui/dialog';
import { Field } from '../ui/field';
import { Form } from '../ui/form';
import { attempt } from '../ui/notices';
import { optionsOf, Pick } from '../ui/pick';
import { Several } from '../ui/several';
import { Secret } from './secret';
import styles from './settings.module.css';

const { keys: texts } = strings.settings;
const usual: readonly ApiKeyScope[] = ['MESSAGES_READ', 'MESSAGES_WRITE', 'CONVERSATIONS_READ'];
const DAY = 86_400_000;

export type ApiKey = NonNullable<BotsQuery['viewer']>['bots'][number]['apiKeys'][number];

/** One of a bot's keys, by which a program acts for it. */
export function KeyLine({ apiKey, onChange }: { apiKey: ApiKey; onChange: () => void }) {
  const { requests } = useChat();
  const [isAsked, setAsked] = useState(false);
  const { id: apiKeyId, name, prefix, lastUsedAt, expiresAt } = apiKey;
  const revoke = () =>
    void attempt(() => requests.mutate(RevokeApiKeyDocument, { input: { apiKeyId } }, { repeatable: true })).then(
      onChange,
    );
  return (
    <li className={styles.card}>
      <KeyRound size={22} aria-hidden />
      <span className={styles.cardText}>
        <strong>{name}</strong>
        <p className={styles.soft}>
          {prefix}… · {lastUsedAt ? texts.used(ago(lastUsedAt)) : texts.neverUsed}
          {expiresAt && ` · ${Date.parse(expiresAt) > Date.now() ? texts.expires(onDate(expiresAt)) : texts.expired}`}
        </p>
      </span>
      <Button kind="danger" aria-label={texts.revokeNamed(name)} onPress={() => setAsked(true)}>
        {texts.revoke}
      </Button>
      {isAsked && (
        <Confirm
          title={texts.revokeTitle(name)}
          hint={texts.revokeHint}
          action={texts.revoke}
          onConfirm={revoke}
          onClose={() => setAsked(false)}
        />
      )}
    </li>
  );
}

/** Makes a key, and shows its secret until this is closed. */
export function NewKey({ botId, onClose }: { botId: string; onClose: () => void }) {
  const { requests } = useChat();
  const [chosen, setChosen] = useState(usual);
  const [days, setDays] = useState<keyof typeof texts.expiries>('never');
  const [secret, setSecret] = useState<string | null>(null);
  if (secret !== null)
    return <Secret title={texts.secretTitle} label={texts.secret} value={secret} onClose={onClose} />;
  return (
    <Dialog title={texts.make} isOpen onClose={onClose}>
      <Form
        onSubmit={async ({ name = '' }) => {
          const expiresAt = days === 'never' ? null : new Date(Date.now() + Number(days) * DAY).toISOString();
          const input = { botId, name, scopes: [...chosen], expiresAt };
          const made = await requests.mutate(CreateApiKeyDocument, { input });
          setSecret(made.secret);
        }}
      >
        {({ isBusy }) => (
          <>
            <Field name="name" label={texts.name} maxLength={80} isRequired />
            <Several label={texts.scopesLabel} labels={texts.scopes} chosen={chosen} onChange={setChosen} />
            <Pick label={texts.expiry} value={days} options={optionsOf(texts.expiries)} onChange={setDays} />
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
