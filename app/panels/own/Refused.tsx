/** Files that could not be read: why, and what would help. */

import type { Refusal } from '../../../src/own/ownData.ts';
import { usePage } from '../../usePage.ts';
import { GiveButtons } from './GiveButtons.tsx';
import './Refused.css';
import { TableForm } from './TableForm.tsx';

/** What a person can do about it here, after the sentence that says what is wrong. */
const sayings = {
  names: 'say below if it does.',
  encoding: 'save it as CSV in UTF-8, or name its encoding below.',
  categories: 'correct it, or take the column for words or leave it out below.',
} as const;

export function Refused({ refusal: { message, saying, titles } }: { refusal: Refusal }) {
  const endReading = usePage((page) => page.endReading);
  return (
    <div className="refused">
      <h2>This could not be read</h2>
      <p role="alert" className="refused-why">
        {saying ? `${message}; ${sayings[saying]}` : message}
      </p>
      {(saying !== null || titles.length > 0) && <TableForm titles={titles} columns={[]} asksEncoding={saying === 'encoding'} />}
      <p className="refused-ways">
        <GiveButtons given="first" />
        <button type="button" className="action" onClick={endReading}>
          Back
        </button>
      </p>
    </div>
  );
}
