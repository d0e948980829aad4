import { useChat } from '@parley/client/react';
import { ResendEmailVerificationDocument, VerifyEmailDocument } from '@parley/client/operations';
import { useLocation } from 'wouter';
import { useViewer } from '../app/viewer';
import { strings } from '../strings';
import { Button } from '../ui/button';
import { Field } from '../ui/field';
import { Form } from '../ui/form';
import { attempt } from '../ui/notices';
import styles from './account.module.css';

const { account } = strings;

/** Takes the code of the letter that everybody gets who signs up. */
export function VerifyEmail() {
  const { requests } = useChat();
  const [viewer, setViewer] = useViewer();
  const [, navigate] = useLocation();
  return (
    <div className={styles.page}>
      <div className={styles.card}>
        <div>
          <h2>{account.verifyTitle}</h2>
          {viewer?.email && <p className={styles.intro}>{account.verifyIntro(viewer.email)}</p>}
        </div>
        <Form
          onSubmit={async ({ code = '' }) => {
            const { viewer: verified } = await requests.mutate(VerifyEmailDocument, { input: { code } });
            if (verified) setViewer(verified);
            navigate('/', { replace: true });
          }}
        >
          {({ isBusy }) => (
            <>
              <Field name="code" label={account.code} autoComplete="one-time-code" isRequired autoFocus />
              <Button type="submit" kind="primary" wide isDisabled={isBusy}>
                {account.verify}
              </Button>
            </>
          )}
        </Form>
        <div className={styles.other}>
          <Button
            kind="quiet"
            onPress={() => void attempt(() => requests.mutate(ResendEmailVerificationDocument, {}), account.resent)}
          >
            {account.resend}
          </Button>
          <Button kind="quiet" onPress={() => navigate('/', { replace: true })}>
            {account.later}
          </Button>
        </div>
      </div>
    </div>
  );
}
