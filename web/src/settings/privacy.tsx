import { useChat } from '@parley/client/react';
import {
  SettingsDocument,
  UpdatePrivacyDocument,
  type PrivacyAudience,
  type UpdatePrivacyInput,
} from '@parley/client/operations';
import { useState } from 'react';
import { useAnswer } from '../app/use-answer';
import { strings } from '../strings';
import { attempt } from '../ui/notices';
import { Pick } from '../ui/pick';
import { Toggle } from '../ui/toggle';
import styles from './settings.module.css';

const { settings } = strings;
const audiences = Object.entries(settings.audience).map(([value, label]) => ({
  value: value as PrivacyAudience,
  label,
}));

/** Who learns what of the person. */
export function Privacy() {
  const { requests } = useChat();
  const { data, reload } = useAnswer(SettingsDocument, {});
  const [changed, setChanged] = useState<UpdatePrivacyInput>({});
  if (!data?.viewer) return <p role="status">{strings.loading}</p>;
  const privacy = { ...data.viewer.privacy, ...(changed as Partial<typeof data.viewer.privacy>) };
  const change = (input: UpdatePrivacyInput) => {
    setChanged({ ...changed, ...input });
    void attempt(() => requests.mutate(UpdatePrivacyDocument, { input }, { repeatable: true })).then((isDone) => {
      if (!isDone) setChanged({});
      return reload();
    });
  };
  return (
    <section className={styles.section}>
      <h3>{settings.privacy}</h3>
      <Pick
        label={settings.lastSeen}
        value={privacy.lastSeen}
        options={audiences}
        onChange={(lastSeen) => change({ lastSeen })}
      />
      <Pick
        label={settings.directMessages}
        value={privacy.directMessages}
        options={audiences}
        onChange={(directMessages) => change({ directMessages })}
      />
      <Toggle
        label={settings.readReceipts}
        hint={settings.readReceiptsHint}
        isOn={privacy.readReceipts}
        onChange={(readReceipts) => change({ readReceipts })}
      />
      <Toggle
        label={settings.typing}
        isOn={privacy.typingIndicators}
        onChange={(typingIndicators) => change({ typingIndicators })}
      />
    </section>
  );
}
