import { Paperclip } from 'lucide-react';
import { useRef } from 'react';
import { strings } from '../strings';
import { IconButton } from '../ui/button';

export function AttachButton({ onFiles }: { onFiles: (files: Iterable<File>) => void }) {
  const field = useRef<HTMLInputElement>(null);
  return (
    <>
      <IconButton label={strings.media.attach} onPress={() => field.current?.click()}>
        <Paperclip size={20} aria-hidden />
      </IconButton>
      <input
        ref={field}
        type="file"
        multiple
        hidden
        onChange={({ target }) => {
          // A list of the element's own, which setting its value empties.
          onFiles([...(target.files ?? [])]);
          target.value = '';
        }}
      />
    </>
  );
}
