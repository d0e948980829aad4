import { ArrowLeft } from 'lucide-react';
import { useEffect, useRef, type ComponentType } from 'react';
import { Link, useLocation } from 'wouter';
import { DeadEnd } from '../app/dead-end';
import { useViewer } from '../app/viewer';
import { strings } from '../strings';
import { IconButton } from '../ui/button';
import { Reports } from '../moderation/reports';
import { Appearance } from './appearance';
import { BlockedPeople } from './blocked-people';
import { Bots } from './bots';
import { Devices } from './devices';
import { Notifications } from './notifications';
import { Privacy } from './privacy';
import { Profile } from './profile';
import styles from './settings.module.css';

const parts: Record<string, { label: string; Part: ComponentType; isForModerators?: boolean }> = {
  profile: { label: strings.settings.profile, Part: Profile },
  privacy: { label: strings.settings.privacy, Part: Privacy },
  notifications: { label: strings.settings.notifications.title, Part: Notifications },
  devices: { label: strings.settings.devices, Part: Devices },
  blocked: { label: strings.settings.blockedAndMuted, Part: BlockedPeople },
  bots: { label: strings.settings.bots.title, Part: Bots },
  appearance: { label: strings.settings.appearance, Part: Appearance },
  reports: { label: strings.settings.moderation, Part: Reports, isForModerators: true },
};

export function Settings({ part = 'profile' }: { part?: string }) {
  const [, navigate] = useLocation();
  const [viewer] = useViewer();
  const isModerator = viewer?.roles.includes('MODERATOR') ?? false;
  const shown = parts[part];
  const tabs = useRef<HTMLElement>(null);
  // On a phone there is not room for all of them.
  useEffect(() => {
    const tab = tabs.current?.querySelector('[aria-current=page]');
    tab?.scrollIntoView({ inline: 'center', block: 'nearest' });
  }, [part, isModerator]);
  if (!shown) return <DeadEnd why={strings.notFound} />;
  const { Part } = shown;
  return (
    <div className={styles.page}>
      <header className={styles.head}>
        <span className={styles.back}>
          <IconButton label={strings.back} onPress={() => navigate('/')}>
            <ArrowLeft size={20} aria-hidden />
          </IconButton>
        </span>
        <h2>{strings.settings.title}</h2>
      </header>
      <nav ref={tabs} className={styles.tabs} aria-label={strings.settings.title}>
        {Object.entries(parts)
          .filter(([, { isForModerators }]) => !isForModerators || isModerator)
          .map(([name, { label }]) => (
            <Link
              key={name}
              href={`/settings/${name}`}
              className={styles.tab}
              aria-current={name === part ? 'page' : undefined}
            >
              {label}
            </Link>
          ))}
      </nav>
      <div className={styles.content}>
        <Part />
      </div>
    </div>
  );
}
