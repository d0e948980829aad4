import type { LucideIcon } from 'lucide-react';
import type { ReactElement } from 'react';
import { Menu as AriaMenu, MenuItem, MenuTrigger } from 'react-aria-components/Menu';
import { Popover } from 'react-aria-components/Popover';
import styles from './overlay.module.css';

export interface Choice {
  id: string;
  label: string;
  icon?: LucideIcon;
  isDangerous?: boolean;
  onChoose: () => void;
}

export interface MenuProps {
  label: string;
  /** The button that opens it. */
  trigger: ReactElement;
  /** Those that are false are left out. */
  choices: readonly (Choice | false)[];
}

export function Menu({ label, trigger, choices }: MenuProps) {
  const shown = choices.filter((choice) => choice !== false);
  return (
    <MenuTrigger>
      {trigger}
      <Popover className={styles.popover} offset={4}>
        <AriaMenu
          aria-label={label}
          className={styles.menu}
          items={shown}
          onAction={(key) => shown.find(({ id }) => id === key)?.onChoose()}
        >
          {({ id, label: text, icon: Icon, isDangerous }) => (
            <MenuItem
              id={id}
              textValue={text}
              className={isDangerous ? `${styles.item} ${styles.itemDanger}` : styles.item}
            >
              {Icon && <Icon size={17} aria-hidden />}
              {text}
            </MenuItem>
          )}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  );
}
