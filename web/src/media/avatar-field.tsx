import { useChat } from '@parley/client/react';
import { ParleyError, type Chat } from '@parley/client';
import { useRef, useState } from 'react';
import { strings } from '../strings';
import { Avatar, type AvatarProps } from '../ui/avatar';
import { Button } from '../ui/button';
import { attempt } from '../ui/notices';
import { squareOf } from './square';
import styles from './media.module.css';

const { avatar: texts } = strings.media;

export interface AvatarFieldProps extends Pick<AvatarProps, 'id' | 'name' | 'url' | 'isSquare'> {
  /** Null: without a picture. */
  onChoose: (mediaId: string | null) => Promise<unknown>;
}

/** The picture of a person or conversation, chosen and taken away. */
export function AvatarField({ onChoose, ...avatar }: AvatarFieldProps) {
  const chat = useChat();
  const field = useRef<HTMLInputElement>(null);
  const [isBusy, setBusy] = useState(false);
  const act = async (work: () => Promise<unknown>, done: string) => {
    setBusy(true);
    await attempt(work, done);
    setBusy(false);
  };
  const choose = (file: File) => act(async () => onChoose(await uploaded(chat, file)), texts.changed);
  return (
    <div className={styles.avatarField}>
      <Avatar {...avatar} size={84} />
      <div className={styles.avatarButtons}>
        <Button isDisabled={isBusy} onPress={() => field.current?.click()}>
          {isBusy ? texts.busy : texts.choose}
        </Button>
        {avatar.url && (
          <Button kind="quiet" isDisabled={isBusy} onPress={() => void act(() => onChoose(null), texts.removed)}>
            {texts.remove}
          </Button>
        )}
      </div>
      <input
        ref={field}
        type="file"
        accept="image/*"
        aria-label={texts.choose}
        hidden
        onChange={({ target }) => {
          const [file] = target.files ?? [];
          target.value = '';
          if (file) void choose(file);
        }}
      />
    </div>
  );
}

/** Resolves with the media's id once the server has looked at it. */
async function uploaded(chat: Chat, file: File): Promise<string> {
  const { blob, filename, side } = await squareOf(file);
  const upload = chat.uploads.start(blob, { filename, width: side, height: side });
  const mediaId = await upload.mediaId();
  const media = await chat.media.settled(upload.state.media!, new AbortController().signal);
  if (media.rejection !== null)
    throw new ParleyError(media.rejection, strings.media.rejections[media.rejection], false);
  return mediaId;
}
