import { Component, type ReactNode } from 'react';
import { strings } from '../strings';
import { Button } from '../ui/button';
import styles from './shell.module.css';

/** What shows where something has thrown while it was drawn; the rest of the app goes on. */
export class Failsafe extends Component<{ children: ReactNode }, { hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError() {
    return { hasFailed: true };
  }

  override render() {
    if (!this.state.hasFailed) return this.props.children;
    return (
      <div className={styles.pick} role="alert">
        <p>{strings.problems.crashed}</p>
        <Button kind="primary" onPress={() => location.reload()}>
          {strings.problems.reload}
        </Button>
      </div>
    );
  }
}
