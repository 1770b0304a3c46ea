/** What a column is: the class, something to learn from, or nothing. */

export type Role = 'class' | 'seen' | 'words' | 'out';

interface ColumnRoleProps {
  readonly title: string;
  readonly role: Role;
  /** What it is by itself, in a word. */
  readonly seen: string;
  readonly onChange: (role: Role) => void;
}

const roles: readonly Role[] = ['class', 'seen', 'words', 'out'];

export function ColumnRole({ title, role, seen, onChange }: ColumnRoleProps) {
  const names: Readonly<Record<Role, string>> = { class: 'the class', seen, words: 'words', out: 'left out' };
  // Words that look like it need not be said to be.
  const offered = roles.filter((one) => one !== 'words' || role === 'words' || seen !== 'words');
  return (
    <span className="menu">
      <select
        aria-label={`What ${title} is`}
        value={role}
        onChange={({ target }) => {
          const chosen = roles.find((one) => one === target.value);
          if (chosen) onChange(chosen);
        }}
      >
        {offered.map((one) => (
          <option key={one} value={one}>
            {names[one]}
          </option>
        ))}
      </select>
    </span>
  );
}
