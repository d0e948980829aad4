import { useChat } from '@parley/client/react';
import { DevicesDocument, SignOutDevicesDocument } from '@parley/client/operations';
import { Bot, Monitor, Smartphone } from 'lucide-react';
import { ago } from '../app/time';
import { useAnswer } from '../app/use-answer';
import { strings } from '../strings';
import { Button } from '../ui/button';
import { attempt } from '../ui/notices';
import styles from './settings.module.css';

const { settings } = strings;
const icons: Record<string, typeof Monitor> = { IOS: Smartphone, ANDROID: Smartphone, BOT: Bot };

/** Where the person is signed in. */
export function Devices() {
  const { requests } = useChat();
  const { data, reload } = useAnswer(DevicesDocument, {});
  const devices = data?.viewer?.devices ?? [];
  const signOut = (deviceIds: string[] | null) =>
    void attempt(async () => {
      await requests.mutate(SignOutDevicesDocument, { input: { deviceIds } }, { repeatable: true });
      await reload();
    });
  return (
    <section className={styles.section}>
      <h3>{settings.devices}</h3>
      <ul className={styles.cards}>
        {devices.map(({ id, name, platform, network, isCurrent, lastActiveAt }) => {
          const Icon = icons[platform] ?? Monitor;
          return (
            <li key={id} className={styles.card}>
              <Icon size={22} aria-hidden />
              <span className={styles.cardText}>
                <strong>{name}</strong>
                <p className={styles.soft}>
                  {isCurrent ? settings.thisDevice : settings.lastActive(ago(lastActiveAt))}
                  {network && ` · ${network}`}
                </p>
              </span>
              {!isCurrent && <Button onPress={() => signOut([id])}>{settings.signOutDevice}</Button>}
            </li>
          );
        })}
      </ul>
      {devices.length > 1 && (
        <div className={styles.buttons}>
          <Button kind="danger" onPress={() => signOut(null)}>
            {settings.signOutOthers}
          </Button>
        </div>
      )}
    </section>
  );
}
