// Notifications, newest first.

import { useNotifications } from "@slopstudios/protocol/react";

export function Notifications() {
  const { notifications, dismiss, clear } = useNotifications(5);

  return (
    <section className="card">
      <div className="row">
        <h2>Notifications</h2>
        {notifications.length > 0 && (
          <button className="quiet" onClick={clear}>
            Clear
          </button>
        )}
      </div>
      <ul aria-live="polite">
        {notifications.map(({ id, type, title, message }) => (
          <li key={id} className={`notification ${type}`}>
            <div>
              <strong>{title}</strong>
              <p>{message}</p>
            </div>
            <button className="quiet" aria-label={`Dismiss ${title}`} onClick={() => dismiss(id)}>
              ×
            </button>
          </li>
        ))}
      </ul>
      {notifications.length === 0 && <p className="hint">Nothing new.</p>}
    </section>
  );
}
