export const about =
  'The rate limit counts attempts with a good payload, and those only (decision 18).';
export const needs = ['claude', 'config:two-a-minute'];
export const clients = { ada: { auth: { token: '<token:ada>' } } };

export default async ({ ada }) => {
  const execute = async () => {
    const { processId } = await ada.call('claude:execute', { prompt: 'hello' });
    if (processId) await ada.sees('claude:complete', (event) => event.processId === processId);
  };
  for (let time = 1; time <= 2; time += 1) {
    await ada.call('claude:execute', { prompt: '' });
    await execute();
  }
  await execute();
  await ada.call('claude:execute', { prompt: '' });
};
