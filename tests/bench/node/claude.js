// `claude:execute` at its barest: starts the executable and streams its standard output. No queue,
// no limits, no catching up, and no clean-up.

import { spawn } from 'node:child_process';

let processes = 0;

export function execute(socket, { prompt }, callback) {
  const processId = `claude_${(processes += 1)}`;
  callback?.({ success: true, processId });
  const child = spawn(process.env.CLAUDE_CLI_PATH, ['-p'], { stdio: ['pipe', 'pipe', 'inherit'] });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (data) => {
    stdout += data;
    const timestamp = new Date().toISOString();
    socket.emit('claude:progress', { processId, status: 'running', data, timestamp });
  });
  child.on('close', (exitCode) => {
    const timestamp = new Date().toISOString();
    const result = { id: processId, status: 'completed', stdout, exitCode };
    socket.emit('claude:complete', { processId, result, timestamp });
  });
  child.stdin.end(prompt);
}
