/** What a link shows whose room cannot be. */

import './Welcome.css';

export function BadRoom() {
  return (
    <main className="welcome">
      <div>
        <h1>sparkmesh</h1>
        <p className="lead">
          This link’s room name does not work: use 1 to 64 letters, digits, dots, dashes or underscores.{' '}
          <a href="?room=main">Go to room main</a>
        </p>
      </div>
    </main>
  );
}
