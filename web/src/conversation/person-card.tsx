import { useChat } from '@parley/client/react';
import { BlockUserDocument, UnblockUserDocument, UserDocument } from '@parley/client/operations';
import { useState } from 'react';
import { useAnswer } from '../app/use-answer';
import { onDate } from '../app/time';
import { ReportDialog } from '../people/report-dialog';
import { strings } from '../strings';
import { Avatar } from '../ui/avatar';
import { Button } from '../ui/button';
import { Dialog, DialogActions } from '../ui/dialog';
import { attempt } from '../ui/notices';
import styles from './details.module.css';
import { nameOf } from './names';

/** What a person says of themselves, and what one can do about them. */
export function PersonCard({ userId }: { userId: string }) {
  const { requests } = useChat();
  const { data, reload } = useAnswer(UserDocument, { id: userId });
  const [asked, setAsked] = useState<'block' | 'report' | null>(null);
  const person = data?.user;
  if (!person) return null;
  const name = nameOf(person);
  const input = { userId };
  const change = (mutate: () => Promise<unknown>) =>
    void attempt(async () => {
      setAsked(null);
      await mutate();
      await reload();
    });
  const block = () => change(() => requests.mutate(BlockUserDocument, { input }, { repeatable: true }));
  const unblock = () => change(() => requests.mutate(UnblockUserDocument, { input }, { repeatable: true }));
  return (
    <>
      <div className={styles.about}>
        <Avatar id={person.id} name={name} url={person.avatarUrl} size={84} presence={person.presence?.status} />
        <h3>{name}</h3>
        <p className={styles.soft}>@{person.handle}</p>
        {person.bio && <p>{person.bio}</p>}
        <p className={styles.soft}>{strings.details.joined(onDate(person.createdAt))}</p>
      </div>
      <div className={styles.buttons}>
        {person.viewerHasBlocked ? (
          <Button onPress={unblock}>{strings.details.unblock}</Button>
        ) : (
          <Button kind="danger" onPress={() => setAsked('block')}>
            {strings.details.block}
          </Button>
        )}
        <Button onPress={() => setAsked('report')}>{strings.details.report}</Button>
      </div>
      {asked === 'block' && (
        <Dialog title={strings.details.blockTitle(name)} isOpen onClose={() => setAsked(null)}>
          <p>{strings.details.blockHint}</p>
          <DialogActions>
            <Button onPress={() => setAsked(null)}>{strings.cancel}</Button>
            <Button kind="danger" onPress={block}>
              {strings.details.block}
            </Button>
          </DialogActions>
        </Dialog>
      )}
      {asked === 'report' && <ReportDialog subject={{ userId }} onClose={() => setAsked(null)} />}
    </>
  );
}
