// A prompt, the answer as it streams in, and a way to stop it.

import { useClaude, useConnection } from "@slopstudios/protocol/react";
import { useState } from "react";
import type { SubmitEvent } from "react";

export function Prompt() {
  const { user } = useConnection();
  const { execute, cancel, output, status, running, queuePosition, result, error } = useClaude();
  const [prompt, setPrompt] = useState("Explain how async/await works in JavaScript");

  // It may have ended just now: then there is nothing to cancel.
  const stop = () => cancel()?.catch(() => {});
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    execute({ prompt });
  };

  return (
    <section className="card wide">
      <h2>Claude</h2>
      <form onSubmit={submit}>
        <label>
          Prompt
          <textarea rows={3} required value={prompt} onChange={(e) => setPrompt(e.target.value)} />
        </label>
        <div className="row">
          <button disabled={!user || running}>Run</button>
          <button type="button" className="quiet" disabled={!running} onClick={stop}>
            Cancel
          </button>
          <p role="status">
            {status === "pending" && "Sending …"}
            {status === "queued" && `Waiting, ${queuePosition} before it`}
            {status === "running" && "Running …"}
            {result && `Completed in ${(result.durationMs / 1000).toFixed(1)} s`}
          </p>
        </div>
      </form>
      <pre aria-label="Answer" aria-busy={running}>
        {output}
      </pre>
      {error && <p role="alert">{error.message}</p>}
    </section>
  );
}
