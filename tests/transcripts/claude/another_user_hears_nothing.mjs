export const about =
  'Who becomes another user follows no process of the former any more (decisions 6, 24).';
export const needs = ['claude'];
export const clients = {
  ada: { auth: { token: '<token:ada>' } },
  'ada again': { auth: { token: '<token:ada>' } },
};

export default async ({ ada, 'ada again': adaAgain }) => {
  const { processId } = await ada.call('claude:execute', { prompt: 'sleep' });
  await ada.sees('claude:progress', ({ data }) => data);
  await ada.call('authenticate', { token: '<token:grace>' });
  await adaAgain.call('claude:status', processId);
  await adaAgain.call('claude:cancel', processId);
  await adaAgain.sees('claude:error');
};
