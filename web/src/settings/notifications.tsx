import { useChat } from '@parley/client/react';
import {
  NotificationSettingsDocument,
  UpdateNotificationSettingsDocument,
  type NotificationSettingsFieldsFragment,
} from '@parley/client/operations';
import { useState } from 'react';
import { useAnswer } from '../app/use-answer';
import { useViewer } from '../app/viewer';
import { strings } from '../strings';
import { attempt } from '../ui/notices';
import { Pick } from '../ui/pick';
import { Toggle } from '../ui/toggle';
import { PushHere } from './push-here';
import { QuietHours } from './quiet-hours';
import styles from './settings.module.css';

type Settings = Omit<NotificationSettingsFieldsFragment, '__typename'>;

const { notifications } = strings.settings;
const levels = (['ALL', 'MENTIONS_AND_DIRECT', 'NONE'] as const).map((value) => ({
  value,
  label: notifications.levels[value],
}));

/** What the person is told of while they are away, and how. */
export function Notifications() {
  const { requests } = useChat();
  const { data, reload } = useAnswer(NotificationSettingsDocument, {});
  const [viewer] = useViewer();
  const [changed, setChanged] = useState<Partial<Settings>>({});
  if (!data?.viewer) return <p role="status">{strings.loading}</p>;
  const { push, showPreview, email, emailAfterMinutes, quietHours } = {
    ...data.viewer.notificationSettings,
    ...changed,
  };
  const save = async (input: Partial<Settings>) => {
    await requests.mutate(UpdateNotificationSettingsDocument, { input }, { repeatable: true });
    setChanged((before) => ({ ...before, ...input }));
  };
  const change = (input: Partial<Settings>) => {
    setChanged((before) => ({ ...before, ...input }));
    void attempt(() => save(input)).then((isDone) => {
      if (isDone) return;
      setChanged({});
      return reload();
    });
  };
  return (
    <>
      <PushHere />
      <section className={styles.section}>
        <h3>{notifications.what}</h3>
        <Pick label={notifications.push} value={push} options={levels} onChange={(level) => change({ push: level })} />
        <Toggle
          label={notifications.showPreview}
          hint={notifications.showPreviewHint}
          isOn={showPreview}
          onChange={(isOn) => change({ showPreview: isOn })}
        />
        <Pick
          label={notifications.email}
          value={email}
          options={levels}
          onChange={(level) => change({ email: level })}
        />
        {email !== 'NONE' && viewer && !viewer.emailVerifiedAt && (
          <p className={styles.soft}>{notifications.emailUnverified}</p>
        )}
        {email !== 'NONE' && (
          <Pick
            label={notifications.emailAfter}
            value={String(emailAfterMinutes)}
            options={waitsWith(emailAfterMinutes)}
            onChange={(minutes) => change({ emailAfterMinutes: Number(minutes) })}
          />
        )}
      </section>
      <QuietHours hours={quietHours} onChange={(hours) => change({ quietHours: hours })} save={save} />
    </>
  );
}

/** Another client may have set what is not offered here. */
function waitsWith(minutes: number): { value: string; label: string }[] {
  const offered = Object.entries(notifications.emailAfterMinutes).map(([value, label]) => ({ value, label }));
  return String(minutes) in notifications.emailAfterMinutes
    ? offered
    : [{ value: String(minutes), label: notifications.minutes(minutes) }, ...offered];
}
