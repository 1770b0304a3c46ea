/** What a model makes of one input: the classes, likeliest first. */

import type { Answer } from '../../../src/export/classify.ts';
import { formatPercent } from '../../format.ts';
import './AnswerList.css';

/** As many as are in sight at once. */
const MOST = 8;

export function AnswerList({ answer: { best, probabilities }, classes }: { answer: Answer; classes: readonly string[] }) {
  const ranked = classes
    .map((name, c) => ({ name, probability: probabilities[c] ?? 0 }))
    .sort((a, b) => b.probability - a.probability)
    .slice(0, MOST);
  return (
    <div className="answer">
      <p className="answer-best" aria-live="polite" data-testid="answer">
        {classes[best]} <span className="quiet">{formatPercent(probabilities[best] ?? 0)}</span>
      </p>
      <table>
        <caption className="unseen">Probability of each class</caption>
        <tbody>
          {ranked.map(({ name, probability }, k) => (
            <tr key={k}>
              <th scope="row">{name}</th>
              <td>
                <span className="bar" style={{ '--part': probability }} />
                {formatPercent(probability)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
