export const about =
  'The eleventh execution within a minute is refused (Per-User WebSocket Rate Limits; decision 18).';
export const needs = ['claude'];
export const clients = {
  ada: { auth: { token: '<token:ada>' } },
  grace: { auth: { token: '<token:grace>' } },
};

export default async ({ ada, grace }) => {
  for (let time = 1; time <= 10; time += 1) {
    const { processId } = await ada.call('claude:execute', { prompt: 'hello' });
    await ada.sees('claude:complete', (payload) => payload.processId === processId);
  }
  await ada.call('claude:execute', {});
  await ada.call('claude:execute', { prompt: 'hello' });
  await grace.call('claude:execute', { prompt: 'hello' });
  await grace.sees('claude:complete');
};
