import { strings } from '../strings';
import { Button } from '../ui/button';
import { Dialog, DialogActions } from '../ui/dialog';
import { Field } from '../ui/field';
import { attempt } from '../ui/notices';

export interface SecretProps {
  title: string;
  label: string;
  value: string;
  onClose: () => void;
}

/** Shown until this is closed, and never again. */
export function Secret({ title, label, value, onClose }: SecretProps) {
  const copy = () => void attempt(() => navigator.clipboard.writeText(value), strings.conversation.copied);
  return (
    <Dialog title={title} isOpen onClose={onClose}>
      <p>{strings.settings.bots.secretHint}</p>
      <Field label={label} value={value} isReadOnly />
      <DialogActions>
        <Button kind="primary" onPress={copy}>
          {strings.settings.bots.copySecret}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
