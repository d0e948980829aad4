import type { PersonFieldsFragment } from '@parley/client/operations';
import { X } from 'lucide-react';
import { useState } from 'react';
import { nameOf } from '../conversation/names';
import { strings } from '../strings';
import { IconButton } from '../ui/button';
import { Field } from '../ui/field';
import { PersonLine, PlainList } from '../ui/people-list';
import { useFoundPeople } from './find-people';
import styles from './people.module.css';

export interface PeopleFinderProps {
  onPick: (person: PersonFieldsFragment) => void;
  /** Not offered. */
  without?: ReadonlySet<string>;
}

/** Finds a person. */
export function PeopleFinder({ onPick, without }: PeopleFinderProps) {
  const [query, setQuery] = useState('');
  const { people, isSearching } = useFoundPeople(query);
  const offered = people.filter(({ id }) => !without?.has(id));
  return (
    <>
      <Field label={strings.start.find} value={query} onChange={setQuery} autoComplete="off" autoFocus />
      <div className={styles.results}>
        <PlainList>
          {offered.map((person) => (
            <PersonLine
              key={person.id}
              id={person.id}
              name={nameOf(person)}
              about={`@${person.handle}`}
              url={person.avatarUrl}
              onPress={() => {
                onPick(person);
                setQuery('');
              }}
            />
          ))}
        </PlainList>
        {query.trim() !== '' && !isSearching && offered.length === 0 && (
          <p className={styles.none} role="status">
            {strings.start.nobody}
          </p>
        )}
      </div>
    </>
  );
}

export interface PeoplePickerProps {
  picked: readonly PersonFieldsFragment[];
  onChange: (picked: readonly PersonFieldsFragment[]) => void;
  /** Those who are in already. */
  without?: readonly string[];
}

/** Several people. */
export function PeoplePicker({ picked, onChange, without = [] }: PeoplePickerProps) {
  return (
    <>
      {picked.length > 0 && (
        <ul className={styles.picked} aria-label={strings.start.people}>
          {picked.map((person) => (
            <li key={person.id} className={styles.chip}>
              {nameOf(person)}
              <IconButton
                small
                label={strings.start.remove(nameOf(person))}
                onPress={() => onChange(picked.filter(({ id }) => id !== person.id))}
              >
                <X size={14} aria-hidden />
              </IconButton>
            </li>
          ))}
        </ul>
      )}
      <PeopleFinder
        without={new Set([...without, ...picked.map(({ id }) => id)])}
        onPick={(person) => onChange([...picked, person])}
      />
    </>
  );
}
