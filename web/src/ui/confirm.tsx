import { strings } from '../strings';
import { Button } from './button';
import { Dialog, DialogActions } from './dialog';

export interface ConfirmProps {
  title: string;
  /** What follows from it. */
  hint: string;
  /** What is done, as the button says it. */
  action: string;
  isDangerous?: boolean;
  onConfirm: () => void;
  onClose: () => void;
}

/** Asks once more before something is done that cannot simply be taken back. */
export function Confirm({ title, hint, action, isDangerous = true, onConfirm, onClose }: ConfirmProps) {
  return (
    <Dialog title={title} isOpen onClose={onClose}>
      <p>{hint}</p>
      <DialogActions>
        <Button onPress={onClose}>{strings.cancel}</Button>
        <Button
          kind={isDangerous ? 'danger' : 'primary'}
          onPress={() => {
            onClose();
            onConfirm();
          }}
        >
          {action}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
