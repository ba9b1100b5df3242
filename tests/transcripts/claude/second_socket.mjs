export const about =
  'Another socket of the user that asks follows, and asking again repeats nothing (decision 24).';
export const needs = ['claude'];
export const clients = {
  ada: { auth: { token: '<token:ada>' } },
  'ada again': { auth: { token: '<token:ada>' } },
};

export default async ({ ada, 'ada again': adaAgain }) => {
  const { processId } = await ada.call('claude:execute', { prompt: 'sleep' });
  await ada.sees('claude:progress', ({ data }) => data);
  await adaAgain.call('claude:status', processId);
  await adaAgain.call('claude:status', processId);
  await adaAgain.call('claude:cancel', processId);
  await ada.sees('claude:error');
};
