import { useSession } from '@parley/client/react';
import { I18nProvider } from 'react-aria-components/I18nProvider';
import { Route, Router, Switch } from 'wouter';
import { ResetPassword } from '../account/reset-password';
import { SignIn } from '../account/sign-in';
import { SignUp } from '../account/sign-up';
import { usePush } from '../push/use-push';
import { Notices } from '../ui/notices';
import { forgetDrafts } from './drafts';
import { Failsafe } from './failsafe';
import { Shell } from './shell';
import { useEffect } from 'react';

export function App() {
  const { status } = useSession();
  usePush();
  useEffect(() => {
    if (status === 'signedOut') forgetDrafts();
  }, [status]);
  return (
    <I18nProvider locale="en-GB">
      <Failsafe>
        <Router>
          {status === 'signedIn' && <SignedIn />}
          {status === 'signedOut' && <SignedOut />}
        </Router>
      </Failsafe>
      <Notices />
    </I18nProvider>
  );
}

/** Any other address is kept, for after signing in: an invite, a conversation. */
function SignedOut() {
  return (
    <Switch>
      <Route path="/sign-up" component={SignUp} />
      <Route path="/reset-password" component={ResetPassword} />
      <Route component={SignIn} />
    </Switch>
  );
}

function SignedIn() {
  return (
    <Switch>
      <Route path="/reset-password" component={ResetPassword} />
      <Route component={Shell} />
    </Switch>
  );
}
