export const about = 'A process goes on when the token of its user expires (decision 5).';
export const needs = ['claude'];
export const clients = { ada: { auth: { token: '<token:ada, ending soon>' } } };

export default async ({ ada }, { wait }) => {
  const { processId } = await ada.call('claude:execute', { prompt: 'sleep' });
  await wait(10_000, 'The leeway of the token ends.');
  await ada.sees('authError');
  await ada.call('claude:status', processId);
  await ada.call('authenticate', { token: '<token:ada>' });
  await ada.call('claude:status', processId);
  await ada.call('claude:cancel', processId);
  await ada.sees('claude:error', ({ code }) => code === 'CANCELLED');
};
