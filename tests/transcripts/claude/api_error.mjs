export const about =
  'An error that the CLI reports is EXECUTION_ERROR, even with exit code 0 (decision 22).';
export const needs = ['claude'];
export const clients = { ada: { auth: { token: '<token:ada>' } } };

export default async ({ ada }) => {
  await ada.call('claude:execute', { prompt: 'API error, exit 0' });
  await ada.sees('claude:error');
};
