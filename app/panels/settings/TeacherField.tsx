/** Whose soft labels, where the method has any. */

import { evolutionSchemas, hasSoftLabels } from '../../../src/settings/method.ts';
import type { Settings } from '../../../src/settings/settings.ts';
import { Choice } from './Choice.tsx';
import { describeTeacher, teacherNames } from './describe.ts';

const { options } = evolutionSchemas.flow.entries.teacher.wrapped;

interface TeacherFieldProps {
  readonly method: Settings['method'];
  readonly onChange: (method: Settings['method']) => void;
}

export function TeacherField({ method, onChange }: TeacherFieldProps) {
  if (!hasSoftLabels(method)) return null;
  const { evolution } = method;
  return (
    <Choice
      label="Soft labels from"
      values={options}
      names={teacherNames}
      value={evolution.teacher}
      onChange={(teacher) => onChange({ ...method, evolution: { ...evolution, teacher } })}
      hint={describeTeacher(evolution.teacher)}
    />
  );
}
