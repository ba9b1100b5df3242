export const about = 'When the queue is full, an execution is refused (decision 21).';
export const needs = ['claude', 'config:full-queue'];
export const clients = { ada: { auth: { token: '<token:ada>' } } };

export default async ({ ada }) => {
  const first = await ada.call('claude:execute', { prompt: 'sleep' });
  await ada.sees('claude:progress', ({ data }) => data);
  const second = await ada.call('claude:execute', { prompt: 'hello' });
  await ada.call('claude:execute', { prompt: 'hello' });
  await ada.call('claude:cancel', second.processId);
  await ada.call('claude:cancel', first.processId);
  await ada.sees('claude:error', ({ processId }) => processId === first.processId);
};
