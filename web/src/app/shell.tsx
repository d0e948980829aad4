import { useConnection, useInbox, useSession } from '@parley/client/react';
import { lazy, Suspense, useEffect } from 'react';
import { Redirect, Route, Switch, useLocation } from 'wouter';
import { VerifyEmail } from '../account/verify-email';
import { ConversationScreen } from '../conversation/conversation-screen';
import { Sidebar } from '../inbox/sidebar';
import { InviteScreen } from '../people/invite-screen';
import { strings } from '../strings';
import { Logo } from '../ui/logo';
import { DeadEnd } from './dead-end';
import { Failsafe } from './failsafe';
import styles from './shell.module.css';
import { useOnline } from './use-online';

const Settings = lazy(() => import('../settings/settings').then(({ Settings }) => ({ default: Settings })));

/** The app of who is signed in: the list beside what is open; on a phone one of the two. */
export function Shell() {
  const [location] = useLocation();
  useTitle();
  return (
    <div className={styles.shell} data-inside={location !== '/'}>
      <a className={styles.skip} href="#main">
        {strings.skip}
      </a>
      <header className="hidden-text">
        <h1>{strings.appName}</h1>
      </header>
      <nav className={styles.side} aria-label={strings.inbox.list}>
        <ConnectionBanner />
        <Sidebar />
      </nav>
      <main id="main" className={styles.main} tabIndex={-1}>
        <Failsafe key={location}>
          <Suspense fallback={<p className={styles.pick}>{strings.loading}</p>}>
            <Switch>
              <Route path="/" component={Pick} />
              <Route path="/c/:id">{({ id }) => <ConversationScreen key={id} id={id} />}</Route>
              <Route path="/invite/:code">{({ code }) => <InviteScreen code={code} />}</Route>
              <Route path="/settings/:part?">{({ part }) => <Settings part={part} />}</Route>
              <Route path="/verify" component={VerifyEmail} />
              <Route path="/sign-up">
                <Redirect to="/" replace />
              </Route>
              <Route component={NotFound} />
            </Switch>
          </Suspense>
        </Failsafe>
      </main>
    </div>
  );
}

function Pick() {
  return (
    <div className={styles.pick}>
      <Logo size={56} />
      <p>{strings.inbox.pick}</p>
    </div>
  );
}

const NotFound = () => <DeadEnd why={strings.notFound} />;

/** What the person has to know of their connection; nothing while all is well. */
export function ConnectionBanner() {
  const connection = useConnection();
  const isOnline = useOnline();
  const text = !isOnline || connection === 'offline' ? strings.connection.offline : null;
  return (
    <div role="status" aria-live="polite">
      {text && <p className={styles.banner}>{text}</p>}
    </div>
  );
}

/** The number of unread messages, in the title of the tab and on the icon of an installed app. */
function useTitle(): void {
  const { unreadCount } = useInbox();
  const session = useSession();
  useEffect(() => {
    document.title = unreadCount > 0 ? `(${unreadCount}) ${strings.appName}` : strings.appName;
    void navigator.setAppBadge?.(unreadCount).catch(() => undefined);
  }, [unreadCount, session.status]);
}
