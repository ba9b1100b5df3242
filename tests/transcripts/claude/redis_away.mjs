export const about =
  'If Redis is unavailable, nobody is refused; with it the limit returns (Note on fail-open).';
export const needs = ['claude', 'redis', 'config:two-a-minute'];
export const clients = { ada: { auth: { token: '<token:ada>' } } };

export default async ({ ada }, { redis, wait }) => {
  const execute = async () => {
    const { processId } = await ada.call('claude:execute', { prompt: 'hello' });
    if (processId) await ada.sees('claude:complete', (event) => event.processId === processId);
  };
  await redis('stops');
  for (let time = 1; time <= 3; time += 1) await execute();
  await redis('starts');
  await wait(5000, 'A server may take a moment to find Redis again.');
  for (let time = 1; time <= 3; time += 1) await execute();
};
