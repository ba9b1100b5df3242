export const about = 'Who asks after the end receives the result (decision 24).';
export const needs = ['claude'];
export const clients = {
  ada: { auth: { token: '<token:ada>' } },
  'ada again': { connects: false, auth: { token: '<token:ada>' } },
};

export default async ({ ada, 'ada again': adaAgain }) => {
  const { processId } = await ada.call('claude:execute', { prompt: 'hello' });
  await ada.sees('claude:complete');
  await adaAgain.connect();
  await adaAgain.call('claude:status', processId);
  await adaAgain.call('claude:status', processId);
};
