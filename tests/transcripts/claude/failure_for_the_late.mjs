export const about = 'Who asks after a failure receives the failure (decision 24).';
export const needs = ['claude'];
export const clients = {
  ada: { auth: { token: '<token:ada>' } },
  'ada again': { connects: false, auth: { token: '<token:ada>' } },
};

export default async ({ ada, 'ada again': adaAgain }) => {
  const { processId } = await ada.call('claude:execute', { prompt: 'exit 3' });
  await ada.sees('claude:error');
  await adaAgain.connect();
  await adaAgain.call('claude:status', processId);
};
