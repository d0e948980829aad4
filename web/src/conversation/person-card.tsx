import { useChat } from '@parley/client/react';
import {
  BlockedUsersDocument,
  BlockUserDocument,
  MuteUserDocument,
  UnblockUserDocument,
  UnmuteUserDocument,
  UserDocument,
  type PersonFieldsFragment,
} from '@parley/client/operations';
import { useState } from 'react';
import { onDate } from '../app/time';
import { useAnswer } from '../app/use-answer';
import { ReportDialog } from '../people/report-dialog';
import { strings } from '../strings';
import { Avatar } from '../ui/avatar';
import { Button } from '../ui/button';
import { Confirm } from '../ui/confirm';
import { attempt } from '../ui/notices';
import styles from './details.module.css';
import { nameOf } from './names';

const { details: texts } = strings;

export interface PersonCardProps {
  person: PersonFieldsFragment;
  /** Where they are not the one that is talked with already. */
  onMessage?: () => void;
}

/** What a person says of themselves, and what one can do about them. */
export function PersonCard({ person, onMessage }: PersonCardProps) {
  const { requests } = useChat();
  const [asked, setAsked] = useState<'block' | 'report' | null>(null);
  const { id: userId, handle, avatarUrl } = person;
  const { data, reload } = useAnswer(UserDocument, { id: userId });
  // A person is not to be read across a block, whoever made it: whether it is one's own, the list of them tells.
  const { data: blocks, reload: reloadBlocks } = useAnswer(BlockedUsersDocument, { first: 100 });
  const isBlocked = blocks?.viewer?.blockedUsers.edges.some(({ node }) => node?.id === userId) ?? false;
  const profile = data?.user;
  const name = nameOf(person);
  const input = { userId };
  const change = (mutate: () => Promise<unknown>, done?: string) =>
    void attempt(async () => {
      setAsked(null);
      await mutate();
      await Promise.all([reload(), reloadBlocks()]);
    }, done);
  const block = () => change(() => requests.mutate(BlockUserDocument, { input }, { repeatable: true }));
  const unblock = () => change(() => requests.mutate(UnblockUserDocument, { input }, { repeatable: true }));
  const mute = () => change(() => requests.mutate(MuteUserDocument, { input }, { repeatable: true }), texts.muted);
  const unmute = () => change(() => requests.mutate(UnmuteUserDocument, { input }, { repeatable: true }));
  return (
    <>
      <div className={styles.about}>
        <Avatar
          id={userId}
          name={name}
          url={profile?.avatarUrl ?? avatarUrl}
          size={84}
          presence={profile?.presence?.status}
        />
        <h3>{name}</h3>
        <p className={styles.soft}>@{handle}</p>
        {profile?.bio && <p>{profile.bio}</p>}
        {profile && <p className={styles.soft}>{texts.joined(onDate(profile.createdAt))}</p>}
      </div>
      <div className={`${styles.buttons} ${styles.central}`}>
        {onMessage && (
          <Button kind="primary" onPress={onMessage}>
            {texts.message}
          </Button>
        )}
        {profile && (
          <Button
            aria-label={profile.viewerHasMuted ? texts.unmuteNamed(name) : texts.muteNamed(name)}
            onPress={profile.viewerHasMuted ? unmute : mute}
          >
            {profile.viewerHasMuted ? texts.unmute : texts.mute}
          </Button>
        )}
        {isBlocked ? (
          <Button onPress={unblock}>{texts.unblock}</Button>
        ) : (
          <Button kind="danger" onPress={() => setAsked('block')}>
            {texts.block}
          </Button>
        )}
        <Button onPress={() => setAsked('report')}>{texts.report}</Button>
      </div>
      {asked === 'block' && (
        <Confirm
          title={texts.blockTitle(name)}
          hint={texts.blockHint}
          action={texts.block}
          onConfirm={block}
          onClose={() => setAsked(null)}
        />
      )}
      {asked === 'report' && <ReportDialog subject={{ userId }} onClose={() => setAsked(null)} />}
    </>
  );
}
