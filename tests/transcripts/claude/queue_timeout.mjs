export const about = 'Who waits too long is told QUEUE_TIMEOUT (decision 21).';
export const needs = ['claude', 'config:impatient-queue'];
export const clients = { ada: { auth: { token: '<token:ada>' } } };

export default async ({ ada }) => {
  const first = await ada.call('claude:execute', { prompt: 'sleep' });
  await ada.sees('claude:progress', ({ data }) => data);
  const second = await ada.call('claude:execute', { prompt: 'hello' });
  await ada.sees('claude:error');
  await ada.call('claude:status', second.processId);
  await ada.call('claude:cancel', first.processId);
  await ada.sees('claude:error', ({ processId }) => processId === first.processId);
};
