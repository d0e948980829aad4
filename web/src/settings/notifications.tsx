import { useChat } from '@parley/client/react';
import {
  NotificationSettingsDocument,
  UpdateNotificationSettingsDocument,
  type NotificationSettingsFieldsFragment,
} from '@parley/client/operations';
import { useState } from 'react';
import { useAnswer } from '../app/use-answer';
import { strings } from '../strings';
import { attempt } from '../ui/notices';
import { Pick } from '../ui/pick';
import { Toggle } from '../ui/toggle';
import styles from './settings.module.css';

type Change = Partial<Omit<NotificationSettingsFieldsFragment, '__typename' | 'quietHours'>>;

const { notifications } = strings.settings;
const levels = (['ALL', 'MENTIONS_AND_DIRECT', 'NONE'] as const).map((value) => ({
  value,
  label: notifications.levels[value],
}));

/** What the person is told of while they are away. */
export function Notifications() {
  const { requests } = useChat();
  const { data, reload } = useAnswer(NotificationSettingsDocument, {});
  const [changed, setChanged] = useState<Change>({});
  if (!data?.viewer) return <p role="status">{strings.loading}</p>;
  const { push, showPreview, email } = { ...data.viewer.notificationSettings, ...changed };
  const change = (input: Change) => {
    setChanged({ ...changed, ...input });
    const mutate = () => requests.mutate(UpdateNotificationSettingsDocument, { input }, { repeatable: true });
    void attempt(mutate).then((isDone) => {
      if (!isDone) setChanged({});
      return reload();
    });
  };
  return (
    <section className={styles.section}>
      <h3>{notifications.title}</h3>
      <Pick label={notifications.push} value={push} options={levels} onChange={(level) => change({ push: level })} />
      <Toggle
        label={notifications.showPreview}
        hint={notifications.showPreviewHint}
        isOn={showPreview}
        onChange={(isOn) => change({ showPreview: isOn })}
      />
      <Pick label={notifications.email} value={email} options={levels} onChange={(level) => change({ email: level })} />
    </section>
  );
}
