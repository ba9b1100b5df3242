export const about = 'Two sockets of a user share one limit (Per-User WebSocket Rate Limits).';
export const needs = ['claude', 'config:two-a-minute'];
export const clients = {
  ada: { auth: { token: '<token:ada>' } },
  'ada again': { auth: { token: '<token:ada>' } },
};

export default async ({ ada, 'ada again': adaAgain }) => {
  await ada.call('claude:execute', { prompt: 'hello' });
  await ada.sees('claude:complete');
  await adaAgain.call('claude:execute', { prompt: 'hello' });
  await adaAgain.sees('claude:complete');
  await ada.call('claude:execute', { prompt: 'hello' });
};
