// Media items, each with its progress.

import { useMedia } from "@slopstudios/protocol/react";
import { useState } from "react";
import type { SubmitEvent } from "react";

export function Media() {
  const [items, setItems] = useState(["demo"]);
  const [name, setName] = useState("");

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    setItems([...new Set([...items, name])]);
    setName("");
  };

  return (
    <section className="card">
      <h2>Media</h2>
      <ul>
        {items.map((mediaId) => (
          <MediaItem key={mediaId} mediaId={mediaId} />
        ))}
      </ul>
      <form className="row" onSubmit={submit}>
        <input
          aria-label="Media ID"
          placeholder="Media ID"
          required
          value={name}
          onChange={(e) => setName(e.target.value)}
        />
        <button className="quiet">Watch</button>
      </form>
    </section>
  );
}

function MediaItem({ mediaId }: { mediaId: string }) {
  const { progress = 0, stage = "waiting", url, error } = useMedia(mediaId);

  return (
    <li>
      <div className="row">
        <span>{mediaId}</span>
        <small>
          {url ? <a href={url}>ready</a> : error ? <span role="alert">{error}</span> : stage}
        </small>
      </div>
      <progress aria-label={`Progress of ${mediaId}`} max={100} value={url ? 100 : progress} />
    </li>
  );
}
